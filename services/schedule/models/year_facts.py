"""What is decided about a year, as plain values: to see whether it changed, and for its history."""

from collections.abc import Iterable
from typing import Any

from services.schedule.models import Bell, BellTime, Holiday, Period, SpecialDay, Year

Fact = dict[str, Any]


def year_facts(year: Year) -> Fact:
    """Return all that an operator decides about a year on its page."""
    return {
        "name": year.name,
        "starts_on": f"{year.starts_on}",
        "ends_on": f"{year.ends_on}",
        "school_days": year.school_days,
        "periods": [
            {"id": f"{one.id}", **_span(one), "kind": one.kind}
            for one in sorted(year.periods, key=lambda one: (one.starts_on, one.name))
        ],
        "holidays": [
            _span(one) for one in sorted(year.holidays, key=lambda one: (one.starts_on, one.name, one.grades))
        ],
        "special_days": [
            _day(one) for one in sorted(year.special_days, key=lambda one: (one.day, one.grades))
        ],
        "bells": bell_facts(year.bells),
    }


def bells_facts(year: Year) -> Fact:
    """Return all bell schedules of a year, the usual one among them."""
    schedules = sorted(year.bell_schedules, key=lambda one: (one.name, one.shift))
    return {
        "usual": bell_facts(year.bells),
        "schedules": [
            {
                "id": f"{one.id}",
                "name": one.name,
                "shift": one.shift or None,
                "weekdays": [int(day) for day in one.weekdays],
                "bells": bell_facts(one.times),
            }
            for one in schedules
        ],
    }


def bell_facts(bells: Iterable[Bell | BellTime]) -> list[Fact]:
    """Return when each lesson begins and ends, in the order of their numbers."""
    return [
        {"number": one.number, "starts": one.starts, "ends": one.ends}
        for one in sorted(bells, key=lambda one: one.number)
    ]


def _span(one: Period | Holiday) -> Fact:
    return {
        "name": one.name,
        "starts_on": f"{one.starts_on}",
        "ends_on": f"{one.ends_on}",
        "grades": list(one.grades),
    }


def _day(one: SpecialDay) -> Fact:
    return {
        "day": f"{one.day}",
        "kind": one.kind,
        "name": one.name,
        "weekday": one.weekday,
        "week": one.week,
        "bell_schedule_id": f"{one.bell_schedule_id}" if one.bell_schedule_id else None,
        "grades": list(one.grades),
    }
