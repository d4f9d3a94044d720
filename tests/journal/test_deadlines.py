"""The deadline engine (DOMAIN 1.0): clauses 3.6.3–3.6.5, 3.7.4, 3.7.8, 3.8.6, 4.2.1, 5.2–5.4."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.rules.parameters import PARAMETERS
from services.journal.rules.deadlines import (
    AHEAD,
    DEFAULTS,
    LATE,
    MET,
    NEAR,
    RULES,
    Done,
    Owed,
    Terms,
    statuses,
)

MONDAY = date(2026, 10, 5)
FRIDAY = date(2026, 10, 9)
WEEKDAYS = frozenset(
    MONDAY + timedelta(days=n) for n in range(-7, 60) if (MONDAY + timedelta(days=n)).weekday() < 5
)
TAUGHT = frozenset({(min(WEEKDAYS), max(WEEKDAYS))})
MOSCOW = Terms(ZoneInfo("Europe/Moscow"), {}, WEEKDAYS, TAUGHT)


def terms(zone="Europe/Moscow", days=WEEKDAYS, **told):
    dated = {name: orjson.dumps([["1900-01-01", value]]).decode() for name, value in told.items()}
    return Terms(ZoneInfo(zone), dated, days, TAUGHT)


def at(day, clock, zone="Europe/Moscow"):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone))


def status(rule, since, now, *done, by=MOSCOW):
    [found] = statuses([Owed(rule, "it", since), *(Done(rule, "it", one) for one in done)], by, now)
    return found


def state(rule, since, now, *done, by=MOSCOW):
    return status(rule, since, now, *done, by=by).state


def test_the_defaults_are_those_that_identity_offers():
    assert {name: PARAMETERS[name].default for name in DEFAULTS} == DEFAULTS


# 3.6.3, 4.2.1: on the day of the lesson, in the school's own zone, to the second.
ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_a_lesson_is_entered_until_the_last_second_of_its_day(zone):
    by = terms(zone)
    later = at(FRIDAY, "12:00:00", zone)

    assert state("D1", MONDAY, later, at(MONDAY, "23:59:59", zone), by=by) == MET
    assert state("D1", MONDAY, later, at(MONDAY, "23:59:59", zone) + timedelta(seconds=1), by=by) == LATE
    assert state("D1", MONDAY, at(MONDAY, "23:59:59", zone), by=by) == NEAR
    assert state("D1", MONDAY, at("2026-10-06", "00:00:00", zone), by=by) == LATE
    assert state("D1", MONDAY, at("2026-10-04", "23:59:59", zone), by=by) == AHEAD


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)], ids=["clocks_go_on", "clocks_go_back"]
)
def test_a_day_is_as_long_as_its_clocks_make_it(day, hours):
    berlin = terms("Europe/Berlin", days=frozenset())
    found = status("D1", date.fromisoformat(day), at(day, "12:00:00", "Europe/Berlin"), by=berlin)

    begun = at(day, "00:00:00", "Europe/Berlin")
    assert found.due - begun.astimezone(UTC) == timedelta(hours=hours) - timedelta(seconds=1)


def test_a_lesson_that_has_not_begun_is_ahead():
    begins = at(MONDAY, "12:00:00")

    assert state("D1", begins, at(MONDAY, "11:59:59")) == AHEAD
    assert state("D1", begins, at(MONDAY, "12:00:00")) == NEAR


# 3.6.4: written work within a week; of internal monitoring within three days.
def test_written_work_has_seven_days_and_the_eighth_is_late():
    assert state("D2", MONDAY, at("2026-11-01", "08:00:00"), at("2026-10-12", "23:59:59")) == MET
    assert state("D2", MONDAY, at("2026-11-01", "08:00:00"), at("2026-10-13", "00:00:00")) == LATE
    assert state("D2", MONDAY, at("2026-10-11", "23:59:59")) == AHEAD
    assert state("D2", MONDAY, at("2026-10-12", "00:00:00")) == NEAR


@pytest.mark.parametrize(("counts", "last"), [("calendar", "2026-10-12"), ("working", "2026-10-14")])
def test_monitoring_has_three_days_of_the_kind_the_school_counts(counts, last):
    by = terms(monitoring_work_counts=counts)
    end = at(last, "23:59:59")

    assert state("D3", FRIDAY, end + timedelta(days=9), end, by=by) == MET
    assert state("D3", FRIDAY, end + timedelta(days=9), end + timedelta(seconds=1), by=by) == LATE


def test_holidays_are_no_working_days():
    holidays = WEEKDAYS - {date(2026, 10, 13), date(2026, 10, 14)}
    by = terms(days=holidays, monitoring_work_counts="working")

    found = status("D3", FRIDAY, at(FRIDAY, "12:00:00"), by=by)

    assert found.due == at("2026-10-16", "23:59:59")


# 3.6.5: in the last week of the period.
@pytest.mark.parametrize(
    ("clock", "expected", "early"),
    [
        (("2026-10-18", "23:59:59"), MET, True),
        (("2026-10-19", "00:00:00"), MET, False),
        (("2026-10-25", "23:59:59"), MET, False),
        (("2026-10-26", "00:00:00"), LATE, False),
    ],
    ids=["before_the_window", "at_its_beginning", "at_its_end", "after_it"],
)
def test_marks_of_a_period_are_put_in_its_last_week(clock, expected, early):
    found = status("D4", date(2026, 10, 25), at("2026-11-05", "08:00:00"), at(*clock))

    assert (found.state, found.is_early) == (expected, early)


# 3.7.8, 3.9.5: a day to correct, by the clock that the school has chosen.
def test_a_correction_after_twenty_hours_is_in_time_and_after_twenty_five_a_breach():
    reported = at(MONDAY, "10:00:00")
    later = at(FRIDAY, "10:00:00")

    assert state("D5", reported, later, reported + timedelta(hours=20)) == MET
    assert state("D5", reported, later, reported + timedelta(hours=24)) == MET
    assert state("D5", reported, later, reported + timedelta(hours=24, seconds=1)) == LATE
    assert state("D5", reported, later, reported + timedelta(hours=25)) == LATE


def test_a_correction_is_near_in_the_last_quarter_of_its_hours():
    reported = at(MONDAY, "10:00:00")

    assert state("D5", reported, reported + timedelta(hours=17, minutes=59)) == AHEAD
    assert state("D5", reported, reported + timedelta(hours=18)) == NEAR
    assert state("D5", reported, reported + timedelta(hours=24, seconds=1)) == LATE


@pytest.mark.parametrize(
    ("reported", "counts", "due"),
    [
        ((FRIDAY, "18:00:00"), "school_days", ("2026-10-12", "18:00:00")),
        ((FRIDAY, "18:00:00"), "hours", ("2026-10-10", "18:00:00")),
        (("2026-10-10", "13:00:00"), "school_days", ("2026-10-13", "00:00:00")),
        (("2026-10-11", "23:59:59"), "school_days", ("2026-10-13", "00:00:00")),
    ],
    ids=["friday_evening_to_monday", "all_hours_alike", "saturday_waits_for_monday", "so_does_sunday"],
)
def test_weekends_do_not_run_where_school_days_count(reported, counts, due):
    found = status("D5", at(*reported), at(*reported), by=terms(correction_counts=counts))

    assert found.due == at(*due)


def test_holidays_do_not_run_and_after_the_last_lesson_workdays_do():
    holidays = frozenset({FRIDAY, date(2026, 10, 19)})

    over = status("D5", at(FRIDAY, "18:00:00"), at(FRIDAY, "18:00:00"), by=terms(days=holidays))
    after = status("D5", at("2026-12-25", "18:00:00"), at("2026-12-25", "18:00:00"))

    assert over.due == at("2026-10-19", "18:00:00")
    assert after.due == at("2026-12-28", "18:00:00")  # From a Friday to a Monday.


# 3.7.4, 3.8.6: an act of monitoring each month, of the deputy and of the director.
def test_each_month_has_its_acts_of_monitoring():
    both = [at("2026-10-10", "12:00:00"), at("2026-10-20", "12:00:00")]
    twice = terms(deputy_checks_monthly=2)
    november = at("2026-11-01", "00:00:00")

    assert state("D6.deputy", date(2026, 10, 1), november, both[0]) == MET
    assert state("D6.deputy", date(2026, 10, 1), november, both[0], by=twice) == LATE
    assert status("D6.deputy", date(2026, 10, 1), november, *both, by=twice).done_at == both[1]
    assert state("D6.director", date(2026, 10, 1), november) == LATE
    assert state("D6.director", date(2026, 10, 31), at("2026-10-25", "00:00:00")) == NEAR


# 5.2–5.4: printed, kept, copied.
def test_papers_are_printed_by_the_end_of_june():
    ended = date(2027, 5, 25)

    assert state("D7", ended, at("2027-07-01", "00:00:00"), at("2027-06-30", "23:59:59")) == MET
    assert state("D7", ended, at("2027-07-01", "00:00:00")) == LATE
    assert state("D7", ended, at("2027-05-30", "23:59:59")) == AHEAD
    assert state("D7", ended, at("2027-05-31", "00:00:00")) == NEAR


@pytest.mark.parametrize(("rule", "years"), [("D8.journals", 5), ("D8.summaries", 25)])
def test_papers_destroyed_before_their_years_are_over_are_early(rule, years):
    closed = date(2027, 6, 30)
    later = at(f"{2030 + years}-01-01", "00:00:00")
    over = at(f"{2028 + years}-01-01", "00:00:00")

    assert status(rule, closed, later, over - timedelta(seconds=1)).is_early
    assert not status(rule, closed, later, over).is_early
    assert state(rule, closed, over) == NEAR


def test_two_copies_are_needed():
    ended = date(2027, 5, 25)
    first, second = at("2027-06-10", "12:00:00"), at("2027-06-11", "12:00:00")

    assert state("D9", ended, at("2027-07-01", "00:00:00"), first) == LATE
    assert state("D9", ended, at("2027-07-01", "00:00:00"), first, second) == MET


# What every deadline has in common.
def test_a_parameter_counts_as_it_stood_on_the_lessons_day():
    changed = Terms(
        MOSCOW.zone, {"written_work_days": '[["1900-01-01", 7], ["2026-10-06", 3]]'}, WEEKDAYS, TAUGHT
    )

    before = status("D2", MONDAY, at(FRIDAY, "12:00:00"), by=changed)
    after = status("D2", date(2026, 10, 6), at(FRIDAY, "12:00:00"), by=changed)

    assert (before.due, after.due) == (at("2026-10-12", "23:59:59"), at(FRIDAY, "23:59:59"))


def test_what_is_done_later_is_not_done_yet():
    done = at(MONDAY, "15:00:00")

    assert state("D1", MONDAY, at(MONDAY, "14:59:59"), done) == NEAR
    assert state("D1", MONDAY, done, done) == MET


INSTANTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
KEYS = st.tuples(st.sampled_from(sorted(RULES)), st.integers(0, 3))
SINCE = st.one_of(st.dates(date(2026, 9, 1), date(2026, 12, 31)), INSTANTS)
FACTS = st.lists(
    st.one_of(
        st.builds(lambda key, since: Owed(*key, since), KEYS, SINCE),
        st.builds(lambda key, done: Done(*key, done), KEYS, INSTANTS),
    ),
    max_size=12,
)
SCHOOLS = st.builds(
    lambda zone, days, counts: terms(zone, days, correction_counts=counts),
    st.sampled_from([*ZONES, "Europe/Berlin", "America/Santiago"]),
    st.frozensets(st.sampled_from(sorted(WEEKDAYS))),
    st.sampled_from(["hours", "school_days"]),
)


@given(facts=FACTS, by=SCHOOLS, now=INSTANTS, data=st.data())
def test_facts_replayed_in_any_order_and_twice_give_the_same_statuses(facts, by, now, data):
    again = data.draw(st.permutations(facts + facts[: len(facts) // 2]))

    assert statuses(again, by, now) == statuses(facts, by, now)


@given(key=KEYS, since=SINCE, done=INSTANTS, by=SCHOOLS, now=INSTANTS)
def test_a_status_says_what_its_dates_say(key, since, done, by, now):
    [found] = statuses([Owed(*key, since), Done(*key, done)], by, now)

    late = (found.done_at or now.replace(microsecond=0)) > found.due
    assert (found.state == LATE) == late
    assert found.done_at is None or found.done_at <= now
    assert (found.state == MET) == (found.done_at is not None and not late)
