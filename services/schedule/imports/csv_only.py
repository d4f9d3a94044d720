"""A solved timetable without its `.fet`: all there is to know stands in FET's CSV files."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from services.schedule.imports.document import Node
from services.schedule.imports.labels import days_by_name, grade_of, hours_in_order
from services.schedule.imports.places import Slots
from services.schedule.imports.solved import by_activity, place_rows, unplaced_ids
from services.schedule.imports.timetable import Activity, Faults, Room, StudentsSet, Timetable
from shared.imports import Row, Table


@dataclass
class Exported:
    """The files of one solved timetable; only the first is needed."""

    timetable: Table
    activities: Table | None = None
    students: Table | None = None
    solution: Node | None = None
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        """Collect faults of the timetable's own file."""
        self.faults = Faults(self.timetable.file)
        self.faults.rows += self.timetable.errors


def read_exported(files: Exported) -> Timetable:
    """Return the timetable that the CSV files tell; days and hours must tell their own order."""
    rows = files.timetable.rows
    sets = {one.name: one for one in _sets(files)}
    made = Timetable(
        institution="",
        days=days_by_name(_distinct(rows, "Day")) or (),
        hours=hours_in_order(_distinct(rows, "Hour")) or (),
        subjects=tuple(_distinct(rows, "Subject")),
        teachers=(),
        rooms=tuple(Room(name) for name in _distinct(rows, "Room") if name),
        sets=sets,
        activities={},
    )
    _refuse_without_order(files, made)
    _read_rows(files, made)
    _read_unplaced(files, made)
    made.teachers = tuple(dict.fromkeys(name for one in made.activities.values() for name in one.teachers))
    made.subjects = tuple(dict.fromkeys(one.subject for one in made.activities.values() if one.subject))
    for name in (name for one in made.activities.values() for name in one.students):
        made.sets.setdefault(name, StudentsSet(name, "class", grade_of(name)))
    files.faults.raise_if_any()
    return made


def _distinct(rows: list[Row], column: str) -> list[str]:
    return list(dict.fromkeys(row.get(column) for row in rows))


def _refuse_without_order(files: Exported, made: Timetable) -> None:
    for column, known in (("Day", made.days), ("Hour", made.hours)):
        if not known:
            files.faults.add(
                1,
                column,
                "Порядок дней или уроков из подписей не ясен; приложите файл .fet в том же ZIP.",
                "The labels do not tell the order of days or hours; put the .fet into the same ZIP.",
            )
    files.faults.raise_if_any()


def _sets(files: Exported) -> Iterator[StudentsSet]:
    for row in files.students.rows if files.students else ():
        year, group, part = row.get("Year"), row.get("Group"), row.get("Subgroup")
        if part:
            yield StudentsSet(part, "group", grade_of(group, year), group)
        elif group:
            yield StudentsSet(group, "class", grade_of(group, year), year)
        elif year:
            yield StudentsSet(year, "parallel", grade_of(year))


def _read_rows(files: Exported, made: Timetable) -> None:
    slots = Slots(made, files.faults)
    for rows in by_activity(files.timetable.rows):
        activity = _activity(rows[0], rows[0].get("Activity Id"), len(rows), made.sets)
        if not activity.id or not activity.subject:
            files.faults.add(rows[0].line, "Activity Id", "Нет номера или предмета.", "No id or no subject.")
            continue
        for name in (activity.subject, *activity.teachers, *activity.students, rows[0].get("Room")):
            files.faults.is_short(rows[0].line, "", name)
        made.activities[activity.id] = activity
        place_rows(activity, rows, slots)


def _activity(row: Row, id_: str, duration: int, sets: Collection[str]) -> Activity:
    return Activity(
        id=id_,
        subject=row.get("Subject"),
        teachers=tuple(split_names(row.get("Teachers"), ())),
        students=tuple(split_names(row.get("Students Sets"), sets)),
        duration=duration,
    )


def split_names(text: str, known: Collection[str]) -> Iterator[str]:
    """Part names joined by a plus, keeping together those that are known with a plus in them."""
    parts = [part.strip() for part in text.split("+") if part.strip()]
    while parts:
        lengths = range(len(parts), 1, -1)
        whole = next((n for n in lengths if "+".join(parts[:n]) in known), 1)
        yield "+".join(parts[:whole])
        parts = parts[whole:]


def _read_unplaced(files: Exported, made: Timetable) -> None:
    """Add the activities that were to be placed and were not, as far as the other files tell them."""
    ids = unplaced_ids(files.solution) if files.solution else []
    missing = list(_missing(files, made))
    for number, row_and_hours in enumerate(missing):
        row, hours = row_and_hours
        id_ = ids[number] if len(ids) == len(missing) else f"{row.file}:{row.line}:{number}"
        made.activities[id_] = _activity(row, id_, hours, made.sets)
    if not missing:
        for id_ in ids:
            made.activities[id_] = Activity(id_, "", (), (), 1)


def _missing(files: Exported, made: Timetable) -> Iterator[tuple[Row, int]]:
    placed = Counter(
        (one.students, one.subject, one.teachers, one.duration) for one in made.activities.values()
    )
    for row in files.activities.rows if files.activities else ():
        for hours in _durations(row):
            one = _activity(row, "", hours, made.sets)
            key = (one.students, one.subject, one.teachers, hours)
            placed[key] -= 1
            if placed[key] < 0:
                yield row, hours


def _durations(row: Row) -> list[int]:
    """Return the hours of each activity of a row: “4+4+2”, or the total when it is not split."""
    written = row.get("Split Duration") or row.get("Total Duration")
    return [int(part) for part in written.split("+") if part.isdecimal()]
