"""The statements that fulfilment of programmes is counted by: each for all pages asked about at once."""

from typing import Any

from sqlalchemy import BindParameter, Label, and_, bindparam, case, exists, func, or_, select

from services.journal.models.relations import (
    descriptions,
    groups,
    holidays,
    leads_class,
    lessons,
    lost_lessons,
    own_class,
    page_loads,
    page_plans,
    page_surroundings,
    page_teachers,
    page_topics,
    pages,
    people,
    periods,
    plan_topics,
    planned_hours,
    plans,
    school,
    subjects,
    teaches_page,
)
from services.journal.models.several import leads_pupils
from services.journal.queries.diary_reading import stays

asked: BindParameter[Any] = bindparam("pages", expanding=True)
day = bindparam("today", type_=lessons.c.held_on.type)

PAGES = (
    select(
        pages.c.id,
        pages.c.group_id,
        pages.c.subject_id,
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject_name"),
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
        func.coalesce(own_class.c.id, groups.c.id).label("class_id"),
        page_loads.c.quarters_per_week,
        plans.c.id.label("plan_id"),
        plans.c.name.label("plan_name"),
    )
    .select_from(
        page_surroundings.outerjoin(page_loads, page_loads.c.page_id == pages.c.id)
        .outerjoin(page_plans, page_plans.c.page_id == pages.c.id)
        .outerjoin(plans, plans.c.id == page_plans.c.plan_id)
    )
    .where(pages.c.school_id == school, pages.c.year_id == bindparam("year"))
)
OWN_PAGES = PAGES.where(or_(teaches_page, leads_class, leads_pupils))
THESE_PAGES = PAGES.where(pages.c.id.in_(asked))

TEACHERS = (
    select(page_teachers.c.page_id, people.c.family_name, people.c.given_name, people.c.patronymic)
    .select_from(page_teachers.outerjoin(people, people.c.id == page_teachers.c.teacher_id))
    .where(page_teachers.c.page_id.in_(asked), page_teachers.c.school_id == school)
)

takes_place = lessons.c.state == "planned"
is_cancelled = and_(lessons.c.state == "cancelled", lessons.c.held_on <= day)
is_written = descriptions.c.topic.is_not(None)
is_to_come = or_(lessons.c.held_on > day, and_(lessons.c.held_on == day, ~is_written))

_other, _page_of_other = lessons.alias("other"), pages.alias("page_of_other")
class_is_free = ~exists().where(
    _page_of_other.c.group_id.in_([groups.c.id, groups.c.parent_id]),
    _other.c.page_id == _page_of_other.c.id,
    _other.c.held_on == lessons.c.held_on,
    _other.c.state == "planned",
)
"""Nobody teaches the class that day: a holiday, a quarantine, and no lesson moved to another place."""


def _counted(name: str, *conditions: Any) -> Label[Any]:
    return func.sum(case((and_(*conditions), 1), else_=0)).label(name)


COUNTS = (
    select(
        lessons.c.page_id,
        _counted("given", takes_place, is_written, lessons.c.held_on <= day),
        _counted("unrecorded", takes_place, ~is_written, lessons.c.held_on < day),
        _counted("remaining", takes_place, is_to_come),
        _counted("cancelled", is_cancelled, lost_lessons.c.kind == "cancel"),
        _counted("other_subject", is_cancelled, lost_lessons.c.kind == "subject"),
        # In this order: whether a class is free is looked up for the few that nothing else tells of.
        func.sum(
            case((~is_cancelled, 0), (lost_lessons.c.kind.is_not(None), 0), (class_is_free, 1), else_=0)
        ).label("days_off"),
    )
    .select_from(
        lessons.join(pages, pages.c.id == lessons.c.page_id)
        .outerjoin(groups, groups.c.id == pages.c.group_id)
        .outerjoin(
            descriptions,
            and_(descriptions.c.page_id == lessons.c.page_id, descriptions.c.lesson_id == lessons.c.id),
        )
        .outerjoin(lost_lessons, lost_lessons.c.lesson_id == lessons.c.id)
    )
    .where(lessons.c.page_id.in_(asked), lessons.c.school_id == school)
    .group_by(lessons.c.page_id)
)

