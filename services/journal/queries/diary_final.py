"""One term-end mark of a pupil: what stands there, and what stood there before (clauses 2.1, 3.9.4)."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select

from services.journal.models.relations import (
    final_marks,
    pages,
    periods,
    revisions,
    run,
    school,
    subjects,
    years,
)
from services.journal.queries.diary_mark import CHANGES, change_said
from services.journal.queries.diary_reading import pupil, readable_pupil
from services.journal.queries.people import STUB, shown_name
from services.journal.rules.finals import KINDS, PERIOD
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]

_period = bindparam("period", type_=periods.c.id.type)

# An emptied one is found as well: that a mark was taken back is what its history says.
THE_MARK = (
    select(
        final_marks.c.period_id,
        final_marks.c.value,
        pages.c.subject_id,
        subjects.c.name.label("subject"),
        pages.c.year_id,
        years.c.name.label("year"),
        periods.c.name.label("period"),
    )
    .select_from(
        final_marks.join(pages, pages.c.id == final_marks.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
        .outerjoin(years, years.c.id == pages.c.year_id)
        .outerjoin(periods, periods.c.id == final_marks.c.period_id)
    )
    .where(
        final_marks.c.page_id == bindparam("page"),
        final_marks.c.period_id == func.coalesce(_period, pages.c.year_id),
        final_marks.c.slot == bindparam("slot"),
        final_marks.c.pupil_id == pupil,
        final_marks.c.school_id == school,
    )
)

OF_MARK = CHANGES.where(and_(revisions.c.period_id == _period, revisions.c.what == "final"))


def diary_final(session: SchoolSession, actor: Actor, pupil_id: UUID, page_id: UUID, column: str) -> Json:
    """Return a pupil's mark of a column (a period's id, year, exam, final) of a page, and all its changes.

    Whoever may read the diary is told the same. Raises NotFound where nothing ever stood.
    """
    found = readable_pupil(session, actor, pupil_id)
    slot, period_id = _place(column)
    asked = {"page": page_id, "pupil": pupil_id, "slot": slot}
    mark = run(session, THE_MARK, period=period_id, **asked).first()
    if mark is None:
        raise NotFound
    changes = run(session, OF_MARK, period=mark.period_id, **asked).all()
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "subject": {"id": mark.subject_id, "name": mark.subject or STUB},
        "year": {"id": mark.year_id, "name": mark.year or STUB},
        "kind": KINDS[slot],
        "page_id": page_id,
        "period_id": mark.period_id if slot == PERIOD else None,
        "period": (mark.period or STUB) if slot == PERIOD else None,
        "value": mark.value,
        "changes": [change_said(one) for one in changes],
    }


def _place(column: str) -> tuple[int, UUID | None]:
    """Return the slot and the period of a column as addresses name it; no period: the page's year."""
    if column in KINDS[1:]:
        return KINDS.index(column), None
    try:
        return PERIOD, UUID(column)
    except ValueError as unknown:
        raise NotFound from unknown
