"""Term-end marks, what became of them after their period was closed, and the closings themselves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from services.reporting.actions.class_journal import move_chains
from services.reporting.models import Closing, Final, FinalCorrection, table_of
from services.reporting.rules.terms import KINDS
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.journal import FinalsRecorded, PeriodClosed, PeriodReopened
from shared.service import Received

FINAL_KEY = ("page_id", "period_id", "slot", "pupil_id")
CORRECTION_KEY = ("page_id", "seq", "pupil_id")


def enter_finals(session: SchoolSession, received: Sequence[Received[FinalsRecorded]]) -> None:
    """Enter what now stands in the cells, with the head of the chain that knows of it.

    Of a column whose period was closed before, each change is kept as well: it goes onto the sheet of
    corrections (лист исправлений), for the page may have been printed (clause 5.1). Why it was made is
    told beside it (`corrections`), since there are such words.
    """
    closed = _first_closings(session, {one.told.period_id for one in received})
    finals, corrections = [], []
    for one in received:
        told, slot = one.told, KINDS.index(one.told.kind)
        page = {"school_id": one.school_id, "page_id": told.page_id}
        cell = {**page, "period_id": told.period_id, "slot": slot}
        finals += [{**cell, "pupil_id": entry.pupil_id, "value": entry.value} for entry in told.entries]
        if told.period_id in closed and closed[told.period_id] < one.time:
            by = UUID(one.actor) if one.actor else None
            change = {**cell, "seq": told.seq, "corrected_at": one.time, "corrected_by": by}
            corrections += [
                {**change, "pupil_id": entry.pupil_id, "was": entry.was, "value": entry.value}
                for entry in told.entries
            ]
    upsert_latest(session, table_of(Final), finals, FINAL_KEY)
    upsert_latest(session, table_of(FinalCorrection), corrections, CORRECTION_KEY)
    move_chains(session, received)


def close_periods(session: SchoolSession, received: Sequence[Received[PeriodClosed]]) -> None:
    """Keep that periods are closed, since when, and since when the first time."""
    first = _first_closings(session, {one.told.period_id for one in received})
    rows = [
        {
            "school_id": one.school_id,
            "period_id": one.told.period_id,
            "closed_at": one.time,
            "first_closed_at": first.setdefault(one.told.period_id, one.time),
            "reopened_at": None,
        }
        for one in received
    ]
    upsert_latest(session, table_of(Closing), rows, ("period_id",))


def reopen_periods(session: SchoolSession, received: Sequence[Received[PeriodReopened]]) -> None:
    """Keep that periods are open again."""
    for one in received:
        standing = update(Closing).where(Closing.period_id == one.told.period_id)
        session.execute(standing.values(reopened_at=one.time))


def _first_closings(session: SchoolSession, period_ids: set[UUID]) -> dict[UUID, datetime]:
    first = func.coalesce(Closing.first_closed_at, Closing.closed_at).label("at")
    found = select(Closing.period_id, first).where(Closing.period_id.in_(period_ids))
    return {row.period_id: row.at for row in session.execute(found)}
