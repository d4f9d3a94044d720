"""Bodies, queries and answers about thematic plans."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.journal.actions.followed_plans import HOW
from services.journal.actions.plans import MOST_HOURS, MOST_TOPICS, PlanHead, TopicFacts
from services.journal.schemas.answers import NamedOut
from services.journal.schemas.incoming import Line, Words, printable
from shared.errors import Text
from shared.field_texts import BadField
from shared.grades import HIGHEST, LOWEST

ID_TWICE = Text(
    "Тема передана дважды, с одним и тем же id. Обновите страницу и повторите.",
    "A topic's id stands twice. Reload the page and try again.",
)


def _line(limit: int, **given: Any) -> Line:
    return Line(validate=[validate.Length(max=limit), printable], **given)


def _name(**given: Any) -> Line:
    return Line(validate=[validate.Length(1, 200), printable], **given)


def _year() -> Any:
    return fields.UUID(metadata={"description": "None: this year, or once that is over the next planned."})


def _numbers() -> Any:
    said = "The numbers, from 1, of topics whose dates are not in order."
    return fields.List(fields.Integer(), metadata={"description": said})


class TopicIn(Schema):
    id = fields.UUID(load_default=None, allow_none=True)
    section = _line(300, load_default="")
    topic = Line(required=True, validate=[validate.Length(1, 1000), printable])
    hours = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MOST_HOURS))
    kind = _line(100, load_default="")
    control = _line(100, load_default="")
    homework = Words(load_default="", validate=[validate.Length(max=4000), printable])
    planned_on = fields.Date(load_default=None, allow_none=True)

    @post_load
    def facts(self, data: dict[str, Any], **_: Any) -> TopicFacts:
        return TopicFacts(**data)


def _ids_once(topics: list[TopicFacts]) -> None:
    ids = [one.id for one in topics if one.id]
    if len(set(ids)) < len(ids):
        raise BadField(ID_TWICE)


def _topics(**given: Any) -> Any:
    return fields.List(
        fields.Nested(TopicIn), validate=[validate.Length(max=MOST_TOPICS), _ids_once], **given
    )


class MakePlanIn(Schema):
    subject_id = fields.UUID(required=True)
    grade = fields.Integer(required=True, strict=True, validate=validate.Range(LOWEST, HIGHEST))
    name = _name(required=True)
    year_id = _year()
    topics = _topics(load_default=list)

    @post_load
    def head(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        named = {name: data.pop(name) for name in ("subject_id", "grade", "name")}
        return {**data, "head": PlanHead(**named)}


class CopyPlanIn(Schema):
    year_id = _year()
    name = _name(load_default=None, allow_none=True)
    grade = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(LOWEST, HIGHEST)
    )


class ChangePlanIn(Schema):
    name = _name(required=True)
    topics = _topics(required=True)


class FollowPlanIn(Schema):
    plan_id = fields.UUID(required=True, allow_none=True)


class AdjustTopicIn(Schema):
    how = fields.String(required=True, validate=validate.OneOf(HOW))
    hours = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MOST_HOURS))


class PlansQuery(Schema):
    year_id = _year()
    every_year = fields.Boolean(load_default=False, metadata={"description": "Not one alone."})
    subject_id = fields.UUID()
    grade = fields.Integer(validate=validate.Range(LOWEST, HIGHEST))


class TopicOut(Schema):
    id = fields.UUID()
    section = fields.String()
    topic = fields.String()
    hours = fields.Integer()
    kind = fields.String()
    control = fields.String(metadata={"description": "вид контроля; empty: none"})
    homework = fields.String()
    planned_on = fields.Date(allow_none=True)


class ListedPlanOut(Schema):
    id = fields.UUID()
    subject = fields.Nested(NamedOut)
    year = fields.Nested(NamedOut)
    grade = fields.Integer()
    name = fields.String()
    owner = fields.String(allow_none=True, metadata={"description": "None: the school's own skeleton."})
    version = fields.Integer()
    changed_at = fields.AwareDateTime()
    can_edit = fields.Boolean()
    topic_count = fields.Integer()
    hours = fields.Integer()
    followed_by = fields.List(fields.String(), metadata={"description": "Groups whose pages go by it."})


class PlansOut(Schema):
    items = fields.List(fields.Nested(ListedPlanOut))
    next = fields.String(allow_none=True)


class PlanPageOut(Schema):
    id = fields.UUID()
    group = fields.String()
    follows = fields.Boolean()
    follows_other = fields.Boolean()
    is_mine = fields.Boolean()


class PlanOut(ListedPlanOut):
    class Meta:
        exclude = ("followed_by",)

    topics = fields.List(fields.Nested(TopicOut))
    out_of_order = _numbers()
    pages = fields.List(fields.Nested(PlanPageOut))


class PlanMadeOut(Schema):
    id = fields.UUID()
    version = fields.Integer()


class PlanSavedOut(PlanMadeOut):
    out_of_order = _numbers()
    topic_ids = fields.List(fields.UUID(), metadata={"description": "In the order of the topics sent."})


class LaidTopicLessonOut(Schema):
    lesson_id = fields.UUID()
    on = fields.Date()
    is_written = fields.Boolean()


class LaidTopicOut(TopicOut):
    position = fields.Integer()
    how = fields.String(validate=validate.OneOf(HOW))
    own_hours = fields.Integer()
    lessons = fields.List(fields.Nested(LaidTopicLessonOut))


class LaidLessonOut(Schema):
    lesson_id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    topic_id = fields.UUID()
    topic = fields.String()
    hour = fields.Integer()
    hours = fields.Integer()
    homework = fields.String()
    control = fields.String()
    is_bound = fields.Boolean()
    is_written = fields.Boolean()


class LayingOut(Schema):
    page_id = fields.UUID()
    plan = fields.Nested(NamedOut, allow_none=True)
    can_read_plan = fields.Boolean()
    can_adjust = fields.Boolean()
    today = fields.Date()
    topics = fields.List(fields.Nested(LaidTopicOut))
    lessons = fields.List(fields.Nested(LaidLessonOut))


class PlanImportQuery(Schema):
    dry_run = fields.Boolean(load_default=False)
    agreed = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0),
        metadata={"description": "How many topics in use may go or be worded anew."},
    )
    subject_id = fields.UUID(metadata={"description": "Of rows whose table does not name it."})
    grade = fields.Integer(validate=validate.Range(LOWEST, HIGHEST))
    name = _name()
    year_id = _year()


class ReplacedTopicOut(Schema):
    plan = fields.String()
    section = fields.String()
    topic = fields.String()
    becomes = fields.String(
        allow_none=True, metadata={"description": "What stands there now; none: it goes."}
    )
    lessons = fields.Integer(metadata={"description": "Lessons it was given on."})
    is_adjusted = fields.Boolean(metadata={"description": "Some class has it longer, merged or skipped."})


class ReadPlanOut(Schema):
    subject = fields.String()
    grade = fields.Integer()
    name = fields.String()
    topics = fields.Integer()
    hours = fields.Integer()
    assumed = fields.Integer(metadata={"description": "Topics with empty hours, taken for one hour each."})
    dated = fields.Integer(metadata={"description": "Topics with a date."})
    out_of_order = _numbers()


class UnusedColumnOut(Schema):
    file = fields.String(metadata={"description": "The sheet."})
    column = fields.String(metadata={"description": "Empty: the whole sheet."})


class PlanImportOut(Schema):
    rows = fields.Integer()
    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    replaced = fields.List(
        fields.Nested(ReplacedTopicOut), metadata={"description": "The first hundred of them."}
    )
    replaced_count = fields.Integer()
    plans = fields.List(fields.Nested(ReadPlanOut), metadata={"description": "What was read of each."})
    unused = fields.List(fields.Nested(UnusedColumnOut), metadata={"description": "What was not read."})


class PlanTableQuery(Schema):
    format = fields.String(load_default="xlsx", validate=validate.OneOf(("xlsx", "csv")))
