"""A timetable in a spreadsheet: a list with a row for each lesson, or the usual table of classes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.schedule.imports.cell_lessons import parts_of
from services.schedule.imports.labels import times_in, weekday_in
from services.schedule.imports.meetings import Meeting, Told, joined, timetable_of
from services.schedule.imports.timetable import Faults, Timetable
from shared.errors import Text
from shared.grids import Grid, Line, read_grids
from shared.names import tidy

HEADINGS = {
    "class": ("класс", "класс/группа", "группа", "class"),
    "day": ("день", "день недели", "day"),
    "number": ("урок", "№ урока", "номер урока", "№", "пара", "lesson", "period"),
    "subject": ("предмет", "дисциплина", "название предмета", "subject"),
    "teacher": ("учитель", "преподаватель", "фио учителя", "teacher"),
    "room": ("кабинет", "каб", "каб.", "аудитория", "помещение", "room"),
    "part": ("подгруппа", "подгр.", "subgroup"),
    "week": ("неделя", "week"),
    "time": ("время", "time"),
}
NEEDED = ("class", "day", "number", "subject")
CLASS = re.compile(r"\d{1,2}\s?[-–]?\s?[«\"“]?[А-ЯЁA-Zа-яёa-z]{1,2}\d?[»\"”]?")
HEAD = 20  # Lines in which the headings are looked for.
WEEKS = {"": 0, "0": 0, "1": 1, "а": 1, "a": 1, "2": 2, "в": 2, "b": 2, "б": 2}
NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
SPAN = re.compile(r"\d{1,2}[:.hч]\d{2}")

NO_TABLE = Text(
    "Лист не похож на расписание: нет ни строки «Класс, День, Урок, Предмет», ни строки классов.",
    "The sheet is no timetable: neither “Class, Day, Lesson, Subject” nor a row of classes heads it.",
)


@dataclass(frozen=True)
class _Layout:
    """Where the headings of a sheet stand: its line, and the columns by what they hold."""

    head: Line
    columns: Mapping[str, int]
    classes: Mapping[int, str]  # Of a table: the classes by their columns.


def grids_of(content: bytes, file: str) -> list[Grid]:
    """Return the sheets of a workbook or a CSV with the line breaks of their cells."""
    return read_grids(content, file, keep_breaks=True)


def is_timetable_table(grids: list[Grid]) -> bool:
    """Whether one of the sheets is a timetable by its headings."""
    return any(_layout(grid) for grid in grids)


def timetable_from_tables(grids: list[Grid], file: str) -> Timetable:
    """Return the timetable that the sheets make together; BadRows tells all faults by sheet and line."""
    told = Told(Faults(file))
    rows = []
    for grid in grids:
        layout = _layout(grid)
        if layout is None:
            told.ignore(grid.name, len(grid.lines), NO_TABLE)
            continue
        told.faults.file = grid.name or file
        read = _from_table if layout.classes else _from_list
        rows += list(read(grid, layout, told))
    if not rows and not told.faults.rows:
        told.faults.add(0, "", "В файле нет ни одного урока.", "The file has not a single lesson.")
    told.meetings += joined(rows)
    return timetable_of(told)


def _layout(grid: Grid) -> _Layout | None:
    for line in grid.lines[:HEAD]:
        heads = [tidy(cell).casefold() for cell in line.cells]
        columns = {
            what: at
            for what, known in HEADINGS.items()
            for at in [next((at for at, head in enumerate(heads) if head in known), None)]
            if at is not None
        }
        if columns.keys() >= set(NEEDED):
            return _Layout(line, columns, {})
        classes = {at: tidy(cell) for at, cell in enumerate(line.cells) if CLASS.fullmatch(tidy(cell))}
        first = min(classes, default=0)
        if first >= 1 and (len(classes) > 1 or {"day", "number"} & columns.keys()):
            left = {what: at for what, at in columns.items() if at < first}
            return _Layout(line, left, classes)
    return None


def _body(grid: Grid, layout: _Layout) -> Iterator[Line]:
    return (line for line in grid.lines if line.number > layout.head.number)


def _from_list(grid: Grid, layout: _Layout, told: Told) -> Iterator[Meeting]:
    for line in _body(grid, layout):
        row = {what: tidy(line.cells[at]) for what, at in layout.columns.items() if at < len(line.cells)}
        if not any(row.values()):
            continue
        faults = list(_faults(row))
        for what, ru, en in faults:
            told.faults.add(line.number, layout.head.cells[layout.columns[what]], ru, en)
        if faults:
            continue
        number, part = row.get("number", ""), row.get("part", "")
        weekday = weekday_in(row["day"]) if row["day"] else None
        found = NUMBER.search(SPAN.sub(" ", number))
        teachers = [tidy(name) for name in re.split(r"[;\n]|,\s(?=[А-ЯЁA-Z])", row.get("teacher", ""))]
        if weekday and found:
            _hear_bells(told, int(found[1]), f"{number} {row.get('time', '')}")
        yield Meeting(
            subject=row["subject"],
            teachers=tuple(name for name in teachers if name),
            students=(told.part_of(row["class"], part) if part else row["class"],),
            line=line.number,
            room=row.get("room", ""),
            weekday=weekday,
            number=int(found[1]) if found else 0,
            week=WEEKS[row.get("week", "").casefold()],
        )


def _faults(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Tell what is wrong in a row of a list; a row without a day is a lesson without a place."""
    for what in ("class", "subject"):
        if not row.get(what):
            yield what, "Ячейка пуста; заполните её.", "The cell is empty; fill it in."
    day, number = row.get("day", ""), row.get("number", "")
    if day and not weekday_in(day):
        yield (
            "day",
            f"«{day}» — не день недели; пишут «понедельник» или «Пн».",
            f"“{day}”: write Monday or Mon.",
        )
    if day and not NUMBER.search(SPAN.sub(" ", number)):
        yield "number", f"«{number}» — не номер урока.", f"“{number}” is no lesson number."
    if row.get("week", "").casefold() not in WEEKS:
        yield "week", f"«{row['week']}» — не неделя; пишут А или В.", f"“{row['week']}”: write А or В."


