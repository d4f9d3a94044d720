"""Term-end marks on paper: which columns a page has, what they are called (clause 5.1, DOMAIN 2.10)."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

PERIOD, YEAR, EXAM, FINAL = range(4)
"""The slots of these marks."""

KINDS = ("period", "year", "exam", "final")
"""What journal calls the slots, each at its number."""

TITLES = {YEAR: "годовая", EXAM: "экзамен", FINAL: "итоговая"}

GRADUATING = (9, 11)
"""Parallels that end with a final mark in every subject."""


class Term(NamedTuple):
    """A column of term-end marks: the period, or of the last three slots the year, and the printed title."""

    period_id: UUID
    slot: int
    title: str

    @property
    def kind(self) -> str:
        """What journal calls the column."""
        return KINDS[self.slot]


def year_terms(year_id: UUID, grade: int | None, filled: Collection[int], *, is_marked: bool) -> list[Term]:
    """Return the columns after the last period: an exam's where one was taken, a final mark's where due.

    `filled` are the slots of the year in which anything stands; a page without any marks has but those.
    """
    due = {YEAR} | ({FINAL} if grade in GRADUATING else set()) if is_marked else set()
    return [Term(year_id, slot, TITLES[slot]) for slot in TITLES if slot in due or slot in filled]
