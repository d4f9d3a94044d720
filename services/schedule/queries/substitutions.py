"""Substitutions as the deputy and the staff-room see them: what is needed, who could, what was decided."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.schedule.models import Absence, Lesson, Person, Substitution, table
from services.schedule.models.substitutions import away_on
from services.schedule.queries import Names
from services.schedule.queries.candidates import Staff, candidates, joinable, lessons_beside, staff_of
from services.schedule.rules import monday_of
from shared.db import SchoolSession
from shared.names import names_apart

WEEK = timedelta(days=6)
MOST_PROPOSED = 3


def absences(session: SchoolSession, found: Sequence[Absence]) -> list[dict[str, Any]]:
    """Return absences with the teachers' names."""
    names = names_of(session, {one.teacher_id for one in found})
    shown = ("id", "from_on", "until_on", "reason", "note")
    return [
        {name: getattr(one, name) for name in shown}
        | {"teacher": {"id": one.teacher_id, "name": names.get(one.teacher_id)}}
        for one in found
    ]


def needs(
    session: SchoolSession, from_on: date, until_on: date, away: Sequence[Absence]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the lessons of teachers who are away, and a proposal for those nothing was decided about.

    Each lesson has what was decided or who could stand in. Where nobody is free, or rather than that,
    groups may be joined under those in `joinable`. The statements are as many for a week as for a
    day: lessons, load, groups, bells, decisions, names.
    """
    lessons = _lessons(session, monday_of(from_on), monday_of(until_on) + WEEK)
    decided = _standing(session, from_on, until_on)
    staff = staff_of(session, lessons)
    wanted = [row for row in lessons if from_on <= row.lesson_on <= until_on and _absent(row, away, decided)]
    beside = lessons_beside(wanted, lessons, staff)
    names = Names(session, [*wanted, *chain.from_iterable(beside.values())])
    people = names_of(session, {UUID(teacher) for teacher in staff.busy})
    needed = [
        _shown(row, names)
        | {
            "absent": [{"id": one, "name": names.people.get(one)} for one in _absent(row, away, decided)],
            "substitution": _decision(decided.get(row.id), people),
            "candidates": [] if row.id in decided else candidates(row, staff, away, people),
            "joinable": [] if row.id in decided else joinable(row, beside[row.id], staff, away, names),
        }
        for row in wanted
    ]
    return needed, _proposal(zip(wanted, needed, strict=True), staff)


def _proposal(needed: Iterable[tuple[Any, dict[str, Any]]], staff: Staff) -> list[dict[str, Any]]:
    """Return the best stand-in for each lesson that nothing was decided about, nobody twice at a time.

    Nobody gets more than three, so that one good soul does not carry the whole day.
    """
    given: dict[str, list[Any]] = {}
    found = []
    for row, lesson in needed:
        for one in lesson["candidates"]:
            theirs = given.setdefault(one["teacher"]["id"], [])
            if len(theirs) < MOST_PROPOSED and not any(staff.are_at_once(row, other) for other in theirs):
                theirs.append(row)
                found.append({"lesson_id": lesson["id"], "kind": "teacher", "stand_in": one["teacher"]})
                break
    return found


def register(session: SchoolSession, from_on: date, until_on: date) -> list[dict[str, Any]]:
    """Return what was decided about the lessons of these days, in their order, and what moved into them."""
    days = or_(
        Substitution.lesson_on.between(from_on, until_on), Substitution.to_on.between(from_on, until_on)
    )
    found = select(Substitution).where(days, Substitution.withdrawn_at.is_(None))
    ordered = found.order_by(Substitution.lesson_on, Substitution.number, Substitution.id)
    rows = session.scalars(ordered).all()
    names = Names(session, [_Named(row) for row in rows])
    moved = Names(session, [_Moved(row) for row in rows if row.to_subject_id])
    people = names_of(
        session, {UUID(one) for row in rows for one in (*row.was_teacher_ids, *row.teacher_ids)}
    )
    return [
        _shown(row, names)
        | {"id": row.lesson_id, "substitution": _decision(row, people)}
        | {
            "absent": [{"id": one, "name": people.get(UUID(one))} for one in row.was_teacher_ids],
            "to_subject": moved.subjects.get(row.to_subject_id) if row.to_subject_id else None,
            "room": names.rooms.get(row.room_id or row.was_room_id),  # type: ignore[arg-type]
        }
        for row in rows
    ]


class _Named:
    """A decision as `Names` reads rows: in the room it has, or had before."""

    def __init__(self, row: Substitution) -> None:
        self.subject_id, self.group_id = row.subject_id, row.group_id
        self.teacher_ids, self.room_id = row.teacher_ids, row.room_id or row.was_room_id


class _Moved:
    """The other subject of a decision, as `Names` reads rows."""

    def __init__(self, row: Substitution) -> None:
        self.subject_id, self.group_id = row.to_subject_id, row.group_id
        self.teacher_ids: list[str] = []


def _lessons(session: SchoolSession, from_on: date, until_on: date) -> Sequence[Any]:
    own = table(Lesson).c
    found = select(table(Lesson)).where(
        own.school_id == UUID(session.info["school"]), own.lesson_on.between(from_on, until_on)
    )
    return session.execute(found.order_by(own.lesson_on, own.number, own.id)).all()


def _standing(session: SchoolSession, from_on: date, until_on: date) -> dict[UUID, Substitution]:
    found = select(Substitution).where(
        Substitution.lesson_on.between(from_on, until_on), Substitution.withdrawn_at.is_(None)
    )
    return {one.lesson_id: one for one in session.scalars(found)}


def _absent(row: Any, away: Sequence[Absence], decided: dict[UUID, Substitution]) -> list[str]:
    """Return which of a lesson's own teachers are away; a cancelled lesson counts if it was decided so."""
    one = decided.get(row.id)
    if row.is_cancelled and one is None:
        return []
    own: Collection[str] = one.was_teacher_ids if one else row.teacher_ids
    gone = away_on(away, row.lesson_on)
    return [teacher for teacher in own if teacher in gone]


def _shown(row: Any, names: Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "on": row.lesson_on,
        "number": row.number,
        **names.page(row),
        "room": names.rooms.get(getattr(row, "room_id", None)),  # type: ignore[arg-type]
    }


def _decision(one: Substitution | None, people: dict[UUID, str]) -> dict[str, Any] | None:
    if one is None:
        return None
    stand_in = {"id": one.stand_in_id, "name": people.get(one.stand_in_id)} if one.stand_in_id else None
    shown = ("id", "kind", "note", "to_on", "to_number", "decided_at")
    return {name: getattr(one, name) for name in shown} | {"stand_in": stand_in}


def names_of(session: SchoolSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of people as staff is signed, of namesakes among them in full."""
    found = session.scalars(select(Person).where(Person.id.in_(ids))).all()
    names = names_apart([(one.family_name, one.given_name, one.patronymic) for one in found])
    return {one.id: name for one, name in zip(found, names, strict=True)}
