"""Requests to correct over HTTP."""

from marshmallow import Schema, fields, validate, validates_schema

from services.journal.rules.corrections import CELLS, DECLINED, FINAL, OUTCOMES, STATES, TEXTS
from services.journal.rules.marks import MAX_SLOT
from services.journal.schemas.answers import NamedOut
from services.journal.schemas.incoming import MAX_SEQ, Words, _text, printable
from shared.errors import Text
from shared.field_texts import BadField

MOST = 1000
SLOTS = validate.Range(0, MAX_SLOT)
WHICH_MARK = Text(
    "Укажите, какая это отметка: откройте форму по ссылке рядом с ней.",
    "Say which mark it is (its slot): open the form by the link beside it.",
)
WHY_DECLINED = Text(
    "Напишите, почему исправлять нечего: ответ прочтёт тот, кто сообщил.",
    "Say why nothing is to be corrected: whoever reported it reads the answer.",
)
WHAT_IS_WRONG = Text("Напишите, что осталось неверным.", "Say what is not right.")


class ReportErrorIn(Schema):
    lesson_id = fields.UUID(load_default=None, allow_none=True)
    page_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "With period_id, of a term-end mark."}
    )
    period_id = fields.UUID(load_default=None, allow_none=True)
    what = fields.String(required=True, validate=validate.OneOf(CELLS + TEXTS))
    slot = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MAX_SLOT)
    )
    pupil_id = fields.UUID(load_default=None, allow_none=True)
    text = Words(required=True, validate=[validate.Length(1, MOST), printable])

    @validates_schema
    def _has_slot(self, given, **_):
        if given["what"] in ("mark", FINAL) and given["slot"] is None:
            raise BadField(WHICH_MARK, "slot")


class AssignIn(Schema):
    assignee_id = fields.UUID(required=True)


class SettleIn(Schema):
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    note = _text(MOST, load_default=None, allow_none=True)

    @validates_schema
    def _says_why(self, given, **_):
        if given["outcome"] == DECLINED and not given["note"]:
            raise BadField(WHY_DECLINED, "note")


class AnswerSettlementIn(Schema):
    is_confirmed = fields.Boolean(required=True, truthy={True}, falsy={False})
    text = _text(MOST, load_default=None, allow_none=True)

    @validates_schema
    def _says_what(self, given, **_):
        # A request is opened again once: not for nothing.
        if not given["is_confirmed"] and not given["text"]:
            raise BadField(WHAT_IS_WRONG, "text")


class CorrectionsQuery(Schema):
    state = fields.String(validate=validate.OneOf(STATES))
    cursor = fields.Integer(validate=validate.Range(0, MAX_SEQ))


class ClockOut(Schema):
    hours = fields.Integer()
    counts = fields.String(metadata={"description": "school_days or hours: by which clock."})


class DueOut(ClockOut):
    state = fields.String(metadata={"description": "met, near, late, or ahead."})
    due = fields.AwareDateTime()
    clause = fields.String()


class CorrectionOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    state = fields.String(validate=validate.OneOf(STATES))
    what = fields.String()
    slot = fields.Integer(allow_none=True)
    text = fields.String()
    page_id = fields.UUID()
    lesson_id = fields.UUID(allow_none=True)
    period_id = fields.UUID(allow_none=True)
    period = fields.String(allow_none=True)
    asked_at = fields.AwareDateTime()
    settled_at = fields.AwareDateTime(allow_none=True)
    group = fields.String()
    subject = fields.String()
    on = fields.Date(allow_none=True)
    lesson_number = fields.Integer(allow_none=True)
    pupil = fields.Nested(NamedOut, allow_none=True)
    assignee = fields.Nested(NamedOut, allow_none=True)
    reporter = fields.Nested(NamedOut, allow_none=True, metadata={"description": "For those who handle it."})
    due = fields.Nested(DueOut)
    is_approved = fields.Boolean()
    may_settle = fields.Boolean()
    may_answer = fields.Boolean()
    may_reopen = fields.Boolean()


class CorrectionsOut(Schema):
    items = fields.List(fields.Nested(CorrectionOut))
    next = fields.String(allow_none=True)


class EntryChangeOut(Schema):
    was = fields.String(allow_none=True)
    value = fields.String(allow_none=True)


class StepOut(Schema):
    step = fields.String()
    at = fields.AwareDateTime()
    note = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True, metadata={"description": "Of `assigned`: to whom."})
    change = fields.Nested(
        EntryChangeOut, allow_none=True, metadata={"description": "Of `corrected`: what was put right."}
    )


class EntryClosedOut(Schema):
    name = fields.String(metadata={"description": "The period, or the year."})
    closed_at = fields.AwareDateTime()


class StandingOut(Schema):
    value = fields.String(allow_none=True)
    topic = fields.String(allow_none=True)
    homework = fields.String(allow_none=True)


class WholeCorrectionOut(CorrectionOut):
    steps = fields.List(fields.Nested(StepOut))
    assignable = fields.List(fields.Nested(NamedOut))
    standing = fields.Nested(
        StandingOut, allow_none=True, metadata={"description": "Now; for whoever may read it there."}
    )
    closed = fields.Nested(
        EntryClosedOut, allow_none=True, metadata={"description": "Its period, when it is closed."}
    )
    change = fields.Nested(
        EntryChangeOut, allow_none=True, metadata={"description": "What was put right last."}
    )
    page_seq = fields.Integer()


class KeptCorrectionOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    state = fields.String()


class FiguresOut(ClockOut):
    all = fields.Integer()
    settled = fields.Integer()
    met = fields.Integer()
    late = fields.Integer()
    share_in_time = fields.Float(allow_none=True)
    median_hours = fields.Float(allow_none=True)
