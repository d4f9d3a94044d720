"""Request bodies (…In), queries and answers (…Out) of the curriculum and of the load as a table."""

from typing import Any

from marshmallow import Schema, fields, post_load, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from services.schedule.actions.curriculum.approving import Order
from services.schedule.actions.curriculum.plans import PlanFacts, PlanItem
from services.schedule.actions.load_tables import LoadRow
from services.schedule.rules.curriculum import MOST_GROUPS, MOST_QUARTERS, PARTS, QUARTERS, read_hours
from services.schedule.schemas import NamedOut, TallyOut
from shared.errors import Text
from shared.field_texts import BadField
from shared.grades import HIGHEST, LOWEST

WORDS = Regexp(r"\S")
NO_HOURS = Text(
    f"Часы в неделю: число до {MOST_QUARTERS // QUARTERS}, кратное четверти часа: 1, 1,5 или 0,25.",
    f"Hours a week, up to {MOST_QUARTERS // QUARTERS}, in quarters: 1, 1.5, 0.25.",
)
NO_HOURS_AT_ALL = Text("Укажите часы в неделю или часы в год.", "Say hours a week or a year.")


class Hours(fields.Float):
    """Hours a week, in quarters of an hour: 1.5 in JSON, 6 inside; as text it may have a comma."""

    def _serialize(self, value: Any, *_given: Any, **_more: Any) -> Any:
        return value

    def _deserialize(self, value: Any, *_given: Any, **_more: Any) -> Any:
        quarters = None if isinstance(value, bool) else read_hours(str(value))
        if quarters is None or quarters > MOST_QUARTERS:
            raise BadField(NO_HOURS)
        return quarters


class CurriculumItemIn(Schema):
    subject_id = fields.UUID(required=True)
    hours_per_week = Hours(required=True)
    part = fields.String(load_default=PARTS[0], validate=OneOf(PARTS))
    hours_per_year = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=Range(1, 1500),
        metadata={"description": "None: as the weeks of the year make it."},
    )  # fmt: skip
    group_count = fields.Integer(load_default=1, strict=True, validate=Range(1, MOST_GROUPS))

    @validates_schema
    def some_hours(self, data: dict[str, Any], **_: Any) -> None:
        if not data["hours_per_week"] and not data["hours_per_year"]:
            raise BadField(NO_HOURS_AT_ALL, "hours_per_week")

    @post_load
    def item(self, data: dict[str, Any], **_: Any) -> PlanItem:
        return PlanItem(quarters_per_week=data.pop("hours_per_week"), **data)


class CurriculumIn(Schema):
    name = fields.String(required=True, validate=[Length(1, 120), WORDS])
    grade = fields.Integer(required=True, strict=True, validate=Range(LOWEST, HIGHEST))
    class_ids = fields.List(fields.UUID(), load_default=list, validate=Length(max=40))
    items = fields.List(fields.Nested(CurriculumItemIn), load_default=list, validate=Length(max=120))

    @post_load
    def facts(self, data: dict[str, Any], **_: Any) -> PlanFacts:
        return PlanFacts(**{**data, "class_ids": list(dict.fromkeys(data["class_ids"]))})


class CurriculumApprovalIn(Schema):
    order_number = fields.String(required=True, validate=[Length(1, 40), WORDS])
    order_on = fields.Date(required=True)

    @post_load
    def order(self, data: dict[str, Any], **_: Any) -> Order:
        return Order(data["order_number"].strip(), data["order_on"])


class CurriculaQuery(Schema):
    history = fields.Boolean(load_default=False, metadata={"description": "Also those replaced since."})


class CurriculumItemOut(Schema):
    subject = fields.Nested(NamedOut)
    part = fields.String()
    hours_per_week = Hours()
    hours_per_year = Hours()
    is_year_given = fields.Boolean()
    group_count = fields.Integer()


