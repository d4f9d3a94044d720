"""Thematic plans of the demonstration: some subjects of some parallels, followed by all their classes."""

from uuid import UUID

from sqlalchemy import select

from deploy.demo.programme import programme_of
from services.journal.actions.followed_plans import follow_plan
from services.journal.actions.plans import PlanHead, TopicFacts, facts_of, make_plan
from services.journal.models import Group, Page, PagePlan, Plan, Subject
from shared.auth import Actor
from shared.db import SchoolSession

SUBJECTS = ("История", "Математика", "Алгебра", "Биология")
GRADES = range(5, 9)
NAME = "Рабочая программа (ФГОС)"
HOURS = 5


def follow_demo_plans(session: SchoolSession, school_id: UUID) -> None:
    """Let the operator have entered plans and attached the classes; those that are there stay."""
    if session.scalars(select(Plan.id).limit(1)).first():
        return
    operator = Actor("operator", school_id, None, frozenset({"operator"}))  # Clause 3.4.1.
    made: dict[tuple[UUID, int], UUID] = {}
    for page_id, subject_id, year_id, grade, subject in _pages(session):
        plan_id = made.get((subject_id, grade))
        if plan_id is None:
            head = PlanHead(subject_id, grade, NAME)
            plan_id = make_plan(session, operator, year_id, head, _topics(subject, grade)).id
            made[subject_id, grade] = plan_id
        follow_plan(session, operator, page_id, plan_id)


def _pages(session: SchoolSession) -> list[tuple[UUID, UUID, UUID, int, str]]:
    asked = (
        select(Page.id, Page.subject_id, Page.year_id, Group.grade, Subject.name)
        .join(Group, Group.id == Page.group_id)
        .join(Subject, Subject.id == Page.subject_id)
        .where(Subject.name.in_(SUBJECTS), Group.grade.in_(GRADES), Group.kind == "class")
        .order_by(Group.name)
    )
    found = session.execute(asked).all()
    return [(one, subject, year, grade, name) for one, subject, year, grade, name in found if grade]


def _topics(subject: str, grade: int) -> list[TopicFacts]:
    programme = programme_of(subject, grade)
    lessons = [TopicFacts(topic, HOURS, homework="Повторить тему") for topic in programme.topics]
    return [*lessons, TopicFacts("Итоговая контрольная работа", 1, control="контрольная работа")]


def hours_of(session: SchoolSession, page_id: UUID) -> list[TopicFacts]:
    """Return what each lesson of a page is about by its plan, lesson after lesson; nothing without one."""
    plan_id = session.scalars(select(PagePlan.plan_id).where(PagePlan.page_id == page_id)).one_or_none()
    topics = facts_of(session, plan_id) if plan_id else []
    return [topic for topic in topics for _ in range(topic.hours)]
