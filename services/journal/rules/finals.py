"""Marks of a period (четвертные …), of the year, of an exam and the final one: which there are, and when."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

PERIOD, YEAR, EXAM, FINAL = range(4)
"""The slots of these marks."""

KINDS = ("period", "year", "exam", "final")
"""What the slots are called, each at its number."""

WITHOUT_MARKS = 1
"""First grades learn without marks (DOMAIN 2.2): none are put, and nobody waits for theirs."""

EARLY, IN_TIME, LATE = "early", "in_time", "late"

BESIDE_SCALE = ("н/а", "осв", "зач", "незач")
"""What may stand in a period mark's cell, whatever the school's scale."""


class Column(NamedTuple):
    """A column of such marks: its slot, and the period, or for the other three the year, it is of."""

    slot: int
    period_id: UUID

    @property
    def kind(self) -> str:
        """What it is called."""
        return KINDS[self.slot]

    @property
    def key(self) -> str:
        """The column in addresses: the period's id, or the kind."""
        return str(self.period_id) if self.slot == PERIOD else self.kind


def signs(scale: Sequence[str], grade: int | None = None) -> list[str]:
    """Return what may stand in a cell: the school's marks, best first, and those beside every scale.

    Of a first grade nothing: it learns without marks.
    """
    if grade == WITHOUT_MARKS:
        return []
    return [*scale, *(sign for sign in BESIDE_SCALE if sign not in scale)]


class Window(NamedTuple):
    """The days on which the marks of a column are due (clause 3.6.5), both included."""

    opens_on: date
    closes_on: date

    def timing(self, day: date) -> str:
        """Return how a mark put on a day stands to the window."""
        if day < self.opens_on:
            return EARLY
        return IN_TIME if day <= self.closes_on else LATE


def window(starts_on: date, ends_on: date, days: int) -> Window:
    """Return the last days of a period, before the holidays (clause 3.6.5, D4)."""
    return Window(max(starts_on, ends_on - timedelta(days=days - 1)), ends_on)
