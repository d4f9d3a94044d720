"""One cell of a pupil: what was put for what, by whom, when, and what stood there before (clause 2.1)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, or_, select

from services.journal.models.relations import (
    descriptions,
    entries,
    lessons,
    merged_people,
    pages,
    people,
    revisions,
    run,
    school,
    subjects,
)
from services.journal.queries.diary_cells import CELL, cell_said, marked_lessons
from services.journal.queries.diary_reading import pupil, readable_pupil
from services.journal.queries.people import STUB, shown_name, signed_name
from services.journal.rules.marks import reasons_on, work_titles
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]

CHANGES_SHOWN = 100

# An emptied cell is found as well: that a mark was taken back is what its history says.
THE_CELL = (
    select(
        *CELL,
        lessons.c.page_id,
        lessons.c.held_on,
        lessons.c.number,
        pages.c.subject_id,
        subjects.c.name.label("subject"),
        descriptions.c.topic,
    )
    .select_from(
        marked_lessons.join(pages, pages.c.id == lessons.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
        .outerjoin(
            descriptions,
            and_(descriptions.c.page_id == lessons.c.page_id, descriptions.c.lesson_id == lessons.c.id),
        )
    )
    .where(
        entries.c.pupil_id == pupil,
        entries.c.lesson_id == bindparam("lesson"),
        entries.c.slot == bindparam("slot"),
        entries.c.school_id == school,
    )
)

_is_the_pupils = or_(
    revisions.c.pupil_id == pupil,
    revisions.c.pupil_id.in_(select(merged_people.c.merged_id).where(merged_people.c.kept_id == pupil)),
)

# Of the page's chain what is about one pupil's cells in a slot: nothing of another pupil's.
CHANGES = (
    select(
        revisions.c.at,
        revisions.c.what,
        revisions.c.value,
        revisions.c.was,
        revisions.c.reason,
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
    )
    .select_from(revisions.outerjoin(people, people.c.id == revisions.c.actor_id))
    .where(
        revisions.c.page_id == bindparam("page"),
        revisions.c.slot == bindparam("slot"),
        _is_the_pupils,
    )
    .order_by(revisions.c.seq)
    .limit(CHANGES_SHOWN)
)
OF_CELL = CHANGES.where(
    revisions.c.lesson_id == bindparam("lesson"), revisions.c.what.in_(("mark", "attendance"))
)


def diary_mark(session: SchoolSession, actor: Actor, pupil_id: UUID, lesson_id: UUID, slot: int) -> Json:
    """Return a pupil's mark (or absence, slot 0) with what it was put for, and all its changes.

    Whoever may read the diary is told the same. Raises NotFound where nothing ever stood.
    """
    found = readable_pupil(session, actor, pupil_id)
    asked = {"pupil": pupil_id, "lesson": lesson_id, "slot": slot}
    cell = run(session, THE_CELL, **asked).first()
    if cell is None:
        raise NotFound
    changes = run(session, OF_CELL, page=cell.page_id, **asked).all()
    title = None if slot else reasons_on(found.attendance, cell.held_on).get(cell.value or "")
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "subject": {"id": cell.subject_id, "name": cell.subject or STUB},
        "lesson": {"id": cell.lesson_id, "on": cell.held_on, "number": cell.number, "topic": cell.topic},
        **cell_said(cell, work_titles(found.work_types)),
        "absence": title,
        "changes": [change_said(one) for one in changes],
    }


def change_said(one: Row[Any]) -> Json:
    """Return a change of a mark as a family is shown it."""
    return {
        "at": one.at,
        "by": signed_name(one),
        "value": one.value,
        "was": one.was,
        "reason": one.reason,
    }
