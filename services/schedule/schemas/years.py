"""The year in requests and answers: periods by parallel, holidays, special days, bells."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Length, OneOf, Range

from services.schedule.actions.bells.schedules import BellsPlan, SchedulePlan
from services.schedule.actions.year_plans import BellTime, YearPlan
from services.schedule.actions.years import USUAL_KIND
from services.schedule.rules import Span
from services.schedule.rules.days import PERIODS, SPECIAL_DAYS, Special
from services.schedule.schemas import CLOCK
from shared.grades import HIGHEST, LOWEST

NAME = Length(1, 60)
WEEKDAY = Range(1, 7)
SHIFT = OneOf([1, 2])


def _grades() -> Any:
    return fields.List(
        fields.Integer(strict=True, validate=Range(LOWEST, HIGHEST)),
        load_default=None,
        validate=Length(max=HIGHEST + 1),
        metadata={"description": "Parallels it is for; none: all."},
    )


class SpanSchema(Schema):
    name = fields.String(required=True, validate=NAME)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    grades = _grades()


class PeriodSchema(SpanSchema):
    id = fields.UUID()
    kind = fields.String(load_default=None, validate=OneOf(PERIODS))


class SpecialDaySchema(Schema):
    day = fields.Date(required=True)
    kind = fields.String(required=True, validate=OneOf(SPECIAL_DAYS))
    name = fields.String(load_default="", validate=Length(max=60))
    weekday = fields.Integer(load_default=None, allow_none=True, strict=True, validate=WEEKDAY)
    week = fields.Integer(load_default=None, allow_none=True, strict=True, validate=OneOf([1, 2]))
    bell_schedule_id = fields.UUID(load_default=None, allow_none=True)
    grades = _grades()


class BellSchema(Schema):
    number = fields.Integer(required=True, strict=True, validate=Range(0, 30))
    starts = fields.String(load_default=None, allow_none=True, validate=CLOCK)
    ends = fields.String(load_default=None, allow_none=True, validate=CLOCK)


class YearIn(Schema):
    name = fields.String(required=True, validate=NAME)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    school_days = fields.Integer(required=True, strict=True, validate=OneOf([5, 6]))
    periods = fields.List(fields.Nested(PeriodSchema), required=True, validate=Length(1, 30))
    holidays = fields.List(fields.Nested(SpanSchema), load_default=list, validate=Length(max=60))
    special_days = fields.List(
        fields.Nested(SpecialDaySchema),
        load_default=None,
        validate=Length(max=100),
        metadata={"description": "Without it they stay as they are."},
    )
    bells = fields.List(fields.Nested(BellSchema), load_default=list, validate=Length(max=30))

    @post_load
    def plan(self, data: dict[str, Any], **_: Any) -> YearPlan:
        """A body that names no parallels at all is of somebody who knows of none."""
        spans = [*data["periods"], *data["holidays"]]
        tells = any(one["grades"] is not None or one.get("kind") for one in spans)
        days = data["special_days"]
        return YearPlan(
            name=data["name"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            school_days=data["school_days"],
            periods=[_span(one) for one in data["periods"]],
            holidays=[_span(one) for one in data["holidays"]],
            bells=[BellTime(**one) for one in data["bells"]],
            period_ids=[one.get("id") for one in data["periods"]],
            period_kinds=[one["kind"] or USUAL_KIND for one in data["periods"]],
            special_days=None if days is None else [_day(one) for one in days],
            tells_parallels=tells,
        )


def _span(given: dict[str, Any]) -> Span:
    return Span(given["name"], given["starts_on"], given["ends_on"], _ordered(given["grades"]))


def _day(given: dict[str, Any]) -> Special:
    return Special(**{**given, "grades": _ordered(given["grades"])})


def _ordered(grades: list[int] | None) -> tuple[int, ...]:
    return tuple(sorted(set(grades or ())))


class YearOut(Schema):
    id = fields.UUID()
    name = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    school_days = fields.Integer()
    periods = fields.List(fields.Nested(PeriodSchema))
    holidays = fields.List(fields.Nested(SpanSchema))
    special_days = fields.List(fields.Nested(SpecialDaySchema))
    bells = fields.List(fields.Nested(BellSchema))


class BellScheduleSchema(Schema):
    id = fields.UUID(load_default=None)
    name = fields.String(required=True, validate=NAME)
    shift = fields.Integer(load_default=None, allow_none=True, strict=True, validate=SHIFT)
    weekdays = fields.List(fields.Integer(strict=True, validate=WEEKDAY), load_default=list)
    bells = fields.List(fields.Nested(BellSchema), required=True, validate=Length(1, 30))


class BellsIn(Schema):
    usual = fields.List(fields.Nested(BellSchema), required=True, validate=Length(max=30))
    schedules = fields.List(fields.Nested(BellScheduleSchema), load_default=list, validate=Length(max=20))

    @post_load
    def plan(self, data: dict[str, Any], **_: Any) -> BellsPlan:
        """Make of it what the action takes."""
        return BellsPlan(
            usual=[BellTime(**one) for one in data["usual"]],
            schedules=[
                SchedulePlan(
                    id=one["id"],
                    name=one["name"],
                    shift=one["shift"] or 0,
                    weekdays="".join(map(str, sorted(set(one["weekdays"])))),
                    bells=[BellTime(**bell) for bell in one["bells"]],
                )
                for one in data["schedules"]
            ],
        )


class ShiftOut(Schema):
    group_id = fields.UUID()
    name = fields.String(allow_none=True)
    from_on = fields.Date()
    shift = fields.Integer()


class BellsOut(Schema):
    usual = fields.List(fields.Nested(BellSchema))
    schedules = fields.List(fields.Nested(BellScheduleSchema))
    shifts = fields.List(fields.Nested(ShiftOut))


class ShiftIn(Schema):
    shift = fields.Integer(required=True, strict=True, validate=SHIFT)
    from_on = fields.Date(required=True)


class HistoryQuery(Schema):
    cursor = fields.UUID(load_default=None)
    what = fields.String(load_default=None, validate=Length(max=20))


class YearChangeOut(Schema):
    id = fields.UUID()
    what = fields.String()
    about_id = fields.UUID()
    name = fields.String()
    changed_at = fields.AwareDateTime()
    changed_by = fields.UUID(allow_none=True)
    person = fields.String(allow_none=True, metadata={"description": "Family name and initials."})
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class YearHistoryOut(Schema):
    items = fields.List(fields.Nested(YearChangeOut))
    next = fields.String(allow_none=True)
