"""The diary: a pupil's week of lessons, homework and marks."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select, union_all

from services.journal.models.relations import (
    descriptions,
    enrolments,
    entries,
    groups,
    guardianships,
    lessons,
    me,
    pages,
    people,
    run,
    school,
    schools,
    subjects,
    works,
)
from services.journal.queries.people import STUB, shown_name
from services.journal.rules import TIME_ZONE, WORK_TYPES
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
SCHOOL_DAYS = 6
"""Monday to Saturday are always shown; Sunday when it has lessons."""

pupil = bindparam("pupil", type_=people.c.id.type)

PUPIL = (
    select(
        people.c.id,
        people.c.family_name,
        people.c.given_name,
        schools.c.time_zone,
        exists()
        .where(guardianships.c.pupil_id == people.c.id, guardianships.c.guardian_id == me)
        .label("is_guardian"),
        exists()
        .where(
            enrolments.c.pupil_id == people.c.id,
            enrolments.c.group_id == groups.c.id,
            groups.c.class_teacher_id == me,
            or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= func.current_date()),
        )
        .label("leads_class"),
    )
    .select_from(people.outerjoin(schools, schools.c.school_id == people.c.school_id))
    .where(people.c.id == pupil, people.c.school_id == school)
)


def _stays() -> Any:
    """Select (group, from, until) of all groups on whose pages the pupil stands (relations.roster_groups)."""
    own = enrolments.alias("own")
    members = enrolments.alias("members")
    part, whole, parallel = groups.alias("part"), groups.alias("whole"), groups.alias("parallel")
    days = (own.c.from_on, own.c.until_on)
    itself = select(own.c.group_id, *days).where(own.c.pupil_id == pupil)
    parts_of_class = select(part.c.id, *days).where(
        own.c.pupil_id == pupil,
        part.c.parent_id == own.c.group_id,
        part.c.kind == "group",
        ~exists().where(members.c.group_id == part.c.id),
    )
    parallels = select(parallel.c.id, *days).where(
        own.c.pupil_id == pupil,
        whole.c.id == own.c.group_id,
        whole.c.kind == "class",
        parallel.c.id == whole.c.parent_id,
    )
    return union_all(itself, parts_of_class, parallels).subquery("stays")


stays = _stays()

LESSONS = (
    select(
        lessons.c.id,
        lessons.c.held_on,
        lessons.c.number,
        lessons.c.starts,
        lessons.c.state,
        subjects.c.name.label("subject"),
        descriptions.c.topic,
        descriptions.c.homework,
    )
    .distinct()
    .select_from(
        stays.join(pages, pages.c.group_id == stays.c.group_id)
        .join(
            lessons,
            and_(
                lessons.c.page_id == pages.c.id,
                lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")),
                lessons.c.held_on >= stays.c.from_on,
                or_(stays.c.until_on.is_(None), lessons.c.held_on <= stays.c.until_on),
            ),
        )
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
        .outerjoin(
            descriptions,
            and_(descriptions.c.page_id == pages.c.id, descriptions.c.lesson_id == lessons.c.id),
        )
    )
    .where(pages.c.school_id == school)
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
)

ENTRIES = (
    select(
        entries.c.lesson_id,
        entries.c.slot,
        entries.c.value,
        works.c.type,
        works.c.weight,
        works.c.title,
    )
    .select_from(
        lessons.join(
            entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
        ).outerjoin(
            works,
            and_(
                works.c.page_id == entries.c.page_id,
                works.c.lesson_id == entries.c.lesson_id,
                works.c.slot == entries.c.slot,
            ),
        )
    )
    .where(
        lessons.c.id.in_(bindparam("lessons", expanding=True)),
        entries.c.pupil_id == pupil,
        entries.c.value.is_not(None),
    )
    .order_by(entries.c.slot)
)


def diary_week(session: SchoolSession, actor: Actor, pupil_id: UUID, week: date | None = None) -> Json:
    """Return the pupil's week (Monday to Sunday) that holds the day `week`, or today.

    Raises NotFound for whoever is neither the pupil, a parent, the class teacher nor a supervisor.
    """
    found = run(session, PUPIL, pupil=pupil_id, me=actor.person_id).first()
    if found is None or not _may_read(actor, found):
        raise NotFound
    day = week or today(found.time_zone or TIME_ZONE)
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    held = run(session, LESSONS, pupil=pupil_id, starts_on=monday, ends_on=sunday).all()
    marked: dict[UUID, list[Json]] = {}
    if held:
        for cell in run(session, ENTRIES, pupil=pupil_id, lessons=[lesson.id for lesson in held]):
            marked.setdefault(cell.lesson_id, []).append(_entry(cell))
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "from": monday,
        "until": sunday,
        "days": list(_days(monday, held, marked)),
    }


def _may_read(actor: Actor, found: Row[Any]) -> bool:
    return bool(
        actor.person_id == found.id
        or found.is_guardian
        or found.leads_class
        or actor.has("deputy", "director")
    )


def _days(monday: date, held: Iterable[Row[Any]], marked: dict[UUID, list[Json]]) -> Iterable[Json]:
    by_day: dict[date, list[Json]] = {monday + timedelta(days=number): [] for number in range(SCHOOL_DAYS)}
    for row in held:
        lesson = {
            "id": row.id,
            "number": row.number,
            "starts": row.starts,
            "subject": row.subject or STUB,
            "topic": row.topic,
            "homework": row.homework,
            "state": row.state,
            "entries": marked.get(row.id, []),
        }
        by_day.setdefault(row.held_on, []).append(lesson)
    return ({"on": day, "lessons": lessons_} for day, lessons_ in by_day.items())


def _entry(cell: Row[Any]) -> Json:
    kind = WORK_TYPES.get(cell.type or "")
    return {
        "slot": cell.slot,
        "value": cell.value,
        "work": kind.title if kind else None,
        "title": cell.title or None,
        "weight": cell.weight or 0,
    }
