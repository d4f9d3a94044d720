"""Works that are awaited («•», DOMAIN 2.1) and may still become marks: of a pupil, and of lessons."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from services.journal.models.relations import (
    entries,
    in_closed_period,
    is_awaited,
    lessons,
    page_surroundings,
    pages,
    people,
    revisions,
    school,
    still_learns,
    subjects,
    works,
)
from services.journal.queries.deadline_rows import PLACE, on_pages
from services.journal.queries.diary_cells import CELL, cell_said
from services.journal.queries.diary_reading import pupil
from services.journal.queries.people import STUB
from services.journal.rules.marks import AWAITED
from shared.errors import Text

Json = dict[str, Any]

_in_lesson = and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
_its_work = and_(*(works.c[name] == entries.c[name] for name in ("page_id", "lesson_id", "slot")))

OF_PUPIL = (
    select(
        *CELL,
        lessons.c.held_on,
        lessons.c.number,
        pages.c.subject_id,
        subjects.c.name.label("subject"),
    )
    .select_from(
        page_surroundings.join(lessons, lessons.c.page_id == pages.c.id)
        .join(entries, _in_lesson)
        .outerjoin(works, _its_work)
    )
    .where(entries.c.pupil_id == pupil, pages.c.school_id == school, is_awaited, ~in_closed_period)
    .order_by(entries.c.due_on, lessons.c.held_on, lessons.c.number, entries.c.slot)
)


def awaited_of(within: ColumnElement[bool]) -> Any:
    """Select the works awaited of lessons that still take marks: one row per pupil.

    Whoever has left the school by the day `:day` owes them no more.
    """
    return (
        select(
            *PLACE,
            entries.c.slot,
            entries.c.due_on,
            entries.c.pupil_id,
            people.c.family_name,
            people.c.given_name,
            people.c.patronymic,
        )
        .select_from(on_pages.join(entries, _in_lesson).outerjoin(people, people.c.id == entries.c.pupil_id))
        .where(within, entries.c.school_id == school, is_awaited, ~in_closed_period, still_learns)
    )


def answered_of(within: ColumnElement[bool]) -> Any:
    """Select the works of lessons that were awaited and became marks: lesson, slot, due day, last mark.

    What it became by a request for correction is no late mark, as it is none elsewhere.
    """
    marked = and_(
        *(revisions.c[name] == entries.c[name] for name in ("page_id", "lesson_id", "slot", "pupil_id")),
        revisions.c.what == "mark",
        revisions.c.seq > entries.c.due_seq,
        revisions.c.value != AWAITED,
        revisions.c.request_id.is_(None),
    )
    each = (
        select(entries.c.lesson_id, entries.c.slot, entries.c.due_on, func.min(revisions.c.at).label("at"))
        .select_from(on_pages.join(entries, _in_lesson).join(revisions, marked))
        .where(within, entries.c.due_on.is_not(None), entries.c.value != AWAITED)
        .group_by(entries.c.lesson_id, entries.c.slot, entries.c.due_on, entries.c.pupil_id)
        .subquery("each_answered")
    )
    last = func.max(each.c.at, type_=revisions.c.at.type).label("done_at")
    key = (each.c.lesson_id, each.c.slot, each.c.due_on)
    return select(*key, last).group_by(*key)


def awaited_said(rows: Iterable[Row[Any]], titles: Mapping[str, Text]) -> list[Json]:
    """Return what a pupil is still to hand in, the most urgent first; `titles` of the school's works."""
    return [
        {
            "lesson_id": row.lesson_id,
            "on": row.held_on,
            "subject_id": row.subject_id,
            "subject": row.subject or STUB,
            **cell_said(row, titles),
        }
        for row in rows
    ]
