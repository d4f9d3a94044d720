"""What the labels of days, hours and classes say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.schedule.imports.labels import (
    days_by_name,
    grade_of,
    hours_in_order,
    read_days,
    read_hours,
)


@pytest.mark.parametrize(
    ("label", "starts", "ends"),
    [
        ("07:30", "07:30", None),
        ("9.30 - 11.00", "09:30", "11:00"),
        ("L1 07:30-08:10", "07:30", "08:10"),
        ("[4]10:45-11:35 (Lunch 1)", "10:45", "11:35"),
        ("Pd1 08h00-08h40", "08:00", "08:40"),
        ("11:00-10:00", "11:00", None),
        ("Period 3/Break", None, None),
        ("24:10", None, None),
        ("2024.12", None, None),
    ],
)
def test_a_time_is_found_in_a_label(label, starts, ends):
    [hour] = read_hours([label])

    assert (hour.starts, hour.ends, hour.number) == (starts, ends, 1)


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        (["0", "1", "2"], [0, 1, 2]),
        (["7", "8", "9"], [7, 8, 9]),
        (["1", "2", "B", "3"], [1, 2, 3, 4]),
        (["1", "1.5", "2"], [1, 2, 3]),
        (["2", "1"], [1, 2]),
        (["08:00", "09:00"], [1, 2]),
    ],
)
def test_lessons_keep_numbers_of_their_own(labels, numbers):
    assert [hour.number for hour in read_hours(labels)] == numbers


@pytest.mark.parametrize(
    ("name", "grade"),
    [
        ("8", 8),
        ("8 а", 8),
        ("07A-D", 7),
        ("12 AS", 12),
        ("Year 7", 7),
        ("10 «физмат»", 10),
        ("СД11", None),
        ("ЛД101", None),
        ("2005", None),
        ("13", None),
        ("ΣΧΟΛΙΚΟ ΕΤΟΣ 2010-2011", None),
    ],
)
def test_a_grade_stands_by_itself(name, grade):
    assert grade_of(name) == grade


@given(st.integers(1, 7))
def test_up_to_seven_days_are_one_week(count):
    days = read_days([f"День {n}" for n in range(count)], half_days=False)

    assert [(day.week, day.weekday) for day in days] == [(1, n + 1) for n in range(count)]


@given(st.sampled_from([10, 12, 14]))
def test_two_weeks_alternate(count):
    days = read_days([f"День {n}" for n in range(count)], half_days=False)

    half = count // 2
    assert [(day.week, day.weekday) for day in days] == [(n // half + 1, n % half + 1) for n in range(count)]


@pytest.mark.parametrize("count", [0, 8, 9, 11, 13, 18, 25])
def test_days_that_make_no_weeks_are_refused(count):
    assert read_days([f"День {n}" for n in range(count)], half_days=False) is None


def test_mornings_and_afternoons_are_halves_of_a_day():
    days = read_days(["Пн утро", "Пн день", "Вт утро", "Вт день"], half_days=True)

    assert [day.weekday for day in days] == [1, 1, 2, 2]


def test_weekdays_are_put_in_order_by_their_names():
    days = days_by_name(["Петък", "Понеделник", "Сряда"])

    assert [(day.name, day.weekday) for day in days] == [("Понеделник", 1), ("Сряда", 3), ("Петък", 5)]


def test_what_stands_before_a_weekday_names_its_week():
    days = days_by_name(["В-Среда", "А-Пятница", "А-Среда"])

    assert [(day.name, day.week, day.weekday) for day in days] == [
        ("А-Среда", 1, 3),
        ("А-Пятница", 1, 5),
        ("В-Среда", 2, 3),
    ]


@pytest.mark.parametrize("names", [[], ["Day 1"], ["Пн", "Понедельник"], ["А-Пн", "Б-Пн", "В-Пн"]])
def test_days_of_unknown_order_are_not_guessed(names):
    assert days_by_name(names) is None


def test_hours_are_put_in_order_by_time_or_number():
    assert [hour.name for hour in hours_in_order(["10:10", "8:30"])] == ["8:30", "10:10"]
    assert [hour.name for hour in hours_in_order(["Урок 10", "Урок 2"])] == ["Урок 2", "Урок 10"]
    assert hours_in_order(["первый", "второй"]) is None
