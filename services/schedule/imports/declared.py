"""The lists at the head of a `.fet`: days, hours, subjects, teachers, rooms, and the students' sets."""

from collections.abc import Iterator

from services.schedule.imports.document import Node
from services.schedule.imports.labels import grade_of
from services.schedule.imports.timetable import Faults, Room, StudentsSet, Timetable

MAX_NAME = 120


def _named(root: Node, list_tag: str, tag: str) -> Iterator[tuple[Node, str]]:
    """Return items and names: `<Day><Name>…`, or as old files have it, `<Day>…` or `<Name>…`."""
    listed = root.first(list_tag)
    for node in listed.children if listed else ():
        if node.tag in (tag, "Name"):
            yield node, node.get("Name") if node.first("Name") else node.text


def names(root: Node, list_tag: str, tag: str, faults: Faults) -> list[str]:
    """Return the names of a list, each once, in the file's order."""
    # FET tells “A” from “A ”; for people they are one name, and an empty one is none.
    found = {name: node for node, name in _named(root, list_tag, tag) if name}
    return [name for name, node in found.items() if _is_short(node, name, faults)]


def _is_short(node: Node, name: str, faults: Faults) -> bool:
    if len(name) <= MAX_NAME:
        return True
    faults.add(
        node.line,
        "Name",
        f"Имя длиннее {MAX_NAME} знаков; сократите его в FET.",
        f"The name is longer than {MAX_NAME} characters; shorten it in FET.",
    )
    return False


def rooms(root: Node, faults: Faults) -> Iterator[Room]:
    """Return the rooms, each once, with what is known of them."""
    found = {name: node for node, name in _named(root, "Rooms_List", "Room") if name}
    for name, node in found.items():
        if _is_short(node, name, faults):
            capacity = node.get("Capacity")
            yield Room(name, int(capacity) if capacity.isdecimal() else 0, node.get("Building")[:MAX_NAME])


def read_sets(root: Node, timetable: Timetable, faults: Faults) -> None:
    """Read parallels, classes and groups. A group may stand under several classes: it is one group."""
    for year, year_name in _named(root, "Students_List", "Year"):
        grade = grade_of(year_name)
        _add_set(year, StudentsSet(year_name, "parallel", grade), timetable, faults)
        for group in year.all("Group"):
            name = group.get("Name")
            own = grade_of(name, year_name)
            _add_set(group, StudentsSet(name, "class", own, year_name or None), timetable, faults)
            for part in group.all("Subgroup"):
                made = StudentsSet(part.get("Name"), "group", own, name or None)
                _add_set(part, made, timetable, faults)


def _add_set(node: Node, made: StudentsSet, timetable: Timetable, faults: Faults) -> None:
    if made.name and _is_short(node, made.name, faults):
        timetable.sets.setdefault(made.name, made)
