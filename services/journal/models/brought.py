"""What pupils who came to a page in mid-year had on others: `rules.brought` says what of it counts there."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, String, and_, bindparam, cast, func, or_, select

from services.journal.models.finals import key
from services.journal.models.relations import (
    counts_in_mark,
    entries,
    final_marks,
    is_awaited,
    lessons,
    of_work,
    pages,
    run,
    school,
    stays_of,
    works,
)
from shared.db import SchoolSession

_newcomers: Any = bindparam("newcomers", expanding=True)
_others: Any = bindparam("others", expanding=True)
_starts_on = bindparam("starts_on", type_=lessons.c.held_on.type)
_stays = stays_of(lambda pupil_id: pupil_id.in_(_newcomers))

_takes_place = and_(lessons.c.page_id == pages.c.id, lessons.c.state == "planned")
_days = (
    select(func.aggregate_strings(cast(lessons.c.held_on, String), " "))
    .where(_takes_place, lessons.c.held_on.between(_starts_on, bindparam("came_by")))
    .correlate(pages)
    .scalar_subquery()
)
last_lesson_on = (
    select(func.max(lessons.c.held_on)).where(_takes_place).correlate(pages).scalar_subquery()
).label("last_on")
"""The day of a page's last lesson: whoever is on its list until then has not left it."""

# The other pages of the subject and year on whose lists newcomers were, each stay with the page's lessons.
SEATS = (
    select(
        key(_stays.c.pupil_id).label("key"),
        pages.c.id.label("page_id"),
        _stays.c.from_on,
        _stays.c.until_on,
        _days.label("days"),
        last_lesson_on,
    )
    .select_from(_stays.join(pages, pages.c.group_id == _stays.c.group_id))
    .where(
        pages.c.school_id == school,
        pages.c.subject_id == bindparam("subject", type_=pages.c.id.type),
        pages.c.year_id == bindparam("year", type_=pages.c.id.type),
        pages.c.id != bindparam("page", type_=pages.c.id.type),
        _stays.c.from_on < bindparam("came_by"),
        or_(_stays.c.until_on.is_(None), _stays.c.until_on >= _starts_on),
    )
)

# What newcomers have in cells of those pages, a row each: what counts in a period's mark (`models.finals`
# `MARKED`), and the days on which they were there or away (`DAYS_OF`).
CELLS = (
    select(
        key(entries.c.pupil_id).label("key"),
        entries.c.page_id,
        lessons.c.held_on,
        entries.c.slot,
        entries.c.value,
        works.c.weight,
        counts_in_mark.label("counts"),
        and_(lessons.c.state == "planned", ~is_awaited).label("is_noted"),
    )
    .select_from(
        entries.join(lessons, lessons.c.id == entries.c.lesson_id).outerjoin(
            works,
            of_work,
        )
    )
    .where(
        entries.c.pupil_id.in_(_newcomers),
        entries.c.page_id.in_(_others),
        entries.c.value.is_not(None),
        lessons.c.held_on < bindparam("came_by"),
    )
)

FINALS = select(
    key(final_marks.c.pupil_id).label("key"),
    final_marks.c.page_id,
    final_marks.c.period_id,
    final_marks.c.value,
).where(
    final_marks.c.pupil_id.in_(_newcomers),
    final_marks.c.page_id.in_(_others),
    final_marks.c.slot == bindparam("slot"),
    final_marks.c.value.is_not(None),
)


class Elsewhere(NamedTuple):
    """The rows of newcomers on other pages: their stays, the cells and the period marks there."""

    seats: Sequence[Row[Any]] = ()
    cells: Sequence[Row[Any]] = ()
    finals: Sequence[Row[Any]] = ()


def read_elsewhere(
    session: SchoolSession, page: Row[Any], newcomers: Mapping[str, date], starts_on: date, slot: int | None
) -> Elsewhere:
    """Read what pupils had elsewhere in a page's subject before they came; `newcomers` tells by key when.

    `starts_on` is the first day that is asked for, `slot` that of the marks of periods; None: they are
    not. No statement where nobody came in mid-year, one where nobody came from another page of the
    subject, else a statement for each.
    """
    if not newcomers:
        return Elsewhere()
    of = {"newcomers": [UUID(one) for one in newcomers], "came_by": max(newcomers.values())}
    place = {"page": page.page_id, "subject": page.subject_id, "year": page.year_id}
    seats = run(session, SEATS, starts_on=starts_on, **of, **place).all()
    others = list({seat.page_id for seat in seats})
    if not others:
        return Elsewhere()
    cells = run(session, CELLS, others=others, **of).all()
    finals = run(session, FINALS, others=others, slot=slot, **of).all() if slot is not None else ()
    return Elsewhere(seats, cells, finals)
