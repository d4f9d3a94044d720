"""Tasks of a lesson beside its plain homework: for everybody, a part of the class, or one pupil (3.9.6)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, func, or_, select

from services.journal.actions.descriptions import STANDING as DESCRIBED
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.files import digests_of, use_files
from services.journal.actions.pages import Link, append, lock_lesson, open_works
from services.journal.models.relations import (
    enrolments,
    groups,
    lessons,
    own_school,
    roster_groups,
    run,
    tasks,
)
from services.journal.rules.chain import Change
from services.journal.rules.homework import (
    MOST_TASKS,
    NOTHING_SET,
    digests_text,
    own_words,
    task_text,
    words_of_tasks,
)
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text
from shared.events.journal_diary import TaskSet
from shared.ids import new_id
from shared.outbox import publish

TASK_FILES = "task"
"""What files of tasks are used as."""


class TaskChanged(Stale):
    """Somebody else changed the task since the caller saw the page."""


class TooManyTasks(Conflict):
    """The lesson has as many tasks as a lesson may have."""

    title = Text("Слишком много заданий", "Too many tasks")
    detail = Text(
        "У урока уже {most} заданий. Уберите или измените одно из них.",
        "The lesson has {most} tasks already. Withdraw or change one of them.",
    )


class NotOfThisPage(Invalid):
    """The group, the pupil or the lesson named is not one of the page's."""

    title = Text("Это не с этой страницы", "That is not of this page")
    detail = Text(
        "Выберите {what} из списка на странице урока и повторите.",
        "Choose {what_en} from the list on the lesson's page and send it again.",
    )


class TaskFacts(NamedTuple):
    """What a task is; with neither group nor pupil it is everybody's, and with no lesson due at the next."""

    text: str
    minutes: int | None = None
    group_id: UUID | None = None
    pupil_id: UUID | None = None
    due_lesson_id: UUID | None = None
    links: Sequence[str] = ()
    file_ids: Sequence[UUID] = ()


class WrittenTask(NamedTuple):
    """A task as it was written, and where the page's chain ends now."""

    id: UUID
    slot: int
    end: Link


STANDING = select(tasks).where(tasks.c.page_id == bindparam("page"), tasks.c.lesson_id == bindparam("lesson"))


def set_task(
    session: SchoolSession, actor: Actor, lesson_id: UUID, seen_seq: int, facts: TaskFacts
) -> WrittenTask:
    """Set a task in a lesson; may be done ahead of it. Raises what `lock_lesson` does and NotOfThisPage.

    Tasks for everybody are the lesson's plain homework as well, where no other was written: it is what
    is printed, and what was due that day (clause 3.6.3).
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    row = new_task(session, lesson, facts)
    use_files(session, actor, facts.file_ids, TASK_FILES, row["id"])
    return as_homework(session, actor, lesson, row, write_task(session, actor, lesson, row, None))


def new_task(session: SchoolSession, lesson: Row[Any], facts: TaskFacts) -> dict[str, Any]:
    """Return the row of a new task of a lesson of a page that is open and locked."""
    open_works(session, lesson)
    _check(session, lesson, facts)
    of_lesson = (tasks.c.page_id == lesson.page_id, tasks.c.lesson_id == lesson.id)
    last = session.scalar(select(func.coalesce(func.max(tasks.c.slot), 0)).where(*of_lesson)) or 0
    if last >= MOST_TASKS:
        raise TooManyTasks(most=MOST_TASKS)
    targets = {"group_id": facts.group_id, "pupil_id": facts.pupil_id}
    return {"id": new_id(), "slot": last + 1, **targets, **_changeable(facts), "is_withdrawn": False}


def change_task(
    session: SchoolSession, actor: Actor, lesson_id: UUID, slot: int, seen_seq: int, facts: TaskFacts
) -> WrittenTask:
    """Change a task, whom it is for aside. Raises TaskChanged when somebody else did after `seen_seq`."""
    lesson, standing = _lock_task(session, actor, lesson_id, slot, seen_seq)
    _check(session, lesson, facts._replace(group_id=None, pupil_id=None))
    use_files(session, actor, facts.file_ids, TASK_FILES, standing.id)
    row = {**standing._mapping, **_changeable(facts)}  # noqa: SLF001 - a Row's mapping is public.
    written = write_task(session, actor, lesson, row, standing)
    return as_homework(session, actor, lesson, row, written, standing.text)


def withdraw_task(
    session: SchoolSession, actor: Actor, lesson_id: UUID, slot: int, seen_seq: int
) -> WrittenTask:
    """Withdraw a task: nobody sees it from now on, but the page's history and what was handed in stay."""
    lesson, standing = _lock_task(session, actor, lesson_id, slot, seen_seq)
    row = {**standing._mapping, "is_withdrawn": True}  # noqa: SLF001 - a Row's mapping is public.
    written = write_task(session, actor, lesson, row, standing)
    return as_homework(session, actor, lesson, row, written, standing.text)


