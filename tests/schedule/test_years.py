"""The academic year: what makes one, and what a change of it does to the lessons."""

from datetime import date
from itertools import pairwise

import pytest
import time_machine

from services.schedule.actions.calendar import current_year
from services.schedule.actions.year_plans import BellTime, YearDoesNotFit
from services.schedule.actions.years import (
    YearChanged,
    plan_year,
    set_bells,
    year_for,
)
from services.schedule.models import School
from services.schedule.rules import Span
from shared.errors import NotFound
from shared.ids import new_id
from tests.schedule.makers import days_of, make_plan, make_year, plan_group, told

pytestmark = pytest.mark.usefixtures("_in_november")


@pytest.fixture
def _in_november():
    with time_machine.travel(date(2026, 11, 23), tick=False):
        yield


def span(name, first, last):
    return Span(name, date.fromisoformat(first), date.fromisoformat(last))


def test_a_year_is_entered_and_told(database, school):
    with database.writing(school) as session:
        year = make_year(session)
        names = [period.name for period in year.periods]

    [event] = told(database, school)
    assert (event.name, [one.name for one in event.periods]) == ("2026/2027", names)


def test_the_same_plan_again_is_not_told(database, school):
    with database.writing(school) as session:
        make_year(session)
        year = plan_year(session, make_plan(), 1)
        assert year.version == 1

    assert len(told(database, school)) == 1


def test_a_change_of_what_nobody_saw_is_refused(session):
    make_year(session)

    for seen in (0, 2):
        with pytest.raises(YearChanged):
            plan_year(session, make_plan(name="2026"), seen)


def test_new_holidays_cancel_the_lessons_to_come_only(session):
    group = new_id()
    year = make_year(session)
    plan_group(session, year, group, {"weekday": 2}, today=date(2026, 11, 23))
    holidays = [*make_plan().holidays, span("Карантин", "2026-11-16", "2026-11-30")]

    plan_year(session, make_plan(holidays=holidays), 1)

    assert days_of(session, group, cancelled=True) == [date(2026, 11, 24)]
    assert date(2026, 11, 17) in days_of(session, group)


def test_a_period_keeps_its_id_by_name_or_by_id(session):
    year = make_year(session)
    before = {period.name: period.id for period in year.periods}
    renamed = [Span("I четверть", one.starts_on, one.ends_on) for one in make_plan().periods[:1]]
    ids = [before["1 четверть"], None, None, None]

    year = plan_year(session, make_plan(periods=[*renamed, *make_plan().periods[1:]], period_ids=ids), 1)

    after = {period.name: period.id for period in year.periods}
    assert after == {"I четверть": before.pop("1 четверть"), **before}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": date(2026, 8, 1)}, "ends_on"),
        ({"ends_on": date(2028, 5, 31)}, "ends_on"),
        ({"periods": [span("1", "2026-08-01", "2026-10-27")]}, "periods.0"),
        ({"periods": [span("1", "2026-10-27", "2026-09-01")]}, "periods.0"),
        (
            {"periods": [span("1", "2026-09-01", "2026-10-27"), span("2", "2026-10-27", "2026-12-01")]},
            "periods.1",
        ),
        (
            {"periods": [span("1", "2026-09-01", "2026-10-27"), span("1", "2026-11-27", "2026-12-01")]},
            "periods.1",
        ),
        ({"holidays": [span("К", "2027-05-30", "2027-06-30")]}, "holidays.0"),
        ({"bells": [BellTime(1), BellTime(1)]}, "bells.0"),
        ({"bells": [BellTime(1, "10:00", "09:00")]}, "bells.0"),
        ({"period_ids": [new_id()]}, "periods.0.id"),
    ],
)
def test_parts_that_contradict_one_another_are_refused_by_name(session, given, field):
    with pytest.raises(YearDoesNotFit) as refused:
        make_year(session, **given)

    assert field in refused.value.errors


def test_a_year_may_not_lie_across_two(session):
    make_year(session)
    make_year(
        session,
        starts_on=date(2027, 9, 1),
        ends_on=date(2028, 5, 31),
        periods=[span("1", "2027-09-01", "2027-10-27")],
        holidays=[],
    )

    with pytest.raises(YearDoesNotFit):
        plan_year(
            session,
            make_plan(starts_on=date(2027, 5, 1), ends_on=date(2027, 9, 30), periods=[], holidays=[]),
            1,
        )


def test_the_current_year_is_that_of_today(session):
    with pytest.raises(NotFound):
        current_year(session)
    this = make_year(session)
    later = make_year(
        session,
        starts_on=date(2027, 9, 1),
        ends_on=date(2028, 5, 31),
        periods=[span("1", "2027-09-01", "2027-10-27")],
        holidays=[],
    )

    found = {}
    for day in (date(2026, 8, 1), date(2026, 11, 23), date(2027, 7, 1), date(2029, 1, 1)):
        with time_machine.travel(day):
            found[day.isoformat()] = current_year(session).id
    assert list(found.values()) == [this.id, this.id, later.id, later.id]


def test_today_is_that_of_the_school(session, school):
    make_year(session, ends_on=date(2026, 11, 22), periods=[], holidays=[])
    session.add(School(school_id=school, name="Школа", time_zone="America/Los_Angeles"))
    session.flush()
    later = make_year(
        session,
        starts_on=date(2026, 11, 23),
        ends_on=date(2027, 5, 31),
        periods=[],
        holidays=[],
    )

    # Midnight in Moscow is still the day before on the other side of the world.
    with time_machine.travel("2026-11-23T02:00:00+00:00"):
        assert current_year(session).id != later.id
    with time_machine.travel("2026-11-23T20:00:00+00:00"):
        assert current_year(session).id == later.id


def test_the_usual_year_is_entered_for_a_timetable(session):
    year, is_new = year_for(session, date(2026, 11, 23), school_days=6)
    again, is_new_again = year_for(session, date(2027, 6, 1), school_days=5)

    assert (year.name, year.starts_on, year.ends_on, is_new) == (
        "2026/2027",
        date(2026, 9, 1),
        date(2027, 5, 31),
        True,
    )
    assert all(before.ends_on < after.starts_on for before, after in pairwise(year.periods))
    assert (again.name, is_new_again) == ("2027/2028", True)


def bells_of(year):
    return [(bell.number, bell.starts, bell.ends) for bell in year.bells]


def test_a_timetable_without_times_leaves_the_bells(session):
    year = make_year(session, bells=[BellTime(1, "08:30", "09:15")])

    set_bells(session, year, [BellTime(1), BellTime(2)], school_days=6, is_only=True)

    assert bells_of(year) == [(1, "08:30", "09:15"), (2, None, None)]
    assert (year.school_days, year.version) == (6, 2)
    set_bells(session, year, [BellTime(1, "08:30"), BellTime(2)], school_days=5, is_only=True)
    assert year.version == 2


def test_only_the_one_timetable_of_a_school_moves_its_bells(session):
    year = make_year(session, bells=[BellTime(1, "08:30", "09:15")])

    set_bells(session, year, [BellTime(1, "13:00")], school_days=5, is_only=False)
    assert bells_of(year) == [(1, "08:30", "09:15")]
    set_bells(session, year, [BellTime(1, "13:00")], school_days=5, is_only=True)
    assert bells_of(year) == [(1, "13:00", None)]
