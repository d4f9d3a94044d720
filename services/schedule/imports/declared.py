"""The lists at the head of a `.fet`: days, hours, subjects, teachers, rooms, and the students' sets."""

from collections.abc import Iterator

from services.schedule.imports.document import Node
from services.schedule.imports.labels import grade_of
from services.schedule.imports.timetable import MAX_NAME, Faults, Room, StudentsSet, Timetable


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
    return [name for name, node in found.items() if faults.is_short(node.line, "Name", name)]


def rooms(root: Node, faults: Faults) -> Iterator[Room]:
    """Return the rooms, each once, with what is known of them."""
    found = {name: node for node, name in _named(root, "Rooms_List", "Room") if name}
    for name, node in found.items():
        if faults.is_short(node.line, "Name", name):
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
    if made.name and faults.is_short(node.line, "Name", made.name):
        timetable.sets.setdefault(made.name, made)
