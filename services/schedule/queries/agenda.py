"""Lessons of some days as people look at them: with what was decided, and what therefore is not held."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, cast, or_, select
from sqlalchemy.orm import aliased

from services.schedule.models import Enrolment, Group, Lesson, Load, Person, Substitution, table
from services.schedule.queries import Names, narrow
from shared.db import SchoolSession
from shared.names import names_apart, sort_key

NOT_HELD = ("cancel", "move", "subject")  # Decisions by which the lesson itself is not held.


class Whose(NamedTuple):
    """Whose lessons are looked at; None does not narrow them."""

    groups: Collection[UUID] | None = None
    teacher_id: UUID | None = None
    room_id: UUID | None = None


class _Key(NamedTuple):
    """What makes a lesson the same lesson."""

    group_id: UUID
    subject_id: UUID
    on: date
    number: int


class _Named(NamedTuple):
    """Ids whose names a decision is told with, as `Names` reads rows."""

    subject_id: UUID
    group_id: UUID
    teacher_ids: Sequence[str]


def agenda(session: SchoolSession, whose: Whose, from_on: date, until_on: date) -> list[dict[str, Any]]:
    """Return the lessons of these days in their order; each tells what was changed about it, and how.

    Cancelled lessons are there only when a decision about them stands. A teacher's and a room's list
    also holds the lessons that a decision took from them. The statements are always seven.
    """
    decided = _decisions(session, from_on, until_on)
    rows = _lessons(session, whose, decided, from_on, until_on)
    names = Names(session, [*rows, *_named(decided)])
    classes = _classes(session, from_on, until_on)
    changes = _Changes(decided, names)
    return [
        {
            "id": row.id,
            "on": row.lesson_on,
            "number": row.number,
            "starts": row.starts,
            **names.page(row),
            "room": names.rooms.get(row.room_id),
            "room_id": row.room_id,
            "class_ids": classes.get(row.group_id, [row.group_id]),
            "is_held": not row.is_cancelled,
            "change": changes.of(row),
        }
        for row in rows
    ]


def teachers(session: SchoolSession, year_id: UUID) -> list[dict[str, Any]]:
    """Return whom the load of a year names as teachers, by name."""
    own = table(Load).c
    mine = own.school_id == UUID(session.info["school"])
    held = session.scalars(select(own.teacher_ids).where(mine, own.year_id == year_id))
    ids = {UUID(one) for together in held for one in together}
    found = session.scalars(select(Person).where(Person.id.in_(ids)))
    ordered = sorted(found, key=lambda one: sort_key(one.family_name, one.given_name, one.patronymic))
    names = names_apart([(one.family_name, one.given_name, one.patronymic) for one in ordered])
    return [{"id": one.id, "name": name} for one, name in zip(ordered, names, strict=True)]


def parts_of(session: SchoolSession, group_id: UUID, from_on: date, until_on: date) -> set[UUID]:
    """Return a class and all groups that its pupils are in; of a group, what it is part of."""
    classes = _classes(session, from_on, until_on)
    parents = {row.id: row.parent_id for row in session.execute(select(Group.id, Group.parent_id))}
    concerned = {id for id, own in classes.items() if group_id in own}
    return {group_id} | concerned | set(_upwards(group_id, parents))


def _decisions(session: SchoolSession, from_on: date, until_on: date) -> Sequence[Substitution]:
    own = Substitution
    days = or_(own.lesson_on.between(from_on, until_on), own.to_on.between(from_on, until_on))
    return session.scalars(select(own).where(days, own.withdrawn_at.is_(None))).all()


def _lessons(
    session: SchoolSession, whose: Whose, decided: Iterable[Substitution], from_on: date, until_on: date
) -> Sequence[Any]:
    own = table(Lesson).c
    dropped = [one.lesson_id for one in decided if one.kind in NOT_HELD]
    found = select(table(Lesson)).where(
        own.lesson_on.between(from_on, until_on), or_(own.is_cancelled.is_(False), own.id.in_(dropped))
    )
    if whose.teacher_id is not None:
        taken = [one.lesson_id for one in decided if str(whose.teacher_id) in one.was_teacher_ids]
        led = cast(own.teacher_ids, Text).contains(str(whose.teacher_id))
        found = found.where(or_(led, own.id.in_(taken)))
    if whose.room_id is not None:
        left = [one.lesson_id for one in decided if one.was_room_id == whose.room_id]
        found = found.where(or_(own.room_id == whose.room_id, own.id.in_(left)))
    found = narrow(session, found, own, whose.groups, None)
    return session.execute(found.order_by(own.lesson_on, own.number, own.id)).all()


def _named(decided: Iterable[Substitution]) -> Iterable[_Named]:
    for one in decided:
        yield _Named(one.subject_id, one.group_id, one.was_teacher_ids)
        yield _Named(one.to_subject_id or one.subject_id, one.group_id, ())


class _Changes:
    """What the decisions say of a lesson: of itself, or of the one it is held instead of."""

    def __init__(self, decided: Iterable[Substitution], names: Names) -> None:
        self.names = names
        self.own = {one.lesson_id: one for one in decided}
        self.instead: Mapping[_Key, Substitution] = {
            key: one for one in decided if (key := _held_as(one)) is not None
        }

    def of(self, row: Any) -> dict[str, Any] | None:
        if one := self.own.get(row.id):
            return self._told(one, one.kind, one.to_subject_id, one.to_on, one.to_number)
        key = _Key(row.group_id, row.subject_id, row.lesson_on, row.number)
        if one := self.instead.get(key):
            return self._told(one, f"{one.kind}_in", one.subject_id, one.lesson_on, one.number)
        return None

    def _told(
        self, one: Substitution, kind: str, subject_id: UUID | None, on: date | None, number: int | None
    ) -> dict[str, Any]:
        return {
            "kind": kind,
            "teachers": [{"id": id, "name": self.names.people.get(id)} for id in one.was_teacher_ids],
            "subject": self.names.subjects.get(subject_id) if subject_id else None,
            "on": on,
            "number": number,
        }


def _held_as(one: Substitution) -> _Key | None:
    """Return which lesson is held in the stead of the one decided about, if any."""
    if one.kind == "subject" and one.to_subject_id:
        return _Key(one.group_id, one.to_subject_id, one.lesson_on, one.number)
    if one.kind == "move" and one.to_on is not None and one.to_number is not None:
        return _Key(one.group_id, one.subject_id, one.to_on, one.to_number)
    return None


def _classes(session: SchoolSession, from_on: date, until_on: date) -> dict[UUID, list[UUID]]:
    """Return of each group which classes its lessons concern.

    A group is of the class it is part of, and a parallel of all of its classes; a group that is part
    of none, as lists from other programs bring them, is of the classes its pupils are in.
    """
    rows = session.execute(select(Group.id, Group.kind, Group.parent_id)).all()
    parents = {row.id: row.parent_id for row in rows}
    kinds = {row.id: row.kind for row in rows}
    found: dict[UUID, list[UUID]] = {}
    for id, kind in kinds.items():
        way = list(_upwards(id, parents))
        if own := [one for one in way if kinds[one] == "class"][:1]:
            found[id] = own
        if kind == "class":
            for above in way[1:]:
                found.setdefault(above, []).append(id)
    for group_id, class_id in session.execute(_shared_pupils(from_on, until_on)):
        if kinds.get(group_id) == "group" and parents[group_id] is None:
            found.setdefault(group_id, []).append(class_id)
    return found


def _shared_pupils(from_on: date, until_on: date) -> Select[UUID, UUID]:
    of_group, of_class = aliased(Enrolment), aliased(Enrolment)
    days = (
        or_(one.until_on.is_(None), one.until_on >= from_on) & (one.from_on <= until_on)
        for one in (of_group, of_class)
    )
    return (
        select(of_group.group_id, of_class.group_id)
        .join(of_class, (of_class.pupil_id == of_group.pupil_id) & (of_class.group_id != of_group.group_id))
        .join(Group, (Group.id == of_class.group_id) & (Group.kind == "class"))
        .where(*days)
        .distinct()
        .order_by(of_group.group_id, of_class.group_id)
    )


def _upwards(group_id: UUID, parents: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    seen: set[UUID] = set()
    step: UUID | None = group_id
    while step is not None and step in parents and step not in seen:
        seen.add(step)
        yield step
        step = parents[step]
