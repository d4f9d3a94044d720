"""A lesson's homework as the teacher works on it: text, tasks, choices, the day's load."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, distinct, func, or_, select

from services.journal.models.homework_relations import OF_LESSONS, due, is_due, set_in
from services.journal.models.relations import (
    answers,
    descriptions,
    gives_any_lesson,
    gives_lesson,
    groups,
    leads_class,
    lessons,
    me,
    own_class,
    page_surroundings,
    page_teachers,
    pages,
    replies,
    run,
    school,
    subjects,
    tasks,
    teaches_page,
)
from services.journal.models.several import LedPupils, leads_pupils
from services.journal.queries.files import files_said
from services.journal.queries.homework_load import day_load
from services.journal.queries.page import may_read, own_pupils
from services.journal.queries.page_rows import ROSTER
from services.journal.queries.people import STUB, in_order, shown_name
from services.journal.rules.access import reads_all, writes_whole
from services.journal.rules.homework import NOTHING_SET
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
DUE_SHOWN = 12
AROUND = timedelta(days=7)

LESSON = (
    select(
        lessons.c.id,
        lessons.c.held_on,
        lessons.c.number,
        lessons.c.state,
        lessons.c.is_substituted,
        pages.c.id.label("page_id"),
        pages.c.seq,
        pages.c.group_id,
        own_class.c.id.label("whole_id"),
        pages.c.subject_id,
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject"),
        descriptions.c.topic,
        descriptions.c.homework,
        gives_lesson.label("gives_lesson"),
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        gives_any_lesson.label("gives_any_lesson"),
    )
    .select_from(
        page_surroundings.join(lessons, lessons.c.page_id == pages.c.id).outerjoin(
            descriptions,
            and_(descriptions.c.page_id == pages.c.id, descriptions.c.lesson_id == lessons.c.id),
        )
    )
    .where(lessons.c.id == bindparam("lesson"), lessons.c.school_id == school)
)

PARTS = (
    select(groups.c.id, groups.c.name)
    .where(groups.c.parent_id == bindparam("group"), groups.c.school_id == school)
    .order_by(groups.c.name)
)

_after = or_(
    lessons.c.held_on > bindparam("on"),
    and_(lessons.c.held_on == bindparam("on"), lessons.c.number > bindparam("number")),
)
LATER = (
    select(lessons.c.id, lessons.c.held_on, lessons.c.number)
    .where(lessons.c.page_id == bindparam("page"), lessons.c.state == "planned", _after)
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
    .limit(DUE_SHOWN)
)

DUE = (
    select(
        due.c.held_on,
        pages.c.group_id,
        own_class.c.id.label("whole_id"),
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
    )
    .select_from(
        page_surroundings.join(tasks, tasks.c.page_id == pages.c.id)
        .join(set_in, set_in.c.id == tasks.c.lesson_id)
        .outerjoin(due, is_due)
    )
    .where(tasks.c.id == bindparam("task"), tasks.c.school_id == school)
)

# Of each parallel class the caller teaches: its lessons about a week around.
PARALLEL = (
    select(lessons.c.id, lessons.c.held_on, lessons.c.number, groups.c.name, descriptions.c.homework)
    .select_from(
        page_surroundings.join(lessons, lessons.c.page_id == pages.c.id)
        .join(page_teachers, and_(page_teachers.c.page_id == pages.c.id, page_teachers.c.teacher_id == me))
        .outerjoin(
            descriptions,
            and_(descriptions.c.page_id == pages.c.id, descriptions.c.lesson_id == lessons.c.id),
        )
    )
    .where(
        pages.c.school_id == school,
        pages.c.subject_id == bindparam("subject"),
        pages.c.id != bindparam("page"),
        func.coalesce(groups.c.grade, own_class.c.grade) == bindparam("grade"),
        lessons.c.state == "planned",
        lessons.c.held_on.between(bindparam("since"), bindparam("until")),
    )
    .order_by(groups.c.name, lessons.c.held_on, lessons.c.number)
    .limit(60)
)

# Per task: how many pupils handed in, and of how many the latest version waits for the teacher.
_newer = answers.alias("newer")
HANDED_IN = (
    select(
        answers.c.task_id,
        func.count(distinct(answers.c.pupil_id)).label("pupils"),
        func.count(distinct(replies.c.answer_id)).label("replied"),
    )
    .select_from(answers.outerjoin(replies, replies.c.answer_id == answers.c.id))
    .where(
        answers.c.task_id.in_(bindparam("tasks", expanding=True)),
        ~select(_newer.c.id)
        .where(
            _newer.c.task_id == answers.c.task_id,
            _newer.c.pupil_id == answers.c.pupil_id,
            _newer.c.number > answers.c.number,
        )
        .exists(),
    )
    .group_by(answers.c.task_id)
)


def lesson_homework(session: SchoolSession, actor: Actor, lesson_id: UUID) -> Json:
    """Return the homework of a lesson and all a teacher chooses from; the same number of statements always.

    Of several classes, a class teacher reads what is set for all and for the own pupils. Raises NotFound
    for a lesson of a page that is not the caller's to see.
    """
    lesson = run(session, LESSON, lesson=lesson_id, me=actor.person_id).first()
    if lesson is None or not may_read(actor, lesson):
        raise NotFound
    place = {"on": lesson.held_on, "number": lesson.number, "page": lesson.page_id}
    later = run(session, LATER, **place).all()
    span = {"starts_on": lesson.held_on, "ends_on": lesson.held_on}
    roster = in_order(run(session, ROSTER, group=lesson.group_id, **span))
    own = own_pupils(session, actor, lesson)
    is_concerned = writes_whole(lesson) or lesson.teaches_page or reads_all(actor)
    pupils = {row.pupil_id: row for row in roster if own is None or own.on(row.pupil_id, lesson.held_on)}
    parts = run(session, PARTS, group=lesson.group_id).all()
    return {
        "lesson": _lesson(lesson),
        "seq": lesson.seq,
        "can_edit": writes_whole(lesson) and lesson.state == "planned",
        "homework": lesson.homework,
        "nothing_set": NOTHING_SET,
        "tasks": [
            task
            for task in _tasks(session, lesson, _names(pupils, parts), own)
            if own or is_concerned or task["pupil_id"] is None
        ],
        "parts": [{"id": part.id, "name": part.name} for part in parts],
        "pupils": [{"id": id_, "name": shown_name(row)} for id_, row in pupils.items()],
        "later": [{"id": one.id, "on": one.held_on, "number": one.number} for one in later],
        "parallel": _parallel(session, actor, lesson),
        "load": _load(session, lesson, later[0].held_on) if later else None,
    }


def due_load(session: SchoolSession, task_id: UUID) -> Json | None:
    """Return the load of the day a task is due for; None when that is not known yet."""
    at = run(session, DUE, task=task_id).first()
    return _load(session, at, at.held_on) if at and at.held_on else None


def _load(session: SchoolSession, at: Row[Any], day: date) -> Json:
    return day_load(session, at.group_id, at.whole_id, at.grade, day)


def _lesson(lesson: Row[Any]) -> Json:
    return {
        "id": lesson.id,
        "page_id": lesson.page_id,
        "on": lesson.held_on,
        "number": lesson.number,
        "topic": lesson.topic,
        "group": {"id": lesson.group_id, "name": lesson.group_name or STUB},
        "subject": {"id": lesson.subject_id, "name": lesson.subject or STUB},
    }


def _names(pupils: Mapping[UUID, Row[Any]], parts: Sequence[Row[Any]]) -> dict[UUID | None, str]:
    named: dict[UUID | None, str] = {id_: shown_name(row) for id_, row in pupils.items()}
    return named | {part.id: part.name for part in parts}


def _tasks(
    session: SchoolSession, lesson: Row[Any], names: Mapping[UUID | None, str], own: LedPupils | None
) -> list[Json]:
    of_lesson = OF_LESSONS.where(tasks.c.page_id == lesson.page_id, tasks.c.lesson_id == lesson.id)
    found = [
        task
        for task in run(session, of_lesson)
        if own is None or task.pupil_id is None or own.on(task.pupil_id, lesson.held_on)
    ]
    ids = [task.id for task in found]
    counted = {row.task_id: row for row in run(session, HANDED_IN, tasks=ids)} if ids else {}
    files = files_said(session, "task", ids)
    return [
        {
            **task_said(task),
            "slot": task.slot,
            "for": names.get(task.pupil_id or task.group_id, STUB)
            if task.pupil_id or task.group_id
            else None,
            "group_id": task.group_id,
            "pupil_id": task.pupil_id,
            "due_lesson_id": task.due_lesson_id,
            "files": files.get(task.id, []),
            "handed_in": counted[task.id].pupils if task.id in counted else 0,
            "replied": counted[task.id].replied if task.id in counted else 0,
        }
        for task in found
    ]


def task_said(task: Row[Any]) -> Json:
    """Return of a row of OF_LESSONS what everybody who sees the task is told."""
    return {
        "id": task.id,
        "text": task.text,
        "minutes": task.minutes,
        "links": task.links,
        "set_on": task.set_on,
        "due_on": task.due_on,
        "is_individual": task.pupil_id is not None,
    }


def _parallel(session: SchoolSession, actor: Actor, lesson: Row[Any]) -> list[Json]:
    span = {"since": lesson.held_on - AROUND, "until": lesson.held_on + AROUND}
    given = {"subject": lesson.subject_id, "page": lesson.page_id, "grade": lesson.grade, **span}
    found = run(session, PARALLEL, me=actor.person_id, **given)
    return [
        {
            "id": one.id,
            "on": one.held_on,
            "number": one.number,
            "group": one.name or STUB,
            "homework": one.homework,
        }
        for one in found
    ]
