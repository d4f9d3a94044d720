"""Whether two lessons of a day are held at the same time: by the clock, for each shift has its numbers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from services.schedule.rules.conflicts.facts import USUAL_LESSON

Lengths = Mapping[tuple[int, str], timedelta]
"""How long a lesson lasts, by its number and when it begins, HH:MM."""


class Rung(NamedTuple):
    """The number of a lesson and when it begins, HH:MM; None when nobody told."""

    number: int
    starts: str | None


def at_once(one: Rung, other: Rung, lengths: Lengths) -> bool:
    """Whether two lessons of one day overlap; where the clock is not known, whether they have one number."""
    if one == other:
        return True
    if one.starts is None or other.starts is None:
        return one.number == other.number
    (begins, ends), (other_begins, other_ends) = (_span(rung, lengths) for rung in (one, other))
    return begins < other_ends and other_begins < ends


def _span(rung: Rung, lengths: Lengths) -> tuple[int, int]:
    """Return when a lesson begins and ends, in minutes of the day."""
    assert rung.starts is not None  # noqa: S101  # Asked before.
    begins = int(rung.starts[:2]) * 60 + int(rung.starts[3:])
    length = lengths.get((rung.number, rung.starts))
    return begins, begins + (int(length.total_seconds()) // 60 if length else USUAL_LESSON)
