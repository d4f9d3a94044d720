"""Bodies and answers about versions of the timetable."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validates_schema
from marshmallow.validate import Length, OneOf, Range

from services.schedule.actions.versions.drafts import CardFacts
from services.schedule.rules.conflicts.facts import SOFT, GradeLimit
from services.schedule.schemas import CLOCK, WhoseQuery
from shared.errors import Text
from shared.field_texts import BadField

TIMETABLE_NAME = Length(1, 120)
CURRENT = "current"
NO_VERSION = Text("Нужен id версии расписания или «current».", "A version's id, or “current”.")
PLACED_BY_HALF = Text(
    "Укажите и день недели, и номер урока; или ни того, ни другого.",
    "Give both weekday and number, or neither.",
)
EVERY_WEEK = {"description": "0 is every week, 1 is week А, 2 is В."}


class TimetableQuery(WhoseQuery):
    room_id = fields.UUID(load_default=None)
    on = fields.Date(
        load_default=None, metadata={"description": "As it is in force on this day; today, if not given."}
    )


class CopyOf(fields.Field[Any]):
    """A version's id, or «current»: what is in force today for all groups."""

    def _deserialize(self, value, *_, **__):  # noqa: ANN002 - marshmallow gives more than is needed.
        if value == CURRENT:
            return value
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError) as wrong:
            raise BadField(NO_VERSION) from wrong


class TimetableNameIn(Schema):
    name = fields.String(required=True, validate=TIMETABLE_NAME)


class TimetableIn(TimetableNameIn):
    copy_of = CopyOf(
        load_default=None,
        allow_none=True,
        metadata={"description": "A version's id, or “current”: what is in force.", "type": "string"},
    )


class TimetableSummaryOut(Schema):
    id = fields.UUID()
    year_id = fields.UUID()
    name = fields.String()
    status = fields.String(metadata={"description": "draft, published or withdrawn."})
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True, metadata={"description": "null: to the end of the year."})
    source = fields.String()
    placed = fields.Integer()
    unplaced = fields.Integer()
    errors = fields.Integer()
    warnings = fields.Integer()
    version = fields.Integer()
    made_at = fields.AwareDateTime()
    published_at = fields.AwareDateTime(allow_none=True)


class ListedTimetableOut(TimetableSummaryOut):
    ends_on = fields.Date(
        allow_none=True,
        metadata={"description": "Its last day for any group, later versions heeded; null: the year's."},
    )
    is_covered = fields.Boolean(metadata={"description": "Later versions go before it on all its days."})


class TimetablesOut(Schema):
    items = fields.List(fields.Nested(ListedTimetableOut))
    next = fields.String(allow_none=True)


class TimetableCardIn(Schema):
    subject_id = fields.UUID(required=True)
    group_ids = fields.List(fields.UUID(), required=True, validate=Length(1, 60))
    teacher_ids = fields.List(fields.UUID(), load_default=list, validate=Length(max=20))
    room_id = fields.UUID(load_default=None, allow_none=True)
    week = fields.Integer(load_default=0, strict=True, validate=Range(0, 2), metadata=EVERY_WEEK)
    weekday = fields.Integer(load_default=None, allow_none=True, strict=True, validate=Range(1, 7))
    number = fields.Integer(load_default=None, allow_none=True, strict=True, validate=Range(0, 30))
    starts = fields.String(load_default=None, allow_none=True, validate=CLOCK)
    is_locked = fields.Boolean(load_default=False)

    @validates_schema
    def placed_wholly(self, data, **_):
        if (data["weekday"] is None) != (data["number"] is None):
            raise BadField(PLACED_BY_HALF, "weekday")

    @post_load
    def facts(self, data, **_):
        return CardFacts(**data)


class TimetableCardOut(Schema):
    id = fields.UUID()
    subject_id = fields.UUID()
    group_ids = fields.List(fields.UUID())
    teacher_ids = fields.List(fields.UUID())
    room_id = fields.UUID(allow_none=True)
    week = fields.Integer(metadata=EVERY_WEEK)
    weekday = fields.Integer(allow_none=True, metadata={"description": "Monday is 1; null: not placed yet."})
    number = fields.Integer(allow_none=True)
    starts = fields.String(allow_none=True)
    is_locked = fields.Boolean()


CARD_NAMES = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))


class TimetableVersionOut(TimetableSummaryOut):
    cards = fields.List(fields.Nested(TimetableCardOut))
    subjects = CARD_NAMES
    groups = CARD_NAMES
    teachers = CARD_NAMES
    rooms = CARD_NAMES


class CardConflictOut(Schema):
    kind = fields.String()
    severity = fields.String(metadata={"description": "error or warning."})
    card_ids = fields.List(fields.UUID())
    week = fields.Integer(metadata=EVERY_WEEK)
    weekday = fields.Integer(allow_none=True, metadata={"description": "null: of the whole week."})
    number = fields.Integer(allow_none=True)
    text = fields.String()


class CardConflictsOut(Schema):
    items = fields.List(fields.Nested(CardConflictOut))
    next = fields.String(allow_none=True)


class ChangedCardOut(Schema):
    card = fields.Nested(TimetableCardOut, allow_none=True)
    version = fields.Integer()
    conflicts = fields.List(fields.Nested(CardConflictOut))
    errors = fields.Integer()
    warnings = fields.Integer()


class CardPlaceOut(Schema):
    week = fields.Integer(metadata=EVERY_WEEK)
    weekday = fields.Integer()
    number = fields.Integer()
    conflicts = fields.List(fields.Nested(CardConflictOut))


class CardPlacesOut(Schema):
    items = fields.List(fields.Nested(CardPlaceOut))
    next = fields.String(allow_none=True)


class PublicationIn(Schema):
    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    accept_conflicts = fields.Boolean(load_default=False)


class LessonsTallyOut(Schema):
    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    cancelled = fields.Integer()


class GradeLimitSchema(Schema):
    grade = fields.Integer(required=True, strict=True, validate=Range(1, 11))
    per_day = fields.Integer(required=True, strict=True, validate=Range(1, 15))
    longer_days = fields.Integer(required=True, strict=True, validate=Range(0, 6))
    five_days = fields.Integer(required=True, strict=True, validate=Range(1, 60))
    six_days = fields.Integer(required=True, strict=True, validate=Range(1, 60))


class TimetableLimitsIn(Schema):
    from_on = fields.Date(required=True)
    grades = fields.List(fields.Nested(GradeLimitSchema), load_default=list, validate=Length(max=11))
    severities = fields.Dict(
        keys=fields.String(validate=OneOf(list(SOFT))),
        values=fields.String(validate=OneOf(["error", "warning", "off"])),
        load_default=dict,
    )

    @post_load
    def limits(self, data, **_):
        grades = {one.pop("grade"): GradeLimit(**one) for one in data["grades"]}
        return data | {"grades": grades}


class TimetableLimitsOut(Schema):
    from_on = fields.Date(allow_none=True, metadata={"description": "null: the sanitary norms."})
    grades = fields.List(fields.Nested(GradeLimitSchema))
    severities = fields.Dict(keys=fields.String(), values=fields.String())
    version = fields.Integer()
