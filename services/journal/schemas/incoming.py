"""What comes in over HTTP."""

import re
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.journal.actions.cells import Cell
from services.journal.actions.finals import FinalCell
from services.journal.rules.marks import MAX_SLOT, MAX_WEIGHT
from services.journal.schemas.years import YearQuery
from shared.errors import Text
from shared.field_texts import BadField
from shared.names import tidy

MAX_CELLS = 300
MAX_SEQ = 2**31 - 1

# What no database keeps and no printer prints; line ends and tabs are welcome.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

SLOT = Text(f"Целое число от 0 до {MAX_SLOT}.", f"A whole number from 0 to {MAX_SLOT}.")
VALUE = Text("Строка до 10 знаков или null.", "A string of up to 10 characters, or null.")
PUPIL = Text("UUID ученика.", "A pupil's UUID.")
FIELDS = Text("Нужны ровно pupil_id, slot и value.", "Exactly pupil_id, slot and value are needed.")
INVISIBLE = Text(
    "В тексте есть невидимые управляющие знаки. Наберите его заново.",
    "The text holds invisible control characters. Type it anew.",
)
FINAL_FIELDS = Text("Нужны ровно pupil_id и value.", "Exactly pupil_id and value are needed.")


def printable(text):
    """Refuse what no database keeps and no printer prints."""
    if UNPRINTABLE.search(text):
        raise BadField(INVISIBLE)


class Words(fields.String):
    """What people write, without spaces around it: a text of spaces alone says nothing."""

    def _deserialize(self, value, attr, data, **given):
        return super()._deserialize(value, attr, data, **given).strip()


class Line(fields.String):
    """A text in one line, without spaces around it: line ends and tabs become single spaces."""

    def _deserialize(self, value, attr, data, **given):
        return tidy(super()._deserialize(value, attr, data, **given))


def _text(limit, **given):
    return Words(validate=[validate.Length(max=limit), printable], **given)


class EntryIn(Schema):
    pupil_id = fields.UUID(required=True)
    slot = fields.Integer(required=True, strict=True, validate=validate.Range(0, MAX_SLOT))
    value = fields.String(required=True, allow_none=True, validate=validate.Length(1, 10))


class Cells(fields.List):  # type: ignore[type-arg]
    """Cells to record, read in one tight pass: thirty nested schemas cost as much as the whole save."""

    def __init__(self, nested, read, **given) -> None:
        super().__init__(fields.Nested(nested), validate=validate.Length(max=MAX_CELLS), **given)
        self._read = read

    def _deserialize(self, value, *_, **__):  # noqa: ANN002 - marshmallow gives more than is needed.
        if not isinstance(value, list):
            raise self.make_error("invalid")
        wrong: dict[int, object] = {}
        cells = [self._read(number, item, wrong) for number, item in enumerate(value)]
        if wrong:
            raise ValidationError(wrong)
        return cells


def _entry(number, item, wrong):
    if type(item) is not dict or item.keys() != {"pupil_id", "slot", "value"}:
        wrong[number] = [FIELDS]
        return None
    slot = item["slot"]
    if type(slot) is not int or not 0 <= slot <= MAX_SLOT:
        wrong[number] = {"slot": [SLOT]}
        return None
    pupil_id, value = _pupil_and_value(number, item, wrong)
    return Cell(pupil_id, slot, value)


def _final(number, item, wrong):
    if type(item) is not dict or item.keys() != {"pupil_id", "value"}:
        wrong[number] = [FINAL_FIELDS]
        return None
    return FinalCell(*_pupil_and_value(number, item, wrong))


def _pupil_and_value(number, item, wrong):
    value = item["value"]
    if value is not None and (type(value) is not str or not 0 < len(value) <= 10):
        wrong[number] = {"value": [VALUE]}
    try:
        return UUID(item["pupil_id"]), value
    except (ValueError, AttributeError, TypeError):
        wrong[number] = {"pupil_id": [PUPIL]}
        return None, value


class SetWorkIn(Schema):
    type = fields.String(required=True, validate=validate.Length(1, 30))
    weight = fields.Integer(strict=True, validate=validate.Range(1, MAX_WEIGHT))
    title = _text(200)
    is_monitoring = fields.Boolean(metadata={"description": "Of internal monitoring; no when not said."})
    counts = fields.Boolean(metadata={"description": "In the average; yes when not said."})


class WorkIn(SetWorkIn):
    slot = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAX_SLOT))


class RecordEntriesIn(Schema):
    entries = Cells(EntryIn, _entry, required=True)
    works = fields.List(fields.Nested(WorkIn), load_default=(), validate=validate.Length(max=MAX_SLOT))
    reason = _text(500, load_default=None, allow_none=True)
    request_id = fields.UUID(load_default=None, allow_none=True)


class CommentIn(Schema):
    comment = Words(required=True, allow_none=True, validate=[validate.Length(1, 500), printable])


class DueIn(Schema):
    due_on = fields.Date(required=True)


TOPIC_OR_HOMEWORK = Text(
    "Пришлите тему урока, домашнее задание или то и другое.",
    "Send the topic of the lesson, its homework, or both.",
)


class DescribeLessonIn(Schema):
    topic = Line(allow_none=True, validate=[validate.Length(max=1000), printable])
    homework = _text(4000, allow_none=True)
    topic_id = fields.UUID(
        allow_none=True, metadata={"description": "Of the page's plan; None looses it; absent: as it was."}
    )
    request_id = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def _says_something(self, given, **_):
        if not {"topic", "homework"} & given.keys():
            raise BadField(TOPIC_OR_HOMEWORK, "topic")


class FinalIn(Schema):
    pupil_id = fields.UUID(required=True)
    value = fields.String(required=True, allow_none=True, validate=validate.Length(1, 10))


class RecordFinalsIn(Schema):
    entries = Cells(FinalIn, _final, required=True)
    reason = _text(500, load_default=None, allow_none=True)
    request_id = fields.UUID(load_default=None, allow_none=True)


class ClosePeriodIn(Schema):
    reason = _text(500, load_default=None, allow_none=True)


class OverviewQuery(Schema):
    period_id = fields.UUID(required=True)


class ReopenPeriodIn(Schema):
    reason = Words(required=True, validate=[validate.Length(1, 500), printable])


class WritingQuery(Schema):
    since = fields.Date(required=True)


class PagesQuery(YearQuery):
    mine = fields.Boolean(load_default=False)


class PageQuery(Schema):
    period_id = fields.UUID()


class OpenedPageQuery(PageQuery):
    on = fields.Date(metadata={"description": "Open the period of this day."})


class ImportMarksQuery(PageQuery):
    dry_run = fields.Boolean(load_default=False)
    agreed = fields.Integer(
        load_default=None,
        validate=validate.Range(0, MAX_SEQ),
        metadata={"description": "How many values that stand may be overwritten; without it any number."},
    )


class HistoryQuery(Schema):
    lesson_id = fields.UUID()
    pupil_id = fields.UUID()
    period_id = fields.UUID(
        metadata={"description": "Of term-end marks; by the year's id, those of slots from 1."}
    )
    slot = fields.Integer(validate=validate.Range(0, MAX_SLOT))
    cursor = fields.Integer(load_default=0, validate=validate.Range(0, MAX_SEQ))


class SealsQuery(Schema):
    cursor = fields.Date()


class HeadsQuery(Schema):
    day = fields.Date()
