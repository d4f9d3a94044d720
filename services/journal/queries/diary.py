"""The diary: a pupil's week of lessons, homework and marks."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, case, or_, select

from services.journal.models.homework_relations import next_lesson
from services.journal.models.relations import (
    descriptions,
    lessons,
    lost_lessons,
    pages,
    run,
    school,
    subjects,
)
from services.journal.queries.awaited import OF_PUPIL, awaited_said
from services.journal.queries.diary_cells import CELL, NO_CELLS, WAS, cells_said, is_shown, marked_lessons
from services.journal.queries.diary_reading import readable_pupil, stays
from services.journal.queries.homework_due import DueAt, homework_due, is_written, tasks_due
from services.journal.queries.people import STUB, shown_name
from services.journal.queries.remarks import OF_WEEK, remark_said, sees_parents_only
from services.journal.rules.marks import TIME_ZONE, work_titles
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession

Json = dict[str, Any]
SCHOOL_DAYS = 6
"""Monday to Saturday are always shown; Sunday when it has lessons."""

attended = (
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
    .outerjoin(lost_lessons, lost_lessons.c.lesson_id == lessons.c.id)
)
"""The lessons of a span that the pupil has or had, with subject, topic, homework, and why they are lost."""

_origin, _gone = lessons.alias("origin"), lost_lessons.alias("gone")


def _from(column: Any) -> Any:
    """Select where a lesson was moved from: the one of its page that was to take place there instead."""
    came = select(column).select_from(_gone.join(_origin, _origin.c.id == _gone.c.lesson_id))
    came = came.where(
        _gone.c.to_on == lessons.c.held_on,
        _gone.c.to_number == lessons.c.number,
        _origin.c.page_id == lessons.c.page_id,
    )
    return came.order_by(_origin.c.held_on, _origin.c.number).limit(1).correlate(lessons).scalar_subquery()


LESSON = (
    lessons.c.id,
    lessons.c.held_on,
    lessons.c.number,
    lessons.c.starts,
    lessons.c.state,
    lessons.c.is_substituted,
    pages.c.subject_id,
    subjects.c.name.label("subject"),
    descriptions.c.topic,
    descriptions.c.homework,
    case((and_(is_written, lessons.c.state == "planned"), next_lesson(lessons, "held_on"))).label(
        "homework_due_on"
    ),
    lost_lessons.c.kind.label("lost"),
    lost_lessons.c.to_on,
    lost_lessons.c.to_number,
    _from(_origin.c.held_on).label("from_on"),
    _from(_origin.c.number).label("from_number"),
)

LESSONS = (
    select(*LESSON)
    .distinct()
    .select_from(attended)
    .where(pages.c.school_id == school)
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
)

ENTRIES = (
    select(*CELL, WAS)
    .select_from(marked_lessons)
    .where(lessons.c.id.in_(bindparam("lessons", expanding=True)), is_shown)
    .order_by(CELL[1])
)


def diary_week(session: SchoolSession, actor: Actor, pupil_id: UUID, week: date | None = None) -> Json:
    """Return the pupil's week (Monday to Sunday) that holds the day `week`, or today.

    Raises NotFound for whoever is neither the pupil, a parent, the class teacher nor a supervisor.
    """
    found = readable_pupil(session, actor, pupil_id)
    day = week or today(found.time_zone or TIME_ZONE)
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    held = run(session, LESSONS, pupil=pupil_id, starts_on=monday, ends_on=sunday).all()
    titles = work_titles(found.work_types)
    cells = run(session, ENTRIES, pupil=pupil_id, lessons=[lesson.id for lesson in held]) if held else ()
    marked = {lesson_id: cells_said(own, titles) for lesson_id, own in by_lesson(cells).items()}
    ids = [lesson.id for lesson in held]
    tasks = tasks_due(session, pupil_id, ids, monday)
    plain = homework_due(session, ids, tasks)
    span = {"starts_on": monday, "ends_on": sunday, "all": sees_parents_only(actor, found)}
    written = run(session, OF_WEEK, pupil=pupil_id, me=actor.person_id, **span)
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "class": {"id": found.class_id, "name": found.class_name or STUB} if found.class_id else None,
        "from": monday,
        "until": sunday,
        "days": list(_days(monday, held, marked, {"tasks": tasks, "homework_due": plain})),
        "remarks": [remark_said(row) for row in written],
        "awaited": awaited_said(run(session, OF_PUPIL, pupil=pupil_id), titles),
    }


def by_lesson(cells: Iterable[Row[Any]]) -> dict[UUID, list[Row[Any]]]:
    """Return cells by the lesson they are of, each lesson's in their order."""
    found: dict[UUID, list[Row[Any]]] = {}
    for cell in cells:
        found.setdefault(cell.lesson_id, []).append(cell)
    return found


def _days(
    monday: date, held: Iterable[Row[Any]], marked: Mapping[UUID, Json], due: Mapping[str, DueAt]
) -> Iterable[Json]:
    by_day: dict[date, list[Json]] = {monday + timedelta(days=number): [] for number in range(SCHOOL_DAYS)}
    for row in held:
        its = {what: found.get(row.id, []) for what, found in due.items()}
        by_day.setdefault(row.held_on, []).append({**lesson_said(row, marked), **its})
    return ({"on": day, "lessons": lessons_} for day, lessons_ in by_day.items())


def lesson_said(row: Row[Any], marked: Mapping[UUID, Json]) -> Json:
    """Return a lesson as all views show it, with the pupil's cells (`cells_said`, by lesson)."""
    return {
        "id": row.id,
        "number": row.number,
        "starts": row.starts,
        "subject_id": row.subject_id,
        "subject": row.subject or STUB,
        "topic": row.topic,
        "homework": row.homework,
        "homework_due_on": row.homework_due_on,
        "state": row.state,
        "lost": row.lost if row.state == "cancelled" else None,
        "moved_to": _place(row.to_on, row.to_number) if row.state == "cancelled" else None,
        "moved_from": _place(row.from_on, row.from_number) if row.state == "planned" else None,
        "is_substituted": row.is_substituted,
        **marked.get(row.id, NO_CELLS),
    }


def _place(on: date | None, number: int | None) -> Json | None:
    return {"on": on, "number": number} if on else None
