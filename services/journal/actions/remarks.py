"""Writing to a family about a pupil (замечания, рекомендации), correcting it, taking it back (clause 3.9.2).

On a page each is a thing of the page's chain; a class teacher's own belong to no page and keep
their versions alone. That they were read is told once by each reader.
"""

import secrets
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, or_, select

from services.journal.actions.pages import LessonDay, append
from services.journal.models import (
    Enrolment,
    Group,
    Lesson,
    Remark,
    RemarkVersion,
)
from services.journal.models import School as Known
from services.journal.models.relations import (
    gives_any_lesson,
    leads_class,
    lesson_teachers,
    page_surroundings,
    pages,
    roster_groups,
    run,
    school,
    schools,
    teaches_page,
)
from services.journal.models.several import leads_pupils, led_pupils
from services.journal.rules.access import reads_all
from services.journal.rules.chain import Change
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.remarks import remark_text, text_digest
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, NotFound, Stale, Text
from shared.events.journal_diary import RemarkChanged, RemarkMade
from shared.ids import new_id
from shared.outbox import publish


class RemarkWithdrawn(Conflict):
    """The remark was taken back, so it is changed no more."""

    title = Text("Запись отозвана", "It was withdrawn")
    detail = Text(
        "Эта запись уже отозвана автором. Если она нужна, сделайте новую.",
        "Its author has withdrawn it already. Write a new one if it is needed.",
    )


class NotYetHeld(Conflict):
    """Nothing is written of a pupil's work in a lesson that is still ahead."""

    title = Text("Урок ещё не состоялся", "The lesson is still ahead")
    detail = Text(
        "Урок будет {on:%d.%m.%Y}. Выберите прошедший урок или не указывайте его.",
        "The lesson is on {on:%Y-%m-%d}. Choose one that was held, or name none.",
    )


class Said(NamedTuple):
    """What is to be told, and to whom."""

    kind: str
    audience: str
    text: str


LOCK_PAGE = (
    select(
        pages.c.id.label("page_id"),
        pages.c.seq,
        pages.c.head,
        pages.c.group_id,
        pages.c.subject_id,
        pages.c.year_id,
        schools.c.time_zone,
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        gives_any_lesson.label("gives_any_lesson"),
    )
    .select_from(page_surroundings)
    .where(pages.c.id == bindparam("page"), pages.c.school_id == school)
    .with_for_update(of=pages)
)


def remark_on_page(
    session: SchoolSession, actor: Actor, page_id: UUID, pupil_id: UUID, said: Said, lesson_id: UUID | None
) -> Remark:
    """Write to a pupil's family on the page of one's subject, about a lesson if one is named.

    Whoever gives single lessons in another's stead writes about those; on a page of several classes a
    class teacher about the own pupils. Raises NotFound for a pupil who was not on the page's list that day.
    """
    page = run(session, LOCK_PAGE, page=page_id, me=actor.person_id).first()
    if page is None or actor.person_id is None:
        raise NotFound
    lesson = _lesson(session, page, lesson_id)
    is_whole = page.teaches_page or page.leads_class or (lesson and _gives(session, actor, lesson))
    if not (is_whole or page.leads_pupils):
        raise Denied if page.gives_any_lesson or reads_all(actor) else NotFound
    day = lesson.held_on if lesson else today(page.time_zone or TIME_ZONE)
    if not (is_whole or led_pupils(session, actor.person_id).on(pupil_id, day)):
        raise NotFound
    _was_there(session, pupil_id, day, Enrolment.group_id.in_(roster_groups(page.group_id)))
    last = session.scalar(select(func.max(Remark.number)).where(Remark.page_id == page_id))
    remark = _new(session, actor, pupil_id, page.group_id, day)
    remark.page_id, remark.lesson_id, remark.number = page_id, lesson_id, (last or 0) + 1
    return _make(session, actor, remark, page, said)


def remark_of_class(
    session: SchoolSession, actor: Actor, group_id: UUID, pupil_id: UUID, said: Said
) -> Remark:
    """Write to the family of a pupil of the class one leads."""
    group = session.scalars(select(Group).where(Group.id == group_id)).first()
    if group is None or actor.person_id is None:
        raise NotFound
    if group.class_teacher_id != actor.person_id:
        raise Denied if reads_all(actor) else NotFound
    day = today(session.scalar(select(Known.time_zone)) or TIME_ZONE)
    _was_there(session, pupil_id, day, Enrolment.group_id == group_id)
    return _make(session, actor, _new(session, actor, pupil_id, group_id, day), None, said)


