"""Why a decision cannot be taken back: a later one has used what it set free."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select

from services.schedule.actions.bells.timing import Timing
from services.schedule.actions.versions.surroundings import clashing_groups
from services.schedule.models import Substitution
from services.schedule.models.lengths import lesson_lengths
from services.schedule.rules.hours import Rung, at_once
from shared.db import SchoolSession
from shared.errors import Conflict, Text

TEACHER = Text("учитель", "the teacher")
CLASS = Text("класс", "the class")
ROOM = Text("кабинет", "the room")


class TakenSince(Conflict):
    """The teacher, the class or the room of the lesson was given to another by a later decision."""

    title = Text("Этот час уже отдан другому уроку", "That hour was given to another lesson")
    detail = Text(
        "Урок {number} {on:%d.%m.%Y} не вернуть: {what} по более позднему решению занят. "
        "Сначала отмените то решение.",
        "Lesson {number} of {on:%Y-%m-%d} cannot come back: a later decision has taken {what}. "
        "Withdraw that decision first.",
    )


def refuse_if_taken_since(session: SchoolSession, one: Substitution, timing: Timing) -> None:
    """Raise TakenSince where the lesson, as it was, would be held together with what was decided later."""
    own = Substitution
    found = select(own).where(
        own.decided_at > one.decided_at,
        own.withdrawn_at.is_(None),
        or_(own.to_on == one.lesson_on, own.to_on.is_(None) & (own.lesson_on == one.lesson_on)),
    )
    was, lengths = Rung(one.number, one.was_starts), lesson_lengths(session)
    kin = clashing_groups(session, one.lesson_on).get(one.group_id, (one.group_id,))
    for later in session.scalars(found):
        what = _needed_by_both(one, later, kin)
        if what and at_once(was, _held_at(later, timing), lengths):
            raise TakenSince(number=one.number, on=one.lesson_on, what=what)


def _held_at(one: Substitution, timing: Timing) -> Rung:
    if one.to_on is None or one.to_number is None:
        return Rung(one.number, one.was_starts)
    return Rung(one.to_number, timing.starts(one.group_id, one.to_on, one.to_number))


def _needed_by_both(one: Substitution, later: Substitution, kin: Collection[UUID]) -> Text | None:
    """Return what the lesson had that the later decision gave to its own."""
    has_moved = later.kind == "move"
    given = later.teacher_ids if has_moved else [str(later.stand_in_id)]
    if later.kind != "joint" and not set(given).isdisjoint(one.was_teacher_ids):
        return TEACHER
    if has_moved and later.group_id in kin:
        return CLASS
    room = later.room_id or (later.was_room_id if has_moved else None)
    return ROOM if room is not None and room == one.was_room_id else None
