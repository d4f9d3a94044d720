"""The demonstration's year: the usual one, in half-years for the two highest parallels, with a
shortened day before the winter holidays.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.schedule.actions.bells.schedules import BellsPlan, SchedulePlan, plan_bells
from services.schedule.actions.calendar import all_years
from services.schedule.actions.year_plans import BellTime, YearPlan
from services.schedule.actions.years import plan_year
from services.schedule.rules import Span, usual_holidays, usual_periods, usual_span
from services.schedule.rules.days import Special
from shared.db import SchoolSession

SUMMER = (6, 7, 8)
IN_QUARTERS, IN_HALVES = tuple(range(1, 10)), (10, 11)
LESSONS = 8
LESSON, BREAK = 30, 10  # Minutes of a shortened day.


def plan_demo_year(session: SchoolSession, first: int, day: date) -> None:
    """Plan the usual year that began in `first`, before there is a timetable; one there is stays.

    In summer it lasts to the end of summer: an import would plan the year to come, and the
    demonstration shows the one just ended.
    """
    if all_years(session):
        return
    span, quarters = usual_span(first), usual_periods(first)
    halves = half_years(quarters)
    plan = YearPlan(
        name=span.name,
        starts_on=span.starts_on,
        ends_on=date(first + 1, 8, 31) if day.month in SUMMER else span.ends_on,
        school_days=5,
        periods=[*(replace(one, grades=IN_QUARTERS) for one in quarters), *halves],
        holidays=usual_holidays(first),
        period_kinds=[*["quarter"] * len(quarters), *["half_year"] * len(halves)],
    )
    plan_year(session, plan, seen=0)
    year = plan_bells(session, BellsPlan(usual=[], schedules=[_shortened()]), seen=1)
    last = _last_weekday(quarters[1].ends_on)
    bells = year.bell_schedules[0].id
    special = Special(last, "short", "Перед зимними каникулами", bell_schedule_id=bells)
    plan_year(session, replace(plan, special_days=[special]), seen=year.version)


def half_years(quarters: Sequence[Span]) -> list[Span]:
    """Return the two halves that four quarters make for the highest parallels."""
    pairs = enumerate(zip(quarters[::2], quarters[1::2], strict=True), 1)
    return [Span(f"{n} полугодие", one.starts_on, other.ends_on, IN_HALVES) for n, (one, other) in pairs]


def _shortened() -> SchedulePlan:
    begins = [8 * 60 + 30 + number * (LESSON + BREAK) for number in range(LESSONS)]
    times = [BellTime(number, _clock(at), _clock(at + LESSON)) for number, at in enumerate(begins, 1)]
    return SchedulePlan(None, "Сокращённые", 0, "", times)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _last_weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.isoweekday() - 5))
