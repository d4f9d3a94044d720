"""The timetable as FET saves a solved one: every activity with its locked time and room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from deploy.demo.curriculum import HOURS, LITERS
from deploy.demo.load import Load, Part
from deploy.demo.school import NAME, School
from deploy.demo.timetable import BELLS, DAYS, Placed

FILE_NAME = "demo_data_and_timetable.fet"
HOURS_OF_DAY = [f"{starts} - {ends}" for starts, ends in BELLS]


@dataclass(frozen=True)
class _Activity:
    """One sitting of one group, numbered as FET wants it."""

    id: int
    first_id: int  # The first activity of the same load.
    load: Load
    part: Part
    at: Placed


def fet_file(school: School) -> bytes:
    """Write the solved timetable; teachers, classes and groups bear the names OneRoster gave them."""
    root = ET.Element("fet", version="6.8.5")
    _texts(
        root, Mode="Official", Institution_Name=NAME, Comments=f"{school.year}/{school.year + 1} учебный год"
    )
    _named(root, "Day", DAYS)
    _named(root, "Hour", HOURS_OF_DAY)
    _named(root, "Subject", HOURS)
    ET.SubElement(root, "Activity_Tags_List")
    _named(root, "Teacher", [teacher.name for teacher in school.people.teachers], Target_Number_of_Hours="0")
    _students(ET.SubElement(root, "Students_List"), school)
    activities = _activities(school.timetable)
    listed = ET.SubElement(root, "Activities_List")
    for activity in activities:
        _activity(listed, activity)
    ET.SubElement(root, "Buildings_List")
    rooms = sorted({teacher.room for teacher in school.people.teachers})
    _named(root, "Room", rooms, Building="", Capacity="30", Virtual="false")
    _constraints(root, activities)
    ET.indent(root, "")
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return b"\xef\xbb\xbf" + made


def _texts(parent: ET.Element, **given: object) -> None:
    for tag, text in given.items():
        ET.SubElement(parent, tag).text = str(text)


def _named(root: ET.Element, tag: str, names: Iterable[str], **given: str) -> None:
    listed = ET.SubElement(root, f"{tag}s_List")
    if tag in ("Day", "Hour"):
        _texts(listed, **{f"Number_of_{tag}s": len(tuple(names))})
    for name in names:
        one = ET.SubElement(listed, tag)
        _texts(one, Name=name, **given)
        if tag not in ("Day", "Hour"):
            _texts(one, Comments="")


def _students(listed: ET.Element, school: School) -> None:
    """Write parallels, classes and halves of classes as FET's years, groups and subgroups."""
    classes, halves = school.classes(), school.halves()
    for grade, liters in LITERS.items():
        names = [f"{grade}{liter}" for liter in liters]
        year = _set(listed, "Year", f"{grade} параллель", sum(len(classes[name]) for name in names))
        for name in names:
            group = _set(year, "Group", name, len(classes[name]))
            for half, pupils in halves.items():
                if half.startswith(f"{name} "):
                    _set(group, "Subgroup", half, len(pupils))


def _set(parent: ET.Element, tag: str, name: str, count: int) -> ET.Element:
    made = ET.SubElement(parent, tag)
    _texts(made, Name=name, Number_of_Students=count, Comments="")
    return made


def _activities(timetable: Sequence[Placed]) -> list[_Activity]:
    found: list[_Activity] = []
    in_order = sorted(timetable, key=lambda at: (at.load.class_name, at.load.subject, at.day, at.hour))
    for _, sittings in groupby(in_order, key=lambda at: (at.load.class_name, at.load.subject)):
        placed = list(sittings)
        for part in placed[0].load.parts:
            first = len(found) + 1
            found += [_Activity(first + n, first, at.load, part, at) for n, at in enumerate(placed)]
    return found


def _activity(listed: ET.Element, activity: _Activity) -> None:
    load = activity.load
    _texts(
        ET.SubElement(listed, "Activity"),
        Teacher=activity.part.teacher.name,
        Subject=load.subject,
        Students=activity.part.group,
        Duration=load.length,
        Total_Duration=load.hours,
        Id=activity.id,
        Activity_Group_Id=activity.first_id if load.hours > load.length else 0,
        Active="true",
        Comments="",
    )


def _constraints(root: ET.Element, activities: Sequence[_Activity]) -> None:
    times, rooms = (ET.SubElement(root, f"{kind}_Constraints_List") for kind in ("Time", "Space"))
    always = {"Permanently_Locked": "true", "Active": "true", "Comments": ""}
    for listed, kind in ((times, "Time"), (rooms, "Space")):
        basic = ET.SubElement(listed, f"ConstraintBasicCompulsory{kind}")
        _texts(basic, Weight_Percentage=100, Active="true", Comments="")
    for one in activities:
        start = {"Preferred_Day": DAYS[one.at.day], "Preferred_Hour": HOURS_OF_DAY[one.at.hour]}
        at = ET.SubElement(times, "ConstraintActivityPreferredStartingTime")
        _texts(at, Weight_Percentage=100, Activity_Id=one.id, **start, **always)
        where = ET.SubElement(rooms, "ConstraintActivityPreferredRoom")
        _texts(where, Weight_Percentage=100, Activity_Id=one.id, Room=one.part.teacher.room, **always)
