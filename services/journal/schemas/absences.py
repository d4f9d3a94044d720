"""Attendance over HTTP: a class's day, its totals, and what excuses an absence."""

from datetime import date

from marshmallow import Schema, fields, post_load, validate

from services.journal.rules.excuses import PAPERS
from services.journal.rules.spans import refuse_reversed
from services.journal.schemas.answers import NamedOut, ReasonOut
from services.journal.schemas.incoming import Words, _text, printable

DAYS = validate.Range(date(1900, 1, 1), date(2200, 1, 1))


class DayQuery(Schema):
    on = fields.Date(validate=DAYS)


class SpanQuery(Schema):
    starts_on = fields.Date(validate=DAYS, load_default=None)
    ends_on = fields.Date(validate=DAYS, load_default=None)

    @post_load
    def _runs_forward(self, data, **_):
        refuse_reversed(data["starts_on"], data["ends_on"])
        return data


class TotalsQuery(SpanQuery):
    cursor = fields.UUID(load_default=None, metadata={"description": "Of the excuses: `next` of before."})


class ExcuseIn(Schema):
    from_on = fields.Date(required=True, validate=DAYS)
    until_on = fields.Date(required=True, validate=DAYS)
    sign = fields.String(required=True, validate=validate.Length(1, 10))
    paper = fields.String(required=True, validate=validate.OneOf(tuple(PAPERS)))
    number = _text(60, load_default="")
    issued_on = fields.Date(load_default=None, allow_none=True, validate=DAYS)
    note = _text(500, load_default="")


class WithdrawIn(Schema):
    reason = Words(required=True, validate=[validate.Length(1, 300), printable])


class TurnedOut(Schema):
    excuse_id = fields.UUID()
    changed = fields.Integer(metadata={"description": "Cells that were turned."})
    closed = fields.Integer(metadata={"description": "Cells that a closed period kept as they are."})


class DayLessonOut(Schema):
    id = fields.UUID()
    page_id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    subject = fields.String()
    group = fields.String()


class DayPupilOut(NamedOut):
    cells = fields.List(
        fields.String(allow_none=True), metadata={"description": "By lesson; null: not on its list that day."}
    )


class ClassDayOut(Schema):
    group = fields.Nested(NamedOut)
    on = fields.Date()
    previous_on = fields.Date(allow_none=True, metadata={"description": "The day with lessons before it."})
    next_on = fields.Date(allow_none=True, metadata={"description": "The day with lessons after it."})
    lessons = fields.List(fields.Nested(DayLessonOut))
    pupils = fields.List(fields.Nested(DayPupilOut))
    reasons = fields.List(fields.Nested(ReasonOut))
    can_excuse = fields.Boolean()


class TotalsOut(NamedOut):
    left_on = fields.Date(
        allow_none=True, metadata={"description": "The last day in the class, of who has left it."}
    )
    lessons = fields.Integer()
    lessons_ill = fields.Integer()
    days = fields.Integer(metadata={"description": "On which all lessons were missed."})
    days_ill = fields.Integer()
    late = fields.Integer()
    minutes = fields.Integer()
    by_sign = fields.Dict(keys=fields.String(), values=fields.Integer())


class WaitingOut(Schema):
    pupil = fields.Nested(NamedOut)
    on = fields.Date()
    number = fields.Integer()
    subject = fields.String()
    page_id = fields.UUID()


class ExcuseOut(Schema):
    id = fields.UUID()
    pupil_id = fields.UUID()
    from_on = fields.Date()
    until_on = fields.Date()
    sign = fields.String()
    paper = fields.String()
    number = fields.String()
    issued_on = fields.Date(allow_none=True)
    note = fields.String()


ClassAbsencesOut = Schema.from_dict(
    {
        "group": fields.Nested(NamedOut),
        "from": fields.Date(),  # A word of Python's own, so no attribute can be named so.
        "until": fields.Date(),
        "pupils": fields.List(fields.Nested(TotalsOut)),
        "waiting": fields.List(fields.Nested(WaitingOut)),
        "resolve_days": fields.Integer(),
        "excuses": fields.List(fields.Nested(ExcuseOut)),
        "next": fields.UUID(allow_none=True, metadata={"description": "The cursor of earlier excuses."}),
        "reasons": fields.List(fields.Nested(ReasonOut)),
        "papers": fields.Dict(keys=fields.String(), values=fields.String()),
        "can_excuse": fields.Boolean(),
    },
    name="ClassAbsencesOut",
)
