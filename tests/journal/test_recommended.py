"""What mark the rules recommend (DOMAIN 2.2): exact at the thresholds, monotone, and said in words."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal.models.finals import PARAMETERS
from services.journal.rules.finals import EARLY, IN_TIME, LATE, signs, window
from services.journal.rules.marks import SCALE
from services.journal.rules.recommended import (
    DEFAULTS,
    differs,
    recommend_final,
    recommend_for_period,
    recommend_for_year,
    rules_on,
)
from services.journal.rules.scales import SCALES
from services.journal.rules.tallies import Tally, weekly_hours

DAY = date(2026, 10, 25)
RULES = rules_on({}, DAY, SCALE)
NOVOSIBIRSK = RULES._replace(thresholds={"5": 465, "4": 365, "3": 265})


def tally(*marks, lessons=40, absent=0, hours=1):
    """A tally of (mark, weight) pairs; a mark alone weighs 1."""
    pairs = [mark if isinstance(mark, tuple) else (mark, 1) for mark in marks]
    return Tally(sum(m * w for m, w in pairs), sum(w for _, w in pairs), len(pairs), lessons, absent, hours)


def test_the_statements_read_every_parameter_of_the_rules():
    assert set(PARAMETERS) == set(DEFAULTS)


def test_the_reason_is_said_in_numbers():
    found = recommend_for_period(tally((4, 5), (5, 3), (5, 1)), RULES)

    assert found.value == "4"
    assert found.why.ru == "средний взвешенный 4,44 по 3 отметкам, порог 4,5 → 4"
    assert found.why.en == "weighted average 4.44 of 3 marks, threshold 4.5 → 4"


@pytest.mark.parametrize(
    ("marks", "value", "is_disputed"),
    [
        ((5, 4), "5", True),  # 4,5: half up, and disputed.
        ((5, 4, 4), "4", False),
        ((4, 3), "4", True),
        ((3, 2), "3", True),
        ((2, 2, 3), "2", False),
        ((2,), "2", False),
        ((1, 1, 1), "2", False),
    ],
)
def test_a_period_mark_is_the_average_half_up(marks, value, is_disputed):
    found = recommend_for_period(tally(*marks), RULES)

    assert (found.value, found.is_disputed) == (value, is_disputed)


@pytest.mark.parametrize(
    ("marks", "value"), [((5, 5, 4), "5"), ((5, 4, 5, 4), "4"), ((4, 4, 3), "4"), ((4, 3), "3")]
)
def test_a_school_may_have_thresholds_of_its_own(marks, value):
    assert recommend_for_period(tally(*marks), NOVOSIBIRSK).value == value


def test_an_average_that_only_rounds_up_to_its_threshold_is_not_shown_as_having_reached_it():
    almost = Tally(total=4499, weights=1000, marks=300, lessons=300)

    assert recommend_for_period(almost, RULES).why.ru.startswith("средний взвешенный 4,49 по 300 отметкам")


def test_few_marks_warn_and_with_many_absences_leave_unattested():
    few = recommend_for_period(tally(5, 4, lessons=20, absent=10, hours=2), RULES)
    away = recommend_for_period(tally(5, 4, lessons=20, absent=11, hours=2), RULES)
    enough = recommend_for_period(tally(5, 4, 4, lessons=20, absent=19, hours=2), RULES)

    assert (few.value, few.warning.ru) == ("5", "слишком мало отметок: 2, нужно не меньше 3")
    assert (away.value, away.why.ru) == ("н/а", "пропущено уроков: 11/20, отметок 2, нужно 3 → н/а")
    assert (enough.value, enough.warning.ru) == ("4", "пропущено уроков: 19 из 20")


def test_without_marks_nothing_is_recommended_and_that_is_too_few():
    found = recommend_for_period(Tally(lessons=10), RULES)

    assert (found.value, found.warning.ru) == (None, "слишком мало отметок: 0, нужно не меньше 3")
    assert recommend_for_period(Tally(), RULES).warning is None  # Nothing has been taught yet.


def test_where_no_marks_are_put_nobody_lacks_any():
    found = recommend_for_period(Tally(lessons=10, absent=9), RULES._replace(scale=()))

    assert (found.value, found.warning) == (None, None)


def passes(passed, failed, **given):
    return Tally(marks=passed + failed, passed=passed, failed=failed, lessons=20, **given)


@pytest.mark.parametrize(
    ("passed", "failed", "value", "is_disputed", "why"),
    [
        (4, 0, "зач", False, "зачётов 4, незачётов 0 → зач"),
        (2, 1, "зач", False, "зачётов 2, незачётов 1 → зач"),
        (2, 2, "зач", True, "зачётов 2, незачётов 2 → зач, спорный"),
        (1, 2, "незач", False, "зачётов 1, незачётов 2 → незач"),
    ],
)
def test_of_passes_the_more_frequent_is_recommended(passed, failed, value, is_disputed, why):
    found = recommend_for_period(passes(passed, failed), RULES._replace(scale=SCALES["pass"]))

    assert (found.value, found.is_disputed, found.why.ru) == (value, is_disputed, why)
    assert found.warning is None


def test_passes_are_marks_that_attest():
    pass_scale = RULES._replace(scale=SCALES["pass"])
    enough, few = (recommend_for_period(passes(number, 0, absent=11), pass_scale) for number in (3, 2))

    assert (enough.value, enough.warning.ru) == ("зач", "пропущено уроков: 11 из 20")
    assert (few.value, few.why.ru) == ("н/а", "пропущено уроков: 11/20, отметок 2, нужно 3 → н/а")
    assert differs("незач", enough.value, pass_scale)
    assert not differs("зач", enough.value, pass_scale)


def test_beside_numbers_a_pass_is_a_mark_and_no_number():
    both = tally(5, 4, 4)._replace(marks=4, passed=1)

    assert recommend_for_period(both, RULES).why.ru == "средний взвешенный 4,33 по 3 отметкам, порог 4,5 → 4"


def test_percents_are_rounded_by_themselves():
    percents = RULES._replace(scale=[str(number) for number in range(101)][::-1], thresholds={"A": 1})

    assert recommend_for_period(tally(87, 90), percents).value == "89"


def test_lessons_a_week_are_counted_from_the_timetable():
    assert weekly_hours(16, date(2026, 9, 1), date(2026, 10, 25)) == 2
    assert weekly_hours(0, date(2026, 9, 1), date(2026, 10, 25)) == 1


QUARTERS = ("I", "II", "III", "IV")


@pytest.mark.parametrize(
    ("values", "value", "is_disputed"),
    [
        ("4554", "5", True),  # 4,5: up, and disputed: schools decide 68 % of them so.
        ("4445", "4", False),
        ("5554", "5", False),
        ("3333", "3", False),
    ],
)
def test_a_year_mark_is_the_mean_of_the_periods_half_up(values, value, is_disputed):
    found = recommend_for_year(list(zip(QUARTERS, values, strict=True)), RULES)

    assert (found.value, found.is_disputed) == (value, is_disputed)
    assert ("спорная" in found.why.ru) is is_disputed


def test_a_year_mark_waits_for_all_its_periods():
    waits = recommend_for_year([("I", "4"), ("II", None)], RULES)

    assert (waits.value, waits.why.ru) == (None, "нет отметки: II")
    assert recommend_for_year([("I", "4"), ("II", "н/а")], RULES).value is None
    assert recommend_for_year([("I", "осв"), ("II", "осв")], RULES).value == "осв"
    assert recommend_for_year([("I", "осв"), ("II", "4")], RULES).value == "4"


def test_a_year_of_passes_is_one():
    pass_scale = RULES._replace(scale=SCALES["pass"])

    assert recommend_for_year([("I", "зач"), ("II", "зач")], pass_scale).value == "зач"
    assert recommend_for_year([("I", "зач"), ("II", "незач"), ("III", "незач")], pass_scale).value == "незач"
    assert recommend_for_year([("I", "осв"), ("II", "зач")], pass_scale).value == "зач"
    assert recommend_for_year([("I", "зач"), ("II", None)], pass_scale).value is None
    assert recommend_final("зач", "незач", pass_scale).value == "незач"


def test_a_final_mark_is_the_years_or_the_mean_with_the_exam():
    assert recommend_final("4", None, RULES).value == "4"
    assert recommend_final("4", "5", RULES).value == "5"
    assert recommend_final("4", "3", RULES).value == "4"
    assert recommend_final(None, "5", RULES).value is None


def test_what_differs_from_the_recommended_needs_a_reason():
    one_off = RULES._replace(deviation=1)

    assert differs("4", "5", RULES)
    assert not differs("5", "5", RULES)
    assert not differs("4", None, RULES)
    assert not differs(None, "5", RULES)
    assert not differs("4", "5", one_off)
    assert differs("3", "5", one_off)
    assert differs("н/а", "4", one_off)


def test_the_window_is_the_last_days_before_the_holidays():
    found = window(date(2026, 9, 1), date(2026, 10, 25), 7)

    assert found == (date(2026, 10, 19), date(2026, 10, 25))
    days = (date(2026, 10, 18), date(2026, 10, 19), date(2026, 10, 25), date(2026, 10, 26))
    assert [found.timing(day) for day in days] == [EARLY, IN_TIME, IN_TIME, LATE]


def test_the_thresholds_of_five_are_not_those_of_ten():
    ten = RULES._replace(scale=[str(number) for number in range(10, 0, -1)])

    assert recommend_for_period(tally(9, 9), ten).value == "9"
    assert recommend_for_period(tally(4, 5), ten).value == "5"


def test_signs_beside_the_scale_are_always_there():
    assert signs(["5", "4", "3", "2", "осв"]) == ["5", "4", "3", "2", "осв", "н/а", "зач", "незач"]


PAIRS = st.lists(st.tuples(st.integers(2, 5), st.integers(1, 10)), min_size=1, max_size=30)


@given(pairs=PAIRS)
def test_the_recommended_mark_is_exact(pairs):
    """By definition: the highest mark whose threshold the exact average reaches."""
    average = Fraction(sum(m * w for m, w in pairs), sum(w for _, w in pairs))
    reached = [mark for mark, from_ in RULES.thresholds.items() if average >= Fraction(from_, 100)]

    found = recommend_for_period(tally(*pairs), RULES)

    assert found.value == max(reached, default="2")
    assert found.is_disputed is (average in {Fraction(one, 100) for one in RULES.thresholds.values()})


@given(pairs=PAIRS, number=st.integers(0, 29), rules=st.sampled_from([RULES, NOVOSIBIRSK]))
def test_a_better_mark_never_lowers_the_recommended_one(pairs, number, rules):
    better = list(pairs)
    mark, weight = better[number % len(pairs)]
    better[number % len(pairs)] = (min(5, mark + 1), weight)

    before, after = (recommend_for_period(tally(*one), rules).value for one in (pairs, better))

    assert int(after) >= int(before)
