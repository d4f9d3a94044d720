"""FET's own file (`.fet`, versions 5 and 6) read into a timetable, solved or not."""

from collections import Counter
from dataclasses import dataclass, field

from services.schedule.imports.declared import names, read_sets, rooms
from services.schedule.imports.document import Node
from services.schedule.imports.labels import read_days, read_hours
from services.schedule.imports.left_behind import (
    OF_INACTIVE,
    OF_ROTATION,
    SOFT,
    UNUSED,
    of_activities,
    of_lists,
    rotation_of,
)
from services.schedule.imports.modes import BLOCKS, HALF_DAYS, TERMS, mode_of
from services.schedule.imports.places import Slots, room_name
from services.schedule.imports.timetable import Activity, Faults, Hour, Ignored, Place, Timetable
from shared.errors import Text

START = ("ConstraintActivityPreferredStartingTime", "ConstraintActivityPreferredTime")
ROOM = "ConstraintActivityPreferredRoom"
LISTS = {"Teacher": "Teachers_List", "Subject": "Subjects_List", "Students": "Students_List"}

MAX_HOURS = 30  # As many as the bells of a school have.

Known = dict[str, set[str]]
"""The declared names that an activity may use, by the tag it uses them in."""


@dataclass
class Left:
    """The ids of activities that are not taken over."""

    switched_off: set[str] = field(default_factory=set)
    without_subject: set[str] = field(default_factory=set)

    def __contains__(self, activity_id: str) -> bool:
        """Whether an activity is one of them."""
        return activity_id in self.switched_off or activity_id in self.without_subject


def count_places(root: Node) -> int:
    """Return how many places in time a `.fet` holds."""
    times = root.first("Time_Constraints_List")
    return sum(node.tag in START for node in times.children) if times else 0


def timetable_of(root: Node, file: str) -> Timetable:
    """Return the timetable that a `.fet`'s root element holds; BadRows tells all its faults."""
    faults = Faults(file)
    if root.tag != "fet" or root.first("Activities_List") is None:
        faults.add(
            root.line,
            root.tag,
            "Это не файл FET. Сохраните расписание в FET (.fet) и загрузите его.",
            "This is no FET file. Save the timetable in FET (.fet) and import that.",
        )
        faults.raise_if_any()
    timetable = _frame(root, faults)
    faults.raise_if_any()  # Without days and hours nothing below can be said.
    read_sets(root, timetable, faults)
    left = _read_activities(root, timetable, faults)
    _read_places(root, timetable, left, faults)
    faults.raise_if_any()
    timetable.ignored += of_activities(timetable, len(left.switched_off), len(left.without_subject))
    timetable.ignored += of_lists(root)
    return timetable


def _frame(root: Node, faults: Faults) -> Timetable:
    mode = mode_of(root)
    labels = names(root, "Days_List", "Day", faults)
    days = None if mode in (TERMS, BLOCKS) else read_days(labels, half_days=mode == HALF_DAYS)
    hours = read_hours(names(root, "Hours_List", "Hour", faults))
    if mode == HALF_DAYS:
        hours += _afternoon(hours)
    if not labels:
        faults.add(_line(root, "Days_List"), "Days_List", "В файле нет дней.", "The file has no days.")
    if not 1 <= len(hours) <= MAX_HOURS:
        faults.add(
            _line(root, "Hours_List"),
            "Hours_List",
            f"В дне должно быть от 1 до {MAX_HOURS} уроков.",
            f"A day must have 1 to {MAX_HOURS} hours.",
        )
    timetable = Timetable(
        institution=root.get("Institution_Name"),
        days=days or (),
        hours=hours,
        subjects=tuple(names(root, "Subjects_List", "Subject", faults)),
        teachers=tuple(names(root, "Teachers_List", "Teacher", faults)),
        rooms=tuple(rooms(root, faults)),
        sets={},
        activities={},
    )
    if days is None:
        timetable.rotation = len(labels)
        timetable.ignored.append(rotation_of(mode, len(labels)))
    return timetable


def _afternoon(hours: tuple[Hour, ...]) -> tuple[Hour, ...]:
    after = hours[-1].number if hours else 0
    return tuple(Hour(hour.name, after + index) for index, hour in enumerate(hours, 1))


def _line(root: Node, tag: str) -> int:
    found = root.first(tag)
    return found.line if found else root.line


