"""Reads of the curriculum: its editions with their hours, and which of them is for which class."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.schedule.models import Curriculum, CurriculumItem, Group, Subject, Year
from services.schedule.rules.curriculum import PARTS, said_hours, week_limit
from services.schedule.rules.days import Calendar, weeks_of
from shared.db import SchoolSession
from shared.names import collated, group_key

IN_WORK = ("draft", "approved")
EVERY_STATUS = (*IN_WORK, "replaced")


def curricula(session: SchoolSession, year: Year, statuses: Collection[str]) -> list[Curriculum]:
    """Return the year's curricula of these statuses with their items, by parallel, the newest last."""
    asked = (
        select(Curriculum)
        .where(Curriculum.year_id == year.id, Curriculum.status.in_(statuses))
        .options(selectinload(Curriculum.items))
        .order_by(Curriculum.grade, Curriculum.class_ids, Curriculum.edition, Curriculum.id)
    )
    return list(session.scalars(asked))


def cards(session: SchoolSession, calendar: Calendar, found: Iterable[Curriculum]) -> list[dict[str, Any]]:
    """Return curricula of a year with the names they need, in two statements whatever their number."""
    listed = list(found)
    subjects = {row.id: row.name for row in session.execute(select(Subject.id, Subject.name))}
    wanted = {UUID(one) for plan in listed for one in plan.class_ids}
    asked = select(Group.id, Group.name).where(Group.id.in_(wanted))
    classes = {str(row.id): row.name for row in session.execute(asked)}
    now = {grade: weeks_of(calendar, grade) for grade in {plan.grade for plan in listed}}
    weeks = [plan.weeks if plan.weeks is not None else now[plan.grade] for plan in listed]
    return [_card(calendar, plan, subjects, classes, own) for plan, own in zip(listed, weeks, strict=True)]


_TOLD = (
    "id", "name", "grade", "status", "edition", "replaces_id", "version", "order_number", "order_on",
    "approved_at", "approved_by", "replaced_at",
)  # fmt: skip


def _card(
    calendar: Calendar, plan: Curriculum, subjects: Mapping[UUID, str], classes: Mapping[str, str], weeks: int
) -> dict[str, Any]:
    named = [{"id": one, "name": classes.get(one)} for one in plan.class_ids]
    items = [_item(one, subjects[one.subject_id], weeks) for one in plan.items]
    return {
        **{name: getattr(plan, name) for name in _TOLD},
        "classes": sorted(named, key=lambda one: group_key(one["name"] or "")),
        "weeks": weeks,
        "hours_per_week": said_hours(sum(one.quarters_per_week for one in plan.items)),
        "hours_per_year": sum(item["hours_per_year"] for item in items),
        "week_limit": week_limit(plan.grade, calendar.school_days),
        "items": sorted(items, key=lambda one: (PARTS.index(one["part"]), collated(one["subject"]["name"]))),
    }


def _item(item: CurriculumItem, name: str, weeks: int) -> dict[str, Any]:
    own = item.hours_per_year
    return {
        "subject": {"id": item.subject_id, "name": name},
        "part": item.part,
        "hours_per_week": said_hours(item.quarters_per_week),
        "hours_per_year": own if own is not None else said_hours(item.quarters_per_week * weeks),
        "is_year_given": own is not None,
        "group_count": item.group_count,
    }


def plans_by_class(plans: Iterable[Curriculum], classes: Mapping[UUID, int | None]) -> dict[UUID, Curriculum]:
    """Return the curriculum of each class: its own, or else that of its parallel.

    Given drafts as well, a draft stands before what it is to replace.
    """
    ordered = sorted(plans, key=lambda one: (bool(one.class_ids), one.status == "draft", one.edition))
    found: dict[UUID, Curriculum] = {}
    for plan in ordered:
        own = {UUID(one) for one in plan.class_ids}
        for class_id, grade in classes.items():
            if class_id in own or (not own and grade == plan.grade):
                found[class_id] = plan
    return found
