"""Thematic plans as their readers see them: the school's shared base (clause 2.2.2), and one plan."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, or_, select

from services.journal.models.relations import (
    groups,
    me,
    own_class,
    page_plans,
    page_surroundings,
    page_teachers,
    pages,
    people,
    plan_topics,
    plans,
    run,
    school,
    subjects,
    teaches_subject,
    years,
)
from services.journal.queries.people import STUB, signed_name
from services.journal.rules.access import keeps_all_plans, reads_all_plans
from services.journal.rules.plan_days import out_of_order
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import collated, group_key

Json = dict[str, Any]

PLAN = (
    select(
        plans.c.id,
        plans.c.subject_id,
        plans.c.year_id,
        plans.c.grade,
        plans.c.name,
        plans.c.owner_id,
        plans.c.version,
        plans.c.changed_at,
        subjects.c.name.label("subject_name"),
        years.c.name.label("year_name"),
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
        teaches_subject.label("teaches_subject"),
    )
    .select_from(
        plans.outerjoin(subjects, subjects.c.id == plans.c.subject_id)
        .outerjoin(years, years.c.id == plans.c.year_id)
        .outerjoin(people, people.c.id == plans.c.owner_id)
    )
    .where(plans.c.school_id == school)
)
PLANS = PLAN.where(
    or_(plans.c.year_id == bindparam("year"), bindparam("year", type_=plans.c.year_id.type).is_(None)),
    or_(
        plans.c.subject_id == bindparam("subject"),
        bindparam("subject", type_=plans.c.subject_id.type).is_(None),
    ),
    or_(plans.c.grade == bindparam("grade"), bindparam("grade", type_=plans.c.grade.type).is_(None)),
)
ONE_PLAN = PLAN.where(plans.c.id == bindparam("plan"))

SIZES = (
    select(plan_topics.c.plan_id, func.count().label("topics"), func.sum(plan_topics.c.hours).label("hours"))
    .where(plan_topics.c.school_id == school)
    .group_by(plan_topics.c.plan_id)
)

FOLLOWERS = (
    select(page_plans.c.plan_id, page_plans.c.page_id, groups.c.name)
    .select_from(
        page_plans.join(pages, pages.c.id == page_plans.c.page_id).outerjoin(
            groups, groups.c.id == pages.c.group_id
        )
    )
    .where(page_plans.c.school_id == school)
)

TOPICS = (
    select(plan_topics)
    .where(plan_topics.c.plan_id == bindparam("plan"), plan_topics.c.school_id == school)
    .order_by(plan_topics.c.position)
)

# Pages that could follow a plan: of its subject, year and parallel.
CANDIDATES = (
    select(
        pages.c.id,
        groups.c.name,
        page_plans.c.plan_id,
        and_(page_teachers.c.teacher_id.is_not(None)).label("is_mine"),
    )
    .select_from(
        page_surroundings.outerjoin(page_plans, page_plans.c.page_id == pages.c.id).outerjoin(
            page_teachers, and_(page_teachers.c.page_id == pages.c.id, page_teachers.c.teacher_id == me)
        )
    )
    .where(
        pages.c.school_id == school,
        pages.c.subject_id == bindparam("subject"),
        pages.c.year_id == bindparam("year"),
        or_(
            func.coalesce(groups.c.grade, own_class.c.grade) == bindparam("grade"),
            func.coalesce(groups.c.grade, own_class.c.grade).is_(None),
        ),
    )
)


def plan_list(
    session: SchoolSession,
    actor: Actor,
    year_id: UUID | None,
    subject_id: UUID | None = None,
    grade: int | None = None,
) -> list[Json]:
    """Return the plans of a year (or of all) that the caller may read, in four statements at most."""
    asked = {"year": year_id, "subject": subject_id, "grade": grade}
    found = run(session, PLANS, me=actor.person_id, **asked).all()
    shown = [row for row in found if row.teaches_subject or reads_all_plans(actor)]
    if not shown:
        return []
    sizes = {row.plan_id: row for row in run(session, SIZES)}
    followers: dict[UUID, list[str]] = {}
    for row in run(session, FOLLOWERS):
        followers.setdefault(row.plan_id, []).append(row.name or STUB)
    shown.sort(key=lambda row: (collated(row.subject_name or ""), row.grade, collated(row.name)))
    return [
        {
            **_head(actor, row),
            "topic_count": sizes[row.id].topics if row.id in sizes else 0,
            "hours": int(sizes[row.id].hours) if row.id in sizes else 0,
            "followed_by": sorted(followers.get(row.id, []), key=group_key),
        }
        for row in shown
    ]


def one_plan(session: SchoolSession, actor: Actor, plan_id: UUID) -> Json:
    """Return a plan with its topics and the pages it is for; NotFound for what is not the caller's."""
    row = run(session, ONE_PLAN, plan=plan_id, me=actor.person_id).first()
    if row is None or not (row.teaches_subject or reads_all_plans(actor)):
        raise NotFound
    topics = [topic_said(one) for one in run(session, TOPICS, plan=plan_id)]
    about = {"subject": row.subject_id, "year": row.year_id, "grade": row.grade}
    for_pages = run(session, CANDIDATES, me=actor.person_id, **about).all()
    return {
        **_head(actor, row),
        "topic_count": len(topics),
        "hours": sum(one["hours"] for one in topics),
        "topics": topics,
        "out_of_order": out_of_order([one["planned_on"] for one in topics]),
        "pages": _pages(actor, plan_id, for_pages),
    }


def topic_said(row: Row[Any]) -> Json:
    """Return a topic as plans show it."""
    names = ("id", "section", "topic", "hours", "kind", "control", "homework", "planned_on")
    return {name: getattr(row, name) for name in names}


def _head(actor: Actor, row: Row[Any]) -> Json:
    is_own = keeps_all_plans(actor) or (row.owner_id is not None and row.owner_id == actor.person_id)
    return {
        "id": row.id,
        "subject": {"id": row.subject_id, "name": row.subject_name or STUB},
        "year": {"id": row.year_id, "name": row.year_name or STUB},
        "grade": row.grade,
        "name": row.name,
        "owner": signed_name(row) if row.owner_id else None,
        "version": row.version,
        "changed_at": row.changed_at,
        "can_edit": is_own,
    }


def _pages(actor: Actor, plan_id: UUID, rows: Sequence[Row[Any]]) -> list[Json]:
    ordered = sorted(rows, key=lambda row: group_key(row.name or ""))
    return [
        {
            "id": row.id,
            "group": row.name or STUB,
            "follows": row.plan_id == plan_id,
            "follows_other": row.plan_id is not None and row.plan_id != plan_id,
            "is_mine": bool(row.is_mine) or keeps_all_plans(actor),
        }
        for row in ordered
    ]
