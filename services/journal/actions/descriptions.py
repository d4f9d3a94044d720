"""Topic and homework of a lesson, and which topic of the thematic plan it is."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select

from services.journal.actions.correcting import Why, tell_corrected
from services.journal.actions.corrections.settling import correction_of, is_approved, settle_by_change
from services.journal.actions.pages import Link, append, lock_lesson, open_lesson
from services.journal.models.relations import (
    descriptions,
    own_school,
    page_plans,
    plan_topics,
    revisions,
    run,
)
from services.journal.rules.chain import Change
from services.journal.rules.homework import homework_text
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Invalid, Stale, Text
from shared.events.journal import LessonDescribed
from shared.outbox import publish


class DescriptionChanged(Stale):
    """Somebody else rewrote the topic, or the homework, that the caller rewrites, too."""


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

SINCE = (
    select(revisions.c.what, revisions.c.was)
    .where(
        revisions.c.page_id == bindparam("page"),
        revisions.c.lesson_id == bindparam("lesson"),
        revisions.c.seq > bindparam("seen"),
        revisions.c.what.in_(("topic", "homework", "plan_topic")),
    )
    .order_by(revisions.c.seq.desc())
)

AS_BEFORE: Any = object()
"""In place of a text: it stays as it is; of a topic's id: as long as there is a topic."""

CELLS = {"topic": ("topic", "topic_id"), "homework": ("homework",)}
"""What is written by one may be written beside by another: two cells, not one."""


def describe_lesson(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    topic: str | None = AS_BEFORE,
    homework: str | None = AS_BEFORE,
    topic_id: UUID | None = AS_BEFORE,
    request_id: UUID | None = None,
) -> Link:
    """Write what the lesson was about and what is set for home; may be done ahead of the lesson.

    What is given stands afterwards; writing the same again changes nothing. `topic_id` binds the
    lesson to a topic of the page's plan, which it uses up an hour of, None looses it. Topic and homework
    are two cells: what is given as it was at `seen_seq` leaves alone what somebody else wrote there since.
    Raises DescriptionChanged when both wrote the same cell, and TopicOfAnotherPlan.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    correction = correction_of(session, actor, lesson.page_id, request_id)
    closed = open_lesson(session, lesson, is_approved=is_approved(correction)).closed
    standing = run(session, STANDING, page=lesson.page_id, lesson=lesson.id).first()
    had = Described(*standing[:3]) if standing else Described()
    given = _given(had, topic, homework, topic_id)
    if standing and standing.seq > seen_seq and given != had:
        seen = _as_seen(session, lesson, seen_seq, had)
        given = _merged(seen, had, given, topic_id, standing.seq)
    changes = _changes(had, given)
    settle_by_change(session, actor, correction, changes, lesson.id)
    if not changes:
        return Link(lesson.seq, lesson.head)
    if given.topic_id not in (None, had.topic_id):
        _check_topic(session, lesson.page_id, given.topic_id)
    end = append(session, actor, lesson, changes, None, lesson=lesson, request_id=request_id)[-1]
    _keep_and_tell(session, lesson, end, given)
    tell_corrected(session, lesson.page_id, closed, changes, end.seq, Why(None, correction), lesson)
    return end


def _given(had: Described, topic: str | None, homework: str | None, topic_id: UUID | None) -> Described:
    text = had.topic if topic is AS_BEFORE else topic or None
    bound = had.topic_id if topic_id is AS_BEFORE else topic_id
    home = had.homework if homework is AS_BEFORE else homework_text(homework)
    return Described(text, home, bound if text else None)


def _as_seen(session: SchoolSession, lesson: Row[Any], seen_seq: int, had: Described) -> Described:
    """Return what stood when the caller saw the page: before the first change since, where there was one."""
    since = run(session, SINCE, page=lesson.page_id, lesson=lesson.id, seen=seen_seq)
    was: dict[str, Any] = {row.what: row.was for row in since}  # The first change comes last.
    if "plan_topic" in was:
        was["topic_id"] = UUID(taken) if (taken := was.pop("plan_topic")) else None
    return had._replace(**was)


def _merged(seen: Described, had: Described, given: Described, topic_id: Any, seq: int) -> Described:
    """Return what is given with what others wrote meanwhile; raises DescriptionChanged for one cell of both.

    Where nothing but what was seen is given, it is what the caller means: perhaps taken back by hand.
    """
    own = {
        "topic": given.topic != seen.topic or topic_id not in (AS_BEFORE, seen.topic_id),
        "homework": given.homework != seen.homework,
    }
    theirs = [cell for cell in CELLS if _cell(had, cell) not in (_cell(seen, cell), _cell(given, cell))]
    merged = given._replace(**{name: getattr(had, name) for cell in theirs for name in CELLS[cell]})
    torn = [cell for cell in theirs if own[cell]]
    if torn or merged == had:
        now = {"topic": had.topic, "homework": had.homework, "seq": seq, "cells": torn or theirs}
        raise DescriptionChanged(errors={"description": now})
    return merged


def _cell(of: Described, cell: str) -> tuple[Any, ...]:
    return tuple(getattr(of, name) for name in CELLS[cell])


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
