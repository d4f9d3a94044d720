"""What a table of marks would contradict: an absence where it puts a mark, marks where it puts an absence.

In the grid a mark typed takes an absence's place, and an absence that of the marks; whoever types sees it.
A table does neither unseen (clause 4.2.1): such cells are bad, unless the table itself says both of a lesson.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.journal.actions.cells import Cell
from services.journal.rules.absence import is_absence
from services.journal.rules.marks import AWAITED
from shared.errors import Text

Json = dict[str, Any]
Placed = Sequence[tuple[Cell, int, str]]
"""Cells, each with the line and the column of the table it stood in."""
Slots = Mapping[int, str | None]
"""A pupil's values in a lesson by slot; 0 is attendance."""


class Standing:
    """What stands on a page, and what of a table contradicts it."""

    def __init__(self, page: Json) -> None:
        self._stands: dict[tuple[UUID, UUID], dict[int, str]] = {}
        for lesson, pupil, slot, value in page["entries"]:
            key = (page["lessons"][lesson]["id"], page["pupils"][pupil]["id"])
            self._stands.setdefault(key, {})[slot] = value
        self._names = {pupil["id"]: pupil["name"] for pupil in page["pupils"]}
        # Who was absent may owe the work: «•» stands beside the absence, and so does what it becomes.
        self._may_owe = page["absent_and_marked"] != "refuse"

    def contradicted(self, lesson: Json, cells: Placed) -> Iterator[Text | None]:
        """Yield of each cell of a lesson what stands against it, None where nothing does."""
        said: dict[UUID, dict[int, str | None]] = {}
        for cell, _, _ in cells:
            said.setdefault(cell.pupil_id, {})[cell.slot] = cell.value
        for cell, _, _ in cells:
            stood = self._stands.get((lesson["id"], cell.pupil_id), {})
            why = self._over_absence if cell.slot else self._over_marks
            yield why(cell, lesson["on"], said[cell.pupil_id], stood)

    def _over_absence(self, cell: Cell, on: date, said: Slots, stood: Slots) -> Text | None:
        """A mark beside an absence that the table does not tell; another's place it may take."""
        is_owed = self._may_owe and cell.value == AWAITED
        if 0 in said or not is_absence(stood.get(0)) or stood.get(cell.slot) or is_owed:
            return None
        return _text(
            self._names[cell.pupil_id],
            on,
            f"отсутствовал ({stood[0]}); впишите отметку в клетке, если она нужна.",
            f"was absent ({stood[0]}); type the mark into the cell if it is wanted.",
        )

    def _over_marks(self, cell: Cell, on: date, said: Slots, stood: Slots) -> Text | None:
        """An absence where marks stand that the table does not tell; another reason of it may be told."""
        if not is_absence(cell.value) or is_absence(stood.get(0)):
            return None
        marks = [str(value) for slot, value in sorted(stood.items()) if slot and slot not in said]
        marks = [value for value in marks if not (self._may_owe and value == AWAITED)]
        if not marks:
            return None
        return _text(
            self._names[cell.pupil_id],
            on,
            f"стоит отметка {'/'.join(marks)}, отсутствие её сотрёт; впишите его в клетке, если оно верно.",
            f"an absence would wipe out the mark {'/'.join(marks)}; type it into the cell if it is right.",
        )


def _text(name: str, on: date, ru: str, en: str) -> Text:
    return Text(f"{name}, {on:%d.%m}: {ru}", f"{name}, {on:%d.%m}: {en}")
