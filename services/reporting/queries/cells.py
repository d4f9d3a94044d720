"""What stands in the cells of a page: entries of lessons and term-end marks, merged pupils as those kept."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import Entry, Final, MergedPerson
from shared.db import SchoolSession


class Cell(NamedTuple):
    """A filled cell; `about_id` is the lesson, or of a term-end mark the period or the year."""

    about_id: UUID
    slot: int
    pupil_id: UUID
    value: str


def entries_of(session: SchoolSession, page_id: UUID, lesson_ids: Sequence[UUID]) -> list[Cell]:
    """Return attendance and marks of lessons, in the order of their slots."""
    found = session.execute(
        select(Entry.lesson_id, Entry.slot, Entry.pupil_id, Entry.value)
        .where(Entry.page_id == page_id, Entry.lesson_id.in_(lesson_ids), Entry.value.is_not(None))
        .order_by(Entry.slot)
    )
    return [Cell(one.lesson_id, one.slot, one.pupil_id, one.value or "") for one in found]


def finals_of(session: SchoolSession, page_ids: Iterable[UUID]) -> dict[UUID, list[Cell]]:
    """Return all term-end marks of pages."""
    found = session.execute(
        select(Final.page_id, Final.period_id, Final.slot, Final.pupil_id, Final.value).where(
            Final.page_id.in_(list(page_ids)), Final.value.is_not(None)
        )
    )
    cells: dict[UUID, list[Cell]] = {}
    for one in found:
        cell = Cell(one.period_id, one.slot, one.pupil_id, one.value or "")
        cells.setdefault(one.page_id, []).append(cell)
    return cells


def kept_ids(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return by which id each of those of the people who were merged is known now."""
    found = select(MergedPerson.merged_id, MergedPerson.kept_id).where(MergedPerson.merged_id.in_(set(ids)))
    return {row.merged_id: row.kept_id for row in session.execute(found)}


def as_kept(cells: Sequence[Cell], kept: dict[UUID, UUID]) -> list[Cell]:
    """Return a page's cells with merged pupils as those kept; a cell both have stays with each."""
    own = {cell[:3] for cell in cells}
    moved = (cell._replace(pupil_id=kept.get(cell.pupil_id, cell.pupil_id)) for cell in cells)
    return [cell if now[:3] in own else now for cell, now in zip(cells, moved, strict=True)]
