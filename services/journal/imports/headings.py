"""Headings of a table of marks: «05.10.2026 №2 (2) контрольная работа» names a column of the page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from shared.errors import Text
from shared.imports import RowError

Json = dict[str, Any]
# The day; then the lesson's number and, in brackets, the slot, where there are several; then anything.
HEADING = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s*№\s*(\d{1,2}))?(?:\s*\(([1-9])\))?(?:\s.*)?")
NAME, ID = ("ученик", "фио", "фамилия имя"), ("id",)


class Place(NamedTuple):
    """A column of the page: a lesson and a slot of it."""

    lesson: Json
    slot: int


class Columns(NamedTuple):
    """Where in a line a pupil's name and id stand, and which cells are marks of what."""

    name: int | None
    id: int | None
    marks: Mapping[int, Place]
    errors: Sequence[RowError]


def heading(lesson: Mapping[str, Any], slot: int, title: str) -> str:
    """Return what a column is called in the table to fill in."""
    return f"{lesson['on']:%d.%m.%Y} №{lesson['number']} ({slot}) {title}".rstrip()


def read_headings(file: str, line: int, cells: Sequence[str], lessons: Sequence[Json]) -> Columns:
    """Read a table's first line; what names no lesson of the period is an error."""
    folded = [cell.casefold() for cell in cells]
    name = next((at for at, cell in enumerate(folded) if cell in NAME), None)
    id_ = next((at for at, cell in enumerate(folded) if cell in ID), None)
    errors = []
    if name is None and id_ is None:
        said = Text("Нужен столбец «Ученик» или «ID».", "A column «Ученик» or «ID» is needed.")
        errors.append(RowError(file, line, "", said))
    marks: dict[int, Place] = {}
    for at, cell in enumerate(cells):
        if not cell or at in (name, id_):
            continue
        place = _place(cell, lessons)
        if isinstance(place, Text):
            errors.append(RowError(file, line, cell[:60], place, cell[:60]))
        elif place in marks.values():
            said = Text("Столбец назван дважды; оставьте один.", "Named twice; keep one column.")
            errors.append(RowError(file, line, cell[:60], said, cell[:60]))
        else:
            marks[at] = place
    return Columns(name, id_, marks, errors)


def _place(cell: str, lessons: Iterable[Json]) -> Place | Text:
    found = HEADING.fullmatch(cell)
    day = _day(*found.group(3, 2, 1)) if found else None
    if not found or day is None:
        return Text(
            "Назовите столбец датой урока: 05.10.2026 или 05.10.2026 №2.",
            "Call the column by the day of its lesson: 05.10.2026 or 05.10.2026 №2.",
        )
    number, slot = found.group(4), int(found.group(5) or 1)
    held = [one for one in lessons if one["on"] == day and (number is None or one["number"] == int(number))]
    if len(held) == 1:
        return Place(held[0], slot)
    if not held:
        return Text("Такого урока в этом периоде нет.", "There is no such lesson in this period.")
    return Text(
        "В этот день уроков несколько: допишите номер, «05.10.2026 №2».",
        "There are several lessons that day: add the number, “05.10.2026 №2”.",
    )


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
