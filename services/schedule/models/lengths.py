"""How long lessons last by whichever bells ring."""

from datetime import datetime, timedelta

from sqlalchemy import select

from services.schedule.models.days import BellTime
from services.schedule.models.own import Bell
from shared.db import SchoolSession


def lesson_lengths(session: SchoolSession) -> dict[tuple[int, str], timedelta]:
    """Return how long the lesson of a number lasts that begins at an hour, HH:MM; in two statements."""
    rung = [*session.scalars(select(BellTime)), *session.scalars(select(Bell).order_by(Bell.year_id))]
    return {
        (bell.number, bell.starts): _clock(bell.ends) - _clock(bell.starts)
        for bell in rung
        if bell.starts and bell.ends
    }


def _clock(written: str) -> datetime:
    return datetime.strptime(written, "%H:%M")  # noqa: DTZ007  # Of any day, in any zone.
