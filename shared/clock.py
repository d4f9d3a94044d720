"""The one clock; tests move it with time-machine."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return this instant in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """Return the calendar day it is now in a school's own time zone (an IANA name)."""
    return datetime.now(ZoneInfo(time_zone)).date()
