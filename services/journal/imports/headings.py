"""Headings of a table of marks: «05.10.2026 №2 (2) контрольная работа» names a column of the page."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.errors import Text
from shared.grids import Line
from shared.imports import RowError
from shared.names import collated

Json = dict[str, Any]
# The day, perhaps without its year, as all lessons are of one; then the lesson's number and, in brackets,
# the slot, where there are several; then anything. 3.1 is what a spreadsheet makes of 3.10: no day.
HEADING = re.compile(
    r"(\d{1,2})\.(?:(\d{1,2})\.(\d{4}|\d\d)|(\d\d))(?:\s*№\s*(\d{1,2}))?(?:\s*\(([1-9])\))?(?:\s.*)?"
)
WHOLE_NAME = (
    "ученик", "фио", "ф.и.о", "ф. и. о", "фамилия имя", "фамилия, имя", "фамилия и имя",
    "фамилия имя отчество", "фамилия, имя, отчество", "обучающийся", "учащийся",
)  # fmt: skip
FAMILY, GIVEN, PATRONYMIC, ID = "фамилия", "имя", "отчество", "id"
NUMBERS = ("№", "№ п/п", "№п/п", "п/п", "номер")
SUMS = (
    "итого", "всего", "сумма", "средний балл", "средняя отметка", "среднее", "ср. балл", "ср.балл",
    "средневзвешенный балл",
)  # fmt: skip
TITLE_LINES = 20
"""So many of the first lines may be a title above the headings."""


class Place(NamedTuple):
    """A column of the page: a lesson and a slot of it."""

    lesson: Json
    slot: int


class Columns(NamedTuple):
    """Where in a line a pupil's name (in parts, perhaps) and id stand, and which cells are marks of what.

    What is `passed` over says nothing of its own: numbers of lines, sums and averages.
    """

    names: Sequence[int]
    id: int | None
    marks: Mapping[int, Place]
    passed: Collection[int]
    errors: Sequence[RowError]

    @property
    def labels(self) -> set[int | None]:
        """Where a line says what it is: a pupil's, or one of sums."""
        return {*self.names, self.id, *self.passed}


def heading(lesson: Mapping[str, Any], slot: int, title: str) -> str:
    """Return what a column is called in the table to fill in."""
    return f"{lesson['on']:%d.%m.%Y} №{lesson['number']} ({slot}) {title}".rstrip()


def find_headings(lines: Sequence[Line]) -> int:
    """Return which line has the headings: the first that says where pupils stand, or else the first."""
    told = (at for at, line in enumerate(lines[:TITLE_LINES]) if _pupil_columns(line.cells) != ((), None))
    return next(told, 0)


def is_sum(cell: str) -> bool:
    """Whether a cell is the name of a line or a column of sums or averages."""
    said = _said(cell)
    return any(said == name or said.startswith(f"{name} ") for name in SUMS)


def read_headings(file: str, line: int, cells: Sequence[str], lessons: Sequence[Json]) -> Columns:
    """Read a table's headings; what names no lesson of the period is an error."""
    names, id_ = _pupil_columns(cells)
    errors = []
    if not names and id_ is None:
        said = Text("Нужен столбец «Ученик» или «ID».", "A column «Ученик» or «ID» is needed.")
        errors.append(RowError(file, line, "", said))
    passed = {at for at, cell in enumerate(cells) if _said(cell) in NUMBERS or is_sum(cell)}
    marks: dict[int, Place] = {}
    for at, cell in enumerate(cells):
        if not cell or at in names or at == id_ or at in passed:
            continue
        place = _place(cell, lessons)
        if isinstance(place, Text):
            errors.append(RowError(file, line, cell[:60], place, cell[:60]))
        elif place in marks.values():
            said = Text("Столбец назван дважды; оставьте один.", "Named twice; keep one column.")
            errors.append(RowError(file, line, cell[:60], said, cell[:60]))
        else:
            marks[at] = place
    return Columns(names, id_, marks, passed, errors)


def _pupil_columns(cells: Sequence[str]) -> tuple[tuple[int, ...], int | None]:
    """Return where the parts of a pupil's name stand, and where the id."""
    at = {name: place for place, name in reversed(list(enumerate(map(_said, cells))))}
    names = tuple(at[name] for name in WHOLE_NAME if name in at)[:1]
    if not names and FAMILY in at and GIVEN in at:
        names = tuple(at[name] for name in (FAMILY, GIVEN, PATRONYMIC) if name in at)
    return names, at.get(ID)


def _said(cell: str) -> str:
    return collated(cell).rstrip(".:")


def _place(cell: str, lessons: Iterable[Json]) -> Place | Text:
    found = HEADING.fullmatch(cell)
    if not found:
        return Text(
            "Назовите столбец датой урока: 05.10.2026 или 05.10.2026 №2.",
            "Call the column by the day of its lesson: 05.10.2026 or 05.10.2026 №2.",
        )
    day, month, year, month_alone, number, slot = found.groups()
    held = [
        one
        for one in lessons
        if (one["on"].day, one["on"].month) == (int(day), int(month or month_alone))
        and (year is None or f"{one['on'].year}".endswith(year))
        and (number is None or one["number"] == int(number))
    ]
    if len(held) == 1:
        return Place(held[0], int(slot or 1))
    if not held:
        return Text("Такого урока в этом периоде нет.", "There is no such lesson in this period.")
    return Text(
        "В этот день уроков несколько: допишите номер, «05.10.2026 №2».",
        "There are several lessons that day: add the number, “05.10.2026 №2”.",
    )
