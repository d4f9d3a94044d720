"""Works that are awaited («•», задолженность, DOMAIN 2.1): until when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.journal.actions.cells import Column
from services.journal.models.terms import term_rows
from services.journal.rules.chain import Change
from services.journal.rules.deadlines import Terms, awaited_until
from services.journal.rules.marks import AWAITED
from shared.db import SchoolSession

Key = tuple[UUID, int]
"""A pupil and a slot."""


def due_days(
    session: SchoolSession, lesson: Row[Any], changes: Sequence[Change], works: Mapping[int, Any], day: date
) -> dict[Key, date]:
    """Return until when each work of a lesson is awaited that is put down so on `day`; `works` by slot.

    No statement where none is, three where some are.
    """
    put = [(change.pupil_id, change.slot or 0) for change in changes if change.value == AWAITED]
    if not put:
        return {}
    terms = Terms.of(*term_rows(session, lesson.held_on, day))
    until = {
        slot: awaited_until(works[slot], lesson.held_on, day, terms) for slot in {slot for _, slot in put}
    }
    return {(pupil_id, slot): until[slot] for pupil_id, slot in put}


def due_changes(dues: Mapping[Key, date], column: Column) -> Iterator[Change]:
    """Yield the changes that set these days, where another stood or none."""
    for (pupil_id, slot), due in dues.items():
        was = column[pupil_id].at(slot).due_on
        if due != was:
            yield due_change(pupil_id, slot, due, was)


def due_change(pupil_id: UUID, slot: int, due: date, was: date | None) -> Change:
    """Return a change of the day until which a work is awaited, as the page's chain keeps it."""
    return Change("due", slot, pupil_id, due.isoformat(), was.isoformat() if was else None)
