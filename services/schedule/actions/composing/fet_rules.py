"""What a `.fet` asks of a timetable: places that are kept, days in shape, people and rooms not to be had."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from uuid import UUID
from xml.etree import ElementTree as ET

from services.schedule.actions.composing.problem import Activity, DayRules, Problem

WISHED = "95"  # Per cent: FET keeps it wherever it can.
NOT_AVAILABLE = "Constraint{}NotAvailableTimes"
NOTHING_MORE: Mapping[str, object] = MappingProxyType({})


def say(node: ET.Element, **fields: object) -> ET.Element:
    """Add a child with a text for each field; returns the node."""
    for tag, value in fields.items():
        ET.SubElement(node, tag).text = str(value)
    return node


def add(node: ET.Element, tag: str, **fields: object) -> ET.Element:
    """Add a child with children of its own; returns it."""
    return say(ET.SubElement(node, tag), **fields)


def ask_of_time(listed: ET.Element, problem: Problem) -> None:
    """Write the constraints of time."""
    _rule(listed, "ConstraintBasicCompulsoryTime")
    _spread(listed, problem)
    for group in problem.of_one_shift():
        _not_available(listed, "Students", group.name, problem.closed(group))
    for group in problem.groups.values():
        if group.day:
            _day(listed, group.name, group.day, len(problem.days))
    for id_, teacher in problem.teachers.items():
        _not_available(listed, "Teacher", teacher.name, _busy(problem, id_))
    for number, activity in enumerate(problem.activities, 1):
        if place := place_of(problem, activity):
            start = {"Preferred_Day": place[0], "Preferred_Hour": place[1]}
            locked = {"Permanently_Locked": str(activity.is_locked).lower()}
            _rule(
                listed, "ConstraintActivityPreferredStartingTime", {"Activity_Id": number, **start, **locked}
            )


def _day(listed: ET.Element, name: str, day: DayRules, days: int) -> None:
    students = {"Students": name}
    if day.without_gaps:
        _rule(listed, "ConstraintStudentsSetMaxGapsPerWeek", {"Max_Gaps": 0, **students})
        early = {"Max_Beginnings_At_Second_Hour": days, **students}  # One group may come an hour later.
        _rule(listed, "ConstraintStudentsSetEarlyMaxBeginningsAtSecondHour", early)
    if day.most:
        most = {"Maximum_Hours_Daily": day.most, **students}
        _rule(listed, "ConstraintStudentsSetMaxHoursDaily", most)
    if day.least:
        least = {"Minimum_Hours_Daily": day.least, **students, "Allow_Empty_Days": "false"}
        _rule(listed, "ConstraintStudentsSetMinHoursDaily", least)


def _not_available(listed: ET.Element, what: str, name: str, times: Collection[tuple[str, str]]) -> None:
    if not times:
        return
    tag = "ConstraintStudentsSetNotAvailableTimes" if what == "Students" else NOT_AVAILABLE.format(what)
    told = {what: name, "Number_of_Not_Available_Times": len(times)}
    node = add(listed, tag, Weight_Percentage=100, **told)
    for day, hour in times:
        add(node, "Not_Available_Time", Day=day, Hour=hour)
    _end(node)


def _busy(problem: Problem, id_: UUID) -> list[tuple[str, str]]:
    taken = problem.busy.get(id_, set())
    return [(day, slot[1]) for day, slot in problem.slots() if slot in taken]


def _spread(listed: ET.Element, problem: Problem) -> None:
    """Wish for the hours a week of one subject on different days."""
    series: dict[int, list[int]] = {}
    for number, activity in enumerate(problem.activities, 1):
        series.setdefault(activity.series, []).append(number)
    for numbers in series.values():
        if len(numbers) < 2:
            continue
        node = ET.SubElement(listed, "ConstraintMinDaysBetweenActivities")
        say(node, Weight_Percentage=WISHED, Consecutive_If_Same_Day="true")
        say(node, Number_of_Activities=len(numbers))
        for number in numbers:
            say(node, Activity_Id=number)
        say(node, MinDays=1)
        _end(node)


def place_of(problem: Problem, activity: Activity) -> tuple[str, str] | None:
    """Return the day and the hour that an activity keeps, by their labels in the file."""
    first = activity.cards[0]
    if not activity.is_placed or first.number is None:
        return None
    hour = problem.hour_of(first.group_ids[0], first.number) if first.group_ids else None
    day = problem.day_of(first)
    return None if hour is None or day is None else (day, hour.label)


def ask_of_space(listed: ET.Element, problem: Problem) -> None:
    """Write the constraints of space."""
    _rule(listed, "ConstraintBasicCompulsorySpace")
    for id_, place in problem.rooms.items():
        _not_available(listed, "Room", place.name, _busy(problem, id_))
    for number, activity in enumerate(problem.activities, 1):
        room = next((card.room_id for card in activity.cards if card.room_id), None)
        if room is not None:
            locked = {"Permanently_Locked": "true"}
            wanted = {"Activity_Id": number, "Room": problem.rooms[room].name}
            _rule(listed, "ConstraintActivityPreferredRoom", {**wanted, **locked})


def _rule(listed: ET.Element, tag: str, fields: Mapping[str, object] = NOTHING_MORE) -> None:
    _end(add(listed, tag, Weight_Percentage=100, **fields))


def _end(node: ET.Element) -> None:
    say(node, Active="true", Comments="")
