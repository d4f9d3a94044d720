"""The academic year: its periods, holidays, week and bells."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.schedule.actions.calendar import all_years, school_today
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.year_plans import BellTime, YearPlan, check
from services.schedule.models import Bell, Holiday, Period, Year
from services.schedule.rules import Span, first_year_of, usual_holidays, usual_periods, usual_span
from shared.db import SchoolSession
from shared.errors import Stale, Text
from shared.events import schedule as told
from shared.ids import new_id
from shared.outbox import publish


class YearChanged(Stale):
    """Somebody changed the year since the caller saw it."""

    title = Text("Учебный год уже изменён", "The year was changed already")
    detail = Text(
        "Пока вы правили год, его изменил кто-то ещё. Откройте его снова и повторите правку.",
        "Somebody else changed the year meanwhile. Open it again and repeat your change.",
    )


def plan_year(session: SchoolSession, plan: YearPlan, seen: int) -> Year:
    """Enter a year, or change the one on the same days, and date the lessons to come anew.

    `seen` is the version the caller saw, 0 for a year not entered yet; YearChanged if it is another.
    The same plan again changes nothing and tells nobody.
    """
    years = [
        year
        for year in all_years(session, for_change=True)
        if year.starts_on <= plan.ends_on and plan.starts_on <= year.ends_on
    ]
    check(plan, years)
    if (years[0].version if years else 0) != seen:
        raise YearChanged
    if not years:
        return _enter(session, plan)
    year = years[0]
    before = _facts(year)
    _take_over(year, plan)
    if _facts(year) != before:
        tell_changed(session, year)
        plan_lessons(session, year, today=school_today(session))
    return year


def year_for(session: SchoolSession, on: date, *, school_days: int) -> tuple[Year, bool]:
    """Return the year that holds the day, entering the usual one if there is none; whether it did."""
    years = all_years(session, for_change=True)
    first = first_year_of(on)
    span = usual_span(first)
    for day in (on, max(on, span.starts_on)):
        for year in years:
            if year.starts_on <= day <= year.ends_on:
                return year, False
    plan = YearPlan(
        name=span.name,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        school_days=school_days,
        periods=usual_periods(first),
        holidays=usual_holidays(first),
    )
    check(plan, [year for year in years if year.ends_on >= span.starts_on])
    return _enter(session, plan), True


def set_bells(
    session: SchoolSession, year: Year, bells: Iterable[BellTime], *, school_days: int, is_only: bool
) -> None:
    """Add bells to a year, and days to its week, as a timetable needs.

    Only the school's one timetable moves bells that ring already: another (of a second shift) has
    times of its own. Times that a timetable does not tell stay as they were.
    """
    before = _facts(year)
    known = {bell.number: bell for bell in year.bells}
    for bell in bells:
        own = known.get(bell.number)
        if own is None:
            year.bells.append(_bell(year, bell))
        elif is_only and bell.starts:
            same = own.starts == bell.starts
            own.starts, own.ends = bell.starts, bell.ends or (own.ends if same else None)
    year.school_days = max(year.school_days, school_days)
    if _facts(year) != before:
        year.version += 1
    session.flush()


def tell_changed(session: SchoolSession, year: Year) -> None:
    """Count the change of a year and tell of it."""
    year.version += 1
    session.flush()
    _tell(session, year)


def _enter(session: SchoolSession, plan: YearPlan) -> Year:
    year = Year(id=new_id(), school_id=UUID(session.info["school"]), version=1)
    year.periods, year.holidays, year.bells = [], [], []
    _take_over(year, plan)
    session.add(year)
    try:
        session.flush()
    except IntegrityError as entered_meanwhile:
        raise YearChanged from entered_meanwhile
    _tell(session, year)
    return year


def _take_over(year: Year, plan: YearPlan) -> None:
    """Make the year as planned; a period that is there already is known by its id or its name."""
    year.name, year.school_days = plan.name, plan.school_days
    year.starts_on, year.ends_on = plan.starts_on, plan.ends_on
    known = {period.id: period for period in year.periods}
    named = {period.name: period for period in year.periods if period.id not in plan.period_ids}
    ids = [*plan.period_ids, *[None] * len(plan.periods)]
    kept = [
        (known[id_] if id_ else named.get(span.name)) or Period(**_owned(year))
        for span, id_ in zip(plan.periods, ids, strict=False)
    ]
    for period, span in zip(kept, plan.periods, strict=True):
        period.name, period.starts_on, period.ends_on = span.name, span.starts_on, span.ends_on
    year.periods = kept
    if [_span(holiday) for holiday in year.holidays] != list(plan.holidays):
        year.holidays = [
            Holiday(**_owned(year), name=span.name, starts_on=span.starts_on, ends_on=span.ends_on)
            for span in plan.holidays
        ]
    bells = {bell.number: bell for bell in year.bells}
    year.bells = [bells.get(bell.number) or _bell(year, bell) for bell in plan.bells]
    for own, bell in zip(year.bells, plan.bells, strict=True):
        own.starts, own.ends = bell.starts, bell.ends


def _owned(year: Year) -> dict[str, UUID]:
    return {"id": new_id(), "school_id": year.school_id, "year_id": year.id}


def _bell(year: Year, bell: BellTime) -> Bell:
    return Bell(
        school_id=year.school_id, year_id=year.id, number=bell.number, starts=bell.starts, ends=bell.ends
    )


def _span(part: Period | Holiday) -> Span:
    return Span(part.name, part.starts_on, part.ends_on)


def _facts(year: Year) -> tuple[Any, ...]:
    return (
        (year.name, year.starts_on, year.ends_on, year.school_days),
        sorted(((one.id, _span(one)) for one in year.periods), key=lambda known: known[1].starts_on),
        sorted((_span(one) for one in year.holidays), key=lambda span: (span.starts_on, span.name)),
        sorted((one.number, one.starts or "", one.ends or "") for one in year.bells),
    )


def _tell(session: SchoolSession, year: Year) -> None:
    periods = sorted(year.periods, key=lambda period: period.starts_on)
    planned = told.YearPlanned(
        year_id=year.id,
        name=year.name,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        periods=[
            told.Period(period_id=one.id, name=one.name, starts_on=one.starts_on, ends_on=one.ends_on)
            for one in periods
        ],
    )
    publish(session, planned)
