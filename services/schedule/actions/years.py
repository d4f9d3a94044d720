"""The academic year: its periods, holidays, week and bells."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.schedule.actions.calendar import all_years, find_current, school_today, special_of
from services.schedule.actions.history import note_change
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.year_plans import BellTime, YearPlan, check, refuse_left_out
from services.schedule.models import Bell, Holiday, Period, SpecialDay, Year
from services.schedule.models.year_facts import Fact, year_facts
from services.schedule.rules import Span, first_year_of, usual_holidays, usual_periods, usual_span
from shared.db import SchoolSession
from shared.errors import Stale, Text
from shared.events import schedule as told
from shared.ids import new_id
from shared.outbox import publish

USUAL_KIND = "quarter"


class YearChanged(Stale):
    """Somebody changed the year since the caller saw it."""

    title = Text("Учебный год уже изменён", "The year was changed already")
    detail = Text(
        "Пока вы правили год, его изменил кто-то ещё. Откройте его снова и повторите правку.",
        "Somebody else changed the year meanwhile. Open it again and repeat your change.",
    )


def plan_year(session: SchoolSession, plan: YearPlan, seen: int) -> Year:
    """Enter a year, or change the one on the same days, and date the lessons to come anew.

    `seen` is the version the caller saw, 0 for a year not entered yet; YearChanged if it is another,
    ParallelLeftOut for a parallel with lessons to come that would be in no period.
    The same plan again changes nothing and tells nobody.
    """
    years = [
        year
        for year in all_years(session, for_change=True)
        if year.starts_on <= plan.ends_on and plan.starts_on <= year.ends_on
    ]
    plan = _with_parallels(plan, years)
    check(plan, years)
    if (years[0].version if years else 0) != seen:
        raise YearChanged
    if not years:
        return _enter(session, plan)
    year = years[0]
    refuse_left_out(session, year, plan, school_today(session))
    before = year_facts(year)
    _take_over(year, plan)
    follow_change(session, year, before)
    return year


def find_year(session: SchoolSession, seen: int) -> Year:
    """Return the current year, locked for a change of what the caller saw of it; or YearChanged."""
    year = find_current(session, all_years(session, for_change=True))
    if year.version != seen:
        raise YearChanged
    return year


def follow_change(
    session: SchoolSession,
    year: Year,
    before: Fact,
    facts: Callable[[Year], Fact] = year_facts,
    what: str = "year",
) -> None:
    """Count the change of a year, note and tell it, and date the lessons to come anew; if there is one."""
    after = facts(year)
    if after != before:
        note_change(session, what, year.id, year.name, before, after)
        tell_changed(session, year)
        plan_lessons(session, year, today=school_today(session))


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
    before = year_facts(year)
    known = {bell.number: bell for bell in year.bells}
    for bell in bells:
        own = known.get(bell.number)
        if own is None:
            year.bells.append(_bell(year, bell))
        elif is_only and bell.starts:
            same = own.starts == bell.starts
            own.starts, own.ends = bell.starts, bell.ends or (own.ends if same else None)
    year.school_days = max(year.school_days, school_days)
    after = year_facts(year)
    if after != before:
        note_change(session, "year", year.id, year.name, before, after)
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
    year.bell_schedules, year.special_days = [], []
    _take_over(year, plan)
    session.add(year)
    try:
        session.flush()
    except IntegrityError as entered_meanwhile:
        raise YearChanged from entered_meanwhile
    _tell(session, year)
    note_change(session, "year", year.id, year.name, None, year_facts(year))
    return year


def _with_parallels(plan: YearPlan, years: Sequence[Year]) -> YearPlan:
    """Return the plan with the kinds and parallels that are there, when it does not tell any."""
    if plan.tells_parallels or not years:
        return plan
    known = {one.name: one for one in years[0].periods} | {one.id: one for one in years[0].periods}
    ids = [*plan.period_ids, *[None] * len(plan.periods)]
    own = [known.get(id_ or span.name) for span, id_ in zip(plan.periods, ids, strict=False)]
    free = {one.name: one.grades for one in years[0].holidays}
    return replace(
        plan,
        periods=[
            replace(span, grades=one.grades if one else ())
            for span, one in zip(plan.periods, own, strict=True)
        ],
        period_kinds=[one.kind if one else USUAL_KIND for one in own],
        holidays=[replace(one, grades=free.get(one.name, ())) for one in plan.holidays],
    )


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
    kinds = plan.period_kinds or [USUAL_KIND] * len(kept)
    for period, span, kind in zip(kept, plan.periods, kinds, strict=True):
        period.name, period.starts_on, period.ends_on = span.name, span.starts_on, span.ends_on
        period.kind, period.grades = kind, span.grades
    year.periods = kept
    if [_span(holiday) for holiday in year.holidays] != list(plan.holidays):
        year.holidays = [Holiday(**_owned(year), **asdict(span)) for span in plan.holidays]
    bells = {bell.number: bell for bell in year.bells}
    year.bells = [bells.get(bell.number) or _bell(year, bell) for bell in plan.bells]
    for own, bell in zip(year.bells, plan.bells, strict=True):
        own.starts, own.ends = bell.starts, bell.ends
    days = plan.special_days
    if days is not None and {special_of(one) for one in year.special_days} != set(days):
        year.special_days = [SpecialDay(**_owned(year), **asdict(one)) for one in days]


def _owned(year: Year) -> dict[str, UUID]:
    return {"id": new_id(), "school_id": year.school_id, "year_id": year.id}


def _bell(year: Year, bell: BellTime) -> Bell:
    return Bell(
        school_id=year.school_id, year_id=year.id, number=bell.number, starts=bell.starts, ends=bell.ends
    )


def _span(part: Period | Holiday) -> Span:
    return Span(part.name, part.starts_on, part.ends_on, part.grades)


def _tell(session: SchoolSession, year: Year) -> None:
    periods = sorted(year.periods, key=lambda period: period.starts_on)
    planned = told.YearPlanned(
        year_id=year.id,
        name=year.name,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        periods=[
            told.Period(
                period_id=one.id,
                name=one.name,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                kind=one.kind,
                grades=list(one.grades) or None,
            )
            for one in periods
        ],
        holidays=[
            told.Holidays(starts_on=one.starts_on, ends_on=one.ends_on, grades=list(one.grades) or None)
            for one in sorted(year.holidays, key=lambda one: one.starts_on)
        ],
    )
    publish(session, planned)
