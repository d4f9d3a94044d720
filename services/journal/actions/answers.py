"""What pupils hand in to a task and what the teacher says of it (clause 3.9.6); every version is kept."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, delete, select

from services.journal.actions.files import copy_files, files_of, let_go, use_files
from services.journal.models import Answer, Reply
from services.journal.models.homework_relations import TASK, concerned_in, receives_answers
from services.journal.models.relations import answers, own_school, replies, run, tasks
from services.journal.models.several import led_pupils
from services.journal.rules.access import reads_all
from services.journal.rules.homework import MOST_VERSIONS
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, NotFound, Stale, Text
from shared.events.journal_diary import AnswerGiven, AnswerReplied
from shared.ids import new_id
from shared.outbox import publish

ANSWER_FILES = "answer"
"""What files of answers are used as."""


class AnswerEmpty(Invalid):
    """Nothing was handed in."""

    title = Text("Ответ пуст", "The answer is empty")
    detail = Text(
        "Напишите ответ, дайте ссылку или приложите файл.",
        "Write something, give a link or attach a file.",
    )


class TaskWithdrawn(Conflict):
    """The teacher has withdrawn the task."""

    title = Text("Задание снято", "The task was withdrawn")
    detail = Text(
        "Учитель снял это задание. Сдавать его не нужно.",
        "The teacher has withdrawn this task. Nothing is to be handed in.",
    )


class TooManyVersions(Conflict):
    """The pupil has handed in as many versions as are kept."""

    title = Text("Слишком много версий", "Too many versions")
    detail = Text(
        "Сдано уже {most} версий ответа. Договоритесь с учителем.",
        "{most} versions of the answer were handed in. Talk to the teacher.",
    )


class NewerVersion(Stale):
    """The pupil has handed in a newer version since the teacher looked."""


class AnswerFacts(NamedTuple):
    """What is handed in; files may be those of the version before as well."""

    text: str
    links: Sequence[str] = ()
    file_ids: Sequence[UUID] = ()


def give_answer(session: SchoolSession, actor: Actor, task_id: UUID, facts: AnswerFacts) -> Answer:
    """Hand in an answer to a task set to the caller, or a new version of it; late ones are marked so.

    Raises NotFound for a task that is not the caller's, TaskWithdrawn, AnswerEmpty, TooManyVersions.
    """
    task = _lock_task(session, actor, task_id)
    if actor.person_id is None or actor.person_id not in concerned_in(session, actor.person_id, task):
        raise NotFound
    if task.is_withdrawn:
        raise TaskWithdrawn
    if not (facts.text or facts.links or facts.file_ids):
        raise AnswerEmpty
    before = _latest(session, task_id, actor.person_id)
    number = before.number + 1 if before else 1
    if number > MOST_VERSIONS:
        raise TooManyVersions(most=MOST_VERSIONS)
    answer = Answer(
        id=new_id(),
        school_id=own_school(session),
        task_id=task_id,
        pupil_id=actor.person_id,
        number=number,
        text=facts.text,
        links=list(facts.links),
        given_at=now(),
        is_late=task.due_on is not None and today(task.time_zone or TIME_ZONE) > task.due_on,
    )
    session.add(answer)
    session.flush()
    _take_files(session, actor, answer, before, facts.file_ids)
    _tell_given(session, task, answer)
    return answer


def _lock_task(session: SchoolSession, actor: Actor, task_id: UUID) -> Row[Any]:
    # One at a time on a task: versions are numbered without gaps.
    locked = TASK.with_for_update(of=tasks)
    task = run(session, locked, task=task_id, me=actor.person_id).first()
    if task is None:
        raise NotFound
    return task


def _latest(session: SchoolSession, task_id: UUID, pupil_id: UUID) -> Answer | None:
    versions = select(Answer).where(Answer.task_id == task_id, Answer.pupil_id == pupil_id)
    return session.scalars(versions.order_by(Answer.number.desc()).limit(1)).first()


def _take_files(
    session: SchoolSession, actor: Actor, answer: Answer, before: Answer | None, file_ids: Sequence[UUID]
) -> None:
    handed_in = files_of(session, ANSWER_FILES, [before.id] if before and file_ids else [])
    again = [file for files in handed_in.values() for file in files if file.id in file_ids]
    known = {file.id for file in again}
    new = [file_id for file_id in file_ids if file_id not in known]
    use_files(session, actor, new, ANSWER_FILES, answer.id)
    copy_files(session, answer.pupil_id, [(file, answer.id) for file in again])


def _tell_given(session: SchoolSession, task: Row[Any], answer: Answer) -> None:
    told = AnswerGiven(
        task_id=task.id,
        answer_id=answer.id,
        page_id=task.page_id,
        pupil_id=answer.pupil_id,
        number=answer.number,
        is_late=answer.is_late,
    )
    publish(session, told)


def _leads_author(session: SchoolSession, actor: Actor, task: Row[Any], answer: Answer) -> bool:
    """Whether the caller, on a page of several classes, is the class teacher of who handed it in."""
    return bool(task.leads_pupils) and led_pupils(session, actor.person_id).still(
        answer.pupil_id, task.set_on
    )


def reply_to_answer(
    session: SchoolSession, actor: Actor, answer_id: UUID, text: str, *, is_returned: bool
) -> Reply:
    """Reply to the latest version of an answer; returned, it is to be done again.

    Raises NotFound, Denied for those who may only read, and NewerVersion.
    """
    answer = session.scalars(select(Answer).where(Answer.id == answer_id)).first()
    if answer is None or actor.person_id is None:
        raise NotFound
    task = _lock_task(session, actor, answer.task_id)
    if not receives_answers(task) and not _leads_author(session, actor, task, answer):
        raise Denied if reads_all(actor) else NotFound
    latest = _latest(session, answer.task_id, answer.pupil_id)
    if latest is not None and latest.id != answer_id:
        raise NewerVersion
    reply = Reply(
        id=new_id(),
        school_id=own_school(session),
        answer_id=answer_id,
        teacher_id=actor.person_id,
        text=text,
        is_returned=is_returned,
        given_at=now(),
    )
    session.add(reply)
    told = AnswerReplied(
        task_id=task.id,
        answer_id=answer_id,
        reply_id=reply.id,
        page_id=task.page_id,
        group_id=task.page_group_id,
        subject_id=task.subject_id,
        pupil_id=answer.pupil_id,
        is_returned=is_returned,
    )
    publish(session, told)
    return reply


def forget_answers(session: SchoolSession, pupil_ids: Sequence[UUID]) -> None:
    """Forget what pupils handed in and what they were told of it; for an erasure."""
    theirs = select(answers.c.id).where(answers.c.pupil_id.in_(pupil_ids))
    let_go(session, ANSWER_FILES, list(session.scalars(theirs)))
    session.execute(delete(replies).where(replies.c.answer_id.in_(theirs)))
    session.execute(delete(answers).where(answers.c.pupil_id.in_(pupil_ids)))
