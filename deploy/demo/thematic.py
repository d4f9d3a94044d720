"""Thematic plans of the demonstration: as long as the curriculum says, followed and adjusted by classes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from deploy.demo.chronicle import actor_of, moment
from deploy.demo.curriculum import hours
from deploy.demo.programme import programme_of
from services.journal.actions.followed_plans import HOURS, adjust_topic, follow_plan
from services.journal.actions.plans import PlanHead, TopicFacts, facts_of, make_plan
from services.journal.models import (
    Group,
    Holiday,
    Lesson,
    Page,
    PagePlan,
    PageTeacher,
    PageTopic,
    Period,
    Plan,
    Subject,
    Year,
)
from services.journal.rules.fulfilment import QUARTERS, learned_on, year_hours
from shared.auth import Actor
from shared.bygone import recorded_at
from shared.db import SchoolSession

NAME = "Рабочая программа (ФГОС)"
GRADES = range(1, 12)
LAGGING = {("7А", "История"): 7, ("8Б", "Алгебра"): 9}
"""Pages whose first topics took so many lessons more than planned."""


def follow_demo_plans(session: SchoolSession, school_id: UUID, zone: ZoneInfo, grade: int) -> None:
    """Let the operator have entered a parallel's plans before the year and attached the classes, once.

    A class whose timetable has fewer lessons than the curriculum's hours has its last topics shortened.
    """
    if session.scalars(select(Plan.id).where(Plan.grade == grade).limit(1)).first():
        return
    operator = Actor("operator", school_id, None, frozenset({"operator"}))  # Clause 3.4.1.
    year = session.scalars(select(Year)).one()
    periods, holidays = session.scalars(select(Period)).all(), session.scalars(select(Holiday)).all()
    spans = learned_on(periods, holidays, grade, (year.starts_on, year.ends_on))
    lessons = _lesson_counts(session)
    made: dict[UUID, tuple[UUID, list[TopicFacts]]] = {}
    with recorded_at(moment(zone, date(year.starts_on.year, 8, 31), "11:00")):
        for row in session.execute(_PAGES.where(Group.name.regexp_match(rf"^{grade}\D"))).all():
            if row.subject_id not in made:
                total = year_hours(hours(row.subject, grade) * QUARTERS, 0, spans)
                head = PlanHead(row.subject_id, grade, NAME)
                topics = topics_of(row.subject, grade, total)
                plan_id = make_plan(session, operator, row.year_id, head, topics).id
                made[row.subject_id] = plan_id, facts_of(session, plan_id)
            plan_id, topics = made[row.subject_id]
            follow_plan(session, operator, row.id, plan_id)
            over = LAGGING.get((row.group_name, row.subject))
            lacking = sum(topic.hours for topic in topics) - lessons[row.id]
            adjusted = lengthened(topics, over) if over else shortened(topics, lacking)
            teacher = actor_of(school_id, row.teacher_id, "teacher")
            for topic_id, new in adjusted.items():
                adjust_topic(session, teacher, row.id, topic_id, HOURS, new)


_PAGES = (
    select(
        Page.id,
        Page.subject_id,
        Page.year_id,
        PageTeacher.teacher_id,
        Group.name.label("group_name"),
        Subject.name.label("subject"),
    )
    .join(Group, Group.id == Page.group_id)
    .join(Subject, Subject.id == Page.subject_id)
    .join(PageTeacher, PageTeacher.page_id == Page.id)
    .order_by(Group.name, Subject.name)
)


def topics_of(subject: str, grade: int, total: int) -> list[TopicFacts]:
    """Return the topics of a year of so many hours, the earlier ones longer; the last is a control work."""
    names = programme_of(subject, grade).topics
    each, more = divmod(total - 1, len(names))
    lessons = [
        TopicFacts(name, each + (number < more), homework="Повторить тему")
        for number, name in enumerate(names)
    ]
    return [*lessons, TopicFacts("Итоговая контрольная работа", 1, control="контрольная работа")]


def shortened(topics: Sequence[TopicFacts], lacking: int) -> dict[UUID, int]:
    """Return the new hours of topics that give up an hour each, the last ones first."""
    long = [topic for topic in reversed(topics) if topic.hours > 1][: max(lacking, 0)]
    return {topic.id: topic.hours - 1 for topic in long if topic.id}


def lengthened(topics: Sequence[TopicFacts], over: int) -> dict[UUID, int]:
    """Return the new hours of the first topics, which share out so many more."""
    first = topics[:3]
    return {
        topic.id: topic.hours + over // len(first) + (number < over % len(first))
        for number, topic in enumerate(first)
        if topic.id
    }


def hours_of(session: SchoolSession, page_id: UUID) -> list[TopicFacts]:
    """Return what each lesson of a page is about by its plan, lesson after lesson; nothing without one."""
    plan_id = session.scalars(select(PagePlan.plan_id).where(PagePlan.page_id == page_id)).one_or_none()
    adjusted = select(PageTopic.topic_id, PageTopic.hours).where(PageTopic.page_id == page_id)
    own: dict[UUID | None, int] = dict(session.execute(adjusted).all())
    topics = facts_of(session, plan_id) if plan_id else []
    return [
        replace(topic, topic=topic.topic if number == 0 else f"{topic.topic}. Урок {number + 1}")
        for topic in topics
        for number in range(own.get(topic.id, topic.hours))
    ]


def _lesson_counts(session: SchoolSession) -> Counter[UUID]:
    asked = select(Lesson.page_id, func.count()).where(Lesson.state == "planned").group_by(Lesson.page_id)
    return Counter(dict(session.execute(asked).all()))
