"""Which thematic plan a page follows, and what is done to its topics for this page alone."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select

from services.journal.actions.plans import MOST_HOURS, readable_plan
from services.journal.models import PageTopic, PlanTopic
from services.journal.models.relations import (
    gives_any_lesson,
    groups,
    leads_class,
    own_class,
    own_school,
    page_plans,
    page_surroundings,
    page_topics,
    pages,
    run,
    school,
    teaches_page,
)
from services.journal.models.several import leads_pupils
from services.journal.rules.access import keeps_all_plans, reads_whole
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Denied, Invalid, NotFound, Text
from shared.events.journal_plans import PlanAdjusted, PlanFollowed
from shared.outbox import publish

USUAL, HOURS, MERGED, SKIPPED = "usual", "hours", "merged", "skipped"
HOW = (USUAL, HOURS, MERGED, SKIPPED)


class PlanOfOtherClasses(Invalid):
    """The plan is of another subject, parallel or year than the page."""

    title = Text("План не для этого класса", "The plan is not for this class")
    detail = Text(
        "Предмет, параллель и учебный год плана должны быть те же, что у страницы. Скопируйте план для неё.",
        "Subject, parallel and year of the plan have to be those of the page. Copy the plan for it.",
    )


LOCK_PAGE = (
    select(
        pages.c.id.label("page_id"),
        pages.c.subject_id,
        pages.c.year_id,
        groups.c.grade,
        own_class.c.grade.label("class_grade"),
        page_plans.c.plan_id,
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        gives_any_lesson.label("gives_any_lesson"),
    )
    .select_from(page_surroundings.outerjoin(page_plans, page_plans.c.page_id == pages.c.id))
    .where(pages.c.id == bindparam("page"), pages.c.school_id == school)
    .with_for_update(of=pages)
)


def follow_plan(session: SchoolSession, actor: Actor, page_id: UUID, plan_id: UUID | None) -> None:
    """Let a page follow a plan, or none; what was recorded before stays. The same again changes nothing.

    Raises NotFound for what is not the caller's, Denied for whoever only reads the page, and
    PlanOfOtherClasses.
    """
    page = run(session, LOCK_PAGE, page=page_id, me=actor.person_id).first()
    if page is None:
        raise NotFound
    if not (page.teaches_page or keeps_all_plans(actor)):
        raise Denied if reads_whole(actor, page) or page.leads_pupils else NotFound
    if page.plan_id == plan_id:
        return
    if plan_id is None:
        session.execute(delete(page_plans).where(page_plans.c.page_id == page_id))
    else:
        _check_fits(session, actor, page, plan_id)
        row = {"page_id": page_id, "plan_id": plan_id, "school_id": own_school(session)}
        upsert_rows(session, page_plans, [row], key=("page_id",))
    publish(session, PlanFollowed(page_id=page_id, plan_id=plan_id))


def _check_fits(session: SchoolSession, actor: Actor, page: Row[Any], plan_id: UUID) -> None:
    plan = readable_plan(session, actor, plan_id)
    grade = page.grade if page.grade is not None else page.class_grade
    same = (plan.subject_id, plan.year_id) == (page.subject_id, page.year_id)
    if not same or grade not in (None, plan.grade):
        raise PlanOfOtherClasses


def adjust_topic(
    session: SchoolSession, actor: Actor, page_id: UUID, topic_id: UUID, how: str, hours: int = 0
) -> None:
    """Give a topic another number of lessons on this page, merge it with the one before, or skip it.

    `usual` takes that back. Raises NotFound for what is not the caller's or not of the page's plan,
    and Denied for whoever only reads the page. The same again changes nothing.
    """
    page = run(session, LOCK_PAGE, page=page_id, me=actor.person_id).first()
    if page is None:
        raise NotFound
    if not (page.teaches_page or page.leads_class):
        raise Denied if reads_whole(actor, page) or page.leads_pupils else NotFound
    topic = session.get(PlanTopic, topic_id)
    if topic is None or topic.plan_id != page.plan_id:
        raise NotFound
    if how == HOURS and hours == topic.hours:
        how = USUAL
    hours = hours if how == HOURS else topic.hours if how == USUAL else 0
    standing = session.get(PageTopic, (page_id, topic_id))
    if (how, hours) == ((standing.how, standing.hours) if standing else (USUAL, topic.hours)):
        return
    if how == USUAL:
        session.execute(
            delete(page_topics).where(page_topics.c.page_id == page_id, page_topics.c.topic_id == topic_id)
        )
    else:
        row = {"page_id": page_id, "topic_id": topic_id, "how": how, "hours": min(hours, MOST_HOURS)}
        upsert_rows(
            session, page_topics, [{**row, "school_id": own_school(session)}], key=("page_id", "topic_id")
        )
    publish(session, PlanAdjusted(page_id=page_id, topic_id=topic_id, how=how, hours=hours))
