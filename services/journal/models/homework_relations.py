"""When tasks are due and whom they concern, as SQL that actions and queries share."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, case, exists, func, or_, select, tuple_

from services.journal.models.relations import (
    answers,
    descriptions,
    enrolments,
    groups,
    guardianships,
    leads_class,
    lesson_teachers,
    lessons,
    me,
    page_surroundings,
    pages,
    roster_groups,
    run,
    school,
    schools,
    subjects,
    tasks,
    teaches_page,
)
from services.journal.models.several import leads_pupils
from shared.db import SchoolSession

set_in, due, _upcoming = lessons.alias("set_in"), lessons.alias("due"), lessons.alias("upcoming")
_named = lessons.alias("named")

sets = set_in.c.state == "planned"
"""A lesson that was cancelled sets nothing: neither plain homework nor tasks."""


def _place(lesson: Any) -> Any:
    return tuple_(lesson.c.held_on, lesson.c.number)


def _beside(lesson: Any, column: str, is_there: Any, *order: Any) -> Any:
    """Select a column of the first lesson of the page, in this order, that is there and takes place."""
    takes_place = and_(_upcoming.c.page_id == lesson.c.page_id, _upcoming.c.state == "planned")
    found = select(_upcoming.c[column]).where(takes_place, is_there)
    return found.order_by(*order).limit(1).correlate(lesson).scalar_subquery()


_ORDER = (_upcoming.c.held_on, _upcoming.c.number, _upcoming.c.id)


def next_lesson(lesson: Any, column: str = "id") -> Any:
    """Select a column of the lesson that takes place next on the page of `lesson`."""
    return _beside(lesson, column, _place(_upcoming) > _place(lesson), *_ORDER)


def last_lesson(lesson: Any) -> Any:
    """Select the id of the lesson that took place last on the page of `lesson` before it."""
    return _beside(lesson, "id", _place(_upcoming) < _place(lesson), *(one.desc() for one in _ORDER))


_named_or_next = (
    select(case((_named.c.state == "planned", _named.c.id), else_=next_lesson(_named)))
    .where(_named.c.id == tasks.c.due_lesson_id)
    .correlate(tasks)
    .scalar_subquery()
)
due_id = case((tasks.c.due_lesson_id.is_(None), next_lesson(set_in)), else_=_named_or_next)
"""The lesson a task is due at: the one named, or the next of the page, which takes place."""

is_due = due.c.id == due_id

_for_everybody = (
    select(tasks.c.text)
    .where(
        tasks.c.page_id == descriptions.c.page_id,
        tasks.c.lesson_id == descriptions.c.lesson_id,
        tasks.c.is_withdrawn.is_(False),
        tasks.c.group_id.is_(None),
        tasks.c.pupil_id.is_(None),
    )
    .order_by(tasks.c.slot)
    .correlate(descriptions)
    .subquery("for_everybody")
)
_in_order = func.aggregate_strings(_for_everybody.c.text, "\n")
_longest = descriptions.c.homework.type.length  # type: ignore[attr-defined]
task_words = select(func.substr(_in_order, 1, _longest)).scalar_subquery()
"""What a lesson's tasks for everybody come to as plain homework (`rules.homework.words_of_tasks`)."""

follows = due.c.id == next_lesson(set_in)
"""The next lesson of the page after `set_in`: plain homework is due there."""

TASK = (
    select(
        tasks,
        set_in.c.held_on.label("set_on"),
        due.c.held_on.label("due_on"),
        pages.c.group_id.label("page_group_id"),
        pages.c.subject_id,
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject"),
        schools.c.time_zone,
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        exists()
        .where(
            lesson_teachers.c.lesson_id.in_([tasks.c.lesson_id, due.c.id]), lesson_teachers.c.teacher_id == me
        )
        .label("gives_lesson"),
    )
    .select_from(
        page_surroundings.join(tasks, tasks.c.page_id == pages.c.id)
        .join(set_in, set_in.c.id == tasks.c.lesson_id)
        .outerjoin(due, is_due)
    )
    .where(tasks.c.id == bindparam("task"), tasks.c.school_id == school)
)


def _mine(pupil_id: Any) -> Any:
    """Whether a pupil is I, or a child of mine."""
    return or_(
        pupil_id == me,
        exists().where(guardianships.c.pupil_id == pupil_id, guardianships.c.guardian_id == me),
    )


CONCERNED = (
    select(enrolments.c.pupil_id)
    .where(
        enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
        _mine(enrolments.c.pupil_id),
        enrolments.c.from_on <= bindparam("until"),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("since")),
    )
    .distinct()
)
"""Of the pupils on the list of `group` on some day from `since` to `until`: me, and my children."""

HANDED_IN = (
    select(answers.c.pupil_id)
    .where(answers.c.task_id == bindparam("task"), answers.c.school_id == school, _mine(answers.c.pupil_id))
    .distinct()
)
"""Of those who handed something in to a task: me, and my children."""


def receives_answers(task: Row[Any]) -> bool:
    """Whether the caller of TASK is among those for whom pupils hand in, who read it and reply.

    Who teaches the page, leads the class, or gives the lesson it was set in or is due at, perhaps in
    another's stead: what is handed in for other lessons is not for who stands in at one.
    """
    return bool(task.teaches_page or task.leads_class or task.gives_lesson)


def concerned_in(session: SchoolSession, person_id: UUID | None, task: Row[Any]) -> set[UUID]:
    """Return for whom of a person and the person's children a task (a row of TASK) is."""
    group = task.group_id or task.page_group_id
    span = {"since": task.set_on, "until": task.due_on or task.set_on}
    mine = set(run(session, CONCERNED, group=group, me=person_id, **span).scalars())
    return mine & {task.pupil_id} if task.pupil_id else mine


def handed_in_by(session: SchoolSession, person_id: UUID | None, task_id: UUID) -> set[UUID]:
    """Return who of a person and the person's children handed in to a task: it stays theirs to read."""
    return set(run(session, HANDED_IN, task=task_id, me=person_id).scalars())


OF_LESSONS = (
    select(
        tasks,
        set_in.c.held_on.label("set_on"),
        due.c.held_on.label("due_on"),
        due.c.id.label("due_id"),
        due.c.number.label("due_number"),
        pages.c.group_id.label("page_group_id"),
        subjects.c.name.label("subject"),
    )
    .select_from(
        pages.join(tasks, tasks.c.page_id == pages.c.id)
        .join(set_in, set_in.c.id == tasks.c.lesson_id)
        .outerjoin(due, is_due)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
    )
    .where(pages.c.school_id == school, tasks.c.is_withdrawn.is_(False))
    .order_by(due.c.held_on, due.c.number, tasks.c.lesson_id, tasks.c.slot)
)
"""Tasks with their subject, the day they were set, the lesson they are due at; whoever asks narrows it."""
