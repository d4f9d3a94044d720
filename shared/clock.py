"""The one clock; tests move it with time-machine."""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MOMENT: ContextVar[datetime | None] = ContextVar("moment", default=None)
"""The past moment at which its own thread records something; `shared.bygone` alone sets it."""


def now() -> datetime:
    """Return this instant in UTC."""
    return MOMENT.get() or datetime.now(UTC)


def today(time_zone: str) -> date:
    """Return the calendar day it is now in a school's own time zone (an IANA name)."""
    return day_of(now(), time_zone)


def day_of(at: datetime, time_zone: str) -> date:
    """Return the calendar day an instant falls on in a school's own time zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()