def change_remark(
    session: SchoolSession,
    actor: Actor,
    remark_id: UUID,
    seen_version: int,
    said: Said | None,
    reason: str | None,
) -> Remark:
    """Correct one's own remark, or take it back (`said` is None); the former text stays in its history.

    What says the same already changes nothing. Raises Stale when it was changed after `seen_version`.
    """
    remark, page = _locked(session, remark_id, actor)
    standing = session.get_one(RemarkVersion, (remark_id, remark.version))
    if standing.kind is None:
        if said is None:
            return remark
        raise RemarkWithdrawn
    if said == (standing.kind, standing.audience, standing.text):
        return remark
    if seen_version != remark.version:
        raise Stale
    was = remark_text(standing.kind, standing.audience, standing.digest)
    told = _say(session, actor, remark, page, said or Said("", standing.audience, ""), was, reason)
    publish(session, RemarkChanged(**told, is_withdrawn=said is None))
    return remark


def _lesson(session: SchoolSession, page: Row[Any], lesson_id: UUID | None) -> Lesson | None:
    if lesson_id is None:
        return None
    asked = select(Lesson).where(Lesson.id == lesson_id, Lesson.page_id == page.page_id)
    lesson = session.scalars(asked).first()
    if lesson is None:
        raise NotFound
    if lesson.held_on > today(page.time_zone or TIME_ZONE):
        raise NotYetHeld(on=lesson.held_on)
    return lesson


def _gives(session: SchoolSession, actor: Actor, lesson: Lesson) -> bool:
    given = lesson_teachers.c
    mine = exists().where(given.lesson_id == lesson.id, given.teacher_id == actor.person_id)
    return bool(session.scalar(select(mine)))


def _was_there(session: SchoolSession, pupil_id: UUID, day: date, where: Any) -> None:
    stay = select(Enrolment.pupil_id).where(
        where,
        Enrolment.pupil_id == pupil_id,
        Enrolment.from_on <= day,
        or_(Enrolment.until_on.is_(None), Enrolment.until_on >= day),
    )
    if session.scalars(stay).first() is None:
        raise NotFound


def _new(session: SchoolSession, actor: Actor, pupil_id: UUID, group_id: UUID, day: date) -> Remark:
    remark = Remark(
        id=new_id(), school_id=actor.school_id, pupil_id=pupil_id, group_id=group_id, number=0,
        made_on=day, made_by=actor.person_id, version=0, seq=0,
    )  # fmt: skip
    session.add(remark)
    return remark


def _make(session: SchoolSession, actor: Actor, remark: Remark, page: Row[Any] | None, said: Said) -> Remark:
    told = RemarkMade(
        **_say(session, actor, remark, page, said, None, None),
        subject_id=page.subject_id if page else None,
        lesson_id=remark.lesson_id,
        on=remark.made_on,
        kind=said.kind,
        audience=said.audience,
    )
    publish(session, told)
    session.flush()
    return remark


def _ids(remark: Remark) -> dict[str, Any]:
    names = ("pupil_id", "group_id", "page_id", "version")
    return {"remark_id": remark.id, **{name: getattr(remark, name) for name in names}}


def _locked(session: SchoolSession, remark_id: UUID, actor: Actor) -> tuple[Remark, Row[Any] | None]:
    """Return the caller's own remark and its page, both locked: the page first, as every writer does."""
    found = session.scalars(select(Remark).where(Remark.id == remark_id)).first()
    if found is None or actor.person_id is None or found.made_by != actor.person_id:
        raise NotFound
    page = run(session, LOCK_PAGE, page=found.page_id, me=actor.person_id).one() if found.page_id else None
    session.refresh(found, with_for_update=True)
    return found, page


def _say(
    session: SchoolSession,
    actor: Actor,
    remark: Remark,
    page: Row[Any] | None,
    said: Said,
    was: str | None,
    reason: str | None,
) -> dict[str, Any]:
    """Keep what is said as the next version; return what events tell of it and of the page's chain.

    The chain has no word of it, the reason included: words about a pupil go when the pupil is erased.
    """
    salt = secrets.token_hex(16)
    digest = text_digest(salt, said.text, reason)
    remark.version += 1
    session.add(
        RemarkVersion(
            remark_id=remark.id, version=remark.version, school_id=remark.school_id,
            pupil_id=remark.pupil_id, kind=said.kind or None, audience=said.audience,
            text=said.text or None, salt=salt, digest=digest, at=now(),
            made_by=actor.person_id, reason=reason,
        )
    )  # fmt: skip
    if page is not None:
        value = remark_text(said.kind or None, said.audience, digest)
        change = Change("remark", remark.number, remark.pupil_id, value, was)
        lesson = LessonDay(remark.lesson_id, remark.made_on) if remark.lesson_id else None
        end = append(session, actor, page, [change], None, lesson=lesson)[-1]
        remark.seq = end.seq
        return _ids(remark) | {"seq": end.seq, "head": end.head}
    return _ids(remark)
