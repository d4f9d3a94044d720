"""Sections that tell their hours: true headings, or rows whose topic was forgotten."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from services.journal.actions.plans import MOST_TOPICS
from services.journal.imports.plan_cells import hours_of
from services.journal.imports.plan_columns import HOURS, SECTION, TOPIC
from shared.headed import HeadedRow
from shared.imports import RowError

FIRST = (1,)  # What the first topic of a sheet is numbered.


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

    def incomplete(self) -> RowError:
        return self.row.error(
            TOPIC,
            "Напишите тему. Если это раздел, его часы — сумма часов его тем.",
            "Name the topic. If this is a section, its hours are the sum of those of its topics.",
        )

    def counted(self) -> RowError:
        return self.row.error(
            TOPIC,
            f"Напишите тему: темы пропускают № {self.row.number}. Если это раздел, уберите его номер.",
            f"Name the topic: the topics pass over № {self.row.number}. Of a section, take its number away.",
        )


@dataclass
class SectionHours:
    """Waits for the topics below a heading to make up its hours: else the hours would be lost.

    Headings may stand in one another, as chapters in a part. Hours may fit by chance, numbers hardly
    do: a row whose number the topics around it pass over is a topic, too.
    """

    waiting: list[_Heading] = field(default_factory=list)
    passed: list[_Heading] = field(default_factory=list)  # Since the last topic, numbered on from it.
    next: Collection[int] = FIRST  # What the number of the next topic may be.

    def heading(self, row: HeadedRow) -> Iterator[RowError]:
        """Take in a heading; yields those above that got more than they say."""
        yield from self._leave(one for one in self.waiting if one.hours is None or one.below < one.hours)
        heading = _Heading(row)
        if row.number in (_after(self.passed[-1].row) if self.passed else self.next):
            self.passed.append(heading)
        if hours_of(row.get(HOURS)):
            self.waiting.append(heading)
        if len(self.waiting) > MOST_TOPICS:  # No plan has so many topics as all these want.
            yield self.waiting.pop(0).incomplete()

    def topic(self, row: HeadedRow, *, is_new_section: bool) -> Iterator[RowError]:
        """Take in a topic; one that names a section itself ends those above."""
        yield from self._passed_over(row)
        if is_new_section:
            yield from self._leave(one for one in self.waiting if one.hours is None)
        for one in self.waiting:
            one.below += hours_of(row.get(HOURS)) or 1

    def end(self) -> Iterator[RowError]:
        """Yield the headings whose hours nothing makes up by the end of the sheet."""
        yield from self._leave(())
        self.passed, self.next = [], FIRST

    def _passed_over(self, row: HeadedRow) -> Iterator[RowError]:
        """Yield the headings that bear the numbers between this topic's and that of the one above."""
        passed, self.passed, expected, self.next = self.passed, [], self.next, _after(row)
        if passed and row.number not in expected and row.number in _after(passed[-1].row):
            self.waiting = [one for one in self.waiting if one not in passed]
            yield from (one.counted() for one in passed)

    def _leave(self, kept: Iterable[_Heading]) -> Iterator[RowError]:
        left = list(kept)
        stays = {id(one) for one in left}
        yield from (one.incomplete() for one in self.waiting if id(one) not in stays and not one.is_whole)
        self.waiting = left


def _after(row: HeadedRow) -> tuple[int, ...]:
    """Return what number may follow a row's: topics are numbered by themselves or by their lessons."""
    return () if row.number is None else (row.number + 1, row.number + (hours_of(row.get(HOURS)) or 1))
