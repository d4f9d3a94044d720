"""What comes in over HTTP."""

import re
from datetime import date
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from services.journal.actions.entries import Cell
from services.journal.rules import MAX_SLOT, MAX_WEIGHT, WORK_TYPES
from shared.errors import Text

MAX_CELLS = 300
MAX_SEQ = 2**31 - 1

# What no database keeps and no printer prints; line ends and tabs are welcome.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

SLOT = Text(f"Целое число от 0 до {MAX_SLOT}.", f"A whole number from 0 to {MAX_SLOT}.")
VALUE = Text("Строка до 10 знаков или null.", "A string of up to 10 characters, or null.")
PUPIL = Text("UUID ученика.", "A pupil's UUID.")
FIELDS = Text("Нужны ровно pupil_id, slot и value.", "Exactly pupil_id, slot and value are needed.")


def _printable(text):
    if UNPRINTABLE.search(text):
        raise ValidationError("Control characters are not allowed.")


def _text(limit, **given):
    return fields.String(validate=[validate.Length(max=limit), _printable], **given)


class EntryIn(Schema):
    pupil_id = fields.UUID(required=True)
    slot = fields.Integer(required=True, strict=True, validate=validate.Range(0, MAX_SLOT))
    value = fields.String(required=True, allow_none=True, validate=validate.Length(1, 10))


class Entries(fields.List):  # type: ignore[type-arg]
    """Cells to record, read in one tight pass: thirty nested schemas cost as much as the whole save."""

    def __init__(self, **given) -> None:
        super().__init__(fields.Nested(EntryIn), validate=validate.Length(max=MAX_CELLS), **given)

    def _deserialize(self, value, *_, **__):  # noqa: ANN002 - marshmallow gives more than is needed.
        if not isinstance(value, list):
            raise self.make_error("invalid")
        wrong: dict[int, object] = {}
        cells = [_cell(number, item, wrong) for number, item in enumerate(value)]
        if wrong:
            raise ValidationError(wrong)
        return cells


def _cell(number, item, wrong):
    if type(item) is not dict or item.keys() != {"pupil_id", "slot", "value"}:
        wrong[number] = [FIELDS]
        return None
    slot, value = item["slot"], item["value"]
    if type(slot) is not int or not 0 <= slot <= MAX_SLOT:
        wrong[number] = {"slot": [SLOT]}
    elif value is not None and (type(value) is not str or not 0 < len(value) <= 10):
        wrong[number] = {"value": [VALUE]}
    else:
        try:
            return Cell(UUID(item["pupil_id"]), slot, value)
        except (ValueError, AttributeError, TypeError):
            wrong[number] = {"pupil_id": [PUPIL]}
    return None


class SetWorkIn(Schema):
    type = fields.String(required=True, validate=validate.OneOf(WORK_TYPES))
    weight = fields.Integer(strict=True, validate=validate.Range(1, MAX_WEIGHT))
    title = _text(200)


class WorkIn(SetWorkIn):
    slot = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAX_SLOT))


class RecordEntriesIn(Schema):
    entries = Entries(required=True)
    works = fields.List(fields.Nested(WorkIn), load_default=(), validate=validate.Length(max=MAX_SLOT))
    reason = _text(500, load_default=None, allow_none=True)


class DescribeLessonIn(Schema):
    topic = _text(1000, required=True, allow_none=True)
    homework = _text(4000, required=True, allow_none=True)


class ReopenPeriodIn(Schema):
    reason = fields.String(required=True, validate=[validate.Length(1, 500), _printable])


class PagesQuery(Schema):
    mine = fields.Boolean(load_default=False)


class PageQuery(Schema):
    period_id = fields.UUID()


class HistoryQuery(Schema):
    lesson_id = fields.UUID()
    pupil_id = fields.UUID()
    cursor = fields.Integer(load_default=0, validate=validate.Range(0, MAX_SEQ))


class DiaryQuery(Schema):
    pupil_id = fields.UUID(required=True)
    week = fields.Date(validate=validate.Range(date(1900, 1, 1), date(2200, 1, 1)))
