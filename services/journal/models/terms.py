"""By what a school counts its deadlines, read for queries and actions alike."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from services.journal.models.relations import lessons, parameters, run, school, schools
from shared.db import SchoolSession

LONGEST = timedelta(days=60)
"""How far a deadline reaches from its day: the school's days are read so far."""
DAY = timedelta(days=1)


class TermRows(NamedTuple):
    """A school's time zone, what it has set by name, and the days it has lessons."""

    zone: str | None
    told: dict[str, str]
    school_days: frozenset[date]


ZONE = select(schools.c.time_zone).where(schools.c.school_id == school)
TOLD = select(parameters.c.name, parameters.c.told).where(parameters.c.school_id == school)


def term_rows(session: SchoolSession, starts_on: date, ends_on: date) -> TermRows:
    """Return by what deadlines of these days are counted, in three statements."""
    days = select(lessons.c.held_on).where(
        lessons.c.school_id == school,
        lessons.c.state == "planned",
        lessons.c.held_on.between(starts_on, ends_on + LONGEST),
    )
    return TermRows(
        zone=run(session, ZONE).scalar(),
        told={row.name: row.told for row in run(session, TOLD)},
        school_days=frozenset(run(session, days.distinct()).scalars()),
    )


def term_rows_since(session: SchoolSession, instants: Iterable[datetime]) -> TermRows:
    """Return by what deadlines counted from these instants are counted, as `term_rows`.

    At the school it may be the day before or after that of UTC; which it is, its zone says only then.
    """
    days = [at.date() for at in instants]
    return term_rows(session, min(days) - DAY, max(days) + DAY)
