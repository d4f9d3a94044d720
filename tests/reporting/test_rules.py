"""Averages, names of columns, who is there when."""

from datetime import date

import pytest

from services.reporting.rules import (
    PupilRow,
    Stay,
    column_titles,
    digest_of,
    leaving,
    weighted_average,
    year_title,
)


@pytest.mark.parametrize(
    ("marks", "average"),
    [
        ([("4", 5), ("5", 3), ("5", 1)], "4.44"),
        ([("5", 1), ("4", 7)], "4.13"),  # 4.125, half up
        ([("зач", 1), ("осв", 1), ("н/а", 1)], None),
        ([("5", 1), ("незач", 5), ("•", 5)], "5.00"),  # A work that is awaited is no mark yet.
        ([("5", 0)], None),
        ([], None),
    ],
)
def test_the_average_is_weighted_and_rounded_half_up(marks, average):
    assert weighted_average(marks) == average


def test_a_column_is_named_unless_its_marks_are_for_answers():
    assert column_titles(["answer"]) == ()
    assert column_titles(["answer", "control"]) == ("ответ", "контрольная")
    assert column_titles(["олимпиада"]) == ("олимпиада",)


def test_a_year_is_called_one_once():
    assert year_title("2026/27") == "2026/27 учебный год"
    assert year_title("2026/27 учебный год") == "2026/27 учебный год"


def test_a_pupil_is_there_from_the_first_day_to_the_last():
    pupil = PupilRow(
        "Белкин Лев", (Stay(date(2026, 9, 5), date(2026, 9, 10), "выбыл"), Stay(date(2026, 10, 1)))
    )

    present = [day for day in range(1, 13) if pupil.present_on(date(2026, 9, day))]

    assert present == [5, 6, 7, 8, 9, 10]
    assert pupil.present_on(date(2027, 1, 1))
    assert pupil.movement((date(2026, 9, 1), date(2026, 12, 1))) == "с 05.09"
    assert pupil.left_by((date(2026, 9, 1), date(2026, 12, 1))) == ""  # He came back.


@pytest.mark.parametrize(
    ("ended_as", "printed"),
    [
        ("departure", "выбыл, приказ № 12-у от 05.10.2026"),
        ("transfer", "переведён, приказ № 12-у от 05.10.2026"),
        (None, "выбыл, приказ № 12-у от 05.10.2026"),
    ],
)
def test_an_order_is_named_as_the_paper_page_names_it(ended_as, printed):
    assert leaving(ended_as, "12-у", date(2026, 10, 5)) == printed
    assert leaving(ended_as, None, None) == ""


def test_an_empty_page_has_a_digest_too():
    assert digest_of("") == "0" * 16
