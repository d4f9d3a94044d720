"""Whose a row of a table of plans is: the subject and the parallel, by the row or by the form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.journal.actions.plans import PlanHead
from services.journal.imports.plan_cells import grade_of
from services.journal.imports.plan_columns import GRADE, NAME, SUBJECT
from shared.errors import Text
from shared.headed import HeadedRow
from shared.imports import RowError
from shared.names import collated

USUAL_NAME = "Рабочая программа"
UNSAID = {
    (SUBJECT, GRADE): Text(
        "Назовите предмет и параллель в таблице или выберите в форме.",
        "Name the subject and the parallel in the table, or choose them in the form.",
    ),
    (SUBJECT,): Text(
        "Назовите предмет в таблице или выберите в форме.",
        "Name the subject in the table, or choose it in the form.",
    ),
    (GRADE,): Text(
        "Назовите параллель в таблице или выберите в форме.",
        "Name the parallel in the table, or choose it in the form.",
    ),
}


@dataclass(frozen=True)
class Given:
    """What the form says of the plan where the table does not."""

    subject_id: UUID | None = None
    grade: int | None = None
    name: str = ""


@dataclass
class Heads:
    """Finds the plan a row belongs to."""

    given: Given
    subjects: Mapping[str, UUID]
    mine: frozenset[UUID]
    told: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)  # What a sheet lacks, said already.

    def of(self, row: HeadedRow) -> PlanHead | None:
        """Return the plan; None where subject or parallel are not known, which `faults` has said."""
        subject, grade = self._subject(row), self._grade(row)
        if subject is None or grade is None:
            return None
        return PlanHead(subject, grade, row.get(NAME) or self.given.name or USUAL_NAME)

    def faults(self, row: HeadedRow) -> Iterator[RowError]:
        """Yield what is wrong with a row's subject and parallel."""
        subject, grade = self._subject(row), self._grade(row)
        unknown = [name for name, known in ((SUBJECT, subject), (GRADE, grade)) if known is None]
        yield from self._unsaid(row, [name for name in unknown if not row.get(name)])
        if subject is None and row.get(SUBJECT):
            yield row.error(SUBJECT, "Нет такого предмета; проверьте название.", "There is no such subject.")
        elif subject is not None and subject not in self.mine:
            yield row.error(SUBJECT, "Этот предмет ведёте не вы.", "You do not teach this subject.")
        if grade is None and row.get(GRADE):
            yield row.error(GRADE, "Параллель: число от 0 до 12.", "The parallel: a number from 0 to 12.")

    def _unsaid(self, row: HeadedRow, names: Sequence[str]) -> Iterator[RowError]:
        """Ask for what neither row nor form tells: once of a table that has no such column."""
        lacking = tuple(name for name in names if name not in row.cells)
        if lacking and (row.file, lacking) not in self.told:
            self.told.add((row.file, lacking))
            yield row.error(lacking[0], *UNSAID[lacking])
        for name in names:
            if name not in lacking:
                yield row.error(name, *UNSAID[name,])

    def _subject(self, row: HeadedRow) -> UUID | None:
        said = row.get(SUBJECT)
        return self.subjects.get(collated(said)) if said else self.given.subject_id

    def _grade(self, row: HeadedRow) -> int | None:
        return grade_of(row.get(GRADE)) if row.get(GRADE) else self.given.grade
