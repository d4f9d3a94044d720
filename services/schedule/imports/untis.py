"""Untis, its interchange files GPU001 to GPU006: rows without headings, told apart by what is in them."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from services.schedule.imports.meetings import Meeting, Told, timetable_of
from services.schedule.imports.timetable import Faults, Room, Timetable
from shared.errors import Text
from shared.imports import MAX_ROWS, decode, delimiter_of
from shared.names import tidy

PLACES, LESSONS, SUBSTITUTIONS = "GPU001", "GPU002", "GPU014"
MAX_FILE = 16 * 1024 * 1024
MOST_HOURS = 40  # Of one lesson in a week.
UMLAUT = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff](?=[A-Za-z])")
HIGH = re.compile(rb"[\x80-\xff]+")

OTHER = Text(
    "Файл Untis, который расписанию не нужен или ни с чем в нём не связан.",
    "A file of Untis that the timetable does not need, or that nothing in it refers to.",
)
DECIDED = Text(
    "Замены Untis не загружаются: их ведут в разделе «Замены».",
    "Substitutions of Untis are not taken; they are kept under “Substitutions”.",
)


@dataclass(frozen=True)
class Record:
    """A row of a file and the number of its line; a cell that is not there is empty."""

    line: int
    cells: tuple[str, ...]

    def __getitem__(self, at: int) -> str:
        """Return a cell."""
        return self.cells[at] if at < len(self.cells) else ""


@dataclass
class Sheet:
    """One file: what it seems to be, and its rows."""

    file: str
    records: list[Record]
    kind: str = ""


@dataclass
class _Names:
    """What the short names of Untis stand for; without an entry a name stands for itself."""

    teachers: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    parts: dict[tuple[str, ...], str] = field(default_factory=dict)  # Groups, by a lesson's row.


def sheets_of(files: Mapping[str, bytes]) -> list[Sheet]:
    """Return the files that are lists without headings, of which some may be of Untis."""
    found = []
    western = _is_western(b"\n".join(files.values()))
    for path, content in sorted(files.items()):
        name = PurePosixPath(path).name
        if len(content) <= MAX_FILE and b"\0" not in content:
            text = content.decode("cp1252", "replace") if western else decode(content, name)
            sheet = Sheet(name, list(_records(text)))
            sheet.kind = _kind(sheet.records)
            found.append(sheet)
    return found


def is_untis(sheets: Iterable[Sheet]) -> bool:
    """Whether there are lessons of Untis among these files, with or without their places."""
    return any(sheet.kind in (PLACES, LESSONS) for sheet in sheets)


def timetable_from_untis(sheets: list[Sheet]) -> Timetable:
    """Return the timetable that the files make together; BadRows tells all faults of all of them."""
    kinds = {sheet.kind: sheet for sheet in reversed(sheets)}
    main = kinds.get(PLACES) or kinds[LESSONS]
    told = Told(Faults(main.file))
    lessons = kinds[LESSONS].records if LESSONS in kinds else []
    places = kinds[PLACES].records if PLACES in kinds else []
    names = _names(sheets, [*places, *lessons], told)
    names.parts = {_key(row, 0, 4): row[11] for row in lessons if row[11]}
    spent: dict[tuple[str, ...], int] = {}
    told.meetings += _placed(places, names, told, spent)
    if lessons:
        faults, told.faults = told.faults, Faults(kinds[LESSONS].file)
        told.meetings += _unplaced(lessons, names, told, spent)
        faults.rows += told.faults.rows
        told.faults = faults
    return timetable_of(told)


def _is_western(content: bytes) -> bool:
    """Whether letters beyond ASCII stand among Latin ones, as umlauts do and Cyrillic letters do not."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return 2 * len(UMLAUT.findall(content)) > len(HIGH.findall(content))
    return False


def _records(text: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=False)
    end = 0
    try:
        for cells in reader:
            start, end = end + 1, reader.line_num
            if any(cells) and end <= MAX_ROWS:
                yield Record(start, tuple(tidy(cell) for cell in cells))
    except csv.Error:
        return  # No table at all; what was read until here tells whether it is one of Untis.


def _kind(records: list[Record]) -> str:
    tests: dict[str, Callable[[Record], bool]] = {
        SUBSTITUTIONS: lambda row: len(row.cells) >= 18 and bool(re.fullmatch(r"\d{8}", row[1])),
        LESSONS: lambda row: (
            len(row.cells) >= 12 and row[0].isdecimal() and not re.fullmatch(r"\d+|", row[4] + row[6])
        ),
        PLACES: lambda row: (
            7 <= len(row.cells) <= 10 and row[0].isdecimal() and (row[5] + row[6]).isdecimal()
        ),
    }
    most = 0.8 * len(records)  # A few bad rows are faults of the file, told later.
    return next((kind for kind, is_one in tests.items() if records and sum(map(is_one, records)) >= most), "")