class CurriculumOut(Schema):
    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    grade = fields.Integer()
    classes = fields.List(fields.Nested(NamedOut))
    status = fields.String(validate=OneOf(["draft", "approved", "replaced"]))
    edition = fields.Integer()
    replaces_id = fields.UUID(allow_none=True)
    order_number = fields.String(allow_none=True)
    order_on = fields.Date(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    approved_by = fields.UUID(allow_none=True)
    replaced_at = fields.AwareDateTime(allow_none=True)
    weeks = fields.Integer(metadata={"description": "Weeks of study, from which a year's hours follow."})
    hours_per_week = Hours()
    hours_per_year = Hours()
    week_limit = fields.Integer(allow_none=True, metadata={"description": "By SanPiN 1.2.3685-21."})
    items = fields.List(fields.Nested(CurriculumItemOut))


class CurriculaOut(Schema):
    items = fields.List(fields.Nested(CurriculumOut))
    next = fields.String(allow_none=True)


class LoadTableQuery(Schema):
    group_id = fields.UUID(load_default=None, metadata={"description": "A class, with its groups."})


class LoadRowIn(Schema):
    group_id = fields.UUID(required=True)
    subject_id = fields.UUID(required=True)
    teacher_ids = fields.List(fields.UUID(), load_default=list, validate=Length(max=6))
    hours_per_week = Hours(required=True, validate=Range(1))

    @post_load
    def row(self, data: dict[str, Any], **_: Any) -> LoadRow:
        teachers = tuple(dict.fromkeys(data["teacher_ids"]))
        return LoadRow(data["group_id"], data["subject_id"], teachers, data["hours_per_week"])


class LoadTableIn(Schema):
    items = fields.List(fields.Nested(LoadRowIn), required=True, validate=Length(max=10_000))


class LoadRowOut(Schema):
    group_id = fields.UUID()
    subject_id = fields.UUID()
    teacher_ids = fields.List(fields.UUID())
    hours_per_week = Hours()


class LoadTableOut(Schema):
    version = fields.Integer()
    items = fields.List(fields.Nested(LoadRowOut))
    next = fields.String(allow_none=True)


class LoadTallyOut(Schema):
    version = fields.Integer()
    loads = fields.Nested(TallyOut)  # type: ignore[assignment]  # A field; Schema keeps its method.


class CheckQuery(Schema):
    drafts = fields.Boolean(load_default=False, metadata={"description": "Against drafts, if any."})


class PlaceOut(Schema):
    name = fields.String(metadata={"description": "Empty for a group that is not there yet."})
    planned = Hours()
    covered = Hours()
    uncovered = Hours()
    over = Hours()


class CheckedOut(Schema):
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    is_planned = fields.Boolean()
    planned = Hours()
    group_count = fields.Integer()
    places = fields.List(fields.Nested(PlaceOut))


class ElsewhereOut(Schema):
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    hours_per_week = Hours()


class TeacherHoursOut(Schema):
    id = fields.UUID()
    hours_per_week = Hours()


class LoadCheckOut(Schema):
    items = fields.List(fields.Nested(CheckedOut))
    uncovered = Hours()
    over = Hours()
    without_plan = fields.List(fields.Nested(NamedOut))
    elsewhere = fields.List(fields.Nested(ElsewhereOut))
    teachers = fields.List(fields.Nested(TeacherHoursOut))
    next = fields.String(allow_none=True)


class TariffQuery(Schema):
    format = fields.String(load_default="json", validate=OneOf(["json", "pdf", "xlsx"]))


class TariffTeacherOut(Schema):
    teacher = fields.Nested(NamedOut)
    rows = fields.List(fields.Nested(ElsewhereOut))
    hours_per_week = Hours()
    share = fields.String()


class TariffOut(Schema):
    year = fields.Nested(NamedOut)
    items = fields.List(fields.Nested(TariffTeacherOut))
    vacant = fields.List(fields.Nested(ElsewhereOut))
    hours_per_week = Hours()
    share = fields.String()
    rate_hours = Hours()
    rate_version = fields.Integer()
    next = fields.String(allow_none=True)


class RateIn(Schema):
    hours_per_week = Hours(required=True, validate=Range(1))


class RateOut(Schema):
    hours_per_week = Hours()


class TableQuery(Schema):
    format = fields.String(load_default="xlsx", validate=OneOf(["xlsx", "csv"]))


class PlanImportQuery(Schema):
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Try everything, keep nothing."})


class PlanImportOut(Schema):
    rows = fields.Integer()
    subjects = fields.Nested(TallyOut)
    curricula = fields.Nested(TallyOut)
    loads = fields.Nested(TallyOut)  # type: ignore[assignment]  # A field; Schema keeps its method.
