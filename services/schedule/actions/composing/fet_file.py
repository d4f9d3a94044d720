"""A problem written as a `.fet` of FET 6.8, for its solver or for a school that goes on in FET."""

from collections.abc import Iterable
from uuid import UUID
from xml.etree import ElementTree as ET

from services.schedule.actions.composing.fet_rules import add, ask_of_space, ask_of_time, say
from services.schedule.actions.composing.problem import Activity, Problem, StudentsGroup, as_name

FET_VERSION = "6.8.5"
OWN = "parta"
"""Begins our comments: `parta:<kind>:<id>`, by which the way back knows a thing."""
PART = "part"
NO_CAPACITY = 30000  # What FET itself writes for «any number».


def fet_of(problem: Problem) -> bytes:
    """Return the file: its activities are numbered from 1 in the problem's order."""
    root = ET.Element("fet", version=FET_VERSION)
    say(root, Mode="Official", Institution_Name=as_name(problem.name), Comments="")
    _frame(root, problem)
    _directories(root, problem)
    _students(ET.SubElement(root, "Students_List"), problem)
    _activities(ET.SubElement(root, "Activities_List"), problem)
    _rooms(root, problem)
    ask_of_time(ET.SubElement(root, "Time_Constraints_List"), problem)
    ask_of_space(ET.SubElement(root, "Space_Constraints_List"), problem)
    say(root, Timetable_Generation_Options_List="")
    ET.indent(root, "\t")
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def comment(kind: str, id_: UUID) -> str:
    """Return the comment that tells which of our things an entry is."""
    return f"{OWN}:{kind}:{id_}"


def _frame(root: ET.Element, problem: Problem) -> None:
    hours = [hour.label for hour in problem.hours]
    for tag, names in (("Day", problem.days), ("Hour", hours)):
        listed = add(root, f"{tag}s_List", **{f"Number_of_{tag}s": len(names)})
        for name in names:
            add(listed, tag, Name=name)


def _directories(root: ET.Element, problem: Problem) -> None:
    subjects = ET.SubElement(root, "Subjects_List")
    for subject in problem.subjects.values():
        add(subjects, "Subject", Name=subject.name, Comments=comment("subject", subject.id))
    ET.SubElement(root, "Activity_Tags_List")
    teachers = ET.SubElement(root, "Teachers_List")
    for one in problem.teachers.values():
        add(
            teachers,
            "Teacher",
            Name=one.name,
            Target_Number_of_Hours=0,
            Qualified_Subjects="",
            Comments=comment("teacher", one.id),
        )


def _students(listed: ET.Element, problem: Problem) -> None:
    """Write what belongs to nothing else as FET's years, all that belongs to them as their groups."""
    for top in problem.groups.values():
        if top.parent_id is not None:
            continue
        year = _set(listed, "Year", top)
        say(year, Number_of_Categories=0, Separator=" ")
        below = [one for one in problem.groups.values() if _top(one, problem) is top and one is not top]
        for one in below:
            _parts(_set(year, "Group", one), one.parts)
        covered = {part for one in below for part in one.parts}
        rest = [part for part in top.parts if part not in covered]
        if below and rest:
            others = add(year, "Group", Name=f"{top.name} …", Number_of_Students=0, Comments=f"{OWN}:{PART}")
            _parts(others, rest)


def _top(group: StudentsGroup, problem: Problem) -> StudentsGroup:
    while group.parent_id is not None:
        group = problem.groups[group.parent_id]
    return group


def _set(node: ET.Element, tag: str, group: StudentsGroup) -> ET.Element:
    told = comment(group.kind, group.id)
    if group.parent_id:
        told = f"{told}:{group.parent_id}"
    return add(node, tag, Name=group.name, Number_of_Students=0, Comments=told)


def _parts(node: ET.Element, parts: Iterable[str]) -> None:
    for part in parts:
        add(node, "Subgroup", Name=f"… {part}", Number_of_Students=0, Comments=f"{OWN}:{PART}")


def _activities(listed: ET.Element, problem: Problem) -> None:
    first, size = _series(problem.activities)
    for number, activity in enumerate(problem.activities, 1):
        node = ET.SubElement(listed, "Activity")
        for teacher in activity.teachers:
            say(node, Teacher=problem.teachers[teacher].name)
        say(node, Subject=problem.subjects[activity.cards[0].subject_id].name)
        for group in activity.groups:
            say(node, Students=problem.groups[group].name)
        several = size[activity.series] > 1
        say(
            node,
            Duration=1,
            Total_Duration=size[activity.series],
            Id=number,
            Activity_Group_Id=first[activity.series] if several else 0,
            Active="true",
            Comments="",
        )


def _series(activities: Iterable[Activity]) -> tuple[dict[int, int], dict[int, int]]:
    """Return the first activity of each series and how many it has."""
    first: dict[int, int] = {}
    size: dict[int, int] = {}
    for number, activity in enumerate(activities, 1):
        first.setdefault(activity.series, number)
        size[activity.series] = size.get(activity.series, 0) + 1
    return first, size


def _rooms(root: ET.Element, problem: Problem) -> None:
    buildings = ET.SubElement(root, "Buildings_List")
    for name in dict.fromkeys(room.building for room in problem.rooms.values() if room.building):
        add(buildings, "Building", Name=name, Comments="")
    listed = ET.SubElement(root, "Rooms_List")
    for room in problem.rooms.values():
        add(
            listed,
            "Room",
            Name=room.name,
            Building=room.building,
            Capacity=room.capacity or NO_CAPACITY,
            Virtual="false",
            Comments=comment("room", room.id),
        )
