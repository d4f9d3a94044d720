"""By what a school counts its deadlines, read for queries and actions alike."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, func, literal, select, union_all

from services.journal.models.relations import lessons, parameters, run, school, schools, years
from shared.db import SchoolSession

LONGEST = timedelta(days=60)
"""How far a deadline reaches from its day: the school's days are read so far."""
DAY = timedelta(days=1)


class TermRows(NamedTuple):
    """A school's time zone, what it has set by name, the days it has lessons, and of each year the span."""

    zone: str | None
    told: dict[str, str]
    school_days: frozenset[date]
    taught: frozenset[tuple[date, date]]


ZONE = select(schools.c.time_zone).where(schools.c.school_id == school)
TOLD = select(parameters.c.name, parameters.c.told).where(parameters.c.school_id == school)


_held = (lessons.c.school_id == school, lessons.c.state == "planned")


def _of_year(end: Any) -> Any:
    """Select the first or the last day that has lessons in a year."""
    return (
        select(end(lessons.c.held_on))
        .where(*_held, lessons.c.held_on.between(years.c.starts_on, years.c.ends_on))
        .correlate(years)
        .scalar_subquery()
    )


# The first and last days are of whole years, not of the days asked for: whether the school has lessons on a
# day, its holidays and its Saturdays, must not hang on what else is counted with it.
DAYS = union_all(
    select(lessons.c.held_on.label("day"), literal(None, Date).label("last"))
    .where(*_held, lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")))
    .distinct(),
    select(_of_year(func.min), _of_year(func.max)).where(years.c.school_id == school),
)


def term_rows(session: SchoolSession, starts_on: date, ends_on: date) -> TermRows:
    """Return by what deadlines of these days are counted, in three statements."""
    days = run(session, DAYS, starts_on=starts_on, ends_on=ends_on + LONGEST).all()
    return TermRows(
        zone=run(session, ZONE).scalar(),
        told={row.name: row.told for row in run(session, TOLD)},
        school_days=frozenset(row.day for row in days if row.last is None),
        taught=frozenset((row.day, row.last) for row in days if row.last is not None),
    )


def term_rows_since(session: SchoolSession, instants: Iterable[datetime]) -> TermRows:
    """Return by what deadlines counted from these instants are counted, as `term_rows`.

    At the school it may be the day before or after that of UTC; which it is, its zone says only then.
    """
    days = [at.date() for at in instants]
    return term_rows(session, min(days) - DAY, max(days) + DAY)
