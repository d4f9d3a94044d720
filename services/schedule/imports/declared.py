"""The lists at the head of a `.fet`: days, hours, subjects, teachers, rooms, and the students' sets."""

import re
from collections.abc import Iterator, Mapping

from services.schedule.imports.document import Node
from services.schedule.imports.labels import grade_of
from services.schedule.imports.timetable import MAX_NAME, Faults, Room, StudentsSet, Timetable

KINDS = ("parallel", "class", "group")


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
            seats = int(capacity) if re.fullmatch(r"\d{1,5}", capacity) else 0
            yield Room(name, seats, node.get("Building")[:MAX_NAME])


def read_sets(root: Node, timetable: Timetable, faults: Faults) -> None:
    """Read parallels, classes and groups. A group may stand under several classes: it is one group.

    What our own export wrote says in its comment which kind it is and what it belongs to, and
    leaves out the sets of pupils that only FET needs.
    """
    named = {_own(node)[1]: node.get("Name") for node in _all_sets(root) if _own(node)[1]}
    for year, year_name in _named(root, "Students_List", "Year"):
        grade = grade_of(year_name)
        _add_set(year, StudentsSet(year_name, "parallel", grade), timetable, faults, named)
        for group in year.all("Group"):
            name = group.get("Name")
            own = grade_of(name, year_name)
            _add_set(group, StudentsSet(name, "class", own, year_name or None), timetable, faults, named)
            for part in group.all("Subgroup"):
                made = StudentsSet(part.get("Name"), "group", own, name or None)
                _add_set(part, made, timetable, faults, named)


def _all_sets(root: Node) -> Iterator[Node]:
    for year, _ in _named(root, "Students_List", "Year"):
        yield year
        yield from year.all("Group")


def _own(node: Node) -> tuple[str, str, str]:
    """Return kind, id and the parent's id that our own export put into the comment; empty if it did not."""
    ours, kind, id_, parent, *_ = (*node.get("Comments").split(":"), "", "", "", "")
    return (kind, id_, parent) if ours == "parta" else ("", "", "")


def _add_set(
    node: Node, made: StudentsSet, timetable: Timetable, faults: Faults, named: Mapping[str, str]
) -> None:
    kind, _, parent = _own(node)
    if kind == "part":
        return
    if kind in KINDS:
        made = StudentsSet(made.name, kind, made.grade, named.get(parent))
    if made.name and faults.is_short(node.line, "Name", made.name):
        timetable.sets.setdefault(made.name, made)
