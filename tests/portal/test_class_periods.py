"""Which periods a class is offered, and of which classes it is said that they parted."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from services.portal.routes.finals import periods_of_class
from services.portal.routes.programmes import parted_classes
from shared.clock import today
from shared.events.schedule import Period, YearPlanned
from shared.ids import new_id
from tests.portal.conftest import enter
from tests.portal.world import ZONE, small_world

QUARTER = {"id": "quarter", "starts_on": "2026-01-01", "grades": [5, 6, 7, 8, 9]}
HALF_YEAR = {"id": "half-year", "starts_on": "2026-01-02", "grades": [10, 11]}


@pytest.mark.parametrize(
    ("group_id", "asked", "offered", "chosen"),
    [
        ("7А", None, ["quarter"], "quarter"),
        ("7А", "half-year", ["quarter"], "quarter"),
        ("7А", "year", ["quarter"], "year"),
        ("10А", None, ["half-year"], "half-year"),
        (None, None, ["quarter", "half-year"], "half-year"),
        (None, "quarter", ["quarter", "half-year"], "quarter"),
    ],
)
def test_a_class_is_offered_its_own_parallels_periods(group_id, asked, offered, chosen):
    classes = [{"id": "7А", "grade": 7}, {"id": "10А", "grade": 10}]
    listed = {"items": [QUARTER, HALF_YEAR], "year": {"id": "year"}}

    with Flask("portal").app_context():
        own, found = periods_of_class(listed, classes, group_id, asked)

    assert ([one["id"] for one in own["items"]], found, own["year"]) == (offered, chosen, {"id": "year"})


def on_topic(name, reached, behind):
    plan = {"id": "plan", "name": "Математика 7"}
    return {"group": {"name": name}, "plan": plan, "reached": reached, "behind_parallel": behind}


def test_of_classes_that_parted_two_are_named_or_none():
    first, second, same = on_topic("7А", 3, 2), on_topic("7Б", 5, 0), on_topic("7В", 3, 2)

    assert parted_classes([first]) == []
    assert parted_classes([first, same]) == []
    assert parted_classes([second, first]) == [[first, second]]


def test_marks_of_a_year_are_not_missed_before_its_last_period(tmp_path):
    with small_world(tmp_path) as world:
        client = world.portal.test_client()
        enter(client, world.logins["deputy"])
        listed = world.peers.client("journal").get(
            "/api/journal/v1/periods", headers=world.token("deputy", "journal")
        )
        year_id = UUID(listed.json()["year"]["id"])
        on = today(ZONE)
        given = [(1, -90, -10), (2, -9, 30), (3, 40, 90)]
        periods = [
            Period(
                period_id=new_id(),
                name=f"{number} триместр",
                starts_on=on + timedelta(days=first),
                ends_on=on + timedelta(days=last),
            )
            for number, first, last in given
        ]
        days = {"starts_on": periods[0].starts_on, "ends_on": periods[-1].ends_on}
        world.hear([YearPlanned(year_id=year_id, name="2026/27", periods=periods, **days)])

        shown = client.get(f"/finals?period_id={year_id}").text.partition("<main")[2]

    assert "Годовые отметки ставят с" in shown
    assert "Не хватает отметок" not in shown
    assert "Закрыть период" not in shown
