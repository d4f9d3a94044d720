"""Sections that tell their hours: true headings, or rows whose topic was forgotten."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.journal.imports.plan_cells import hours_of
from services.journal.imports.plan_columns import HOURS, SECTION, TOPIC
from shared.headed import HeadedRow
from shared.imports import RowError


@dataclass
class _Heading:
    row: HeadedRow
    below: int = 0  # The hours of the topics below it so far.

    @property
    def hours(self) -> int | None:
        """The hours its topics make up; None of a heading across the table, which is one whatever it says."""
        return hours_of(self.row.get(HOURS)) if self.row.get(SECTION) else None

    @property
    def is_whole(self) -> bool:
        return bool(self.below) if self.hours is None else self.below == self.hours

    def error(self) -> RowError:
        return self.row.error(
            TOPIC,
            "Напишите тему. Если это раздел, его часы — сумма часов его тем.",
            "Name the topic. If this is a section, its hours are the sum of those of its topics.",
        )


@dataclass
class SectionHours:
    """Waits for the topics below a heading to make up its hours: else the hours would be lost.

    Headings may stand in one another, as chapters in a part.
    """

    waiting: list[_Heading] = field(default_factory=list)

    def heading(self, row: HeadedRow) -> Iterator[RowError]:
        """Take in a heading; yields those above that got more than they say."""
        yield from self._leave(one for one in self.waiting if one.hours is None or one.below < one.hours)
        if hours_of(row.get(HOURS)):
            self.waiting.append(_Heading(row))

    def topic(self, row: HeadedRow, *, is_new_section: bool) -> Iterator[RowError]:
        """Take in a topic; one that names a section itself ends those above."""
        if is_new_section:
            yield from self._leave(one for one in self.waiting if one.hours is None)
        for one in self.waiting:
            one.below += hours_of(row.get(HOURS)) or 1

    def end(self) -> Iterator[RowError]:
        """Yield the headings whose hours nothing makes up by the end of the sheet."""
        yield from self._leave(())

    def _leave(self, kept: Iterable[_Heading]) -> Iterator[RowError]:
        left = list(kept)
        yield from (one.error() for one in self.waiting if one not in left and not one.is_whole)
        self.waiting = left
