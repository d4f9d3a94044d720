"""What a pupil has to have done by the lessons of a diary: plain homework, and tasks with how far each is."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, or_, select

from services.journal.models.homework_relations import due, due_id, last_lesson, set_in, sets, task_words
from services.journal.models.relations import (
    answers,
    descriptions,
    lessons,
    replies,
    run,
    school,
    stored_files,
    tasks,
)
from services.journal.queries.diary_reading import pupil, stays
from services.journal.rules.homework import NOTHING_SET
from shared.db import SchoolSession

Json = dict[str, Any]
DueAt = Mapping[UUID, list[Json]]
SET_BEFORE = timedelta(days=60)

is_written = and_(descriptions.c.homework.is_not(None), descriptions.c.homework != NOTHING_SET)
"""A lesson has plain homework, rather than the word that it has none."""

is_set = and_(is_written, descriptions.c.homework.is_distinct_from(task_words))
"""It has plain homework that says more than its tasks for everybody, which are shown by themselves."""

_own = (answers.c.task_id == tasks.c.id, answers.c.pupil_id == pupil)
_version = select(func.max(answers.c.number)).where(*_own).correlate(tasks).scalar_subquery()
_latest = answers.alias("latest")
_is_returned = (
    select(replies.c.is_returned)
    .select_from(replies.join(_latest, _latest.c.id == replies.c.answer_id))
    .where(_latest.c.task_id == tasks.c.id, _latest.c.pupil_id == pupil, _latest.c.number == _version)
    .order_by(replies.c.id.desc())
    .limit(1)
    .correlate(tasks)
    .scalar_subquery()
)
_files = (
    select(func.count())
    .select_from(stored_files)
    .where(stored_files.c.used_in == tasks.c.id, stored_files.c.used_as == "task")
    .correlate(tasks)
    .scalar_subquery()
)
_due_on = select(due.c.held_on).where(due.c.id == due_id).correlate(tasks, set_in).scalar_subquery()
_is_member = (
    exists()
    .where(
        stays.c.group_id == tasks.c.group_id,
        stays.c.from_on <= _due_on,
        or_(stays.c.until_on.is_(None), stays.c.until_on >= set_in.c.held_on),
    )
    .correlate(tasks, set_in)
)
"""The pupil is on the list of the task's group on some day from when it is set to when it is due."""

_wanted: Any = bindparam("lessons", expanding=True)

DUE = (
    select(
        tasks.c.id,
        tasks.c.text,
        tasks.c.minutes,
        tasks.c.pupil_id,
        due_id.label("due_id"),
        _version.label("version"),
        _is_returned.label("is_returned"),
        _files.label("files"),
    )
    .select_from(tasks.join(set_in, set_in.c.id == tasks.c.lesson_id))
    .where(
        tasks.c.page_id.in_(select(lessons.c.page_id).where(lessons.c.id.in_(_wanted))),
        set_in.c.held_on >= bindparam("set_since"),
        sets,
        tasks.c.school_id == school,
        tasks.c.is_withdrawn.is_(False),
        due_id.in_(_wanted),
        or_(tasks.c.pupil_id.is_(None), tasks.c.pupil_id == pupil),
        or_(tasks.c.group_id.is_(None), _is_member),
    )
    .order_by(tasks.c.lesson_id, tasks.c.slot)
)

# The next lesson after one is that whose last one before it is: a cancelled lesson sets nothing.
# Found first, whatever the planner thinks: under row-level security no index serves a join by a subquery.
_before = (
    select(due.c.id.label("due_id"), last_lesson(due).label("set_id"))
    .where(due.c.id.in_(_wanted), due.c.school_id == school, due.c.state == "planned")
    .cte("before")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
PLAIN = (
    select(_before.c.due_id, set_in.c.held_on, descriptions.c.homework)
    .select_from(
        _before.join(set_in, set_in.c.id == _before.c.set_id).join(
            descriptions,
            and_(descriptions.c.page_id == set_in.c.page_id, descriptions.c.lesson_id == set_in.c.id),
        )
    )
    .where(is_set)
)


def tasks_due(
    session: SchoolSession, pupil_id: UUID, lesson_ids: Collection[UUID], since: date
) -> dict[UUID, list[Json]]:
    """Return what a pupil has to have done by each of these lessons, none of them before `since`.

    One statement. `state` is open, given (waits for the teacher), returned or accepted.
    """
    found: dict[UUID, list[Json]] = {}
    given = {"pupil": pupil_id, "lessons": list(lesson_ids), "set_since": since - SET_BEFORE}
    for row in run(session, DUE, **given) if lesson_ids else ():
        found.setdefault(row.due_id, []).append(
            {
                "id": row.id,
                "text": row.text,
                "minutes": row.minutes,
                "files": row.files,
                "is_individual": row.pupil_id is not None,
                "state": _state(row.version, is_returned=row.is_returned),
            }
        )
    return found


def homework_due(
    session: SchoolSession, lesson_ids: Collection[UUID], tasks: DueAt
) -> dict[UUID, list[Json]]:
    """Return the plain homework due at each of these lessons.

    One statement. What one of the lesson's `tasks` says again is left out.
    """
    found: dict[UUID, list[Json]] = {}
    for row in run(session, PLAIN, lessons=list(lesson_ids)) if lesson_ids else ():
        if row.homework not in (task["text"] for task in tasks.get(row.due_id, ())):
            found.setdefault(row.due_id, []).append({"text": row.homework, "set_on": row.held_on})
    return found


def _state(version: int | None, *, is_returned: bool | None) -> str:
    if version is None:
        return "open"
    if is_returned is None:
        return "given"
    return "returned" if is_returned else "accepted"
