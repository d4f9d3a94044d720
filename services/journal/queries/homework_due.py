"""The tasks that a pupil has to have done by the lessons of a diary, and how far each is."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, or_, select

from services.journal.models.homework_relations import due_id, set_in
from services.journal.models.relations import (
    answers,
    enrolments,
    lessons,
    replies,
    run,
    school,
    stored_files,
    tasks,
)
from services.journal.queries.diary_reading import pupil
from shared.db import SchoolSession

Json = dict[str, Any]
SET_BEFORE = timedelta(days=60)

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
        tasks.c.school_id == school,
        tasks.c.is_withdrawn.is_(False),
        due_id.in_(_wanted),
        or_(tasks.c.pupil_id.is_(None), tasks.c.pupil_id == pupil),
        or_(
            tasks.c.group_id.is_(None),
            exists().where(enrolments.c.group_id == tasks.c.group_id, enrolments.c.pupil_id == pupil),
        ),
    )
    .order_by(tasks.c.lesson_id, tasks.c.slot)
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


def _state(version: int | None, *, is_returned: bool | None) -> str:
    if version is None:
        return "open"
    if is_returned is None:
        return "given"
    return "returned" if is_returned else "accepted"
