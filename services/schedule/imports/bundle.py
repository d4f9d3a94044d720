"""Whatever a school uploads from FET: a `.fet`, a CSV, or a ZIP of its folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from services.schedule.imports.csv_only import Exported, read_exported
from services.schedule.imports.document import Node, read_xml
from services.schedule.imports.fet import count_places, timetable_of
from services.schedule.imports.solved import (
    SOLUTION_ROOT,
    is_activities,
    is_students,
    is_timetable,
    places_from_csv,
    places_from_xml,
)
from services.schedule.imports.timetable import Faults, Timetable
from shared.imports import Table, is_zip, read_csv, unpack

MAX_CSV_BYTES = 16 * 1024 * 1024


@dataclass
class Found:
    """What the files turned out to be."""

    fets: list[tuple[str, Node]] = field(default_factory=list)
    solutions: list[tuple[str, Node]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def first(self, kind: str) -> Table | None:
        """Return the first CSV of a kind: timetable, activities or students."""
        test = {"timetable": is_timetable, "activities": is_activities, "students": is_students}[kind]
        return next((table for table in self.tables if test(table)), None)


def read_upload(content: bytes, name: str) -> Timetable:
    """Return the timetable in an uploaded file; BadRows tells every fault with file, line and column.

    A `.fet` gives all; a timetable CSV, else the solution's XML, gives the places in its stead.
    A timetable CSV alone is enough where its days and hours tell their own order.
    """
    found = timetable_in(unpack(content) if is_zip(content) else {name: content})
    if found:
        return found
    faults = Faults(name)
    faults.add(
        0,
        "",
        "Здесь нет расписания FET: нужен файл .fet, *_timetable.csv или ZIP с ними.",
        "There is no FET timetable here: a .fet, a *_timetable.csv, or a ZIP of them is needed.",
    )
    faults.raise_if_any()
    raise AssertionError


def timetable_in(files: Mapping[str, bytes]) -> Timetable | None:
    """Return the timetable of FET among these files, if there is one."""
    found = _sort(files)
    table = found.first("timetable")
    if found.fets:
        return _with_fet(found, table)
    if table:
        solution = found.solutions[0][1] if found.solutions else None
        return read_exported(Exported(table, found.first("activities"), found.first("students"), solution))
    return None


def _sort(files: Mapping[str, bytes]) -> Found:
    found = Found()
    for path, content in sorted(files.items()):
        name = PurePosixPath(path).name
        if name.startswith(".") or "__MACOSX" in path:
            continue
        if _is_xml(name, content):
            root = read_xml(content, name)
            if root.tag == SOLUTION_ROOT:
                found.solutions.append((name, root))
            elif root.tag == "fet" or name.casefold().endswith(".fet"):
                found.fets.append((name, root))
        elif len(files) == 1 or (name.casefold().endswith(".csv") and len(content) < MAX_CSV_BYTES):
            found.tables.append(read_csv(content, name))
    return found


def _is_xml(name: str, content: bytes) -> bool:
    start = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return name.casefold().endswith((".fet", ".xml")) or start.startswith(b"<")


def _with_fet(found: Found, table: Table | None) -> Timetable:
    """Read the `.fet` with the most places; of a folder that is `*_data_and_timetable.fet`."""
    file, root = max(found.fets, key=lambda named: count_places(named[1]))
    timetable = timetable_of(root, file)
    if timetable.rotation:
        return timetable  # Its solution has the same days, which make no weeks.
    if table:
        places_from_csv(table, timetable)
    elif found.solutions:
        name, solution = found.solutions[0]
        places_from_xml(solution, name, timetable)
    return timetable
