"""Tables by their headings: which column is what, under the names that schools give them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.errors import Text
from shared.grids import Grid, Line
from shared.imports import SHOWN, BadRows, RowError
from shared.names import collated, tidy
from shared.sheets import plain

_COUNT = re.compile(r"№|n п/п|п/п|номер")
_NUMBER = re.compile(r"(?:№\s*)?([0-9]{1,4})\.?")


@dataclass(frozen=True)
class Kind:
    """A kind of table: the names its columns may have, those it cannot do without, and their titles.

    In a table with subheadings a line may say something left of those columns, for the lines below it.
    """

    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    titles: Mapping[str, str]
    has_subheadings: bool = False


@dataclass(frozen=True)
class HeadedRow:
    """A row of a table: where it stands, and its cells by what they are."""

    file: str
    line: int
    cells: Mapping[str, str]
    titles: Mapping[str, str]
    aside: str = ""  # Words left of the needed columns, in a column that nobody named: a subheading, perhaps.
    number: int | None = None  # A bare number there: the row's own, perhaps.

    def get(self, field: str) -> str:
        """Return a cell as it was typed; empty where there is none."""
        return self.cells.get(field, "")

    def error(self, field: str, ru: str, en: str) -> RowError:
        """Say what is wrong in a cell of this row."""
        return RowError(self.file, self.line, self.titles[field], Text(ru, en), self.get(field)[:SHOWN])


def rows_of(grids: Sequence[Grid], kind: Kind) -> list[HeadedRow]:
    """Return the rows of all sheets that have these columns; BadRows when none has them all."""
    found: list[HeadedRow] = []
    missing: list[RowError] = []
    known = 0
    for grid in grids:
        head, places, end = _heading(grid, kind)
        lacking = [field for field in kind.needed if field not in places]
        if head is None or lacking:
            line = head.number if head else 1
            missing += [_lacks(grid.name, line, kind.titles[field]) for field in lacking]
            continue
        known += 1
        found += list(_rows(grid, end, places, kind))
    if not known:
        raise BadRows(missing or [_lacks("", 0, kind.titles[field]) for field in kind.needed])
    return found


@dataclass(frozen=True)
class Unused:
    """What a table says and nobody reads: a column by its heading or letter; of no column, a whole sheet."""

    file: str
    column: str


def unused(grids: Sequence[Grid], kind: Kind) -> list[Unused]:
    """Return the columns with something in them that are none of the kind's, and the sheets without any.

    Numbers of rows («№ п/п») are left out, and so are columns without a heading left of the needed ones.
    """
    found: list[Unused] = []
    for grid in grids:
        head, places, end = _heading(grid, kind)
        if head is None or any(field not in places for field in kind.needed):
            found += [Unused(grid.name, "")] if grid.lines else []
            continue
        first = min(places[field] for field in kind.needed)
        heads = [line for line in grid.lines if head.number <= line.number <= end]
        rows = [line.cells for line in grid.lines if line.number > end]
        for at in range(max((len(cells) for cells in rows), default=0)):
            title = " ".join(cell for line in heads for cell in line.cells[at : at + 1] if cell)
            is_read = at in places.values() or (not title and at < first) or _COUNT.match(collated(title))
            if not is_read and any(cells[at : at + 1] != ("",) for cells in rows if at < len(cells)):
                found.append(Unused(grid.name, title[:SHOWN] or _letter(at)))
    return found


def _letter(at: int) -> str:
    """Return what a spreadsheet calls a column: A, Z, AA."""
    return (_letter(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def _lacks(file: str, line: int, title: str) -> RowError:
    return RowError(file, line, title, Text(f"Нет столбца «{title}».", f"There is no column “{title}”."))


def _heading(grid: Grid, kind: Kind) -> tuple[Line | None, dict[str, int], int]:
    """Return the first line that names most of the columns, their places, and the heading's last line.

    A title may stand above it; and below it a second row that parts its columns.
    """
    best: tuple[Line | None, dict[str, int]] = (None, {})
    for line in grid.lines[:20]:
        places: dict[str, int] = {}
        for at, cell in enumerate(line.cells):
            field = _field(cell, kind)
            if field:
                places.setdefault(field, at)
        if len(places) > len(best[1]):
            best = line, places
    head, places = best
    if head is None:
        return head, places, 0
    below = next((line for line in grid.lines if line.number > head.number), None)
    parts = _parts(head, below, places, kind) if below and kind.has_subheadings else {}
    return head, places | parts, below.number if below and parts else head.number


def _parts(head: Line, below: Line, places: Mapping[str, int], kind: Kind) -> dict[str, int]:
    """Return the columns that a heading's second row names, as «Всего» below «Количество часов»."""
    needed = [places[field] for field in kind.needed if field in places]
    if any(below.cells[at] for at in needed if at < len(below.cells)):
        return {}
    found: dict[str, int] = {}
    above = ""
    for at, cell in enumerate(below.cells):
        above = (head.cells[at] if at < len(head.cells) else "") or above
        if cell and (field := _field(f"{above} {cell}", kind)):
            found[field] = at
        elif cell and (field := _field(cell, kind)) and field not in places:
            found.setdefault(field, at)
    return found


def _field(cell: str, kind: Kind) -> str | None:
    said = collated(cell).replace(" / ", "/").rstrip(".:")
    return next((field for field, names in kind.columns.items() if said in map(collated, names)), None)


def _rows(grid: Grid, end: int, places: Mapping[str, int], kind: Kind) -> Iterator[HeadedRow]:
    for line in grid.lines:
        if line.number > end:
            cells = {
                field: plain(tidy(line.cells[at])) for field, at in places.items() if at < len(line.cells)
            }
            others = _beside(line, places, kind) if kind.has_subheadings else []
            aside = next((cell for cell in others if any(map(str.isalpha, cell))), "")
            numbers = [int(found[1]) for cell in others if (found := _NUMBER.fullmatch(cell))]
            if any(cells.values()) or aside:
                yield HeadedRow(grid.name, line.number, cells, kind.titles, aside, next(iter(numbers), None))


def _beside(line: Line, places: Mapping[str, int], kind: Kind) -> list[str]:
    """Return the cells left of the needed columns, in columns that nobody named."""
    named, end = set(places.values()), min(places[field] for field in kind.needed)
    return [plain(tidy(cell)) for at, cell in enumerate(line.cells[:end]) if at not in named]
