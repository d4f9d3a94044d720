"""A cell as a family is shown it: the same in the week, in a subject and in a period."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, and_

from services.journal.models.relations import (
    entries,
    lessons,
    of_work,
    works,
)
from services.journal.queries.diary_reading import pupil
from services.journal.rules.marks import AWAITED, average
from shared.errors import Text

Json = dict[str, Any]

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

marked_lessons = lessons.join(
    entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
).outerjoin(
    works,
    of_work,
)
"""Lessons with their cells, and what each was put for."""

is_shown = and_(entries.c.pupil_id == pupil, entries.c.value.is_not(None))
"""The cell is the pupil's and says something."""


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
