"""Cells that went from somebody entered twice to the person kept."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from services.reporting.models import Entry, Final
from shared.db import SchoolSession
from shared.events.journal import CellsMoved, MovedCell
from shared.service import Received


def move_cells(session: SchoolSession, received: Sequence[Received[CellsMoved]]) -> None:
    """Move cells as the journal did, in its order: what the kept pupil gets there later replaces them."""
    for one in received:
        for slot, cells in groupby(sorted(one.told.cells, key=_slot), key=_slot):
            listed = list(cells)
            for column, ids in (
                (Entry.lesson_id, [cell.lesson_id for cell in listed if cell.lesson_id]),
                (Final.period_id, [cell.period_id for cell in listed if cell.period_id]),
            ):
                _move(session, one.told, column, slot, ids)


def _slot(cell: MovedCell) -> int:
    return cell.slot


def _move(session: SchoolSession, told: CellsMoved, column: Any, slot: int, ids: Sequence[UUID]) -> None:
    of = column.class_
    here = (of.page_id == told.page_id, of.slot == slot)
    found = select(column).where(*here, of.pupil_id == told.merged_id, column.in_(ids))
    if standing := session.scalars(found).all():
        # Heard again from the beginning, the kept pupil's cell is there already: it is told anew after this.
        for change in (
            delete(of).where(*here, of.pupil_id == told.kept_id, column.in_(standing)),
            update(of)
            .where(*here, of.pupil_id == told.merged_id, column.in_(standing))
            .values(pupil_id=told.kept_id),
        ):
            session.execute(change, execution_options={"synchronize_session": False})
