"""Who could stand in: what is known of teachers in some weeks, and how that ranks them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Absence, Group, Load, table
from services.schedule.models.lengths import lesson_lengths
from services.schedule.models.substitutions import away_on
from services.schedule.queries import Names
from services.schedule.rules import monday_of
from services.schedule.rules.hours import Lengths, Rung, at_once
from shared.db import SchoolSession
from shared.names import group_key

BEST = 8


@dataclass
class Staff:
    """What is known of teachers in some weeks: when they teach, what, in which classes."""

    classes: Mapping[UUID, UUID] = field(default_factory=dict)  # The class that a group is a part of.
    lengths: Lengths = field(default_factory=dict)
    busy: dict[str, dict[date, set[Rung]]] = field(default_factory=dict)
    weeks: Counter[tuple[str, date]] = field(default_factory=Counter)
    subjects: set[tuple[str, UUID]] = field(default_factory=set)
    known: set[tuple[str, UUID]] = field(default_factory=set)
    rung: set[Rung] = field(default_factory=set)
    beside: dict[Rung, frozenset[Rung]] = field(default_factory=dict)

    def teaches(self, teacher: str, row: Any) -> None:
        """Note a lesson of a teacher; two groups at one hour are one."""
        hours = self.busy.setdefault(teacher, {}).setdefault(row.lesson_on, set())
        hour = rung_of(row)
        if hour not in hours:
            hours.add(hour)
            self.rung.add(hour)
            self.weeks[teacher, monday_of(row.lesson_on)] += 1

    def leads(self, teacher: str, row: Any) -> None:
        """Note what a teacher's load says."""
        self.busy.setdefault(teacher, {})
        self.subjects.add((teacher, row.subject_id))
        self.known.add((teacher, self.class_of(row.group_id)))

    def class_of(self, group_id: UUID) -> UUID:
        """Return the class that a group is a part of; itself, where it is a class or a parallel."""
        return self.classes.get(group_id, group_id)

    def is_free(self, teacher: str, lesson: Any) -> bool:
        """Whether a teacher gives no lesson at that hour."""
        return self.at_once(lesson).isdisjoint(self.busy[teacher].get(lesson.lesson_on, ()))

    def are_at_once(self, lesson: Any, other: Any) -> bool:
        """Whether two lessons are held at the same time."""
        return lesson.lesson_on == other.lesson_on and at_once(rung_of(lesson), rung_of(other), self.lengths)

    def at_once(self, lesson: Any) -> frozenset[Rung]:
        """Return the hours at which lessons of a day are held at the same time as this one."""
        own = rung_of(lesson)
        if own not in self.beside:
            self.beside[own] = frozenset(one for one in self.rung if at_once(own, one, self.lengths))
        return self.beside[own]

    def rank(self, teacher: str, lesson: Any) -> tuple[Any, ...]:
        """Return what sorts candidates, the best first.

        The own subject; knowing the class; coming or waiting for no lesson more; few lessons that week.
        """
        return (
            (teacher, lesson.subject_id) not in self.subjects,
            not self.knows(teacher, lesson),
            self.gaps(teacher, lesson) > 0,
            self.in_week(teacher, lesson.lesson_on),
        )

    def knows(self, teacher: str, lesson: Any) -> bool:
        """Whether a teacher teaches the class, or a part of it."""
        return (teacher, self.class_of(lesson.group_id)) in self.known

    def in_week(self, teacher: str, day: date) -> int:
        """Return how many lessons the teacher gives in the week of a day."""
        return self.weeks[teacher, monday_of(day)]

    def gaps(self, teacher: str, lesson: Any) -> int:
        """Return the empty hours (окна) the lesson adds to the teacher's day; a day of its own counts one."""
        hours = self.busy[teacher].get(lesson.lesson_on, set())
        return _gaps(hours | {rung_of(lesson)}) - _gaps(hours) if hours else 1


