"""Reads of schedule: directories, the weekly timetable, dated lessons, and who may see which."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select

from services.schedule.models import (
    Enrolment,
    Group,
    Guardianship,
    Holiday,
    Lesson,
    Load,
    Period,
    Person,
    Room,
    Slot,
    Subject,
    SubjectArea,
    Year,
    table,
)
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import short_name

PAGE = 200
SPECIAL_DAY = ("day", "kind", "name", "weekday", "week", "bell_schedule_id", "grades")


def visible_groups(session: SchoolSession, actor: Actor, from_on: date, until_on: date) -> set[UUID] | None:
    """Return the groups whose lessons the actor may see in these days; None for staff: all of them.

    A pupil sees the groups it is enrolled in and those they are part of (its parallel), a parent
    those of the children.
    """
    if policy.sees_all("schedule", "see lessons", actor.roles):
        return None
    person = actor.person_id
    children = select(Guardianship.pupil_id).where(Guardianship.guardian_id == person)
    pupils = or_(Enrolment.pupil_id == person, Enrolment.pupil_id.in_(children))
    return groups_of(session, pupils, from_on, until_on)


def groups_of_pupil(
    session: SchoolSession, actor: Actor, pupil_id: UUID, from_on: date, until_on: date
) -> set[UUID]:
    """Return the groups of one pupil: oneself, a child of the own, any pupil for staff."""
    is_own = actor.person_id == pupil_id or session.get(Guardianship, (actor.person_id, pupil_id)) is not None
    if not (is_own or policy.sees_all("schedule", "see lessons", actor.roles)):
        raise NotFound
    return groups_of(session, Enrolment.pupil_id == pupil_id, from_on, until_on)


def groups_of(
    session: SchoolSession, pupils: ColumnElement[bool], from_on: date, until_on: date
) -> set[UUID]:
    """Return the groups that enrolments of pupils are in during these days, and all these are part of."""
    stays = select(Enrolment.group_id).where(
        pupils,
        Enrolment.from_on <= until_on,
        or_(Enrolment.until_on.is_(None), Enrolment.until_on >= from_on),
    )
    parents = {row.id: row.parent_id for row in session.execute(select(Group.id, Group.parent_id))}
    seen: set[UUID] = set()
    for group_id in session.scalars(stays):
        step: UUID | None = group_id
        while step and step not in seen:
            seen.add(step)
            step = parents.get(step)
    return seen


def own_groups(visible: Collection[UUID] | None, wanted: UUID | None) -> Collection[UUID] | None:
    """Narrow what is visible to one group; somebody else's group is not found."""
    if wanted is None:
        return visible
    if visible is not None and wanted not in visible:
        raise NotFound
    return [wanted]


def year_card(year: Year) -> dict[str, Any]:
    """Return a year with all its parts, in their order."""
    return {
        **{name: getattr(year, name) for name in ("id", "name", "starts_on", "ends_on", "school_days")},
        "periods": [
            _span(one) | {"id": one.id, "kind": one.kind} for one in sorted(year.periods, key=_first_day)
        ],
        "holidays": [_span(one) for one in sorted(year.holidays, key=_first_day)],
        "special_days": [
            {name: getattr(one, name) for name in SPECIAL_DAY}
            for one in sorted(year.special_days, key=lambda one: (one.day, one.grades))
        ],
        "bells": [
            {"number": one.number, "starts": one.starts, "ends": one.ends}
            for one in sorted(year.bells, key=lambda bell: bell.number)
        ],
    }


def _span(part: Period | Holiday) -> dict[str, Any]:
    return {"name": part.name, "starts_on": part.starts_on, "ends_on": part.ends_on, "grades": part.grades}


def _first_day(part: Period | Holiday) -> date:
    return part.starts_on


def directory(
    session: SchoolSession, model: type[Subject | SubjectArea | Room], cursor: str | None, *, closed: bool
) -> dict[str, Any]:
    """Return a page of a directory by name; what is no longer offered only when asked for."""
    found = select(model).order_by(model.name).limit(PAGE + 1)
    if not closed:
        found = found.where(model.closed_on.is_(None))
    if cursor:
        found = found.where(model.name > cursor)
    rows: Sequence[Any] = session.scalars(found).all()
    return {"items": rows[:PAGE], "next": rows[PAGE - 1].name if len(rows) > PAGE else None}


