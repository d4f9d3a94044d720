"""A pupil's marks as a person reads them: the day, the subject, what was put and what it was before."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.journal.models.relations import entries, lessons, pages, revisions, subjects
from services.journal.queries.final_marks import final_marks_of
from shared.db import SchoolSession

Json = dict[str, Any]


def marks_of(session: SchoolSession, person_id: UUID) -> dict[str, list[Json]]:
    """Return the marks and absences of a pupil, those of term ends, and each change of them, oldest first."""
    school = UUID(session.info["school"])
    now = _told(entries, entries.c.slot, entries.c.value).where(
        entries.c.pupil_id == person_id, entries.c.school_id == school
    )
    then = _told(
        revisions, revisions.c.at, revisions.c.what, revisions.c.was, revisions.c.value, revisions.c.reason
    ).where(revisions.c.pupil_id == person_id, revisions.c.school_id == school)
    return {
        "entries": [dict(row) for row in session.execute(now.order_by(lessons.c.held_on)).mappings()],
        "finals": final_marks_of(session, person_id),
        "revisions": [dict(row) for row in session.execute(then.order_by(revisions.c.at)).mappings()],
    }


def _told(of: Any, *columns: Any) -> Select[Any]:
    return (
        select(lessons.c.held_on.label("on"), subjects.c.name.label("subject"), *columns)
        .select_from(of)
        .outerjoin(lessons, lessons.c.id == of.c.lesson_id)
        .outerjoin(pages, pages.c.id == of.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
    )
