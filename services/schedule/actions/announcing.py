"""Decisions about lessons told to the other services: one event for each group and day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from services.schedule.models import Enrolment, Group, Room, Substitution
from shared.db import SchoolSession
from shared.events.schedule import LessonsSubstituted, SubstitutedLesson, SubstitutionWithdrawn
from shared.outbox import publish

LESSONS_TOLD_AT_ONCE = 50
"""Of one group on one day: no timetable has more, and an event has its limit."""


def announce(session: SchoolSession, made: Sequence[Substitution]) -> None:
    """Tell what was decided, with the pupils whom it concerns; three statements whatever the number."""
    by_day: dict[tuple[UUID, date], list[Substitution]] = {}
    for one in made:
        by_day.setdefault((one.group_id, one.lesson_on), []).append(one)
    groups = {row.id: row for row in session.execute(select(Group.id, Group.name, Group.parent_id))}
    pupils = _pupils(session, set(by_day), {id_: row.parent_id for id_, row in groups.items()})
    chosen = {one.room_id for one in made if one.room_id}
    rooms = {
        row.id: row.name for row in session.execute(select(Room.id, Room.name).where(Room.id.in_(chosen)))
    }
    for (group_id, on), ours in by_day.items():
        name = groups[group_id].name if group_id in groups else ""
        lessons = [_lesson(one, rooms) for one in sorted(ours, key=lambda one: one.number)]
        for at in range(0, len(lessons), LESSONS_TOLD_AT_ONCE):
            part = lessons[at : at + LESSONS_TOLD_AT_ONCE]
            told = LessonsSubstituted(
                group_id=group_id, group=name, on=on, pupil_ids=pupils[group_id, on], lessons=part
            )
            publish(session, told)


def announce_withdrawal(session: SchoolSession, one: Substitution) -> None:
    """Tell that a decision was taken back."""
    told = SubstitutionWithdrawn(
        substitution_id=one.id, lesson_id=one.lesson_id, group_id=one.group_id, on=one.lesson_on
    )
    publish(session, told)


def _lesson(one: Substitution, rooms: Mapping[UUID, str]) -> SubstitutedLesson:
    return SubstitutedLesson(
        substitution_id=one.id,
        lesson_id=one.lesson_id,
        subject_id=one.subject_id,
        number=one.number,
        kind=one.kind,
        was_teacher_ids=[UUID(who) for who in one.was_teacher_ids],
        teacher_ids=[UUID(who) for who in one.teacher_ids],
        room=rooms.get(one.room_id) if one.room_id else None,
        to_subject_id=one.to_subject_id,
        to_on=one.to_on,
        to_number=one.to_number,
    )


def _pupils(
    session: SchoolSession, days: Collection[tuple[UUID, date]], parents: Mapping[UUID, UUID | None]
) -> dict[tuple[UUID, date], list[UUID]]:
    """Return who is in each group on its day, or in a part of it, as a class is of its parallel."""
    parts = {group_id: _parts(group_id, parents) for group_id, _ in days}
    first, last = min(on for _, on in days), max(on for _, on in days)
    found = select(Enrolment.group_id, Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on).where(
        Enrolment.group_id.in_({part for own in parts.values() for part in own}),
        Enrolment.from_on <= last,
        or_(Enrolment.until_on.is_(None), Enrolment.until_on >= first),
    )
    stays = session.execute(found).all()
    return {
        (group_id, on): sorted(
            {
                row.pupil_id
                for row in stays
                if row.group_id in parts[group_id]
                and row.from_on <= on
                and (row.until_on is None or row.until_on >= on)
            }
        )
        for group_id, on in days
    }


def _parts(group_id: UUID, parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    found = {group_id}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found