def loads(
    session: SchoolSession,
    year_id: UUID,
    groups: Collection[UUID] | None,
    teacher_id: UUID | None,
    cursor: UUID | None,
) -> dict[str, Any]:
    """Return a page of the year's load."""
    own = table(Load).c
    found = narrow(session, select(table(Load)).where(own.year_id == year_id), own, groups, teacher_id)
    if cursor:
        found = found.where(own.id > cursor)
    rows = session.execute(found.order_by(own.id).limit(PAGE + 1)).all()
    names = Names(session, rows[:PAGE])
    items = [{"id": row.id, **names.page(row), "hours_per_week": row.hours_per_week} for row in rows[:PAGE]]
    return {"items": items, "next": str(rows[PAGE - 1].id) if len(rows) > PAGE else None}


def timetable(
    session: SchoolSession,
    year_id: UUID,
    groups: Collection[UUID] | None,
    teacher_id: UUID | None,
    room_id: UUID | None,
    on: date,
) -> list[dict[str, Any]]:
    """Return the weekly lessons in force on a day, of groups, a teacher or a room, in the week's order."""
    own = table(Slot).c
    found = select(table(Slot)).where(own.year_id == year_id, own.from_on <= on)
    found = found.where(or_(own.until_on.is_(None), own.until_on >= on))
    found = narrow(session, found, own, groups, teacher_id, room_id)
    rows = session.execute(found.order_by(own.week, own.weekday, own.number)).all()
    names = Names(session, rows)
    return [
        {
            "week": row.week or None,
            "weekday": row.weekday,
            "number": row.number,
            **names.page(row),
            "room": names.rooms.get(row.room_id),
        }
        for row in rows
    ]


def lessons(
    session: SchoolSession,
    groups: Collection[UUID] | None,
    teacher_id: UUID | None,
    room_id: UUID | None,
    from_on: date,
    until_on: date,
) -> list[dict[str, Any]]:
    """Return the dated lessons of groups, a teacher or a room that take place, in their order."""
    own = table(Lesson).c
    found = select(table(Lesson)).where(own.lesson_on.between(from_on, until_on), own.is_cancelled.is_(False))
    found = narrow(session, found, own, groups, teacher_id, room_id)
    rows = session.execute(found.order_by(own.lesson_on, own.number, own.id)).all()
    names = Names(session, rows)
    return [
        {
            "id": row.id,
            "on": row.lesson_on,
            "number": row.number,
            "starts": row.starts,
            **names.page(row),
            "room": names.rooms.get(row.room_id),
        }
        for row in rows
    ]


def narrow(
    session: SchoolSession,
    found: Select[Any],
    own: Any,
    groups: Collection[UUID] | None,
    teacher_id: UUID | None,
    room_id: UUID | None = None,
) -> Select[Any]:
    """Narrow rows of load, timetable or lessons to the school, and to groups, a teacher, a room if given."""
    # Read as plain rows, not as objects: so the school is named here.
    found = found.where(own.school_id == UUID(session.info["school"]))
    if groups is not None:
        found = found.where(own.group_id.in_(groups))
    if teacher_id is not None:
        found = found.where(cast(own.teacher_ids, Text).contains(str(teacher_id)))
    return found.where(own.room_id == room_id) if room_id is not None else found


class Names:
    """The names behind the ids of some rows; what identity has not told yet has none."""

    def __init__(self, session: SchoolSession, rows: Iterable[Any]) -> None:
        """Look up what these rows name, in four statements whatever their number."""
        kept = list(rows)
        self.subjects = _names(session, Subject, {row.subject_id for row in kept})
        self.groups = _names(session, Group, {row.group_id for row in kept})
        places = {room for row in kept if (room := getattr(row, "room_id", None))}
        self.rooms = _names(session, Room, places)
        teachers = {UUID(one) for row in kept for one in row.teacher_ids}
        people = select(Person).where(Person.id.in_(teachers))
        self.people = {
            str(one.id): short_name(one.family_name, one.given_name, one.patronymic)
            for one in session.scalars(people)
        }

    def page(self, row: Any) -> dict[str, Any]:
        """Return group, subject and teachers of a row."""
        return {
            "group": {"id": row.group_id, "name": self.groups.get(row.group_id)},
            "subject": {"id": row.subject_id, "name": self.subjects.get(row.subject_id)},
            "teachers": [{"id": one, "name": self.people.get(one)} for one in row.teacher_ids],
        }


def _names(
    session: SchoolSession, model: type[Subject | Group | Room], ids: Collection[UUID]
) -> dict[UUID, str]:
    found = select(model.id, model.name).where(model.id.in_(ids))
    return {row.id: row.name for row in session.execute(found)}
