"""Topic and homework of a lesson."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from services.journal.actions.pages import Link, append, lock_lesson, open_works
from services.journal.models.relations import descriptions, own_school, run
from services.journal.rules import Change
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Stale
from shared.events.journal import LessonDescribed
from shared.outbox import publish


class DescriptionChanged(Stale):
    """Somebody else rewrote topic or homework since the caller saw the page."""


STANDING = select(descriptions.c.topic, descriptions.c.homework, descriptions.c.seq).where(
    descriptions.c.page_id == bindparam("page"), descriptions.c.lesson_id == bindparam("lesson")
)


def describe_lesson(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    topic: str | None,
    homework: str | None,
) -> Link:
    """Write what the lesson was about and what is set for home; may be done ahead of the lesson.

    Both stand afterwards as given; writing the same again changes nothing. Raises
    DescriptionChanged when somebody else wrote something else after `seen_seq`.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    open_works(session, lesson)
    standing = run(session, STANDING, page=lesson.page_id, lesson=lesson.id).first()
    changes = _changes(standing, topic or None, homework or None)
    if not changes:
        return Link(lesson.seq, lesson.head)
    if standing and standing.seq > seen_seq:
        now = {"topic": standing.topic, "homework": standing.homework, "seq": standing.seq}
        raise DescriptionChanged(errors={"description": now})
    end = append(session, actor, lesson, changes, None)[-1]
    _keep_and_tell(session, lesson, end, topic or None, homework or None)
    return end


def _changes(standing: Row[Any] | None, topic: str | None, homework: str | None) -> list[Change]:
    had = (standing.topic, standing.homework) if standing else (None, None)
    pairs = zip(("topic", "homework"), (topic, homework), had, strict=True)
    return [Change(what, None, None, value, was) for what, value, was in pairs if value != was]


def _keep_and_tell(
    session: SchoolSession, lesson: Row[Any], end: Link, topic: str | None, homework: str | None
) -> None:
    key = {"page_id": lesson.page_id, "lesson_id": lesson.id, "school_id": own_school(session)}
    row = {**key, "topic": topic, "homework": homework, "seq": end.seq}
    upsert_rows(session, descriptions, [row], key=("page_id", "lesson_id"))
    told = LessonDescribed(
        page_id=lesson.page_id,
        group_id=lesson.group_id,
        subject_id=lesson.subject_id,
        lesson_id=lesson.id,
        lesson_on=lesson.held_on,
        seq=end.seq,
        head=end.head,
        topic=topic,
        homework=homework,
    )
    publish(session, told)
