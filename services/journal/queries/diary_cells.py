"""A cell as a family is shown it: the same in the week, in a subject and in a period."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, or_

from services.journal.models.relations import (
    entries,
    lessons,
    of_work,
    revisions,
    works,
)
from services.journal.queries.diary_reading import pupil
from services.journal.rules.marks import AWAITED, average
from shared.errors import Text

Json = dict[str, Any]


def emptied_by(cells: FromClause, link: FromClause) -> ColumnElement[bool]:
    """Tell that a link of the chain is the one that emptied a cell: a cell's seq is of its last change."""
    return and_(link.c.page_id == cells.c.page_id, link.c.seq == cells.c.seq, cells.c.value.is_(None))


CELL = (
    entries.c.lesson_id,
    entries.c.slot,
    entries.c.value,
    works.c.type,
    works.c.weight,
    works.c.title,
    works.c.counts,
    entries.c.comment,
    entries.c.due_on,
)

_emptying = revisions.alias("emptying")

marked_lessons = (
    lessons.join(entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id))
    .outerjoin(works, of_work)
    .outerjoin(_emptying, emptied_by(entries, _emptying))
)
"""Lessons with their cells, what each was put for, and what emptied it."""

WAS = _emptying.c.was
"""What stood in a cell that is empty now."""

is_shown = and_(entries.c.pupil_id == pupil, or_(entries.c.value.is_not(None), WAS.is_not(None)))
"""The cell is the pupil's and says something, or did: what was taken back stays to be found (clause 2.1)."""


def cells_said(cells: Iterable[Row[Any]], titles: Mapping[str, Text]) -> Json:
    """Return what stands in some cells, and apart from it what was taken back from those empty now."""
    own = list(cells)
    return {
        "entries": [cell_said(one, titles) for one in own if one.value is not None],
        "taken_back": [taken_said(one, titles) for one in own if one.value is None],
    }


NO_CELLS: Json = {"entries": [], "taken_back": []}


def taken_said(cell: Row[Any], titles: Mapping[str, Text]) -> Json:
    """Return what was taken back from a cell, and what it had been put for."""
    work = titles.get(cell.type or "")
    return {"slot": cell.slot, "was": cell.was, "work": work, "title": cell.title or None}


def cell_said(cell: Row[Any], titles: Mapping[str, Text]) -> Json:
    """Return what stands in a cell; `titles` are those of the school's works by type."""
    return {
        "slot": cell.slot,
        "value": cell.value,
        "comment": cell.comment,
        "work": titles.get(cell.type or ""),
        "title": cell.title or None,
        "weight": cell.weight or 0,
        "counts": bool(cell.counts),
        "due_on": cell.due_on if cell.value == AWAITED else None,
    }


def average_of(cells: Iterable[Row[Any]]) -> str | None:
    """Return the weighted average of the marks among cells, as the class page has it."""
    return average((cell.value, cell.weight if cell.counts else 0) for cell in cells if cell.slot)