_come = (
    select(plan_topics.c.plan_id, func.max(plan_topics.c.position).label("position"))
    .where(plan_topics.c.planned_on <= day, plan_topics.c.school_id == school)
    .group_by(plan_topics.c.plan_id)
    .subquery("come")
)
"""How far each plan is by its dates: to the last topic whose day has come."""
_is_due = or_(
    plan_topics.c.planned_on <= day,
    and_(plan_topics.c.planned_on.is_(None), plan_topics.c.position <= _come.c.position),
)
"""A topic is due from its own day on; one without, with the next whose day has come."""

PLAN_HOURS = (
    select(
        plan_topics.c.plan_id,
        func.count().label("topics"),
        func.sum(plan_topics.c.hours).label("hours"),
        func.count(plan_topics.c.planned_on).label("dated"),
        func.sum(case((_is_due, plan_topics.c.hours), else_=0)).label("due"),
    )
    .select_from(plan_topics.outerjoin(_come, _come.c.plan_id == plan_topics.c.plan_id))
    .where(plan_topics.c.school_id == school)
    .group_by(plan_topics.c.plan_id)
)

_longer = page_topics.c.hours - plan_topics.c.hours

ADJUSTED = (
    select(
        page_topics.c.page_id,
        func.sum(case((_longer < 0, -_longer), else_=0)).label("saved"),
        func.sum(case((_longer > 0, _longer), else_=0)).label("added"),
        func.sum(case((and_(_longer > 0, _is_due), _longer), else_=0)).label("added_due"),
    )
    .select_from(
        page_topics.join(page_plans, page_plans.c.page_id == page_topics.c.page_id)
        .join(
            plan_topics,
            and_(plan_topics.c.id == page_topics.c.topic_id, plan_topics.c.plan_id == page_plans.c.plan_id),
        )
        .outerjoin(_come, _come.c.plan_id == plan_topics.c.plan_id)
    )
    .where(page_topics.c.page_id.in_(asked), page_topics.c.school_id == school)
    .group_by(page_topics.c.page_id)
)

REACHED = (
    select(page_plans.c.page_id, func.max(plan_topics.c.position).label("position"))
    .select_from(
        page_plans.join(descriptions, descriptions.c.page_id == page_plans.c.page_id)
        .join(lessons, and_(lessons.c.id == descriptions.c.lesson_id, takes_place, lessons.c.held_on <= day))
        .join(
            plan_topics,
            and_(plan_topics.c.id == descriptions.c.topic_id, plan_topics.c.plan_id == page_plans.c.plan_id),
        )
    )
    .where(page_plans.c.school_id == school)
    .group_by(page_plans.c.page_id)
)
"""The last topic given on each page that follows a plan."""

SPANS = select(periods.c.starts_on, periods.c.ends_on, periods.c.grades).where(
    periods.c.year_id == bindparam("year"), periods.c.school_id == school
)

HOLIDAYS = select(holidays.c.starts_on, holidays.c.ends_on, holidays.c.grades).where(
    holidays.c.year_id == bindparam("year"), holidays.c.school_id == school
)

CURRICULA = select(planned_hours).where(
    planned_hours.c.year_id == bindparam("year"), planned_hours.c.school_id == school
)

FOLLOWED = select(page_plans.c.page_id, page_plans.c.plan_id).where(page_plans.c.school_id == school)

PUPILS_PAGES = (
    select(pages.c.id)
    .distinct()
    .select_from(stays.join(pages, pages.c.group_id == stays.c.group_id))
    .where(
        pages.c.school_id == school,
        stays.c.from_on <= day,
        or_(stays.c.until_on.is_(None), stays.c.until_on >= day),
    )
)
"""The pages on which a pupil stands on a day."""
