"""The calendar: which days have lessons, and in which week of the cycle they lie."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.schedule.rules import (
    Calendar,
    Place,
    Span,
    dates_by_place,
    days_of_lessons,
    first_year_of,
    hours_per_week,
    usual_holidays,
    usual_periods,
    usual_span,
    week_of,
)

FIRST = date(2026, 9, 1)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@st.composite
def calendars(draw):
    starts_on = draw(DAYS)
    spans = st.tuples(st.integers(0, 250), st.integers(0, 20)).map(
        lambda pair: Span(
            "", starts_on + timedelta(days=pair[0]), starts_on + timedelta(days=pair[0] + pair[1])
        )
    )
    half = starts_on + timedelta(days=120)
    periods = [Span("1", starts_on, half), Span("2", half + timedelta(days=10), half + timedelta(days=120))]
    return Calendar(starts_on, periods, draw(st.lists(spans, max_size=6)), draw(st.sampled_from([5, 6])))


@given(calendars())
def test_lessons_are_on_school_days_of_a_period_outside_of_holidays(calendar):
    found = set(days_of_lessons(calendar))

    for number in range(300):
        day = calendar.starts_on + timedelta(days=number)
        expected = (
            any(period.holds(day) for period in calendar.periods)
            and not any(holiday.holds(day) for holiday in calendar.holidays)
            and day.isoweekday() <= calendar.school_days
        )
        assert (day in found) == expected


@given(calendars())
def test_each_day_is_in_every_week_and_in_one_of_the_two(calendar):
    dates = dates_by_place(calendar)
    days = set(days_of_lessons(calendar))

    every = {day for place, found in dates.items() if place.week == 0 for day in found}
    first = {day for place, found in dates.items() if place.week == 1 for day in found}
    second = {day for place, found in dates.items() if place.week == 2 for day in found}
    assert every == first | second == days
    assert not first & second
    assert all(day.isoweekday() == place.weekday for place, found in dates.items() for day in found)


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

    fridays = dates_by_place(calendar)[Place(0, 5)]
    assert len(fridays) == 34
    assert date(2026, 11, 6) in fridays
    assert date(2026, 10, 30) not in fridays


def test_an_hour_every_other_week_counts_as_one():
    assert [hours_per_week(hours, 2) for hours in (1, 2, 3)] == [1, 1, 2]
    assert hours_per_week(5, 1) == 5


def test_a_period_may_end_on_the_last_day_there_is():
    last = Span("4 четверть", date(9999, 12, 27), date.max)
    calendar = Calendar(starts_on=date(9999, 9, 1), periods=[last], holidays=[], school_days=6)

    assert list(days_of_lessons(calendar))[-1] == date.max
