"""What was decided about single lessons, put before what the timetable says of them."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.bells.timing import Timing
from services.schedule.models import Substitution, Year
from shared.db import SchoolSession


class Key(NamedTuple):
    """What makes a lesson the same lesson: group, subject, day and number."""

    group_id: UUID
    subject_id: UUID
    lesson_on: date
    number: int


class Form(NamedTuple):
    """What may change of a lesson."""

    starts: str | None
    room_id: UUID | None
    teacher_ids: tuple[str, ...]
    is_substituted: bool = False


def put_substitutions(
    session: SchoolSession,
    year: Year,
    wanted: dict[Key, Form],
    groups: Collection[UUID] | None,
    timing: Timing,
) -> None:
    """Change the lessons that the timetable wants by the decisions that stand.

    A decision about a lesson that the timetable no longer has is of no more effect.
    """
    found = select(Substitution).where(Substitution.year_id == year.id, Substitution.withdrawn_at.is_(None))
    if groups is not None:
        found = found.where(Substitution.group_id.in_(groups))
    # One about a lesson that another brought about comes after that.
    for one in session.scalars(found.order_by(Substitution.decided_at, Substitution.id)):
        key = key_of(one)
        if key in wanted:
            for changed, form in forms_of(one, wanted[key], timing):
                if form is None:
                    wanted.pop(changed, None)
                else:
                    wanted[changed] = form


def key_of(one: Substitution) -> Key:
    """Return which lesson a decision is about."""
    return Key(one.group_id, one.subject_id, one.lesson_on, one.number)


def forms_of(one: Substitution, planned: Form, timing: Timing) -> Iterator[tuple[Key, Form | None]]:
    """Return what becomes of the lesson, and of the one held in its stead; None: it is not held."""
    key = key_of(one)
    teachers = tuple(one.teacher_ids)
    held = Form(planned.starts, one.room_id or planned.room_id, teachers, teachers != planned.teacher_ids)
    if one.kind in ("cancel", "subject", "move"):
        yield key, None
    else:
        yield key, held
    if one.kind == "subject" and one.to_subject_id:
        yield key._replace(subject_id=one.to_subject_id), held
    if one.kind == "move" and one.to_on is not None and one.to_number is not None:
        moved = held._replace(starts=timing.starts(one.group_id, one.to_on, one.to_number))
        yield key._replace(lesson_on=one.to_on, number=one.to_number), moved
