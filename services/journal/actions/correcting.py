"""Telling of what is changed once its period had been closed: it goes on the sheet of corrections (5.1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.journal.models import Correction
from services.journal.rules.chain import Change
from shared.clock import day_of
from shared.db import SchoolSession
from shared.events.journal import Corrected, PageCorrected
from shared.outbox import publish

PRINTED = ("mark", "attendance", "work", "topic", "homework", "final")
"""What stands on paper; a comment and the place of a topic in its plan do not."""


class Closed(NamedTuple):
    """The period, or the year, that is closed or was once; and why it was opened again last."""

    period_id: UUID
    reopened_for: str | None


class Why(NamedTuple):
    """Why something was changed: the reason given with it, and the request that asked for it."""

    reason: str | None
    correction: Correction | None = None


def closed_once(rows: Iterable[Any], held_on: date, time_zone: str) -> Closed | None:
    """Return how the period of a lesson was closed on its day or later; None when it never was.

    A lesson held after its period was opened again had not been on paper, nor is anything of a period
    closed by mistake (`_was_mistake`). `rows` are one for each closing: period_id, ends_on of the
    period, closed_at, reopened_at, reopened_for.
    """
    known = [
        row
        for row in rows
        if row.closed_at is not None
        and day_of(row.closed_at, time_zone) >= held_on
        and not _was_mistake(row, time_zone)
    ]
    if not known:
        return None
    last = max(known, key=lambda row: row.closed_at)
    return Closed(last.period_id, last.reopened_for if last.reopened_at is not None else None)


def _was_mistake(closing: Any, time_zone: str) -> bool:
    """Whether a period that still ran was closed and opened again on one day: it was on no paper (5.1)."""
    if closing.reopened_at is None:
        return False
    day = day_of(closing.closed_at, time_zone)
    return day_of(closing.reopened_at, time_zone) == day and day < closing.ends_on


def tell_corrected(
    session: SchoolSession,
    page_id: UUID,
    closed: Closed | None,
    changes: Sequence[Change],
    seq: int,
    why: Why,
    lesson: Any = None,
) -> None:
    """Tell what was changed by the revisions that end with `seq`, if its period had been closed before."""
    printed = [change for change in changes if change.what in PRINTED]
    if closed is None or not printed:
        return
    told = PageCorrected(
        page_id=page_id,
        lesson_id=lesson.id if lesson is not None else None,
        lesson_on=lesson.held_on if lesson is not None else None,
        period_id=closed.period_id,
        seq=seq,
        reason=why.reason if why.correction is None else None,  # Its words stay with the request.
        request_number=why.correction.number if why.correction is not None else None,
        reopened_for=closed.reopened_for,
        changes=[
            Corrected(what=one.what, slot=one.slot, pupil_id=one.pupil_id, was=one.was, value=one.value)
            for one in printed
        ],
    )
    publish(session, told)
