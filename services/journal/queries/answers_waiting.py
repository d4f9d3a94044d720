"""What pupils have handed in to a teacher's tasks and nobody has answered yet."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from services.journal.models.homework_relations import set_in
from services.journal.models.relations import (
    answers,
    groups,
    me,
    page_teachers,
    pages,
    replies,
    run,
    school,
    schools,
    subjects,
    tasks,
)
from services.journal.queries.people import STUB
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession

Json = dict[str, Any]
SHOWN = 20
SET_SINCE = timedelta(days=60)
"""What was set longer ago and never answered is no longer waited for."""

_newer = answers.alias("newer")
_is_latest = ~(
    select(_newer.c.id)
    .where(
        _newer.c.task_id == answers.c.task_id,
        _newer.c.pupil_id == answers.c.pupil_id,
        _newer.c.number > answers.c.number,
    )
    .exists()
)
WAITING = (
    select(
        tasks.c.id,
        tasks.c.text,
        set_in.c.held_on.label("set_on"),
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject"),
        func.count(answers.c.id).label("pupils"),
    )
    .select_from(
        page_teachers.join(pages, pages.c.id == page_teachers.c.page_id)
        .join(tasks, tasks.c.page_id == pages.c.id)
        .join(set_in, and_(set_in.c.id == tasks.c.lesson_id, set_in.c.held_on >= bindparam("since")))
        .join(answers, and_(answers.c.task_id == tasks.c.id, _is_latest))
        .outerjoin(replies, replies.c.answer_id == answers.c.id)
        .outerjoin(groups, groups.c.id == pages.c.group_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
    )
    .where(
        page_teachers.c.teacher_id == me,
        pages.c.school_id == school,
        tasks.c.is_withdrawn.is_(False),
        replies.c.id.is_(None),
    )
    .group_by(tasks.c.id, tasks.c.text, set_in.c.held_on, groups.c.name, subjects.c.name)
    .order_by(func.min(answers.c.given_at), tasks.c.id)
    .limit(SHOWN)
)
ZONE = select(schools.c.time_zone).where(schools.c.school_id == school)


def answers_waiting(session: SchoolSession, actor: Actor) -> Json:
    """Return the caller's tasks to which somebody waits for a reply, the longest waiting first.

    Those of the pages that the load gives the caller; at most twenty, in two statements.
    """
    day = today(run(session, ZONE).scalar() or TIME_ZONE)
    found = run(session, WAITING, me=actor.person_id, since=day - SET_SINCE)
    return {
        "items": [
            {
                "task_id": row.id,
                "text": row.text,
                "set_on": row.set_on,
                "group": row.group_name or STUB,
                "subject": row.subject or STUB,
                "pupils": row.pupils,
            }
            for row in found
        ]
    }
