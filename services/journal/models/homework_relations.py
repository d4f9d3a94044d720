"""When tasks are due and whom they concern, as SQL that actions and queries share."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select

from services.journal.models.relations import (
    enrolments,
    gives_any_lesson,
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
from shared.db import SchoolSession

set_in, due, _upcoming = lessons.alias("set_in"), lessons.alias("due"), lessons.alias("upcoming")


def next_lesson(lesson: Any, column: str = "id") -> Any:
    """Select a column of the lesson that takes place next on the page of `lesson`."""
    return (
        select(_upcoming.c[column])
        .where(
            _upcoming.c.page_id == lesson.c.page_id,
            _upcoming.c.state == "planned",
            _upcoming.c.held_on >= lesson.c.held_on,  # Said once more for the index.
            or_(
                _upcoming.c.held_on > lesson.c.held_on,
                and_(_upcoming.c.held_on == lesson.c.held_on, _upcoming.c.number > lesson.c.number),
            ),
        )
        .order_by(_upcoming.c.held_on, _upcoming.c.number, _upcoming.c.id)
        .limit(1)
        .correlate(lesson)
        .scalar_subquery()
    )


def last_lesson(lesson: Any) -> Any:
    """Select the id of the lesson that took place last on the page of `lesson` before it."""
    return (
        select(_upcoming.c.id)
        .where(
            _upcoming.c.page_id == lesson.c.page_id,
            _upcoming.c.state == "planned",
            _upcoming.c.held_on <= lesson.c.held_on,
            or_(_upcoming.c.held_on < lesson.c.held_on, _upcoming.c.number < lesson.c.number),
        )
        .order_by(_upcoming.c.held_on.desc(), _upcoming.c.number.desc(), _upcoming.c.id.desc())
        .limit(1)
        .correlate(lesson)
        .scalar_subquery()
    )


due_id = func.coalesce(tasks.c.due_lesson_id, next_lesson(set_in))
"""The lesson a task is due at: the one named, or the next of the page that takes place."""

is_due = due.c.id == due_id

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
        gives_any_lesson.label("gives_any_lesson"),
        exists()
        .where(lesson_teachers.c.lesson_id == tasks.c.lesson_id, lesson_teachers.c.teacher_id == me)
        .label("gives_lesson"),
    )
    .select_from(
        page_surroundings.join(tasks, tasks.c.page_id == pages.c.id)
        .join(set_in, set_in.c.id == tasks.c.lesson_id)
        .outerjoin(due, is_due)
    )
    .where(tasks.c.id == bindparam("task"), tasks.c.school_id == school)
)

CONCERNED = (
    select(enrolments.c.pupil_id)
    .where(
        enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
        or_(
            enrolments.c.pupil_id == me,
            exists().where(
                guardianships.c.pupil_id == enrolments.c.pupil_id, guardianships.c.guardian_id == me
            ),
        ),
        enrolments.c.from_on <= bindparam("until"),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("since")),
    )
    .distinct()
)
"""Of the pupils on the list of `group` on some day from `since` to `until`: me, and my children."""


def concerned_in(session: SchoolSession, person_id: UUID | None, task: Row[Any]) -> set[UUID]:
    """Return for whom of a person and the person's children a task (a row of TASK) is."""
    group = task.group_id or task.page_group_id
    span = {"since": task.set_on, "until": task.due_on or task.set_on}
    mine = set(run(session, CONCERNED, group=group, me=person_id, **span).scalars())
    return mine & {task.pupil_id} if task.pupil_id else mine


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
