"""On which days a school has lessons, each parallel by its own periods, and which lessons they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.schedule.rules import Place, Span, week_of
from shared.grades import is_for

PERIODS = ("quarter", "trimester", "half_year", "module")
"""Четверть, триместр, полугодие, модуль (DOMAIN 2.3)."""
SPECIAL_DAYS = ("moved", "working", "free", "short", "remote")
"""Works as another weekday, works though it is free, is free, rings otherwise, is held from home."""
OFF_CALENDAR = ("moved", "working")
"""Kinds of days with lessons whatever holidays and the length of the week say."""


@dataclass(frozen=True, slots=True)
class Special:
    """A day unlike the others, of some parallels (none: of all).

    It may have the lessons of another weekday, or of a week А (1) or В (2), and ring by another
    bell schedule.
    """

    day: date
    kind: str
    name: str = ""
    weekday: int | None = None
    week: int | None = None
    bell_schedule_id: UUID | None = None
    grades: tuple[int, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """What decides on which days a school has lessons."""

    starts_on: date
    periods: Sequence[Span]
    holidays: Sequence[Span]
    school_days: int
    specials: Sequence[Special] = ()


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """A day with lessons: those of a weekday, of a week; what is special about it, if anything."""

    day: date
    weekday: int
    week: int
    special: Special | None = None


def days_of_lessons(calendar: Calendar, grade: int | None = None) -> Iterator[SchoolDay]:
    """Return the days on which a parallel has lessons: school days of its periods that are no holidays.

    A group without a parallel has the periods of all, and the holidays and special days that are
    everyone's. A day that was moved or made a working one counts whatever else it is, but outside
    the periods there are no lessons: no mark could be put.
    """
    specials = {one.day: one for one in calendar.specials if _concerns(one.grades, grade)}
    holidays = [one for one in calendar.holidays if _concerns(one.grades, grade)]
    for day in _days_of_periods(calendar, grade):
        special = specials.get(day)
        if special is not None and special.kind in OFF_CALENDAR:
            is_held = True
        elif special is not None and special.kind == "free":
            is_held = False
        else:
            free = any(holiday.holds(day) for holiday in holidays)
            is_held = day.isoweekday() <= calendar.school_days and not free
        if is_held:
            yield _school_day(calendar, day, special)


def dates_by_place(calendar: Calendar, grade: int | None = None) -> dict[Place, list[SchoolDay]]:
    """Return the days on which a place of the weekly timetable falls for a parallel in this year."""
    found: dict[Place, list[SchoolDay]] = {}
    for one in days_of_lessons(calendar, grade):
        for week in (0, one.week):
            found.setdefault(Place(week, one.weekday), []).append(one)
    return found


def weeks_of(calendar: Calendar, grade: int) -> int:
    """Return how many weeks of study a parallel has in a year: its days of lessons by its week's days."""
    return round(sum(1 for _ in days_of_lessons(calendar, grade)) / calendar.school_days)


def _concerns(grades: Sequence[int], grade: int | None) -> bool:
    return not grades or grade in grades


def _days_of_periods(calendar: Calendar, grade: int | None) -> Iterator[date]:
    days = {
        period.starts_on + timedelta(days=number)
        for period in calendar.periods
        if is_for(period.grades, grade)
        for number in range((period.ends_on - period.starts_on).days + 1)
    }
    yield from sorted(days)


def _school_day(calendar: Calendar, day: date, special: Special | None) -> SchoolDay:
    weekday = (special.weekday if special else None) or day.isoweekday()
    week = (special.week if special else None) or week_of(calendar.starts_on, day)
    return SchoolDay(day, weekday, week, special)
