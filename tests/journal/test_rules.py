import hashlib
from datetime import date
from uuid import UUID

import pytest

from services.journal.rules.chain import START, link, work_text
from services.journal.rules.marks import average
from services.journal.rules.parameters import parameter_on


def test_the_average_weighs_a_control_work_five_times_an_answer():
    # The public example of DOMAIN 2.2, where it is printed wrongly as 4,33.
    assert average([("4", 5), ("5", 3), ("5", 1)]) == "4.44"


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ([("5", 1)], "5.00"),
        ([("4", 1), ("5", 1)], "4.50"),
        ([("5", 1)] * 5 + [("4", 1)] * 3, "4.63"),  # 4.625 is rounded half up.
        ([("2", 1), ("3", 2)], "2.67"),
        ([("10", 1), ("9", 1)], "9.50"),
    ],
)
def test_the_average_is_rounded_half_up_to_two_places(marks, shown):
    assert average(marks) == shown


@pytest.mark.parametrize("marks", [[], [("зач", 3), ("осв", 1), ("н/а", 1), (None, 1)]])
def test_signs_that_are_no_numbers_make_no_average(marks):
    assert average(marks) is None


def test_signs_that_are_no_numbers_do_not_lower_an_average():
    assert average([("5", 1), ("незач", 5)]) == "5.00"


def test_a_link_covers_what_was_before_it_and_all_that_was_said():
    revision = {"page_id": UUID(int=1), "seq": 1, "value": "5", "was": None, "reason": None}

    whole = link(START, revision)

    assert whole != link("1" * 64, revision)
    for name in revision:
        assert whole != link(START, {**revision, name: "other"})


def test_a_link_covers_neither_the_school_nor_itself():
    revision = {"seq": 1, "value": "5"}

    assert link(START, revision) == link(START, {**revision, "school_id": UUID(int=2), "hash": "x"})


def test_the_canonical_form_of_a_revision_never_changes():
    # Printed pages carry these digests: whoever changes the form breaks them all.
    revision = {"value": "5", "seq": 1, "page_id": UUID(int=1), "was": None}
    text = START + '{"page_id":"00000000-0000-0000-0000-000000000001","seq":1,"value":"5","was":null}'

    assert link(START, revision) == hashlib.sha256(text.encode()).hexdigest()


def test_a_link_knows_the_later_columns_only_where_they_say_something():
    revision = {"seq": 1, "value": "5", "was": None}
    told = {"period_id": UUID(int=1), "request_id": UUID(int=2)}

    assert link(START, revision) == link(START, {**revision, "period_id": None, "request_id": None})
    for name, said in told.items():
        assert link(START, revision) != link(START, {**revision, name: said})


def test_a_parameter_holds_from_its_day_on_and_the_default_before():
    told = '[["2026-09-10",24],["2026-10-01",48]]'

    held = [parameter_on(told, date(2026, *day), 12) for day in ((9, 9), (9, 10), (9, 30), (10, 1))]

    assert held == [12, 24, 24, 48]
    assert parameter_on(None, date(2026, 9, 9), 12) == 12


def test_a_work_is_kept_as_one_line():
    assert work_text("control", 5, "Дроби") == "control 5 Дроби"
    assert work_text("answer", 1, "") == "answer 1"
    assert work_text("control", 5, "", is_monitoring=True) == "control 5m"
    assert work_text("control", 5, "Дроби", is_monitoring=True, counts=False) == "control 5mx Дроби"
