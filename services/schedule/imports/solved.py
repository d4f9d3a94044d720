"""What FET writes beside a `.fet` when it has solved it: `*_timetable.csv`, `*_activities.xml`."""

from collections.abc import Iterable, Iterator

from services.schedule.imports.document import Node
from services.schedule.imports.places import Slots
from services.schedule.imports.timetable import Activity, Faults, Place, Timetable
from shared.imports import Row, Table

SOLUTION_ROOT = "Activities_Timetable"


def is_timetable(table: Table) -> bool:
    """Whether a CSV is a `*_timetable.csv`: one row for each hour of each activity."""
    return {"activity id", "day", "hour", "students sets", "subject", "teachers"} <= set(table.columns)


def is_activities(table: Table) -> bool:
    """Whether a CSV is an `*_activities.csv`: what is taught, placed or not."""
    return {"students sets", "subject", "teachers", "total duration", "split duration"} <= set(table.columns)


def is_students(table: Table) -> bool:
    """Whether a CSV is a `*_students.csv`: parallels, classes and groups."""
    return {"year", "group", "subgroup"} <= set(table.columns)


def places_from_csv(table: Table, timetable: Timetable) -> None:
    """Place the activities of a `.fet` as its solution says; what the `.fet` itself says is replaced."""
    faults = Faults(table.file)
    faults.rows += table.errors
    timetable.places.clear()
    slots = Slots(timetable, faults)
    for rows in by_activity(table.rows):
        activity = slots.activity(rows[0].line, "Activity Id", rows[0].get("Activity Id"))
        if activity:
            place_rows(activity, rows, slots)
    faults.raise_if_any()


def by_activity(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Return the rows of each activity together, in the order in which activities first come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get("Activity Id"), []).append(row)
    yield from found.values()


def place_rows(activity: Activity, rows: list[Row], slots: Slots) -> None:
    """Place an activity at the hours of its rows, in the room of the first."""
    first = rows[0]
    day = slots.day(first.line, "Day", first.get("Day"))
    hours = [slots.hour(row.line, "Hour", row.get("Hour")) for row in rows]
    start = min((hour for hour in hours if hour is not None), default=None)
    if not _follow(activity, rows, hours):
        last = rows[-1].line
        slots.faults.add(
            last,
            "Hour",
            f"У занятия {activity.id} должно быть подряд {activity.duration} ч одного дня.",
            f"Activity {activity.id} must have {activity.duration} consecutive hours of one day.",
        )
        return
    slots.start(first.line, "Hour", activity, day, start)
    if (named := first.get("Room")) and (room := slots.room(first.line, "Room", named)):
        _in_room(activity, room, slots.timetable)


def _follow(activity: Activity, rows: list[Row], hours: list[int | None]) -> bool:
    known = sorted(hour for hour in hours if hour is not None)
    if len(known) < len(hours):
        return True  # An unknown hour is a fault told already.
    one_day = len({row.get("Day") for row in rows}) == 1
    return one_day and len(rows) == activity.duration and known == list(range(known[0], known[0] + len(rows)))


def places_from_xml(root: Node, file: str, timetable: Timetable) -> None:
    """Place the activities of a `.fet` as its `*_activities.xml` says; empty days stay unplaced."""
    faults = Faults(file)
    timetable.places.clear()
    slots = Slots(timetable, faults)
    for node in root.all("Activity"):
        if not node.get("Day"):
            continue
        activity = slots.activity(node.line, "Id", node.get("Id"))
        if activity:
            day = slots.day(node.line, "Day", node.get("Day"))
            hour = slots.hour(node.line, "Hour", node.get("Hour"))
            slots.start(node.line, "Hour", activity, day, hour)
            if (named := node.get("Room")) and (room := slots.room(node.line, "Room", named)):
                _in_room(activity, room, timetable)
    faults.raise_if_any()


def _in_room(activity: Activity, room: str, timetable: Timetable) -> None:
    if place := timetable.places.get(activity.id):
        timetable.places[activity.id] = Place(place.day, place.hours, room)


def unplaced_ids(root: Node) -> list[str]:
    """Return the activities of an `*_activities.xml` that got no time."""
    return [node.get("Id") for node in root.all("Activity") if not node.get("Day")]