def _from_table(grid: Grid, layout: _Layout, told: Told) -> Iterator[Meeting]:
    """Read days and lessons downwards, classes across; a day may stand at its first lesson only."""
    first, day, order = min(layout.classes), 0, 0
    for line in _body(grid, layout):
        labels = [tidy(cell) for cell in line.cells[:first]]
        named = next((found for label in labels if (found := weekday_in(label))), 0)
        if named and named != day:
            day, order = named, 0
        filled = {at: line.cells[at] for at in layout.classes if at < len(line.cells) and line.cells[at]}
        text = " ".join(label for label in labels if not weekday_in(label))
        lesson = NUMBER.search(SPAN.sub(" ", text))
        if not lesson and not filled and not SPAN.search(text):
            continue
        order = int(lesson[1]) if lesson else order + 1
        if filled and not day:
            said = "Над уроком нет дня недели; впишите его в левый столбец."
            told.faults.add(line.number, layout.head.cells[0], said, "No weekday stands at or above it.")
            continue
        _hear_bells(told, order, text)
        for at, cell in filled.items():
            yield from _in_cell(
                cell, layout.classes[at], Meeting("", (), (), line.number, "", day, order), told
            )


def _in_cell(cell: str, class_: str, at: Meeting, told: Told) -> Iterator[Meeting]:
    parts = parts_of(cell)
    for number, part in enumerate(parts, 1):
        if not part.subject:
            said = f"В ячейке «{tidy(cell)[:60]}» нет предмета; он пишется первым."
            told.faults.add(at.line, class_, said, "The cell names no subject; it is written first.")
            continue
        students = told.part_of(class_, str(number)) if len(parts) > 1 else class_
        teachers = (part.teacher,) if part.teacher else ()
        yield Meeting(part.subject, teachers, (students,), at.line, part.room, at.weekday, at.number)


def _hear_bells(told: Told, number: int, text: str) -> None:
    starts, ends = times_in(text)
    if starts:
        told.bells.setdefault(number, (starts, ends))
