"""Deadlines over HTTP."""

from datetime import date

from marshmallow import Schema, fields, post_load, validate

from services.journal.rules.deadlines import AHEAD, LATE, MET, NEAR
from services.journal.rules.spans import refuse_reversed
from services.journal.schemas.answers import NamedOut

STATES = (MET, NEAR, LATE, AHEAD)
DAYS = validate.Range(date(1900, 1, 1), date(2200, 1, 1))


class SpanQuery(Schema):
    starts_on = fields.Date(required=True, data_key="from", validate=DAYS)
    ends_on = fields.Date(required=True, data_key="until", validate=DAYS)

    @post_load
    def _runs_forward(self, data, **_):
        refuse_reversed(data["starts_on"], data["ends_on"])
        return data


class BoardQuery(SpanQuery):
    group_id = fields.UUID()
    teacher_id = fields.UUID()
    is_mine = fields.Boolean(load_default=False, data_key="mine")


class OwedOut(Schema):
    rule = fields.String(metadata={"description": "D1 … D4; of what is awaited («•») D2.awaited."})
    clause = fields.String()
    what = fields.String(
        metadata={"description": "topic, homework, attendance, mark, work, awaited or final."}
    )
    slot = fields.Integer(allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES))
    due = fields.AwareDateTime()
    done_at = fields.AwareDateTime(allow_none=True)


class LessonDeadlinesOut(Schema):
    lesson_id = fields.UUID()
    state = fields.String(metadata={"description": "The worst of what is owed."})
    owed = fields.List(fields.Nested(OwedOut))


class PageDeadlinesOut(Schema):
    items = fields.List(fields.Nested(LessonDeadlinesOut))


class ClassCountOut(Schema):
    group = fields.Nested(NamedOut)
    met = fields.Integer()
    near = fields.Integer()
    late = fields.Integer()


class CountOut(ClassCountOut):
    teacher = fields.Nested(NamedOut, allow_none=True)
    rule = fields.String()
    clause = fields.String()


class BoardItemOut(OwedOut):
    page_id = fields.UUID()
    lesson_id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    group = fields.Nested(NamedOut)
    subject = fields.String()
    teachers = fields.List(fields.String())
    pupils = fields.List(fields.Nested(NamedOut), metadata={"description": "Whose works are awaited."})


BoardOut = Schema.from_dict(
    {
        "from": fields.Date(),  # A word of Python's own, so no attribute can be named so.
        "until": fields.Date(),
        "counts": fields.List(
            fields.Nested(CountOut),
            metadata={"description": "By teacher: what two owe together is counted for each of them."},
        ),
        "classes": fields.List(
            fields.Nested(ClassCountOut), metadata={"description": "By class: each thing owed once."}
        ),
        "items": fields.List(fields.Nested(BoardItemOut)),
        "left_out": fields.Integer(),
    },
    name="BoardOut",
)
