"""The homework of a lesson, given to lessons of parallel classes in one action."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from services.journal.actions.descriptions import STANDING as DESCRIBED
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.files import copy_files, digests_of, files_of
from services.journal.actions.pages import Link, lock_lesson, open_works
from services.journal.actions.tasks import (
    STANDING,
    TASK_FILES,
    TaskFacts,
    as_homework,
    is_for_everybody,
    new_task,
    write_task,
)
from services.journal.models import StoredFile
from services.journal.models.relations import (
    lessons,
    page_grade,
    page_surroundings,
    pages,
    run,
    school,
    tasks,
)
from services.journal.rules.homework import MOST_FILES, MOST_LINKS, own_words
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text

Files = Mapping[UUID, Sequence[StoredFile]]


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


class OtherParallel(Invalid):
    """Homework is copied within a parallel."""

    title = Text("Другая параллель", "Another parallel")
    detail = Text(
        "Задание копируется только в классы той же параллели. Выберите уроки из списка.",
        "Homework is copied to classes of the same parallel alone. Choose lessons from the list.",
    )


class Homework(NamedTuple):
    """The homework of a lesson: all of it, what of it was written beside tasks, and tasks for everybody."""

    whole: str | None
    own: str | None
    tasks: Sequence[Row[Any]]


_BY_PAGE = (
    select(lessons.c.id, page_grade)
    .select_from(page_surroundings.join(lessons, lessons.c.page_id == pages.c.id))
    .where(lessons.c.id.in_(bindparam("targets", expanding=True)), lessons.c.school_id == school)
    .order_by(lessons.c.page_id, lessons.c.held_on, lessons.c.number)
)


def copy_homework(session: SchoolSession, actor: Actor, lesson_id: UUID, targets: Sequence[UUID]) -> int:
    """Give lessons the homework of another: its text, and its tasks for everybody with links and files.

    All of them get it, or none. What is there already is not given twice; what a task there lacks of
    links and files is added. Returns how many lessons got anything. Raises NotFound, HomeworkThere,
    OtherSubject, OtherParallel, and what writing on a lesson does.
    """
    # By page: whoever copies the other way round at the same time waits, and none waits for both.
    grades = {row.id: row.grade for row in run(session, _BY_PAGE, targets=[lesson_id, *targets])}
    if len(grades) != len({lesson_id, *targets}):
        raise NotFound
    locked = {one: lock_lesson(session, actor, one, 0) for one in grades}
    source = locked.pop(lesson_id)
    given = _homework(session, source)
    files = files_of(session, TASK_FILES, [task.id for task in given.tasks])
    for id_, target in locked.items():
        if target.subject_id != source.subject_id:
            raise OtherSubject
        if grades[id_] != grades[lesson_id]:
            raise OtherParallel
    return sum(_give(session, actor, target, given, files) for target in locked.values())


def _homework(session: SchoolSession, lesson: Row[Any]) -> Homework:
    place = {"page": lesson.page_id, "lesson": lesson.id}
    described = run(session, DESCRIBED, **place).first()
    standing = run(session, STANDING.order_by(tasks.c.slot), **place)
    open_tasks = [one for one in standing if is_for_everybody(one)]
    whole = described.homework if described else None
    return Homework(whole, own_words(whole, [task.text for task in open_tasks]), open_tasks)


def _give(session: SchoolSession, actor: Actor, target: Row[Any], given: Homework, files: Files) -> bool:
    """Give a lesson the homework; whether anything of it was not there already."""
    lesson = lock_lesson(session, actor, target.id, 0)  # Where its page's chain ends now.
    there = _homework(session, lesson)
    if there.whole and given.whole and there.whole != given.whole and (there.own or given.own):
        raise HomeworkThere(on=lesson.held_on)
    end = lesson.seq
    if given.own:
        end = describe_lesson(session, actor, lesson.id, lesson.seq, homework=given.own).seq
    left = list(there.tasks)
    for task in given.tasks:
        same = next((one for one in left if one.text == task.text), None)
        if same is not None:
            left.remove(same)
        end = _give_task(session, actor, target.id, task, same, files.get(task.id, ())).seq
    return bool(end > lesson.seq)


def _give_task(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    task: Row[Any],
    there: Row[Any] | None,
    files: Sequence[StoredFile],
) -> Link:
    """Set a task in a lesson, or add to the one of these words what it lacks."""
    lesson = lock_lesson(session, actor, lesson_id, 0)
    if there is None:
        row = new_task(session, lesson, TaskFacts(task.text, task.minutes, links=task.links))
        had: set[str] = set()
    else:
        open_works(session, lesson)
        links = [*there.links, *(link for link in task.links if link not in there.links)]
        minutes = there.minutes or task.minutes
        row = {**there._mapping, "minutes": minutes, "links": links}  # noqa: SLF001 - a Row's mapping is public.
        had = set(digests_of(session, TASK_FILES, there.id))
    new = [file for file in files if file.digest not in had]
    if len(row["links"]) > MOST_LINKS or len(had) + len(new) > MOST_FILES:
        raise HomeworkThere(on=lesson.held_on)
    if actor.person_id is not None:
        copy_files(session, actor.person_id, [(file, row["id"]) for file in new])
    written = write_task(session, actor, lesson, row, there)
    return written.end if there else as_homework(session, actor, lesson, row, written).end
