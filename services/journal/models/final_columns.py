"""Which days a column of term-end marks is about, for a whole school."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from services.journal.models.copies import Period, School, Year
from shared.db import SchoolSession


class ColumnSpan(NamedTuple):
    """A period, or the year, as its marks depend on it."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date  # Of the year: when its last period ends.
    is_year: bool
    marks_from: date  # When the first marks may be put: as it begins; of the year, as its last period does.


def column_span(session: SchoolSession, period_or_year_id: UUID) -> ColumnSpan | None:
    """Return the days of a period or a year; None when there is no such one."""
    period = session.scalar(select(Period).where(Period.id == period_or_year_id))
    if period is not None:
        starts_on, ends_on = period.starts_on, period.ends_on
        return ColumnSpan(period.id, period.name, starts_on, ends_on, is_year=False, marks_from=starts_on)
    year = session.scalar(select(Year).where(Year.id == period_or_year_id))
    if year is None:
        return None
    begins = func.coalesce(func.max(Period.starts_on), year.starts_on)
    ends = func.coalesce(func.max(Period.ends_on), year.ends_on)
    marks_from, ends_on = session.execute(select(begins, ends).where(Period.year_id == year.id)).one()
    return ColumnSpan(year.id, year.name, year.starts_on, ends_on, is_year=True, marks_from=marks_from)


def time_zone_of(session: SchoolSession) -> str | None:
    """Return the school's time zone, when it has told."""
    return session.scalar(select(School.time_zone))
