"""The plan of a page laid over its lessons: what was taught when, and what comes next."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select

from services.journal.models.relations import (
    descriptions,
    lessons,
    page_plans,
    page_topics,
    plan_topics,
    plans,
    run,
    school,
)
from services.journal.queries.page import may_read
from services.journal.queries.page_rows import PAGE
from services.journal.queries.plans import topic_said
from services.journal.rules.access import reads_all_plans
from services.journal.rules.laying import Hour, Slot, Topic, lay
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]

TOPICS = (
    select(
        plan_topics,
        plans.c.name.label("plan_name"),
        page_topics.c.how,
        page_topics.c.hours.label("own_hours"),
    )
    .select_from(
        page_plans.join(plans, plans.c.id == page_plans.c.plan_id)
        .join(plan_topics, plan_topics.c.plan_id == plans.c.id)
        .outerjoin(
            page_topics,
            and_(page_topics.c.page_id == page_plans.c.page_id, page_topics.c.topic_id == plan_topics.c.id),
        )
    )
    .where(page_plans.c.page_id == bindparam("page"), page_plans.c.school_id == school)
    .order_by(plan_topics.c.position)
)

LESSONS = (
    select(
        lessons.c.id,
        lessons.c.held_on,
        lessons.c.number,
        lessons.c.state,
        descriptions.c.topic,
        descriptions.c.topic_id,
    )
    .select_from(
        lessons.outerjoin(
            descriptions,
            and_(descriptions.c.page_id == lessons.c.page_id, descriptions.c.lesson_id == lessons.c.id),
        )
    )
    .where(lessons.c.page_id == bindparam("page"), lessons.c.school_id == school)
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
)


def page_laying(session: SchoolSession, actor: Actor, page_id: UUID) -> Json:
    """Return a page's plan laid over its lessons, in three statements; NotFound for a stranger's page.

    `lessons` say which topic falls on each, bound or proposed; `topics` on which lessons each falls.
    A page without a plan has neither.
    """
    page = run(session, PAGE, page=page_id, me=actor.person_id).first()
    if page is None or not may_read(actor, page):
        raise NotFound
    topics = run(session, TOPICS, page=page_id).all()
    held = run(session, LESSONS, page=page_id).all() if topics else []
    laid = lay(map(_topic, topics), map(_slot, held))
    texts = {row.id: row for row in topics}
    return {
        "page_id": page_id,
        "plan": {"id": topics[0].plan_id, "name": topics[0].plan_name} if topics else None,
        "can_read_plan": bool(page.teaches_page or reads_all_plans(actor)),
        "can_adjust": bool(page.teaches_page or page.leads_class),
        "today": today(page.time_zone or TIME_ZONE),
        "topics": _topics(topics, held, laid.hours),
        "lessons": [
            _lesson(row, laid.hours[row.id], texts)
            for row in held
            if row.id in laid.hours and laid.hours[row.id].topic_id in texts
        ],
    }


def _topic(row: Row[Any]) -> Topic:
    hours = row.hours if row.how is None else row.own_hours
    return Topic(row.id, hours, is_merged=row.how == "merged")


def _slot(row: Row[Any]) -> Slot:
    return Slot(row.id, row.state == "planned", row.topic_id)


def _lesson(row: Row[Any], hour: Hour, texts: Mapping[UUID, Row[Any]]) -> Json:
    """Say what falls on a lesson; what is taught along with it is part of its text."""
    topics = [texts[id_] for id_ in (hour.topic_id, *hour.along)]
    return {
        "lesson_id": row.id,
        "on": row.held_on,
        "number": row.number,
        "topic_id": hour.topic_id,
        "topic": ". ".join(one.topic.rstrip(".") for one in topics)[:1000],
        "hour": hour.number,
        "hours": hour.of,
        "homework": topics[0].homework,
        "control": topics[0].control,
        "is_bound": row.topic_id is not None,
        "is_written": row.topic is not None,
    }


def _topics(topics: Sequence[Row[Any]], held: Sequence[Row[Any]], hours: Mapping[UUID, Hour]) -> list[Json]:
    days: dict[UUID, list[Json]] = {}
    for row in held:
        if row.id in hours:
            told = {"lesson_id": row.id, "on": row.held_on, "is_written": row.topic is not None}
            for id_ in (hours[row.id].topic_id, *hours[row.id].along):
                days.setdefault(id_, []).append(told)
    return [
        {
            **topic_said(row),
            "position": row.position,
            "how": row.how or "usual",
            "own_hours": row.hours if row.how is None else row.own_hours,
            "lessons": days.get(row.id, []),
        }
        for row in topics
    ]
