"""In August teachers plan the year that comes (clause 3.4.1), not the one that is over."""

from datetime import date

import pytest

from shared.events.schedule import YearPlanned
from shared.ids import new_id
from tests.journal.makers import tell
from tests.journal.test_plan_tables import bring, plans

DATED = "Тема;Часы;Дата план\nЧисла;2;01.09.2027\n"


@pytest.fixture
def next_year(database, world):
    year = {"year_id": new_id(), "name": "2027/28", "starts_on": date(2027, 9, 1)}
    tell(database, world, YearPlanned(**year, ends_on=date(2028, 5, 25), periods=[]))
    return str(year["year_id"])


@pytest.fixture
def august(clock):
    clock.move_to("2027-08-28T07:00:00+00:00")


def years_of(api):
    return sorted(one["year"]["name"] for one in api("GET", "/plans?every_year=true").json["items"])


def test_once_a_year_is_over_plans_are_made_for_the_next(api, world, next_year, august):
    named = {"subject_id": str(world.subject_id), "grade": 5, "name": "Иная"}
    assert bring(api, DATED).json["created"] == 1
    assert api("POST", "/plans", json=named).status_code == 201
    [copied, _] = plans(api)
    assert api("POST", f"/plans/{copied['id']}/copies", json={"name": "Копия"}).status_code == 201

    assert years_of(api) == ["2027/28"] * 3
    assert {one["year"]["id"] for one in plans(api)} == {next_year}
    planned = {one["name"]: one["is_to_plan"] for one in api("GET", "/years").json["items"]}
    assert planned == {"2027/28": True, "2026/27": False}


def test_the_year_may_be_named(api, world, next_year):
    assert bring(api, DATED).status_code == 422
    assert bring(api, DATED, year_id=next_year).json["created"] == 1
    assert plans(api) == []
    [made] = api("GET", f"/plans?year_id={next_year}").json["items"]
    copy = {"name": None, "grade": None}
    assert api("POST", f"/plans/{made['id']}/copies", json=copy).status_code == 201
    again = api("POST", f"/plans/{made['id']}/copies", json={**copy, "year_id": str(world.year_id)})
    assert again.status_code == 409  # That of this year is the one just made.
    there = api("POST", f"/plans/{made['id']}/copies", json={"name": "Вторая", "year_id": next_year})
    assert there.status_code == 201

    assert years_of(api) == ["2026/27", "2027/28", "2027/28"]
    for unknown in (bring(api, DATED, year_id=str(new_id())), api("GET", f"/plans?year_id={new_id()}")):
        assert unknown.status_code == 404


def test_where_no_next_year_is_planned_yet_the_last_one_stays(api, august):
    assert bring(api, "Тема;Часы\nЧисла;2\n").json["created"] == 1

    assert years_of(api) == ["2026/27"]
