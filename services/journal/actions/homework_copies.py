"""The homework of a lesson, given to lessons of parallel classes in one action."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from services.journal.actions.descriptions import STANDING as DESCRIBED
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.files import copy_files, files_of
from services.journal.actions.pages import lock_lesson
from services.journal.actions.tasks import STANDING, TASK_FILES, TaskFacts, new_task, write_task
from services.journal.models.relations import lessons, run, school
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text


class HomeworkThere(Conflict):
    """A lesson to copy to has other homework already."""

    title = Text("Там уже есть задание", "There is homework already")
    detail = Text(
        "На уроке {on:%d.%m} уже записано другое задание. Снимите с него отметку или сотрите то задание.",
        "The lesson of {on:%Y-%m-%d} has other homework. Leave it out, or empty that homework first.",
    )


class OtherSubject(Invalid):
    """Homework is copied within a subject."""

    title = Text("Другой предмет", "Another subject")
    detail = Text(
        "Задание копируется в параллельные классы по тому же предмету. Выберите уроки из списка.",
        "Homework is copied to parallel classes in the same subject. Choose lessons from the list.",
    )


_BY_PAGE = (
    select(lessons.c.id)
    .where(lessons.c.id.in_(bindparam("targets", expanding=True)), lessons.c.school_id == school)
    .order_by(lessons.c.page_id, lessons.c.held_on, lessons.c.number)
)


def copy_homework(session: SchoolSession, actor: Actor, lesson_id: UUID, targets: Sequence[UUID]) -> int:
    """Give lessons the homework of another: its text, and its tasks for everybody with links and files.

    All of them get it, or none. What is there already is not given twice, so it may be repeated.
    Returns how many lessons. Raises NotFound, HomeworkThere, OtherSubject, and what writing on a lesson does.
    """
    # By page: whoever copies the other way round at the same time waits, and none waits for both.
    ordered = run(session, _BY_PAGE, targets=[lesson_id, *targets]).scalars().all()
    if len(ordered) != len({lesson_id, *targets}):
        raise NotFound
    locked = {one: lock_lesson(session, actor, one, 0) for one in ordered}
    source = locked.pop(lesson_id)
    described = run(session, DESCRIBED, page=source.page_id, lesson=source.id).first()
    standing = run(session, STANDING, page=source.page_id, lesson=source.id).all()
    open_tasks = [one for one in standing if not (one.is_withdrawn or one.group_id or one.pupil_id)]
    for target in locked.values():
        if target.subject_id != source.subject_id:
            raise OtherSubject
        _copy_text(session, actor, target, described.homework if described else None)
        _copy_tasks(session, actor, target, open_tasks)
    return len(locked)


def _copy_text(session: SchoolSession, actor: Actor, target: Row[Any], homework: str | None) -> None:
    there = run(session, DESCRIBED, page=target.page_id, lesson=target.id).first()
    if there and there.homework and homework and there.homework != homework:
        raise HomeworkThere(on=target.held_on)
    if homework:
        topic = there.topic if there else None
        describe_lesson(session, actor, target.id, target.seq, topic, homework)


def _copy_tasks(
    session: SchoolSession, actor: Actor, target: Row[Any], open_tasks: Sequence[Row[Any]]
) -> None:
    there = run(session, STANDING, page=target.page_id, lesson=target.id).all()
    texts = {one.text for one in there if not one.is_withdrawn}
    files = files_of(session, TASK_FILES, [task.id for task in open_tasks])
    for task in open_tasks:
        if task.text in texts:
            continue
        lesson = lock_lesson(session, actor, target.id, 0)  # Where its page's chain ends now.
        row = new_task(session, lesson, TaskFacts(task.text, task.minutes, links=task.links))
        if actor.person_id is not None:
            copy_files(session, actor.person_id, [(file, row["id"]) for file in files.get(task.id, ())])
        write_task(session, actor, lesson, row, None)
