"""The load held against the curriculum: what nobody teaches, and what nobody planned (DOMAIN 2.4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Curriculum, Group, Load, Subject, Year
from services.schedule.queries.curriculum import IN_WORK, curricula, plans_by_class
from services.schedule.rules.curriculum import QUARTERS, Place, places_of, said_hours
from shared.db import SchoolSession
from shared.names import collated, group_key


class Taught(NamedTuple):
    """One row of the load, as far as hours go."""

    group_id: UUID
    subject_id: UUID
    quarters: int
    teacher_ids: tuple[str, ...]


WHOLE = ("class", "parallel")
"""Kinds of groups whose lessons are for all of a class."""


@dataclass(frozen=True)
class School:
    """Groups and load of a school, ready to be compared with its plans."""

    groups: Mapping[UUID, Group]
    load: tuple[Taught, ...]
    within: Mapping[UUID, list[UUID]]  # The classes of a parallel.

    def classes_of(self, group_id: UUID) -> list[UUID]:
        """Return the classes whose pupils have the lessons of a group; none where it is of no single one."""
        group = self.groups.get(group_id)
        if group is None or group.kind == "class":
            return [group.id] if group else []
        if group.kind == "parallel":
            return self.within.get(group.id, [])
        parent = self.groups.get(group.parent_id) if group.parent_id else None
        return [parent.id] if parent and parent.kind == "class" else []

    def classes(self) -> list[Group]:
        """Return the classes as they are listed."""
        found = (one for one in self.groups.values() if one.kind == "class")
        return sorted(found, key=lambda one: group_key(one.name))

    def grades(self) -> dict[UUID, int | None]:
        """Return the parallel of each class."""
        return {one.id: one.grade for one in self.classes()}


class Subjectwise(NamedTuple):
    """The hours of one class in one subject: of the whole class, and of each of its groups."""

    whole: int
    parts: list[tuple[str, int]]


def read_school(session: SchoolSession, year: Year) -> School:
    """Read groups and load of a year, in two statements."""
    groups = {one.id: one for one in session.scalars(select(Group))}
    asked = select(
        Load.group_id, Load.subject_id, Load.hours_per_week, Load.quarters_off, Load.teacher_ids
    ).where(Load.year_id == year.id)
    load = tuple(
        Taught(row.group_id, row.subject_id, row.hours_per_week * QUARTERS - row.quarters_off,
               tuple(row.teacher_ids))
        for row in session.execute(asked)
    )  # fmt: skip
    within: dict[UUID, list[UUID]] = defaultdict(list)
    for one in groups.values():
        if one.kind == "class" and one.parent_id:
            within[one.parent_id].append(one.id)
    return School(groups, load, within)


def check_load(session: SchoolSession, year: Year, *, with_drafts: bool) -> dict[str, Any]:
    """Compare the load with the curriculum in force, or with the drafts that are to come.

    Five statements, whatever the school's size.
    """
    school = read_school(session, year)
    plans = curricula(session, year, IN_WORK if with_drafts else ("approved",))
    plan_of = plans_by_class(plans, school.grades())
    subjects = {row.id: row.name for row in session.execute(select(Subject.id, Subject.name))}
    rows = list(compare(school, plan_of, subjects))
    listed = [row | {"subject": {"id": row["subject"], "name": subjects[row["subject"]]}} for row in rows]
    return {
        "items": listed,
        "uncovered": said_hours(sum(one.uncovered for row in rows for one in row["places"])),
        "over": said_hours(sum(one.over for row in rows for one in row["places"])),
        "without_plan": [_named(one) for one in school.classes() if one.id not in plan_of],
        "elsewhere": _elsewhere(school, subjects),
        "teachers": _teachers(school),
    }


def compare(
    school: School, plan_of: Mapping[UUID, Curriculum], subjects: Mapping[UUID, str]
) -> Iterator[dict[str, Any]]:
    """Return a row for each class and subject that is planned or taught; classes without a plan have none."""
    taught = taught_by_class(school)
    for one in school.classes():
        plan = plan_of.get(one.id)
        if plan is None:
            continue
        planned = _planned(plan)
        own = taught.get(one.id, {})
        for subject in sorted({*planned, *own}, key=lambda id_: collated(subjects.get(id_, ""))):
            hours, groups = planned.get(subject, (0, 1))
            known = own.get(subject, Subjectwise(0, []))
            yield {
                "group": _named(one),
                "subject": subject,
                "is_planned": subject in planned,
                "planned": hours,
                "group_count": groups,
                "places": places_of(one.name, hours, groups, known.whole, known.parts),
            }


def _planned(plan: Curriculum) -> dict[UUID, tuple[int, int]]:
    """Return hours and groups by subject; both parts of the plan together."""
    found: dict[UUID, tuple[int, int]] = {}
    for item in plan.items:
        hours, groups = found.get(item.subject_id, (0, 1))
        found[item.subject_id] = hours + item.quarters_per_week, max(groups, item.group_count)
    return found


def taught_by_class(school: School) -> dict[UUID, dict[UUID, Subjectwise]]:
    """Return the hours of each class by subject; those of a whole parallel count for each of its classes."""
    found: dict[UUID, dict[UUID, Subjectwise]] = defaultdict(dict)
    for row in sorted(school.load, key=lambda row: _name_key(school, row.group_id)):
        for class_id in school.classes_of(row.group_id):
            group = school.groups[row.group_id]
            known = found[class_id].get(row.subject_id, Subjectwise(0, []))
            if group.kind in WHOLE:
                known = Subjectwise(known.whole + row.quarters, known.parts)
            else:
                known = Subjectwise(known.whole, [*known.parts, (group.name, row.quarters)])
            found[class_id][row.subject_id] = known
    return found


def _name_key(school: School, group_id: UUID) -> tuple[tuple[int, int, str], ...]:
    group = school.groups.get(group_id)
    return group_key(group.name if group else "")


def _elsewhere(school: School, subjects: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Return the load of groups that are of no single class: it is taught, and compared with no plan."""
    listed = []
    for row in school.load:
        if not school.classes_of(row.group_id):
            group = school.groups.get(row.group_id)
            listed.append(
                {
                    "group": {"id": row.group_id, "name": group.name if group else None},
                    "subject": {"id": row.subject_id, "name": subjects.get(row.subject_id)},
                    "hours_per_week": said_hours(row.quarters),
                }
            )
    return sorted(listed, key=lambda one: group_key(one["group"]["name"] or ""))


def _teachers(school: School) -> list[dict[str, Any]]:
    """Return everybody who teaches, and how many hours a week in all."""
    return [{"id": one, "hours_per_week": said_hours(sum_)} for one, sum_ in hours_by_teacher(school.load)]


def hours_by_teacher(load: Iterable[Taught]) -> list[tuple[str, int]]:
    """Return the quarters of each teacher; who teach together have the hours each."""
    found: dict[str, int] = defaultdict(int)
    for row in load:
        for one in row.teacher_ids:
            found[one] += row.quarters
    return sorted(found.items())


def _named(group: Group) -> dict[str, Any]:
    return {"id": group.id, "name": group.name}


def said_place(place: Place) -> dict[str, Any]:
    """Return a place with its hours as JSON says them."""
    hours = {name: said_hours(getattr(place, name)) for name in ("planned", "covered", "uncovered", "over")}
    return {"name": place.name, **hours}
