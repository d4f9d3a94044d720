"""A class's attendance in a span, read in a constant number of statements, and what each pupil missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, select

from services.journal.models.relations import (
    enrolments,
    entries,
    groups,
    lessons,
    pages,
    people,
    run,
    school,
    schools,
    subjects,
    told,
)
from services.journal.models.several import Around
from services.journal.queries.people import in_order
from services.journal.rules.absence import ILL, is_absence, is_late, minutes_late
from shared.db import SchoolSession

CLASS = (
    select(
        groups.c.id,
        groups.c.name,
        groups.c.class_teacher_id,
        schools.c.time_zone,
        schools.c.attendance,
        told("absence_resolve_days"),
    )
    .select_from(groups.outerjoin(schools, schools.c.school_id == groups.c.school_id))
    .where(groups.c.id == bindparam("group"), groups.c.kind == "class", groups.c.school_id == school)
)

around = bindparam("around", expanding=True, type_=groups.c.id.type)
"""The groups on whose pages pupils of the class stand (`groups_around`), ever or in a span."""

LESSONS = (
    select(
        lessons.c.id,
        lessons.c.page_id,
        lessons.c.held_on,
        lessons.c.number,
        pages.c.group_id,
        subjects.c.name.label("subject"),
        groups.c.name.label("group_name"),
    )
    .select_from(
        lessons.join(pages, pages.c.id == lessons.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
        .outerjoin(groups, groups.c.id == pages.c.group_id)
    )
    .where(
        pages.c.school_id == school,
        pages.c.group_id.in_(around),
        lessons.c.state == "planned",
        lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")),
    )
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
)
_taught = (
    lessons.c.school_id == school,
    lessons.c.state == "planned",
    lessons.c.page_id.in_(
        select(pages.c.id).where(pages.c.school_id == school, pages.c.group_id.in_(around))
    ),
)
LAST_DAY = select(func.max(lessons.c.held_on)).where(*_taught, lessons.c.held_on <= bindparam("on"))
"""The day itself when the class has lessons on it, or else the last before it."""

NEXT_DAY = select(func.min(lessons.c.held_on)).where(*_taught, lessons.c.held_on > bindparam("on"))
STAYS = (
    select(
        enrolments.c.group_id,
        enrolments.c.pupil_id,
        enrolments.c.from_on,
        enrolments.c.until_on,
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
    )
    .select_from(enrolments.outerjoin(people, people.c.id == enrolments.c.pupil_id))
    .where(enrolments.c.school_id == school, enrolments.c.group_id.in_(around))
)
CELLS = (
    select(entries.c.lesson_id, entries.c.pupil_id, entries.c.value)
    .select_from(
        lessons.join(pages, pages.c.id == lessons.c.page_id).join(
            entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
        )
    )
    .where(
        pages.c.school_id == school,
        pages.c.group_id.in_(around),
        lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")),
        entries.c.slot == 0,
        entries.c.value.is_not(None),
    )
)

Stays = Mapping[UUID, Sequence[Row[Any]]]
"""When each pupil was in a group."""


@dataclass
class Totals:
    """What a pupil missed in a span: lessons and whole days, of them ill; how often and how much late."""

    lessons: int = 0
    lessons_ill: int = 0
    days: int = 0
    days_ill: int = 0
    late: int = 0
    minutes: int = 0
    by_sign: dict[str, int] = field(default_factory=dict)


@dataclass
class Span:
    """A class's lessons held in a span, who sat in them, and what stands of attendance."""

    lessons: Sequence[Row[Any]]
    pupils: list[Row[Any]]  # Each with the last stay in the class.
    sits: Mapping[UUID, Stays]  # By group; a group without members is the class.
    values: Mapping[tuple[UUID, UUID], str]
    class_id: UUID

    def sat(self, lesson: Row[Any], pupil_id: UUID) -> bool:
        """Whether a pupil was in the class that day, and on the list of the lesson's group."""
        own = self.sits.get(self.class_id, {})
        lists = (own, self.sits.get(lesson.group_id) or own)
        return all(any(covers(stay, lesson.held_on) for stay in stays.get(pupil_id, ())) for stays in lists)


def covers(stay: Row[Any], day: date) -> bool:
    """Whether a stay in a group holds on a day."""
    return bool(stay.from_on <= day and (stay.until_on is None or stay.until_on >= day))


def totals_of_class(
    session: SchoolSession, class_id: UUID, groups: Around, starts_on: date, ends_on: date
) -> list[tuple[Row[Any], Totals]]:
    """Return each pupil of a class with the totals of a span; a day is missed when all its lessons are."""
    span = span_of(session, class_id, groups, starts_on, ends_on)
    return [(pupil, totals_of(span, pupil.pupil_id)) for pupil in span.pupils]


def span_of(session: SchoolSession, class_id: UUID, groups: Around, starts_on: date, ends_on: date) -> Span:
    then = groups.during(starts_on, ends_on)
    asked = {"around": then, "starts_on": starts_on, "ends_on": ends_on}
    held = run(session, LESSONS, **asked).all()
    stays = in_order(run(session, STAYS, around=then))
    sits: dict[UUID, dict[UUID, list[Row[Any]]]] = {}
    pupils: dict[UUID, Row[Any]] = {}
    for stay in stays:
        sits.setdefault(stay.group_id, {}).setdefault(stay.pupil_id, []).append(stay)
        if (
            stay.group_id == class_id
            and stay.from_on <= ends_on
            and not (stay.until_on and stay.until_on < starts_on)
        ):
            pupils[stay.pupil_id] = max(stay, pupils.get(stay.pupil_id, stay), key=lambda one: one.from_on)
    values = {(cell.lesson_id, cell.pupil_id): cell.value for cell in run(session, CELLS, **asked)}
    return Span(held, list(pupils.values()), sits, values, class_id)


def totals_of(span: Span, pupil_id: UUID) -> Totals:
    found = Totals()
    for _, held in groupby(span.lessons, key=lambda lesson: lesson.held_on):
        sat = [lesson for lesson in held if span.sat(lesson, pupil_id)]
        values = [span.values.get((lesson.id, pupil_id)) for lesson in sat]
        missed = [value for value in values if value is not None and is_absence(value)]
        for value in missed:
            found.by_sign[value] = found.by_sign.get(value, 0) + 1
        found.lessons += len(missed)
        found.lessons_ill += missed.count(ILL)
        found.late += sum(is_late(value) for value in values)
        found.minutes += sum(minutes_late(value) for value in values)
        if missed and len(missed) == len(sat):
            found.days += 1
            found.days_ill += missed.count(ILL) == len(missed)
    return found