def _key(row: Record, lesson: int, first: int) -> tuple[str, ...]:
    """Return lesson, class, teacher and subject of a row, wherever they stand in it."""
    return (row[lesson], row[first], row[first + 1], row[first + 2])


def _names(sheets: Iterable[Sheet], rows: Iterable[Record], told: Told) -> _Names:
    """Read the lists of teachers, subjects and rooms: the first column tells which of them a file is."""
    used: dict[str, set[str]] = {"classes": set(), "teachers": set(), "subjects": set(), "rooms": set()}
    for row in rows:
        first = 1 if len(row.cells) <= 10 else 4
        for at, kind in enumerate(used):
            used[kind].add(row[first + at])
    found = _Names()
    for sheet in sheets:
        if sheet.kind in (PLACES, LESSONS):
            continue
        if sheet.kind == SUBSTITUTIONS:
            told.ignore(sheet.file, len(sheet.records), DECIDED)
            continue
        shorts = {row[0] for row in sheet.records} - {""}
        kind = max(used, key=lambda kind: len(shorts & used[kind]))
        if not shorts & used[kind]:
            told.ignore(sheet.file, len(sheet.records), OTHER)
        for row in sheet.records:
            _take(found, told, kind, row)
    return found


def _take(found: _Names, told: Told, kind: str, row: Record) -> None:
    if kind == "teachers":
        _name(found.teachers, row[0], tidy(f"{row[1]} {row[28]}"))
    elif kind == "subjects":
        _name(found.subjects, row[0], row[1])
    elif kind == "rooms" and row[0]:
        capacity = row[7]
        told.rooms[row[0]] = Room(row[0], int(capacity) if re.fullmatch(r"\d{1,5}", capacity) else 0)


def _name(names: dict[str, str], short: str, full: str) -> None:
    names[short] = f"{full} ({short})" if full in names.values() else full or short


def _placed(
    rows: Iterable[Record], names: _Names, told: Told, spent: dict[tuple[str, ...], int]
) -> Iterator[Meeting]:
    """Return the lessons of GPU001; rows of a lesson that differ in the class alone are one."""
    together: dict[tuple[str, ...], Meeting] = {}
    for row in rows:
        bad = next((at for at in (5, 6) if not re.fullmatch(r"\d{1,2}", row[at])), None)
        if bad is not None or not row[3]:
            column = "subject" if bad is None else ("day", "period")[bad - 5]
            said = "В строке GPU001 нет предмета, дня (1–7) или урока."
            told.faults.add(row.line, column, said, "A row of GPU001 lacks its subject, day or period.")
            continue
        key = _key(row, 0, 1)
        spent[key] = spent.get(key, 0) + 1
        one = replace(_meeting(row, key, names, told), room=row[4], weekday=int(row[5]), number=int(row[6]))
        same = together.setdefault((row[0], *row.cells[2:7]), one)
        students = tuple(dict.fromkeys((*same.students, *one.students)))
        together[row[0], *row.cells[2:7]] = replace(same, students=students)
    yield from together.values()


def _unplaced(
    rows: Iterable[Record], names: _Names, told: Told, spent: Mapping[tuple[str, ...], int]
) -> Iterator[Meeting]:
    """Return the hours of GPU002 that GPU001 has no place for."""
    for row in rows:
        written = row[1].replace(",", ".") or "0"
        if not re.fullmatch(r"\d{1,2}(\.\d{1,3})?", written) or float(written) > MOST_HOURS:
            said = f"«{row[1]}» — не число уроков в неделю."
            told.faults.add(row.line, "hours", said, f"“{row[1]}” is no number of lessons a week.")
            continue
        key = _key(row, 0, 4)
        if row[6]:
            left = round(float(written)) - spent.get(key, 0)
            if left > 0:
                yield replace(_meeting(row, key, names, told), duration=left)


def _meeting(row: Record, key: tuple[str, ...], names: _Names, told: Told) -> Meeting:
    _, class_, teacher, subject = key
    part = names.parts.get(key, "")
    students = told.part_of(class_, part) if part and class_ else class_
    return Meeting(
        subject=names.subjects.get(subject, subject),
        teachers=(names.teachers.get(teacher, teacher),) if teacher else (),
        students=(students,) if students else (),
        line=row.line,
    )
