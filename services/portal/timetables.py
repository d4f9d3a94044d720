"""Lessons as the tables of the timetable show them: days across, or the classes of a school."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from services.portal.texts import day_kind_titles, grades_said, weekday_titles
from shared.names import group_key

WEEK = timedelta(days=7)
WORKED_FOR_ALL = ("moved", "working")  # Special days with lessons whatever holidays there are.
WIDEST = 9  # Columns of classes that a desk shows, and a sheet prints, without getting too narrow.

Lesson = dict[str, Any]


def days_of_week(monday: date, lessons: Iterable[Lesson], year: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the days to show, Monday to Friday and those with lessons; each with its lessons by number."""
    by_day: dict[str, dict[int, list[Lesson]]] = {}
    for one in lessons:
        by_day.setdefault(one["on"], {}).setdefault(one["number"], []).append(one)
    dates = [monday + timedelta(days=step) for step in range(7)]
    return [
        {"on": on, "hours": by_day.get(on.isoformat(), {}), "notes": day_notes(on, year)}
        for on in dates
        if on.isoweekday() <= 5 or on.isoformat() in by_day
    ]


def day_notes(on: date | str, year: Mapping[str, Any]) -> list[str]:
    """Return what sets a day apart, in words: its holiday, other bells, lessons of another weekday.

    `year` has `holidays` and `special_days` as schedule tells them.
    """
    day = f"{on}"
    special = [one for one in year.get("special_days", ()) if one["day"] == day]
    works = any(one["kind"] in WORKED_FOR_ALL and not one["grades"] for one in special)
    holidays = [one for one in year.get("holidays", ()) if one["starts_on"] <= day <= one["ends_on"]]
    free = [] if works else [_of_grades(one["name"], one) for one in holidays]
    return free + [_of_grades(_special(one), one) for one in special]


def _special(one: Mapping[str, Any]) -> str:
    kind = day_kind_titles()[one["kind"]]
    if one["weekday"]:
        kind = f"{kind}: {weekday_titles()[one['weekday']]}"
    return f"{one['name']} ({kind})" if one["name"] else kind


def _of_grades(said: str, one: Mapping[str, Any]) -> str:
    if not one["grades"]:
        return said
    return f"{said}, " + _("параллели %(grades)s", grades=grades_said(one["grades"]))


def hours_of(lessons: Iterable[Lesson]) -> list[dict[str, Any]]:
    """Return the numbers of lessons from the first to the last, each with when it usually begins."""
    starts: dict[int, list[str]] = {}
    for one in lessons:
        starts.setdefault(one["number"], []).extend([one["starts"]] if one["starts"] else [])
    if not starts:
        return []
    return [
        {"number": number, "starts": _usual(starts.get(number, ()))}
        for number in range(min(starts), max(starts) + 1)
    ]


def _usual(starts: Sequence[str]) -> str | None:
    return max(sorted(set(starts)), key=starts.count) if starts else None


def shown_day(days: Iterable[dict[str, Any]], asked: date | None, current: date) -> date | None:
    """Return the day a phone shows: the one asked for, or today, or the first with lessons."""
    dates = {one["on"]: one for one in days}
    for on in (asked, current):
        if on in dates:
            return on
    return next((on for on, one in dates.items() if one["hours"]), min(dates, default=None))


def columns_of_school(classes: Iterable[dict[str, Any]], lessons: Iterable[Lesson]) -> list[dict[str, Any]]:
    """Return tables of at most nine classes, none of which divides a parallel if it can be helped.

    Each has its classes in their order, and the lessons by class and number.
    """
    cells: dict[tuple[str, int], list[Lesson]] = {}
    for one in lessons:
        for id in one["class_ids"]:
            cells.setdefault((id, one["number"]), []).append(one)
    tables: list[list[dict[str, Any]]] = []
    for parallel in _by_grade(classes):
        if tables and len(tables[-1]) + len(parallel) <= WIDEST:
            tables[-1] += parallel
        else:
            tables += [parallel[at : at + WIDEST] for at in range(0, len(parallel), WIDEST)]
    return [{"classes": one, "cells": cells} for one in tables]


def _by_grade(classes: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for one in sorted(classes, key=lambda group: group_key(group["name"])):
        found.setdefault(one["grade"], []).append(one)
    return list(found.values())
