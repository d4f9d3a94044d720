"""Reads of schedule: directories, the weekly timetable, dated lessons, and who may see which."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, or_, select

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
    Year,
    table,
)
from services.schedule.rules import STAFF
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import short_name

PAGE = 200


def visible_groups(session: SchoolSession, actor: Actor, from_on: date, until_on: date) -> set[UUID] | None:
    """Return the groups whose lessons the actor may see in these days; None for staff: all of them.

    A pupil sees the groups it is enrolled in and those they are part of (its parallel), a parent
    those of the children.
    """
    if actor.has(*STAFF):
        return None
    person = actor.person_id
    children = select(Guardianship.pupil_id).where(Guardianship.guardian_id == person)
    stays = select(Enrolment.group_id).where(
        or_(Enrolment.pupil_id == person, Enrolment.pupil_id.in_(children)),
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
        "periods": [_span(one) | {"id": one.id} for one in sorted(year.periods, key=_first_day)],
        "holidays": [_span(one) for one in sorted(year.holidays, key=_first_day)],
        "bells": [
            {"number": one.number, "starts": one.starts, "ends": one.ends}
            for one in sorted(year.bells, key=lambda bell: bell.number)
        ],
    }


def _span(part: Period | Holiday) -> dict[str, Any]:
    return {"name": part.name, "starts_on": part.starts_on, "ends_on": part.ends_on}


def _first_day(part: Period | Holiday) -> date:
    return part.starts_on


def subjects(session: SchoolSession, cursor: str | None) -> dict[str, Any]:
    """Return a page of the school's subjects by name."""
    return _by_name(session, select(Subject.id, Subject.name), Subject.name, cursor)


def rooms(session: SchoolSession, cursor: str | None) -> dict[str, Any]:
    """Return a page of the school's rooms by name."""
    found = select(Room.id, Room.name, Room.capacity, Room.building)
    return _by_name(session, found, Room.name, cursor)


def _by_name(session: SchoolSession, found: Any, name: Any, cursor: str | None) -> dict[str, Any]:
    if cursor:
        found = found.where(name > cursor)
    rows = session.execute(found.order_by(name).limit(PAGE + 1)).all()
    items = [dict(row._mapping) for row in rows[:PAGE]]  # noqa: SLF001  # SQLAlchemy's public name.
    return {"items": items, "next": items[-1]["name"] if len(rows) > PAGE else None}


def loads(
    session: SchoolSession,
    year_id: UUID,
    groups: Collection[UUID] | None,
    teacher_id: UUID | None,
    cursor: UUID | None,
) -> dict[str, Any]:
    """Return a page of the year's load."""
    own = table(Load).c
    found = _narrow(session, select(table(Load)).where(own.year_id == year_id), own, groups, teacher_id)
    if cursor:
        found = found.where(own.id > cursor)
    rows = session.execute(found.order_by(own.id).limit(PAGE + 1)).all()
    names = Names(session, rows[:PAGE])
    items = [{"id": row.id, **names.page(row), "hours_per_week": row.hours_per_week} for row in rows[:PAGE]]
    return {"items": items, "next": str(rows[PAGE - 1].id) if len(rows) > PAGE else None}


def timetable(
    session: SchoolSession, year_id: UUID, groups: Collection[UUID] | None, teacher_id: UUID | None
) -> list[dict[str, Any]]:
    """Return the weekly lessons of groups or of a teacher, in the order of the week."""
    own = table(Slot).c
    found = _narrow(session, select(table(Slot)).where(own.year_id == year_id), own, groups, teacher_id)
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
    from_on: date,
    until_on: date,
) -> list[dict[str, Any]]:
    """Return the dated lessons of groups or of a teacher that take place, in their order."""
    own = table(Lesson).c
    found = select(table(Lesson)).where(own.lesson_on.between(from_on, until_on), own.is_cancelled.is_(False))
    found = _narrow(session, found, own, groups, teacher_id)
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


def _narrow(
    session: SchoolSession,
    found: Select[Any],
    own: Any,
    groups: Collection[UUID] | None,
    teacher_id: UUID | None,
) -> Select[Any]:
    # Read as plain rows, not as objects: so the school is named here.
    found = found.where(own.school_id == UUID(session.info["school"]))
    if groups is not None:
        found = found.where(own.group_id.in_(groups))
    if teacher_id is not None:
        found = found.where(cast(own.teacher_ids, Text).contains(str(teacher_id)))
    return found


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
