"""What a pupil's marks of a period come to, in whole numbers (DOMAIN 2.2)."""

from datetime import date
from typing import NamedTuple

from services.journal.rules.absence import is_absence
from services.journal.rules.marks import AWAITED, POINTS
from services.journal.rules.scales import FAILED, PASS, PASSED
from shared.errors import Text


class Tally(NamedTuple):
    """What a pupil has in a period: marks as they count, lessons held, and those missed."""

    total: int = 0  # Σ(m·w)
    weights: int = 0  # Σw
    marks: int = 0
    lessons: int = 0
    absent: int = 0
    hours: int = 1  # Lessons a week.
    unmarked_since: Text | None = None  # A long absence, when nothing was marked after it.
    awaited: int = 0  # Works that are to become marks yet («•»).
    brought: int = 0  # How many of the marks are from a former class or group (`rules.brought`).
    passed: int = 0  # «зач» among the marks, of which an average knows nothing,
    failed: int = 0  # and «незач».

    @property
    def hundredths(self) -> int:
        """The average in hundredths, rounded half up for show; there has to be a weight."""
        return (200 * self.total + self.weights) // (2 * self.weights)


def weekly_hours(lessons: int, starts_on: date, ends_on: date) -> int:
    """Return how many lessons a week a period has, at least one."""
    days = (ends_on - starts_on).days + 1
    return max(1, (lessons * 14 + days) // (2 * days))


class Sums(NamedTuple):
    """What cells add to a tally, each by the name it has there."""

    total: int = 0
    weights: int = 0
    marks: int = 0
    absent: int = 0
    awaited: int = 0
    passed: int = 0
    failed: int = 0


def cell_sums(value: str, weight: int | None, *, is_weighted: bool) -> Sums:
    """Return what a cell adds to a tally; «зач» and «незач» are marks, too, though no average counts them.

    Attendance has no `weight`; where the school weighs nothing every mark weighs 1.
    """
    if weight is None:
        return Sums(absent=int(is_absence(value)))
    points = POINTS.get(value)
    if points is not None:
        counted = weight if is_weighted else 1
        return Sums(points * counted, counted, 1)
    if value in PASS:
        return Sums(marks=1, passed=int(value == PASSED), failed=int(value == FAILED))
    return Sums(awaited=int(value == AWAITED))
