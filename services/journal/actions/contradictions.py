"""«Проверено»: who answers for the class or the school says that what contradicts itself is right (4.2.1)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from services.journal.models import AcceptedContradiction
from services.journal.models.relations import (
    enrolments,
    groups,
    lessons,
    me,
    page_surroundings,
    pages,
    run,
    school,
)
from services.journal.models.sentinel import facts
from services.journal.models.several import leads_there
from services.journal.rules.sentinel import flagged
from shared import policy
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text
from shared.events.journal_corrections import ContradictionAccepted
from shared.ids import new_id
from shared.outbox import publish

LED = select(groups.c.id).where(
    groups.c.school_id == school, groups.c.kind == "class", groups.c.class_teacher_id == me
)
# The page's row is held: of two who accept at once, the second finds what the first has said.
LESSON = (
    select(lessons.c.held_on)
    .select_from(page_surroundings.join(lessons, lessons.c.page_id == pages.c.id))
    .where(
        lessons.c.id == bindparam("lesson", type_=lessons.c.id.type),
        lessons.c.school_id == school,
        pages.c.school_id == school,
    )
    .with_for_update(of=pages)
)
LED_LESSON = LESSON.where(leads_there(bindparam("pupil", type_=enrolments.c.pupil_id.type)))


class NoContradiction(Conflict):
    """Nothing contradicts itself there, or not any more."""

    title = Text("Здесь уже нет противоречия", "There is no contradiction here")
    detail = Text(
        "Запись исправлена или противоречие другое. Обновите список.",
        "The entry was put right, or it is another contradiction. Load the list again.",
    )


class About(NamedTuple):
    """Which contradiction: its kind, in which lesson, about whom."""

    kind: str
    lesson_id: UUID
    pupil_id: UUID


def accept_contradiction(session: SchoolSession, actor: Actor, about: About, note: str) -> UUID:
    """Note that a contradiction was looked into and is right; raises NotFound, NoContradiction.

    What stands already stays as it is.
    """
    day = _own_day(session, actor, about.lesson_id, about.pupil_id)
    standing = select(AcceptedContradiction.id).where(
        AcceptedContradiction.withdrawn_at.is_(None),
        *(getattr(AcceptedContradiction, name) == value for name, value in about._asdict().items()),
    )
    known: UUID | None = session.scalar(standing)
    if known is not None:
        return known
    led = None if _answers_for_all(actor) else run(session, LED, me=actor.person_id).scalars().all()
    flags = flagged(facts(session, led, day, day))
    if about not in [flag[:3] for flag in flags]:
        raise NoContradiction
    made = {"id": new_id(), "school_id": actor.school_id, "made_by": actor.person_id, "made_at": now()}
    accepted = AcceptedContradiction(**made, **about._asdict(), note=note)
    session.add(accepted)
    publish(session, _told(accepted, is_standing=True))
    return accepted.id


def withdraw_acceptance(session: SchoolSession, actor: Actor, acceptance_id: UUID) -> None:
    """Take «проверено» back; again, it changes nothing. Raises NotFound for what is not the caller's."""
    accepted = session.get(AcceptedContradiction, acceptance_id)
    if accepted is None:
        raise NotFound
    _own_day(session, actor, accepted.lesson_id, accepted.pupil_id)
    session.refresh(accepted)
    if accepted.withdrawn_at is None:
        accepted.withdrawn_at, accepted.withdrawn_by = now(), actor.person_id
        publish(session, _told(accepted, is_standing=False))


def _own_day(session: SchoolSession, actor: Actor, lesson_id: UUID, pupil_id: UUID) -> date:
    if _answers_for_all(actor):
        found = run(session, LESSON, lesson=lesson_id)
    else:
        found = run(session, LED_LESSON, lesson=lesson_id, pupil=pupil_id, me=actor.person_id)
    day: date | None = found.scalar()
    if day is None:
        raise NotFound
    return day


def _answers_for_all(actor: Actor) -> bool:
    return policy.sees_all("journal", "accept contradictions", actor.roles)


def _told(accepted: AcceptedContradiction, *, is_standing: bool) -> ContradictionAccepted:
    names = ("lesson_id", "pupil_id", "kind")
    about = {name: getattr(accepted, name) for name in names}
    return ContradictionAccepted(acceptance_id=accepted.id, is_standing=is_standing, **about)
