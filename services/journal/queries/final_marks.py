"""A pupil's marks of periods, years and exams, over all subjects, classes and years (clause 2.2.3)."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

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
from services.journal.queries.diary_cells import emptied_by
from services.journal.queries.people import STUB
from services.journal.rules.finals import KINDS
from shared.db import SchoolSession

Json = dict[str, Any]

_emptying = revisions.alias("emptying")
of_year = bindparam("year", type_=pages.c.id.type)

FINAL_MARKS = (
    select(
        pages.c.year_id,
        years.c.name.label("year"),
        pages.c.id.label("page_id"),
        pages.c.subject_id,
        subjects.c.name.label("subject"),
        final_marks.c.period_id,
        periods.c.name.label("period"),
        final_marks.c.slot,
        final_marks.c.value,
        _emptying.c.was,
    )
    .select_from(
        final_marks.join(pages, pages.c.id == final_marks.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
        .outerjoin(years, years.c.id == pages.c.year_id)
        .outerjoin(periods, and_(periods.c.id == final_marks.c.period_id, final_marks.c.slot == 0))
        .outerjoin(_emptying, emptied_by(final_marks, _emptying))
    )
    .where(
        final_marks.c.pupil_id == bindparam("pupil", type_=final_marks.c.pupil_id.type),
        final_marks.c.school_id == school,
        or_(final_marks.c.value.is_not(None), _emptying.c.was.is_not(None)),
        or_(pages.c.year_id == of_year, of_year.is_(None)),
    )
    .order_by(years.c.starts_on, subjects.c.name, final_marks.c.slot, periods.c.starts_on)
)


def final_marks_of(session: SchoolSession, pupil_id: UUID, year_id: UUID | None = None) -> list[Json]:
    """Return a pupil's term-end marks, of one year or of all, by year, subject and period, in one statement.

    Each is {year, subject, period, kind, value} with their ids: `kind` is "period", "year", "exam" or
    "final", and only the first has a period.
    """
    cells = final_cells_of(session, pupil_id, year_id)
    return [
        {name: fact for name, fact in one.items() if name != "was"}
        for one in cells
        if one["value"] is not None
    ]


def final_cells_of(session: SchoolSession, pupil_id: UUID, year_id: UUID | None = None) -> list[Json]:
    """Return the same, and those taken back as well: without a value, but with what it `was`."""
    return [
        {
            "year_id": row.year_id,
            "year": row.year or STUB,
            "page_id": row.page_id,
            "subject_id": row.subject_id,
            "subject": row.subject or STUB,
            "period_id": row.period_id if row.slot == 0 else None,
            "period": (row.period or STUB) if row.slot == 0 else None,
            "kind": KINDS[row.slot],
            "value": row.value,
            "was": row.was,
        }
        for row in run(session, FINAL_MARKS, pupil=pupil_id, year=year_id)
    ]
