"""What the labels of days, hours and classes in a timetable say."""

import re
from collections.abc import Sequence

from services.schedule.imports.timetable import Day, Hour

TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:.hч]([0-5]\d)(?!\d)")
NUMBER = re.compile(r"\d{1,2}")
# A number that stands by itself at the start or after a space: «8 а», «07A», «Year 7», not «СД11».
GRADE = re.compile(r"(?:^|\s)0*(\d{1,2})(?!\d)")

WEEKDAYS = (
    ("пон", "пн", "mon", "lun", "lu"),
    ("вто", "вт", "вів", "tue", "mar", "ma"),
    ("сре", "сря", "ср", "сер", "wed", "mer", "mi"),
    ("чет", "чт", "thu", "jeu", "jo"),
    ("пят", "пт", "пет", "п'я", "fri", "ven", "vi"),
    ("суб", "сб", "съб", "sat", "sam", "sâ"),
)
"""How the weekdays begin in the languages a school's own files come in, Monday first."""


def read_days(names: Sequence[str], *, half_days: bool) -> tuple[Day, ...] | None:
    """Map the days of a file, in order, to weekdays; None when they are no weeks.

    Up to seven days are one week; ten, twelve and fourteen are two that alternate (weeks А and В).
    With `half_days` each two labels are the morning and the afternoon of one day.
    """
    count = len(names) // 2 if half_days else len(names)
    if not count or (half_days and len(names) % 2):
        return None
    if count > 7 and count not in (10, 12, 14):
        return None
    length = count // 2 if count > 7 else count
    places = [index // 2 if half_days else index for index in range(len(names))]
    return tuple(
        Day(name, place // length + 1, place % length + 1) for name, place in zip(names, places, strict=True)
    )


def read_hours(names: Sequence[str]) -> tuple[Hour, ...]:
    """Read the bells from the labels: “07:30”, “9.30 - 11.00”, “L1 07:30-08:10”, or no time at all.

    Where all labels are plain growing numbers, they are the lessons' own numbers, so that a lesson
    number 0 stays 0; otherwise lessons are counted from 1.
    """
    numbers = [int(name) if NUMBER.fullmatch(name) else -1 for name in names]
    own = -1 not in numbers and numbers == sorted(set(numbers))
    return tuple(
        Hour(name, numbers[index] if own else index + 1, *times_in(name)) for index, name in enumerate(names)
    )


def times_in(name: str) -> tuple[str | None, str | None]:
    """Return when a lesson begins and ends, HH:MM, as far as its label tells."""
    found = [f"{int(hour):02}:{minute}" for hour, minute in TIME.findall(name)]
    starts, ends = (*found[:2], None, None)[:2]
    return starts, ends if starts and ends and ends > starts else None


def grade_of(*names: str) -> int | None:
    """Return the grade (1–12) that the first of these names which begins with one tells."""
    for name in names:
        found = GRADE.search(name)
        if found and 1 <= int(found[1]) <= 12:
            return int(found[1])
    return None


def days_by_name(names: Sequence[str]) -> tuple[Day, ...] | None:
    """Recognise weekdays by their own names, in whatever order they come; None if one is unknown.

    What stands before the weekday («А-», «1 ») names the week of the cycle.
    """
    known = [_weekday(name) for name in names]
    if not names or None in known:
        return None
    found = [day for day in known if day]
    weeks = sorted({week for week, _ in found})
    if len(weeks) > 2 or len(set(found)) < len(found):
        return None
    days = [
        Day(name, weeks.index(week) + 1, weekday) for name, (week, weekday) in zip(names, found, strict=True)
    ]
    return tuple(sorted(days, key=lambda day: (day.week, day.weekday)))


def weekday_in(name: str) -> int | None:
    """Return the weekday that a label names in one of the languages known, Monday 1."""
    found = _weekday(name)
    return found[1] if found else None


def _weekday(name: str) -> tuple[str, int] | None:
    *before, word = re.split(r"[\s\-–./]+", name.casefold().strip())
    for index, beginnings in enumerate(WEEKDAYS, 1):
        if word.startswith(beginnings):
            return " ".join(before), index
    return None


def hours_in_order(names: Sequence[str]) -> tuple[Hour, ...] | None:
    """Put hours in the order of the times, or else the numbers, in their labels; None without either."""
    timed = {name: times_in(name)[0] for name in names}
    if all(timed.values()):
        return read_hours(sorted(names, key=lambda name: timed[name] or ""))
    numbered = {name: NUMBER.search(name) for name in names}
    if not all(numbered.values()):
        return None
    return read_hours(sorted(names, key=lambda name: int(found[0]) if (found := numbered[name]) else 0))