def rung_of(row: Any) -> Rung:
    """Return at which hour a lesson is held."""
    return Rung(row.number, row.starts)


def _gaps(hours: set[Rung]) -> int:
    """Return the numbers left out between lessons; a second shift begins its numbers anew."""
    knows_clock = all(one.starts for one in hours)
    ordered = sorted(hours, key=lambda one: (one.starts if knows_clock else "", one.number))
    numbers = [one.number for one in ordered]
    return sum(max(0, after - before - 1) for before, after in pairwise(numbers))


def staff_of(session: SchoolSession, lessons: Iterable[Any]) -> Staff:
    """Return what is known of the teachers of these lessons and of their year's load."""
    rows = list(lessons)
    groups = session.execute(select(Group.id, Group.kind, Group.parent_id)).all()
    classes = {row.id: row.parent_id for row in groups if row.kind == "group" and row.parent_id}
    staff = Staff(classes, lesson_lengths(session))
    for row in rows:
        if not row.is_cancelled:
            for teacher in row.teacher_ids:
                staff.teaches(teacher, row)
    own = table(Load).c
    loads = select(own.group_id, own.subject_id, own.teacher_ids).where(
        own.school_id == UUID(session.info["school"]), own.year_id.in_({row.year_id for row in rows})
    )
    for row in session.execute(loads):
        for teacher in row.teacher_ids:
            staff.leads(teacher, row)
    return staff


def candidates(
    lesson: Any, staff: Staff, away: Sequence[Absence], people: dict[UUID, str]
) -> list[dict[str, Any]]:
    """Return who could give a lesson, the best first, and why."""
    gone = away_on(away, lesson.lesson_on)
    free = (one for one in staff.busy if one not in gone and staff.is_free(one, lesson))
    best = nsmallest(BEST, free, key=lambda one: (*staff.rank(one, lesson), people.get(UUID(one), ""), one))
    return [
        {
            "teacher": {"id": one, "name": people.get(UUID(one))},
            "is_of_subject": (one, lesson.subject_id) in staff.subjects,
            "knows_class": staff.knows(one, lesson),
            "adds_gap": staff.gaps(one, lesson) > 0,
            "lessons_in_week": staff.in_week(one, lesson.lesson_on),
        }
        for one in best
    ]


def lessons_beside(wanted: Iterable[Any], lessons: Iterable[Any], staff: Staff) -> dict[UUID, list[Any]]:
    """Return the lessons held at the same time as each of these, by its id."""
    held: dict[tuple[date, Rung], list[Any]] = {}
    for row in lessons:
        if not row.is_cancelled:
            held.setdefault((row.lesson_on, rung_of(row)), []).append(row)
    return {
        one.id: [row for hour in staff.at_once(one) for row in held.get((one.lesson_on, hour), ())]
        for one in wanted
    }


def joinable(
    lesson: Any, beside: Sequence[Any], staff: Staff, away: Sequence[Absence], names: Names
) -> list[dict[str, Any]]:
    """Return with which groups the lesson's may be joined: of the class and the subject first."""
    gone = away_on(away, lesson.lesson_on)
    others = [
        (row, teacher)
        for row in beside
        for teacher in row.teacher_ids
        if row.id != lesson.id and teacher not in gone and teacher not in lesson.teacher_ids
    ]

    def rank(one: tuple[Any, str]) -> tuple[Any, ...]:
        row, teacher = one
        is_other_class = staff.class_of(row.group_id) != staff.class_of(lesson.group_id)
        name = names.groups.get(row.group_id, "")
        return (is_other_class, row.subject_id != lesson.subject_id, group_key(name), teacher)

    return [
        {"teacher": {"id": teacher, "name": names.people.get(teacher)}} | _group_of(row, names)
        for row, teacher in nsmallest(BEST, others, key=rank)
    ]


def _group_of(row: Any, names: Names) -> dict[str, Any]:
    page = names.page(row)
    return {"group": page["group"], "subject": page["subject"]}
