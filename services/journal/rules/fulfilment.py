"""Fulfilment of the programme (прохождение программы, clause 2.2.10): the formulas of DOMAIN 2.4."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.grades import is_for

QUARTERS = 4
"""Hours of the curriculum come in quarters."""

DAY, DAYS_A_WEEK = timedelta(days=1), 7
SCHOOL_WEEK = 5
"""From so many days on holidays leave a week without lessons: many are entered from Monday to Friday."""

WORTH_A_WARNING = -1
"""A forecast from this on is told, while the year still has lessons to mend it."""

Span = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True)
class Course:
    """What is known of a page's year, in lessons."""

    curriculum: int | None  # By the curriculum or the load; None where neither tells.
    planned: int | None  # By the thematic plan; None while the page follows none.
    saved: int  # By merging and skipping topics, or making them shorter.
    due: int  # Planned to date, with what was added to those topics.
    given: int  # Held, with a topic.
    unrecorded: int  # Held, and no topic written.
    remaining: int  # In the timetable to the end of the year.
    added: int = 0  # By making topics longer.

    @property
    def goal(self) -> int:
        """The hours to be given: those of the thematic plan as the page follows it, or of the curriculum."""
        planned = self.curriculum or 0 if self.planned is None else self.planned
        return max(planned + self.added - self.saved, 0)

    @property
    def lag(self) -> int:
        """How many hours it is behind; less than none when ahead. What was saved counts as given."""
        return self.due - self.given - self.saved

    @property
    def percent(self) -> int:
        """How much of the year's hours is given, in whole percent."""
        return min(100, 100 * self.given // self.goal) if self.goal else 100

    @property
    def forecast(self) -> int:
        """The hours over (or, less than none, short) at the year's end if nothing changes."""
        return self.given + self.remaining - self.goal

    @property
    def plan_short(self) -> int:
        """How many hours of the curriculum the thematic plan has no topics for, longer ones counted in."""
        planned = self.planned
        return 0 if planned is None else max((self.curriculum or 0) - planned - self.added, 0)

    @property
    def is_at_risk(self) -> bool:
        """Whether the year is going to end short of hours, and there is still time to mend it.

        By the thematic plan or by the curriculum, whichever has more: a plan too short hides nothing.
        """
        if not (self.goal or self.plan_short):
            return False
        return self.forecast - self.plan_short <= WORTH_A_WARNING and self.remaining > 0


def without(holidays: Iterable[Span], spans: Iterable[Span]) -> list[Span]:
    """Return what holidays leave of spans: half-years have some within them, and the first parallel has more.

    Days off that are no school week take nothing: the curriculum's hours are by weeks with lessons.
    """
    left = list(spans)
    for first, last in holidays:
        if (last - first).days + 1 >= SCHOOL_WEEK:
            left = [
                (starts_on, ends_on)
                for span in left
                for starts_on, ends_on in (
                    (span[0], min(span[1], first - DAY)),
                    (max(span[0], last + DAY), span[1]),
                )
                if starts_on <= ends_on
            ]
    return left


def learned_on(periods: Iterable[Any], holidays: Iterable[Any], grade: int | None, year: Span) -> list[Span]:
    """Return the days a parallel learns on: of the whole year where no period is told of."""
    spans, free = (
        [(one.starts_on, one.ends_on) for one in those if is_for(one.grades, grade)]
        for those in (periods, holidays)
    )
    return without(free, spans or [year])


def due_by_pace(hours: int, spans: Iterable[Span], day: date) -> int:
    """Return how many of a year's hours are due on a day when no dates are planned.

    They go evenly with the days of the periods, so that days off, a new timetable and cancelled
    lessons do not change what was due.
    """
    passed = whole = 0
    for starts_on, ends_on in spans:
        whole += (ends_on - starts_on).days + 1
        passed += max(0, (min(day, ends_on) - starts_on).days + 1)
    return hours * passed // whole if whole else 0


def year_hours(quarters_per_week: int, hours_per_year: int, spans: Iterable[Span]) -> int:
    """Return the hours a year of what is planned by the week, and of what is planned by the year."""
    days = sum((ends_on - starts_on).days + 1 for starts_on, ends_on in spans)
    weeks = (days + 3) // DAYS_A_WEEK
    return (quarters_per_week * weeks + QUARTERS // 2) // QUARTERS + hours_per_year
