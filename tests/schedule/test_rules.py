"""The calendar: which days have lessons, and in which week of the cycle they lie."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.schedule.rules import (
    Place,
    Span,
    first_year_of,
    hours_per_week,
    usual_holidays,
    usual_periods,
    usual_span,
    week_of,
)
from services.schedule.rules.days import Calendar, Special, dates_by_place, days_of_lessons

FIRST = date(2026, 9, 1)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


PARALLELS = st.sampled_from([(), (1,), (5, 6), (10, 11)])
GRADES = st.sampled_from([None, 1, 5, 10])


@st.composite
def calendars(draw):
    """Quarters of all but the eldest, who have half-years; holidays and special days of whomever."""
    starts_on = draw(DAYS)
    after = st.integers(0, 250).map(lambda days: starts_on + timedelta(days=days))
    spans = st.builds(
        lambda first, days, grades: Span("", first, first + timedelta(days=days), grades),
        after, st.integers(0, 20), PARALLELS,
    )  # fmt: skip
    half, rest = starts_on + timedelta(days=120), timedelta(days=10)
    periods = [
        Span("1", starts_on, half, tuple(range(1, 10))),
        Span("2", half + rest, half + timedelta(days=100), tuple(range(1, 10))),
        Span("1 полугодие", starts_on + rest, half + timedelta(days=60), (10, 11)),
    ]
    weekdays = st.one_of(st.none(), st.integers(1, 7))
    kinds = st.sampled_from(["moved", "working", "free", "short", "remote"])
    weeks = st.sampled_from([None, 1, 2])
    specials = st.builds(
        Special, day=after, kind=kinds, weekday=weekdays, week=weeks, grades=st.sampled_from([(), (5, 6)])
    )
    return Calendar(
        starts_on,
        periods,
        draw(st.lists(spans, max_size=6)),
        draw(st.sampled_from([5, 6])),
        draw(st.lists(specials, max_size=6, unique_by=lambda one: one.day)),
    )


def naive_day(calendar, grade, day):
    """Say by the words of the rules whether a parallel has lessons on a day, and of which weekday."""
    own = [one for one in calendar.periods if grade is None or not one.grades or grade in one.grades]
    if not any(period.starts_on <= day <= period.ends_on for period in own):
        return None
    usual = day.isoweekday() <= calendar.school_days
    for holiday in calendar.holidays:
        if holiday.starts_on <= day <= holiday.ends_on and (not holiday.grades or grade in holiday.grades):
            usual = False
    for special in calendar.specials:
        if special.day == day and (not special.grades or grade in special.grades):
            if special.kind == "free" or (special.kind in ("short", "remote") and not usual):
                return None
            return special.weekday or day.isoweekday()
    return day.isoweekday() if usual else None


@given(calendars(), GRADES)
def test_lessons_are_on_school_days_of_the_parallels_periods(calendar, grade):
    found = {one.day: one.weekday for one in days_of_lessons(calendar, grade)}

    for number in range(300):
        day = calendar.starts_on + timedelta(days=number)
        assert found.get(day) == naive_day(calendar, grade, day)


@given(calendars(), GRADES)
def test_each_day_is_in_every_week_and_in_one_of_the_two(calendar, grade):
    dates = dates_by_place(calendar, grade)
    days = set(days_of_lessons(calendar, grade))

    every = {day for place, found in dates.items() if place.week == 0 for day in found}
    first = {day for place, found in dates.items() if place.week == 1 for day in found}
    second = {day for place, found in dates.items() if place.week == 2 for day in found}
    assert every == first | second == days
    assert not first & second
    assert all(one.weekday == place.weekday for place, found in dates.items() for one in found)


@given(DAYS, st.integers(0, 400))
def test_weeks_alternate_and_change_on_mondays(starts_on, after):
    day = starts_on + timedelta(days=after)

    assert week_of(starts_on, starts_on) == 1
    assert week_of(starts_on, day) != week_of(starts_on, day + timedelta(days=7))
    changes = week_of(starts_on, day) != week_of(starts_on, day + timedelta(days=1))
    assert changes == (day.isoweekday() == 7)


@given(DAYS)
def test_the_usual_year_holds_its_parts(day):
    first = first_year_of(day)
    year = usual_span(first)
    periods = usual_periods(first)

    assert year.starts_on.year == first
    assert all(year.holds(one.starts_on) and year.holds(one.ends_on) for one in periods)
    for before, after in pairwise(periods):
        gap = [before.ends_on + timedelta(days=1), after.starts_on - timedelta(days=1)]
        assert gap in [[one.starts_on, one.ends_on] for one in usual_holidays(first)]


def test_summer_belongs_to_the_year_to_come():
    assert [first_year_of(date(2026, month, 1)) for month in (5, 6, 9, 12)] == [2025, 2026, 2026, 2026]


def test_a_usual_year_has_34_weeks():
    calendar = Calendar(FIRST, usual_periods(2026), usual_holidays(2026), 5)

    fridays = [one.day for one in dates_by_place(calendar)[Place(0, 5)]]
    assert len(fridays) == 34
    assert date(2026, 11, 6) in fridays
    assert date(2026, 10, 30) not in fridays


def test_an_hour_every_other_week_counts_as_one():
    assert [hours_per_week(hours, 2) for hours in (1, 2, 3)] == [1, 1, 2]
    assert hours_per_week(5, 1) == 5


def test_a_period_may_end_on_the_last_day_there_is():
    last = Span("4 четверть", date(9999, 12, 27), date.max)
    calendar = Calendar(starts_on=date(9999, 9, 1), periods=[last], holidays=[], school_days=6)

    assert list(days_of_lessons(calendar))[-1].day == date.max
