"""The school's calendar: which day it is there, which year it is in, when there are lessons."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.schedule.models import BellSchedule, School, SpecialDay, Year
from services.schedule.rules import Span
from services.schedule.rules.days import Calendar, Special
from shared.clock import today
from shared.db import SchoolSession, take_time
from shared.errors import NotFound

USUAL_TIME_ZONE = "Europe/Moscow"


def school_today(session: SchoolSession) -> date:
    """Return the day it is at the school; Moscow's, until identity has told the time zone."""
    return today(session.scalar(select(School.time_zone)) or USUAL_TIME_ZONE)


def all_years(session: SchoolSession, *, for_change: bool = False) -> list[Year]:
    """Return the school's years with all their parts, the first one first.

    Read for a change, they are locked, and the transaction may take its time.
    """
    found = select(Year).options(
        selectinload(Year.periods),
        selectinload(Year.holidays),
        selectinload(Year.bells),
        selectinload(Year.bell_schedules).selectinload(BellSchedule.times),
        selectinload(Year.special_days),
    )
    if for_change:
        take_time(session)
        found = found.with_for_update()
    return list(session.scalars(found.order_by(Year.starts_on)))


def current_year(session: SchoolSession) -> Year:
    """Return the year that holds today, else the next one, else the last; NotFound without any."""
    return find_current(session, all_years(session))


def find_current(session: SchoolSession, years: Sequence[Year]) -> Year:
    """Return which of the years `current_year` is."""
    on = school_today(session)
    year = next((year for year in years if year.ends_on >= on), years[-1] if years else None)
    if year is None:
        raise NotFound
    return year


def calendar_of(year: Year) -> Calendar:
    """Return what decides on which days of a year there are lessons."""
    return Calendar(
        starts_on=year.starts_on,
        periods=[Span(one.name, one.starts_on, one.ends_on, one.grades) for one in year.periods],
        holidays=[Span(one.name, one.starts_on, one.ends_on, one.grades) for one in year.holidays],
        school_days=year.school_days,
        specials=[special_of(one) for one in year.special_days],
    )


def special_of(one: SpecialDay) -> Special:
    """Return what a special day says."""
    return Special(
        day=one.day,
        kind=one.kind,
        name=one.name,
        weekday=one.weekday,
        week=one.week,
        bell_schedule_id=one.bell_schedule_id,
        grades=one.grades,
    )
