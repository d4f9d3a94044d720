"""Topic and homework of a lesson, and which topic of the thematic plan it is."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select

from services.journal.actions.correcting import Why, tell_corrected
from services.journal.actions.corrections.settling import correction_of, is_approved, settle_by_change
from services.journal.actions.pages import Link, append, lock_lesson, open_lesson
from services.journal.models.relations import descriptions, own_school, page_plans, plan_topics, run
from services.journal.rules.chain import Change
from services.journal.rules.homework import homework_text
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Invalid, Stale, Text
from shared.events.journal import LessonDescribed
from shared.outbox import publish


class DescriptionChanged(Stale):
    """Somebody else rewrote topic or homework since the caller saw the page."""


class TopicOfAnotherPlan(Invalid):
    """The topic named is not of the plan the page follows."""

    title = Text("Такой темы в плане нет", "The plan has no such topic")
    detail = Text(
        "Страница идёт по другому тематическому плану или тему из него убрали. Обновите страницу.",
        "The page follows another thematic plan, or the topic was taken out. Reload the page.",
    )


class Described(NamedTuple):
    """What a lesson is about; `topic_id` is of the thematic plan."""

    topic: str | None = None
    homework: str | None = None
    topic_id: UUID | None = None


STANDING = select(
    descriptions.c.topic, descriptions.c.homework, descriptions.c.topic_id, descriptions.c.seq
).where(descriptions.c.page_id == bindparam("page"), descriptions.c.lesson_id == bindparam("lesson"))

OF_THE_PLAN = select(
    exists().where(
        plan_topics.c.id == bindparam("topic"),
        plan_topics.c.plan_id == page_plans.c.plan_id,
        page_plans.c.page_id == bindparam("page"),
    )
)

AS_BEFORE = object()
"""In place of a topic's id: it stays, as long as there is a topic."""


def describe_lesson(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    topic: str | None,
    homework: str | None,
    topic_id: Any = AS_BEFORE,
    request_id: UUID | None = None,
) -> Link:
    """Write what the lesson was about and what is set for home; may be done ahead of the lesson.

    Both stand afterwards as given; writing the same again changes nothing. `topic_id` binds the
    lesson to a topic of the page's plan, which it uses up an hour of, None looses it. Raises
    DescriptionChanged when somebody else wrote something else after `seen_seq`, and
    TopicOfAnotherPlan.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    correction = correction_of(session, actor, lesson.page_id, request_id)
    closed = open_lesson(session, lesson, is_approved=is_approved(correction)).closed
    standing = run(session, STANDING, page=lesson.page_id, lesson=lesson.id).first()
    had = Described(*standing[:3]) if standing else Described()
    bound = had.topic_id if topic_id is AS_BEFORE else topic_id
    given = Described(topic or None, homework_text(homework), bound if topic else None)
    changes = _changes(had, given)
    settle_by_change(session, actor, correction, changes, lesson.id)
    if not changes:
        return Link(lesson.seq, lesson.head)
    if standing and standing.seq > seen_seq:
        now = {"topic": standing.topic, "homework": standing.homework, "seq": standing.seq}
        raise DescriptionChanged(errors={"description": now})
    if given.topic_id not in (None, had.topic_id):
        _check_topic(session, lesson.page_id, given.topic_id)
    end = append(session, actor, lesson, changes, None, lesson=lesson, request_id=request_id)[-1]
    _keep_and_tell(session, lesson, end, given)
    tell_corrected(session, lesson.page_id, closed, changes, end.seq, Why(None, correction), lesson)
    return end


def _check_topic(session: SchoolSession, page_id: UUID, topic_id: UUID | None) -> None:
    if not run(session, OF_THE_PLAN, topic=topic_id, page=page_id).scalar():
        raise TopicOfAnotherPlan


def _changes(had: Described, given: Described) -> list[Change]:
    taken, was = (str(one.topic_id) if one.topic_id else None for one in (given, had))
    pairs = (
        ("topic", given.topic, had.topic),
        ("homework", given.homework, had.homework),
        ("plan_topic", taken, was),
    )
    return [Change(what, None, None, value, before) for what, value, before in pairs if value != before]


def _keep_and_tell(session: SchoolSession, lesson: Row[Any], end: Link, given: Described) -> None:
    key = {"page_id": lesson.page_id, "lesson_id": lesson.id, "school_id": own_school(session)}
    row = {**key, **given._asdict(), "seq": end.seq}
    upsert_rows(session, descriptions, [row], key=("page_id", "lesson_id"))
    told = LessonDescribed(
        page_id=lesson.page_id,
        group_id=lesson.group_id,
        subject_id=lesson.subject_id,
        lesson_id=lesson.id,
        lesson_on=lesson.held_on,
        seq=end.seq,
        head=end.head,
        **given._asdict(),
    )
    publish(session, told)
