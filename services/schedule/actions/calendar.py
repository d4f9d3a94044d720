"""The school's calendar: which day it is there, which year it is in, when there are lessons."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.schedule.models import School, Year
from services.schedule.rules import Calendar, Span
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

USUAL_TIME_ZONE = "Europe/Moscow"


def school_today(session: SchoolSession) -> date:
    """Return the day it is at the school; Moscow's, until identity has told the time zone."""
    return today(session.scalar(select(School.time_zone)) or USUAL_TIME_ZONE)


def all_years(session: SchoolSession, *, for_change: bool = False) -> list[Year]:
    """Return the school's years with all their parts, the first one first."""
    found = select(Year).options(
        selectinload(Year.periods), selectinload(Year.holidays), selectinload(Year.bells)
    )
    if for_change:  # Whoever plans at the same time waits here.
        found = found.with_for_update()
    return list(session.scalars(found.order_by(Year.starts_on)))


def current_year(session: SchoolSession) -> Year:
    """Return the year that holds today, else the next one, else the last; NotFound without any."""
    on = school_today(session)
    years = all_years(session)
    year = next((year for year in years if year.ends_on >= on), years[-1] if years else None)
    if year is None:
        raise NotFound
    return year


def calendar_of(year: Year) -> Calendar:
    """Return what decides on which days of a year there are lessons."""
    return Calendar(
        starts_on=year.starts_on,
        periods=[Span(one.name, one.starts_on, one.ends_on) for one in year.periods],
        holidays=[Span(one.name, one.starts_on, one.ends_on) for one in year.holidays],
        school_days=year.school_days,
    )
