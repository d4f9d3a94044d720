"""The formulas of DOMAIN 2.7 against its golden numbers, which were computed on a real school's marks."""

from fractions import Fraction
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.journal.rules.class_report import grouped, level, quality_of, summed_up
from services.journal.rules.marks import SCALE
from services.journal.rules.scales import SCALES


def levels_of(counts):
    return [mark for mark, count in counts.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("counts", "success", "quality", "degree", "average"),
    [
        ({"3": 2, "4": 8, "5": 5}, 1000, 867, 723, 420),  # 9А, algebra
        ({"4": 10, "5": 8}, 1000, 1000, 800, 444),  # 5А, mathematics
        ({"3": 1, "4": 9, "5": 7}, 1000, 941, 772, 435),  # 11А, Russian
        ({"3": 178, "4": 1233, "5": 3844}, 1000, 966, 894, 470),  # the whole school
    ],
)
def test_the_golden_numbers_of_a_real_school(counts, success, quality, degree, average):
    found = summed_up(levels_of(counts))

    assert found.attested == sum(counts.values())
    assert (found.success, found.quality, found.degree, found.average) == (success, quality, degree, average)


def test_the_golden_groups_of_a_real_school():
    """338 pupils: 121 excellent, 159 good (18 of them with one four), 16 with one three, 42 with more."""
    kinds = [["5", "5", "5"]] * 121 + [["5", "4", "4"]] * 141 + [["5", "5", "4"]] * 18
    kinds += [["5", "4", "3"]] * 16 + [["3", "3", "4"]] * 42

    found = grouped({UUID(int=number): its for number, its in enumerate(kinds)})

    assert (len(found.excellent), len(found.good), len(found.fair), len(found.failing)) == (121, 159, 58, 0)
    assert (len(found.one_four), len(found.one_three)) == (18, 16)
    assert quality_of(found) == (828, 1000)


def test_not_attested_count_and_the_exempt_do_not():
    found = summed_up(["5", "н/а", "осв", None])

    assert (found.attested, found.success, found.quality) == (2, 500, 500)
    assert found.degree == 535  # (100 + 7) / 2
    assert found.average == 500


def test_without_marks_there_is_nothing_to_say():
    assert summed_up(["осв", None])[1:] == (0, None, None, None, None)
    assert quality_of(grouped({UUID(int=1): ["осв"], UUID(int=2): []})) == (None, None)


def test_whoever_fails_is_no_reserve():
    found = grouped({UUID(int=1): ["5", "4", "2"], UUID(int=2): ["5", "3", "н/а"]})

    assert (found.failing, found.one_four, found.one_three) == ([UUID(int=1), UUID(int=2)], [], [])


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        ("5", SCALE, "5"),
        ("9", ("10", "9", "8"), "5"),
        ("6", ("10", "6"), "3"),
        ("4", ("10", "4"), "2"),
        ("зач", SCALE, None),
        ("н/а", SCALE, "н/а"),
        ("осв", ("10",), "осв"),
        *((value, SCALES["percent"], "5") for value in ("100", "85")),
        *((value, SCALES["percent"], "4") for value in ("84", "70")),
        *((value, SCALES["percent"], "3") for value in ("69", "50")),
        *((value, SCALES["percent"], "2") for value in ("49", "10", "5", "0")),
        ("н/а", SCALES["percent"], "н/а"),
        (None, SCALES["percent"], None),
        ("зач", SCALES["pass"], None),
        (None, SCALE, None),
    ],
)
def test_a_mark_of_any_scale_has_a_level(value, scale, expected):
    assert level(value, scale) == expected


@given(st.lists(st.sampled_from(["5", "4", "3", "2", "н/а", "осв", None]), max_size=40))
def test_the_formulas_are_those_of_the_source(levels):
    found = summed_up(levels)
    n = {mark: levels.count(mark) for mark in ("5", "4", "3", "2", "н/а")}
    whole = sum(n.values())

    assert found.attested == whole
    if whole:
        degree = Fraction(n["5"] * 100 + n["4"] * 64 + n["3"] * 36 + n["2"] * 16 + n["н/а"] * 7, whole)
        assert abs(found.degree - degree * 10) <= Fraction(1, 2)
        assert abs(found.quality - Fraction((n["5"] + n["4"]) * 1000, whole)) <= Fraction(1, 2)
        assert abs(found.success - Fraction((n["5"] + n["4"] + n["3"]) * 1000, whole)) <= Fraction(1, 2)
