"""What the journal holds of a person, as a person reads it (152-ФЗ ст. 14).

Beside the rows that name the person: what hangs on them, and with its day and subject. Left out is
what the house does not tell: who reported an error, and to a pupil what was for the parents alone.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from services.journal.models.relations import (
    TABLES,
    answers,
    entries,
    lessons,
    own_school,
    pages,
    portfolio_entries,
    remark_versions,
    replies,
    revisions,
    stored_files,
    subjects,
)
from services.journal.queries.final_marks import final_marks_of
from services.journal.rules.remarks import PARENTS
from shared.auth import Actor
from shared.db import SchoolSession
from shared.subject import told

Json = dict[str, Any]

corrections, correction_steps = TABLES["corrections"], TABLES["correction_steps"]


def held_of(session: SchoolSession, person_id: UUID, asker: Actor) -> dict[str, list[Json]]:
    """Return by table the marks, remarks, requests, replies and files of a person, for who asks."""
    asked = _marks(person_id) | {
        "corrections": select(corrections).where(_about(person_id)).order_by(corrections.c.number),
        "remark_versions": _remarks(person_id, is_own=asker.person_id == person_id),
        "correction_steps": _steps(person_id),
        "replies": _replies(person_id),
        "stored_files": _files(person_id),
    }
    found = {}
    for name, of in asked.items():
        rows = session.execute(of.where(TABLES[name].c.school_id == own_school(session))).mappings()
        found[name] = [told(row) for row in rows]
    for row in found["corrections"]:
        if row["author_id"] != person_id:
            row["author_id"] = None
    return found | {"finals": final_marks_of(session, person_id)}


def _marks(person_id: UUID) -> dict[str, Select[Any]]:
    """Ask for marks and absences as they are, and for each change of them, oldest first."""
    now = _dated(entries, entries.c.slot, entries.c.value, entries.c.comment, entries.c.due_on)
    then = _dated(
        revisions, revisions.c.at, revisions.c.what, revisions.c.was, revisions.c.value, revisions.c.reason
    )
    return {
        "entries": now.where(entries.c.pupil_id == person_id).order_by(lessons.c.held_on),
        "revisions": then.where(revisions.c.pupil_id == person_id).order_by(revisions.c.at),
    }


def _dated(of: Any, *columns: Any) -> Select[Any]:
    return (
        select(lessons.c.held_on.label("on"), subjects.c.name.label("subject"), *columns)
        .select_from(of)
        .outerjoin(lessons, lessons.c.id == of.c.lesson_id)
        .outerjoin(pages, pages.c.id == of.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
    )


def _remarks(person_id: UUID, *, is_own: bool) -> Select[Any]:
    found = select(remark_versions).where(remark_versions.c.pupil_id == person_id)
    return found.where(remark_versions.c.audience != PARENTS) if is_own else found


def _about(person_id: UUID) -> Any:
    return or_(corrections.c.author_id == person_id, corrections.c.pupil_id == person_id)


def _steps(person_id: UUID) -> Select[Any]:
    steps = correction_steps.c
    return (
        select(corrections.c.number, steps.step, steps.at, steps.note)
        .join(correction_steps, steps.correction_id == corrections.c.id)
        .where(_about(person_id))
        .order_by(corrections.c.number, steps.number)
    )


def _replies(person_id: UUID) -> Select[Any]:
    of_person = or_(answers.c.pupil_id == person_id, replies.c.teacher_id == person_id)
    return select(replies).join(answers, answers.c.id == replies.c.answer_id).where(of_person)


def _files(person_id: UUID) -> Select[Any]:
    """Ask for what the person handed in, and for documents in the portfolio, whoever handed those in."""
    entry = and_(stored_files.c.used_in == portfolio_entries.c.id, portfolio_entries.c.pupil_id == person_id)
    found = select(stored_files).outerjoin(portfolio_entries, entry)
    owned = or_(stored_files.c.owner_id == person_id, portfolio_entries.c.id.is_not(None))
    return found.where(owned).order_by(stored_files.c.id)
