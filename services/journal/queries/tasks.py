"""Tasks as those see them who do them, their parents, and the teacher who reads the answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from services.journal.models import Answer
from services.journal.models.homework_relations import TASK, concerned_in, handed_in_by, receives_answers
from services.journal.models.relations import people, replies, run, school
from services.journal.models.several import led_pupils
from services.journal.queries.files import files_said
from services.journal.queries.homework import task_said
from services.journal.queries.page_rows import ROSTER
from services.journal.queries.people import STUB, in_order, shown_name, signed_name
from services.journal.rules.access import reads_all
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
REPLY = (replies.c.id, replies.c.answer_id, replies.c.text, replies.c.is_returned, replies.c.given_at)
SIGNED = (people.c.family_name, people.c.given_name, people.c.patronymic)
VERSION = ("id", "number", "text", "links", "given_at", "is_late")


def _task(session: SchoolSession, actor: Actor, task_id: UUID) -> Row[Any]:
    task = run(session, TASK, task=task_id, me=actor.person_id).first()
    if task is None:
        raise NotFound
    return task


def may_see_task(session: SchoolSession, actor: Actor, task_id: UUID) -> bool:
    """Whether a task concerns the caller: as a teacher of the page, as who does it, as a parent."""
    task = run(session, TASK, task=task_id, me=actor.person_id).first()
    if task is None:
        return False
    if _reads_of(session, actor, task, task.pupil_id):
        return True
    return bool(_of_family(session, actor, task))


def _of_family(session: SchoolSession, actor: Actor, task: Row[Any]) -> set[UUID]:
    """Return of the caller and the children who has the task to read: who handed in to it, even withdrawn."""
    handed_in = handed_in_by(session, actor.person_id, task.id)
    return handed_in if task.is_withdrawn else handed_in | concerned_in(session, actor.person_id, task)


def _reads_whole(actor: Actor, task: Row[Any]) -> bool:
    return receives_answers(task) or reads_all(actor)


def _reads_of(session: SchoolSession, actor: Actor, task: Row[Any], pupil_id: UUID | None) -> bool:
    """Whether the caller follows, as staff, what a pupil hands in, or all; of several classes, own pupils."""
    if _reads_whole(actor, task):
        return True
    if not task.leads_pupils:
        return False
    return pupil_id is None or led_pupils(session, actor.person_id).still(pupil_id, task.set_on)


def may_see_answer(session: SchoolSession, actor: Actor, answer_id: UUID) -> bool:
    """Whether an answer concerns the caller: the pupil, a parent, a teacher of the page."""
    answer = session.scalars(select(Answer).where(Answer.id == answer_id)).first()
    if answer is None:
        return False
    task = run(session, TASK, task=answer.task_id, me=actor.person_id).first()
    if task is None:
        return False
    if _reads_of(session, actor, task, answer.pupil_id):
        return True
    return answer.pupil_id in handed_in_by(session, actor.person_id, task.id)


def own_task(session: SchoolSession, actor: Actor, task_id: UUID, pupil_id: UUID) -> Json:
    """Return a task as the pupil sees it, with all versions handed in and the replies to them.

    Who handed in reads it even when it was withdrawn, or when it is due outside of the own days in the
    class. Raises NotFound for all but the pupil, the parents and those who read answers.
    """
    task = _task(session, actor, task_id)
    versions = answered(session, task_id, [pupil_id]).get(pupil_id, [])
    if _reads_of(session, actor, task, pupil_id):
        is_theirs = versions or pupil_id in _roster(session, task)
    else:
        is_theirs = pupil_id in _of_family(session, actor, task)
    if not is_theirs:
        raise NotFound
    return {
        **_said(session, task),
        "versions": versions,
        "can_answer": pupil_id == actor.person_id
        and not task.is_withdrawn
        and pupil_id in concerned_in(session, actor.person_id, task),
    }


def _said(session: SchoolSession, task: Row[Any]) -> Json:
    return {
        **task_said(task),
        "files": files_said(session, "task", [task.id]).get(task.id, []),
        "subject": task.subject or STUB,
        "group": task.group_name or STUB,
        "page_id": task.page_id,
        "lesson_id": task.lesson_id,
        "is_withdrawn": task.is_withdrawn,
    }


def _roster(session: SchoolSession, task: Row[Any]) -> dict[UUID, str]:
    """Return whose task it is, in the list's order."""
    group = task.group_id or task.page_group_id
    span = {"starts_on": task.set_on, "ends_on": task.due_on or task.set_on}
    roster = {row.pupil_id: shown_name(row) for row in in_order(run(session, ROSTER, group=group, **span))}
    return {task.pupil_id: roster.get(task.pupil_id, STUB)} if task.pupil_id else roster


def task_answers(session: SchoolSession, actor: Actor, task_id: UUID) -> Json:
    """Return who is to do a task, and what each has handed in, in the list's order.

    Of several classes, a class teacher reads of the own pupils. Raises NotFound for whoever is not to
    read them, or not of the one pupil whose task it is.
    """
    task = _task(session, actor, task_id)
    if not _reads_of(session, actor, task, task.pupil_id):
        raise NotFound
    roster, handed = _roster(session, task), answered(session, task_id, None)
    own = None if _reads_whole(actor, task) else led_pupils(session, actor.person_id)
    strays = {id_: STUB for id_ in handed if id_ not in roster}  # Left meanwhile; what they gave stays.
    can_reply = receives_answers(task) or bool(task.leads_pupils)
    pupils = [
        {"id": id_, "name": name, "versions": handed.get(id_, [])}
        for id_, name in (roster | strays).items()
        if own is None or own.still(id_, task.set_on)
    ]
    return {**_said(session, task), "can_reply": can_reply, "pupils": pupils}


def answered(
    session: SchoolSession, task_id: UUID, pupil_ids: Sequence[UUID] | None
) -> dict[UUID, list[Json]]:
    """Return the versions handed in to a task by pupil, the newest first, each with its replies."""
    asked = select(Answer).where(Answer.task_id == task_id).order_by(Answer.number.desc())
    if pupil_ids is not None:
        asked = asked.where(Answer.pupil_id.in_(pupil_ids))
    versions = session.scalars(asked).all()
    ids = [version.id for version in versions]
    files = files_said(session, "answer", ids)
    said = _replies(session, ids)
    found: dict[UUID, list[Json]] = {}
    for one in versions:
        shown = {
            name: getattr(one, name) for name in ("id", "number", "text", "links", "given_at", "is_late")
        }
        mine = {**shown, "files": files.get(one.id, []), "replies": said.get(one.id, [])}
        found.setdefault(one.pupil_id, []).append(mine)
    return found


def _replies(session: SchoolSession, answer_ids: Sequence[UUID]) -> dict[UUID, list[Json]]:
    asked = (
        select(*REPLY, *SIGNED)
        .select_from(replies.outerjoin(people, people.c.id == replies.c.teacher_id))
        .where(replies.c.answer_id.in_(bindparam("answers", expanding=True)), replies.c.school_id == school)
    )
    found: dict[UUID, list[Json]] = {}
    for row in run(session, asked.order_by(replies.c.id), answers=answer_ids) if answer_ids else ():
        shown = {name: getattr(row, name) for name in ("id", "text", "is_returned", "given_at")}
        found.setdefault(row.answer_id, []).append({**shown, "teacher": signed_name(row)})
    return found
