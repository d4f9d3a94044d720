"""The year, its bells and the directories in the browser: forms kept, refusals told by row."""

import re

import pytest

from services.portal.texts import grades_said
from services.portal.year_forms import faults, grades_typed
from tests.portal.conftest import forms_token
from tests.portal.world import small_world

YEAR = {
    "name": "2026/2027",
    "starts_on": "2026-09-01",
    "ends_on": "2027-05-31",
    "school_days": "6",
    "period-id": ["", "", ""],
    "period-name": ["1 четверть", "1 полугодие", ""],
    "period-kind": ["quarter", "half_year", "quarter"],
    "period-starts_on": ["2026-09-01", "2026-09-01", ""],
    "period-ends_on": ["2026-10-27", "2026-12-28", ""],
    "period-grades": ["1–9", "10, 11", ""],
    "holiday-name": ["Осенние каникулы"],
    "holiday-starts_on": ["2026-10-28"],
    "holiday-ends_on": ["2026-11-05"],
    "holiday-grades": [""],
}
DAY = {
    "day-day": ["2026-09-12"],
    "day-kind": ["working"],
    "day-name": ["За понедельник"],
    "day-weekday": ["1"],
    "day-week": [""],
    "day-bell_schedule_id": [""],
    "day-grades": [""],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school of its own: here its year is planned anew."""
    with small_world(tmp_path_factory.mktemp("year")) as made:
        yield made


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


def seen_on(client, page):
    """Return the state a page's form was made from, as the browser would send it back."""
    found = re.search(r'name="seen" value="(.*?)">', client.get(page).text)
    return found[1].replace("&#34;", '"')


def send(client, page, **form):
    given = {"seen": seen_on(client, page), "csrf_token": forms_token(client)}
    return client.post(form.pop("action", page), data=given | form)


def test_a_year_is_entered_with_periods_by_parallel(operator):
    answer = send(operator, "/year", **YEAR, **DAY)

    assert answer.status_code == 302
    page = operator.get("/year").text
    assert 'value="1–9"' in page
    assert 'value="10–11"' in page
    assert "За понедельник" in page


def test_what_was_typed_stays_when_the_year_does_not_fit(operator):
    wrong = YEAR | {"period-grades": ["1–9", "9–11", ""], "name": "Набранное имя"}

    answer = send(operator, "/year", **wrong)

    assert answer.status_code == 422
    assert "периоды, строка 2" in answer.text
    assert "Набранное имя" in answer.text
    assert 'value="9–11"' in answer.text


def test_bells_are_a_table_to_fill_in(operator):
    columns = {"schedule-id": [""], "schedule-name": ["Сокращённые"], "schedule-shift": [""]}
    usual = {"0-starts": ["", "08:30"], "0-ends": ["", "09:15"]}
    times = usual | {"1-starts": ["", "08:30"], "1-ends": ["", "09:00"]}
    send(operator, "/year", **YEAR)

    answer = send(operator, "/bells", **columns, **times)

    assert answer.status_code == 302
    page = operator.get("/bells").text
    assert 'value="Сокращённые"' in page
    assert 'value="09:00"' in page
    wrong = times | {"1-starts": ["", "09:30"]}
    refused = send(operator, "/bells", **columns | {"schedule-name": ["Иные"]}, **wrong)
    assert refused.status_code == 422
    assert "Номер повторён или конец раньше начала" in refused.text


def test_subjects_and_rooms_are_kept(operator):
    for page, form in (("/subjects", {"name": "Ботаника"}), ("/rooms", {"name": "Теплица", "kind": "other"})):
        token = {"csrf_token": forms_token(operator)}
        assert operator.post(page, data=form | token).status_code == 302
        assert form["name"] in operator.get(page).text
        again = operator.post(page, data=form | token)
        assert again.status_code == 409
        assert "уже есть в справочнике" in again.text
    assert "Теплица" in operator.get("/year/history").text


def test_who_leads_the_school_sees_all_and_changes_nothing(sign_in):
    deputy = sign_in("deputy")

    for page in ("/year", "/bells", "/subjects", "/rooms", "/year/history"):
        answer = deputy.get(page)
        assert answer.status_code == 200
        assert "<input class" not in answer.text
    assert sign_in("teacher").get("/year").status_code == 403


@pytest.mark.parametrize(
    ("typed", "grades", "said"),
    [
        ("1–9, 11", [*range(1, 10), 11], "1–9, 11"),
        ("10,11", [10, 11], "10–11"),
        ("5", [5], "5"),
        ("", [], ""),
        ("все", ["все"], "все"),
    ],
)
def test_parallels_are_typed_as_they_are_said(typed, grades, said):
    assert grades_typed(typed) == grades
    assert grades_said(grades) == said


def test_faults_name_the_row_as_it_stands_on_the_page(world):
    problem = {"errors": {"json": {"periods": {"1": {"starts_on": ["Не дата."]}}}}}

    with world.portal.test_request_context():
        assert faults(problem, {"periods": "периоды"}) == ["периоды, строка 2: Не дата."]