def _read_activities(root: Node, timetable: Timetable, faults: Faults) -> Left:
    """Read what is taught; returns the activities that are left out."""
    left = Left()
    known: Known = {
        "Teacher": set(timetable.teachers),
        "Subject": set(timetable.subjects),
        "Students": set(timetable.sets),
    }
    listed = root.first("Activities_List")
    for node in listed.all("Activity") if listed else ():
        activity = _activity(node, len(timetable.hours), known, faults)
        if activity.id in timetable.activities or activity.id in left or not activity.id:
            faults.add(node.line, "Id", "Номер занятия пуст или повторяется.", "No Id, or the Id is taken.")
        elif node.get("Active").casefold() == "false":
            left.switched_off.add(activity.id)
        elif not activity.subject:
            left.without_subject.add(activity.id)
        else:
            timetable.activities[activity.id] = activity
    return left


def _activity(node: Node, most_hours: int, known: Known, faults: Faults) -> Activity:
    for child in node.children:
        if child.tag in known and child.text and child.text not in known[child.tag]:
            faults.unknown(child.line, child.tag, child.text, LISTS[child.tag])
    duration = node.get("Duration")
    hours = int(duration) if duration.isdecimal() and len(duration) < 3 else 0
    if not 1 <= hours <= most_hours:
        faults.add(
            node.line,
            "Duration",
            f"Длительность «{duration}» не от 1 до {most_hours} уроков.",
            f"The duration “{duration}” is not 1 to {most_hours} hours.",
        )
    if node.first("Subject") is None:
        faults.add(node.line, "Subject", "У занятия нет предмета.", "The activity has no subject.")
    return Activity(
        id=node.get("Id"),
        subject=node.get("Subject"),
        teachers=tuple(dict.fromkeys(child.text for child in node.all("Teacher") if child.text)),
        students=tuple(dict.fromkeys(child.text for child in node.all("Students") if child.text)),
        duration=hours,
    )


def _read_places(root: Node, timetable: Timetable, left_out: Left, faults: Faults) -> None:
    slots = Slots(timetable, faults)
    left: Counter[tuple[str, Text]] = Counter()
    chosen: dict[str, str] = {}
    for list_tag in ("Space_Constraints_List", "Time_Constraints_List"):
        listed = root.first(list_tag)
        for node in listed.children if listed else ():
            if why := _why_not(node, timetable, left_out):
                left[node.tag, why] += 1
            elif node.tag == ROOM:
                _take_room(node, chosen, slots)
            else:
                _take_start(node, slots)
    for activity_id, room in chosen.items():
        if place := timetable.places.get(activity_id):
            timetable.places[activity_id] = Place(place.day, place.hours, room)
    timetable.ignored += [Ignored(what, count, why) for (what, why), count in sorted(left.items())]


def _why_not(node: Node, timetable: Timetable, left_out: Left) -> Text | None:
    """Return why a constraint tells no place of the timetable; None when it does."""
    if node.tag not in (*START, ROOM):
        return UNUSED
    if not _is_hard(node) or not _is_whole(node):
        return SOFT
    if node.get("Activity_Id") in left_out:
        return OF_INACTIVE
    return OF_ROTATION if timetable.rotation else None


def _is_hard(node: Node) -> bool:
    try:
        weight = float(node.get("Weight_Percentage", "Weight") or 100)
    except ValueError:
        return False
    return weight >= 100 and node.get("Active").casefold() != "false"


def _is_whole(node: Node) -> bool:
    """Whether the constraint names one day and one hour: a day alone is a wish, not a place."""
    if node.tag == ROOM:
        return True
    return bool(node.get("Preferred_Day", "Day") and node.get("Preferred_Hour", "Hour"))


def _take_room(node: Node, chosen: dict[str, str], slots: Slots) -> None:
    real = [child.text for child in node.all("Real_Room")]
    activity = slots.activity(node.line, "Activity_Id", node.get("Activity_Id"))
    room = slots.room(node.line, "Room", room_name(real) or node.get("Room"))
    if activity and room:
        chosen[activity.id] = room


def _take_start(node: Node, slots: Slots) -> None:
    activity = slots.activity(node.line, "Activity_Id", node.get("Activity_Id"))
    day_node, hour_node = node.first("Preferred_Day", "Day"), node.first("Preferred_Hour", "Hour")
    if activity and day_node and hour_node:
        day = slots.day(day_node.line, day_node.tag, day_node.text)
        hour = slots.hour(hour_node.line, hour_node.tag, hour_node.text)
        slots.start(hour_node.line, hour_node.tag, activity, day, hour)
