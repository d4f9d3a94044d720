"""Request bodies (…In), queries and answers (…Out) of schedule."""

from datetime import timedelta

import orjson
from marshmallow import Schema, fields, pre_load, validates_schema
from marshmallow.validate import Length, Regexp

from shared.errors import Text
from shared.field_texts import BadField

LONGEST_LIST = timedelta(days=62)
CLOCK = Regexp(r"^([01]\d|2[0-3]):[0-5]\d$")
NOT_JSON = Text("Нужен правильный JSON.", "It has to be JSON.")


def too_long(days: int) -> Text:
    """Return what is said of a period that is longer than this, or ends before it begins."""
    return Text(
        f"Дней может быть от 1 до {days}; конец — не раньше начала.",
        f"From 1 to {days} days; the end is not before the beginning.",
    )


class NamedOut(Schema):
    id = fields.UUID()
    name = fields.String(allow_none=True)


class PageQuery(Schema):
    cursor = fields.String(load_default=None, validate=Length(max=250))


class WhoseQuery(Schema):
    group_id = fields.UUID(load_default=None)
    teacher_id = fields.UUID(load_default=None)


class LoadsQuery(WhoseQuery):
    cursor = fields.UUID(load_default=None)


class LessonsQuery(WhoseQuery):
    room_id = fields.UUID(load_default=None)
    from_ = fields.Date(data_key="from", required=True)
    until = fields.Date(required=True)
    pupil_id = fields.UUID(load_default=None, metadata={"description": "Only the lessons of this pupil."})

    @validates_schema
    def not_too_long(self, data, **_):
        if not timedelta() <= data["until"] - data["from_"] <= LONGEST_LIST:
            raise BadField(too_long(LONGEST_LIST.days + 1), "until")


class TaughtOut(Schema):
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    teachers = fields.List(fields.Nested(NamedOut))


class LoadOut(TaughtOut):
    id = fields.UUID()
    hours_per_week = fields.Integer()


class LoadsOut(Schema):
    items = fields.List(fields.Nested(LoadOut))
    next = fields.String(allow_none=True)


class SlotOut(TaughtOut):
    week = fields.Integer(allow_none=True, metadata={"description": "1 is week А, 2 is В, null is every."})
    weekday = fields.Integer(metadata={"description": "Monday is 1."})
    number = fields.Integer()
    room = fields.String(allow_none=True)


class TimetableOut(Schema):
    items = fields.List(fields.Nested(SlotOut))
    next = fields.String(allow_none=True)


class LessonOut(TaughtOut):
    id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    starts = fields.String(allow_none=True)
    room = fields.String(allow_none=True)


class LessonsOut(Schema):
    items = fields.List(fields.Nested(LessonOut))
    next = fields.String(allow_none=True)


class ImportQuery(Schema):
    dry_run = fields.Boolean(load_default=False)


IDS = fields.Dict(keys=fields.String(validate=Length(1, 120)), values=fields.UUID(), load_default=dict)


class IdsIn(Schema):
    teachers = IDS
    groups = IDS


class FetForm(Schema):
    ids = fields.Nested(IdsIn, load_default=lambda: {"teachers": {}, "groups": {}})
    starts_on = fields.Date(load_default=None, allow_none=True)

    @pre_load
    def parse_ids(self, data, **_):
        """A form field is text; this one is JSON."""
        read = {name: value for name, value in data.items() if value != ""}
        if "ids" in read:
            try:
                read["ids"] = orjson.loads(read["ids"])
            except ValueError as wrong:
                raise BadField(NOT_JSON, "ids") from wrong
        return read


class GroupNeeded(Schema):
    key = fields.String()
    name = fields.String()
    kind = fields.String()
    grade = fields.Integer(allow_none=True)
    parent_key = fields.String(allow_none=True)


class UnplacedOut(Schema):
    activity = fields.String()
    subject = fields.String()
    groups = fields.List(fields.String())
    teachers = fields.List(fields.String())
    hours = fields.Integer()


class IgnoredOut(Schema):
    what = fields.String()
    count = fields.Integer()
    why = fields.Raw()


class DayOut(Schema):
    name = fields.String()
    week = fields.Integer()
    weekday = fields.Integer()


class HourOut(Schema):
    name = fields.String()
    number = fields.Integer()
    starts = fields.String(allow_none=True)
    ends = fields.String(allow_none=True)


class NeedsOut(Schema):
    institution = fields.String()
    teachers = fields.List(fields.String())
    groups = fields.List(fields.Nested(GroupNeeded))
    days = fields.List(fields.Nested(DayOut))
    hours = fields.List(fields.Nested(HourOut))
    activities = fields.Integer()
    placed = fields.Integer()
    unplaced = fields.List(fields.Nested(UnplacedOut))
    ignored = fields.List(fields.Nested(IgnoredOut))


class TallyOut(Schema):
    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    cancelled = fields.Integer()


class YearTaken(Schema):
    id = fields.UUID()
    name = fields.String()
    is_new = fields.Boolean()


class FetOut(Schema):
    year = fields.Nested(YearTaken)
    subjects = fields.Nested(TallyOut)
    rooms = fields.Nested(TallyOut)
    loads = fields.Nested(TallyOut)  # type: ignore[assignment]  # A field; Schema keeps its method.
    lessons = fields.Nested(TallyOut)
    unplaced = fields.List(fields.Nested(UnplacedOut))
    ignored = fields.List(fields.Nested(IgnoredOut))