def as_homework(
    session: SchoolSession,
    actor: Actor,
    lesson: Row[Any],
    row: Mapping[str, Any],
    written: WrittenTask,
    was: str | None = None,
) -> WrittenTask:
    """Let the plain homework be all open tasks for everybody, as long as nobody wrote anything else.

    `row` is the task just written, `was` its text before: None of a new one.
    """
    if row["group_id"] or row["pupil_id"]:
        return written
    standing = run(session, STANDING.order_by(tasks.c.slot), page=lesson.page_id, lesson=lesson.id).all()
    open_tasks = {one.slot: one.text for one in standing if is_for_everybody(one)}
    before = sorted((open_tasks | {row["slot"]: was}).items())
    described = run(session, DESCRIBED, page=lesson.page_id, lesson=lesson.id).first()
    had = described.homework if described else None
    own = own_words(had, [text for _, text in before if text is not None])
    if own and not (was is None and own == NOTHING_SET):
        return written
    homework = words_of_tasks(list(open_tasks.values()))
    end = describe_lesson(session, actor, lesson.id, written.end.seq, homework=homework)
    return written._replace(end=end)


def is_for_everybody(task: Row[Any]) -> bool:
    """Whether a task is open, and everybody's of the page."""
    return not (task.is_withdrawn or task.group_id or task.pupil_id)


def _lock_task(
    session: SchoolSession, actor: Actor, lesson_id: UUID, slot: int, seen_seq: int
) -> tuple[Row[Any], Row[Any]]:
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    open_works(session, lesson)
    found = run(session, STANDING.where(tasks.c.slot == slot), page=lesson.page_id, lesson=lesson.id).first()
    if found is None or found.is_withdrawn:
        raise NotFound
    if found.seq > seen_seq:
        raise TaskChanged
    return lesson, found


def _changeable(facts: TaskFacts) -> dict[str, Any]:
    return {
        "text": facts.text,
        "minutes": facts.minutes,
        "due_lesson_id": facts.due_lesson_id,
        "links": list(facts.links),
    }


def write_task(
    session: SchoolSession, actor: Actor, lesson: Row[Any], row: dict[str, Any], standing: Row[Any] | None
) -> WrittenTask:
    """Write a task whose files are its own already; what stands so already is not written again."""
    row["files"] = digests_text(digests_of(session, TASK_FILES, row["id"]))
    was = task_text(standing._mapping) if standing else None  # noqa: SLF001 - a Row's mapping is public.
    change = Change("task", row["slot"], row["pupil_id"], task_text(row), was)
    if change.value == change.was:
        return WrittenTask(row["id"], row["slot"], Link(lesson.seq, lesson.head))
    end = append(session, actor, lesson, [change], None, lesson=lesson)[-1]
    kept = {"page_id": lesson.page_id, "lesson_id": lesson.id, "school_id": own_school(session)}
    upsert_rows(session, tasks, [row | kept | {"seq": end.seq}], ("page_id", "lesson_id", "slot"))
    publish(session, _told(lesson, row, end))
    return WrittenTask(row["id"], row["slot"], end)


def _told(lesson: Row[Any], row: dict[str, Any], end: Link) -> TaskSet:
    """Tell of a task; what one pupil alone is to do is nobody else's to read."""
    is_open = row["pupil_id"] is None and not row["is_withdrawn"]
    return TaskSet(
        page_id=lesson.page_id,
        group_id=lesson.group_id,
        subject_id=lesson.subject_id,
        lesson_id=lesson.id,
        lesson_on=lesson.held_on,
        task_id=row["id"],
        slot=row["slot"],
        seq=end.seq,
        head=end.head,
        part_id=row["group_id"],
        pupil_id=row["pupil_id"],
        due_lesson_id=row["due_lesson_id"],
        minutes=row["minutes"],
        text=row["text"] if is_open else None,
        is_withdrawn=row["is_withdrawn"],
    )


def _check(session: SchoolSession, lesson: Row[Any], facts: TaskFacts) -> None:
    if facts.group_id and facts.pupil_id:
        raise NotOfThisPage(what="либо группу, либо ученика", what_en="either a group or a pupil")
    if facts.group_id:
        part = select(groups.c.id).where(
            groups.c.id == facts.group_id, groups.c.parent_id == lesson.group_id, _own(session, groups)
        )
        if session.execute(part).first() is None:
            raise NotOfThisPage(what="группу", what_en="the group")
    if facts.pupil_id:
        stay = select(enrolments.c.pupil_id).where(
            enrolments.c.group_id.in_(roster_groups(lesson.group_id)),
            enrolments.c.pupil_id == facts.pupil_id,
            enrolments.c.from_on <= lesson.held_on,
            or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= lesson.held_on),
            _own(session, enrolments),
        )
        if session.execute(stay).first() is None:
            raise NotOfThisPage(what="ученика", what_en="the pupil")
    if facts.due_lesson_id:
        later = select(lessons.c.id).where(
            lessons.c.id == facts.due_lesson_id,
            lessons.c.page_id == lesson.page_id,
            lessons.c.id != lesson.id,
            lessons.c.held_on >= lesson.held_on,
            _own(session, lessons),
        )
        if session.execute(later).first() is None:
            raise NotOfThisPage(what="урок", what_en="the lesson")


def _own(session: SchoolSession, table: Any) -> Any:
    return table.c.school_id == own_school(session)
