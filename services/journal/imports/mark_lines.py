"""What a table of marks says: whose each line is, and which cell of the page each of its cells.

Nothing that is filled is passed over in silence: what stands under no heading, or on a second sheet, is
wrong. Numbers of lines, sums and averages alone say nothing of their own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.journal.actions.cells import Cell
from services.journal.imports.headings import Columns, Place, find_headings, is_sum, read_headings
from services.journal.imports.mark_pupils import Pupils
from services.journal.rules.absence import is_late
from services.journal.rules.marks import AWAITED, MAX_SLOT
from shared.db import SchoolSession
from shared.errors import Text
from shared.grids import Grid, Line
from shared.imports import SHOWN, RowError

Json = dict[str, Any]
_WHOLE = re.compile(r"(\d+)[.,]0+")

NO_MARK = Text("Это не отметка и не знак отсутствия.", "This is neither a mark nor a sign of absence.")
NO_HEADING = Text(
    "Над ячейкой нет заголовка: дайте столбцу дату урока (вторая работа — «05.10.2026 (2)») или сотрите её.",
    "No heading above this: give the column the day of its lesson (“05.10.2026 (2)”), or empty the cell.",
)
ABOVE = Text(
    "Ученик стоит выше строки заголовков; перенесите его под неё.",
    "This pupil stands above the headings; move the line below them.",
)
ONE_SHEET = Text(
    "В книге заполнен ещё один лист. Оставьте один и загрузите их по очереди.",
    "One more sheet of the workbook is filled. Keep one, and import them one by one.",
)


@dataclass
class Table:
    """What a table says: cells by lesson with where each stood, and what is wrong."""

    file: str
    cells: dict[UUID, list[tuple[Cell, int, str]]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, line: int, column: str, reason: Text, value: str = "") -> None:
        """Keep that something is wrong."""
        self.errors.append(RowError(self.file, line, column[:60], reason, value[:SHOWN]))


def read_lines(session: SchoolSession, grids: Sequence[Grid], page: Json) -> Table:
    """Read the one sheet that is filled against a page as `class_page` shows it."""
    filled = [grid for grid in grids if grid.lines]
    if not filled:
        table = Table("")
        table.wrong(0, "", Text("Таблица пуста.", "The table is empty."))
        return table
    grid, *others = filled
    table = Table(grid.name)
    table.errors += [RowError(one.name, one.lines[0].number, "", ONE_SHEET) for one in others]
    at = find_headings(grid.lines)
    head = grid.lines[at]
    columns = read_headings(grid.name, head.number, head.cells, page["lessons"])
    table.errors += columns.errors
    if columns.names or columns.id is not None:
        pupils = Pupils(session, [pupil["id"] for pupil in page["pupils"]])
        _refuse_above(table, grid.lines[:at], pupils)
        signs = page["scale"], [one["value"] for one in page["attendance"]]
        _read_below(table, head, grid.lines[at + 1 :], columns, pupils, signs)
    return table


def _refuse_above(table: Table, lines: Sequence[Line], pupils: Pupils) -> None:
    """Say of pupils above the headings that a title alone may stand there."""
    for line in lines:
        for cell in line.cells:
            if cell and pupils.named(cell):
                table.wrong(line.number, "", ABOVE, cell)


def _read_below(
    table: Table,
    head: Line,
    lines: Sequence[Line],
    columns: Columns,
    pupils: Pupils,
    signs: tuple[Sequence[str], Sequence[str]],
) -> None:
    seen: set[UUID] = set()
    for line in lines:
        said = {at: cell for at, cell in enumerate(line.cells) if cell}
        told = {at: cell for at, cell in said.items() if at not in columns.passed}
        if not told or any(is_sum(cell) for at, cell in said.items() if at in columns.labels):
            continue
        for at, cell in told.items():
            if at >= len(head.cells) or not head.cells[at]:
                table.wrong(line.number, "", NO_HEADING, cell)
        id_ = "" if columns.id is None else said.get(columns.id, "")
        name = " ".join(said[at] for at in columns.names if at in said)
        pupil_id = pupils.of(id_, name)
        if isinstance(pupil_id, Text):
            table.wrong(line.number, "ID" if id_ else "Ученик", pupil_id, id_ or name)
        elif pupil_id in seen:
            table.wrong(line.number, "Ученик", Text("Ученик назван дважды.", "This pupil is named twice."))
        else:
            seen.add(pupil_id)
            marks = {at: place for at, place in columns.marks.items() if at in said}
            _take(table, line, head.cells, pupil_id, marks, signs)


def _take(
    table: Table,
    line: Line,
    head: Sequence[str],
    pupil_id: UUID,
    marks: Mapping[int, Place],
    signs: tuple[Sequence[str], Sequence[str]],
) -> None:
    for at, place in marks.items():
        values = _values(line.cells[at], *signs)
        if values is None or place.slot + len(values) - 1 > MAX_SLOT:
            table.wrong(line.number, head[at], NO_MARK, line.cells[at])
            continue
        for step, (value, is_mark) in enumerate(values):
            cell = Cell(pupil_id, place.slot + step if is_mark else 0, value)
            table.cells.setdefault(place.lesson["id"], []).append((cell, line.number, head[at]))


def _values(said: str, scale: Sequence[str], signs: Sequence[str]) -> list[tuple[str, bool]] | None:
    """Return what a cell says, each with whether it is a mark; «4/5» is two marks, «5,0» is 5."""
    whole = _WHOLE.fullmatch(said)
    for text in (AWAITED if said == "." else said, said.lower().rstrip("."), whole[1] if whole else ""):
        if text in scale:
            return [(text, True)]
        if text in signs or is_late(text):
            return [(text, False)]
    two = [part.strip() for part in said.split("/")]
    return [(part, True) for part in two] if len(two) == 2 and all(part in scale for part in two) else None
