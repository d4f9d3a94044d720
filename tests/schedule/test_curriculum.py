"""The curriculum: drafted, approved by an order, replaced by a new edition (clause 3.8.4)."""

from datetime import timedelta

import pytest
import time_machine

from services.schedule.actions.calendar import current_year
from services.schedule.rules.curriculum import read_hours, said_hours, written_hours
from shared.events.schedule import CurriculumApproved
from shared.ids import new_id
from tests.schedule.makers import told
from tests.schedule.planning import approved, item, make_school, plan_body, seen

ORDER = {"order_number": "7-у", "order_on": "2026-08-30"}


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


@pytest.fixture
def ids(database, school):
    return make_school(database, school)


@pytest.mark.parametrize(
    ("typed", "quarters"),
    [("3", 12), ("1,5", 6), ("0.25", 1), (" 2 ", 8), ("0,3", None), ("-1", None), ("1e3", None), ("٣", None)],
)
def test_hours_are_read_exactly_or_not_at_all(typed, quarters):
    assert read_hours(typed) == quarters
    if quarters is not None:
        assert read_hours(written_hours(quarters)) == read_hours(str(said_hours(quarters))) == quarters


def test_a_draft_tells_its_hours_of_week_and_year_and_the_norm(api, ids):
    made = api("POST", "/curricula", json=plan_body(ids))

    assert (made.status_code, made.headers["ETag"], made.json["status"]) == (201, '"1"', "draft")
    algebra, english = made.json["items"]
    weeks = made.json["weeks"]
    assert 32 <= weeks <= 35
    assert (algebra["hours_per_week"], algebra["hours_per_year"]) == (3, 3 * weeks)
    assert (english["hours_per_week"], english["hours_per_year"]) == (1.5, 1.5 * weeks)
    assert (made.json["hours_per_week"], made.json["week_limit"]) == (4.5, 29)
    assert api("GET", "/curricula", roles=("deputy",)).json["items"] == [made.json]


def test_a_draft_is_changed_as_it_was_seen(api, ids):
    made = api("POST", "/curricula", json=plan_body(ids)).json
    path = f"/curricula/{made['id']}"
    body = plan_body(ids, items=[item(ids, "Алгебра", "2,5", hours_per_year=90)])

    changed = api("PUT", path, json=body, headers=seen(1))

    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json["items"][0]["hours_per_year"] == 90
    assert api("PUT", path, json=body, headers=seen(2)).headers["ETag"] == '"2"'  # Nothing is new.
    assert api("PUT", path, json=body, headers=seen(1)).status_code == 412
    assert api("PUT", path, json=body).status_code == 428
    assert api("DELETE", path, headers=seen(2)).status_code == 204
    assert api("GET", path).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"grade": 13},
        {"name": " "},
        {"items": [{"subject_id": str(new_id()), "hours_per_week": 1}]},
        {"items": [{"subject_id": "алгебра", "hours_per_week": 1}]},
        {"class_ids": [str(new_id())]},
    ],
)
def test_a_curriculum_that_does_not_fit_is_refused(api, ids, given):
    assert api("POST", "/curricula", json=plan_body(ids, **given)).status_code == 422
    assert api("GET", "/curricula").json["items"] == []


@pytest.mark.parametrize("hours", [0, -1, 0.3, 41, True, None, "много", 1e300])
def test_hours_that_are_none_are_refused(api, ids, hours):
    body = plan_body(ids, items=[item(ids, "Алгебра", hours)])

    assert api("POST", "/curricula", json=body).status_code == 422


def test_a_subject_stands_once_in_each_part_and_a_class_is_of_the_parallel(api, ids):
    twice = [item(ids, "Алгебра", 3), item(ids, "Алгебра", 1)]
    answer = api("POST", "/curricula", json=plan_body(ids, items=twice))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["items.1"])

    parts = [item(ids, "Алгебра", 3), item(ids, "Алгебра", 1, part="formed")]
    assert api("POST", "/curricula", json=plan_body(ids, items=parts)).status_code == 201
    other = plan_body(ids, grade=6, class_ids=[str(ids["5А"])])
    assert list(api("POST", "/curricula", json=other).json["errors"]) == ["class_ids.0"]


def test_the_director_approves_once_and_nobody_changes_it_then(api, ids, database, school):
    done = approved(api, ids)
    path = f"/curricula/{done['id']}"

    assert (done["status"], done["order_number"], done["order_on"]) == ("approved", "112-у", "2026-08-29")
    assert api("PUT", path, json=plan_body(ids, name="Иначе"), headers=seen(2)).status_code == 409
    assert api("DELETE", path, headers=seen(2)).status_code == 409
    director = {"roles": ("director",), "headers": seen(2)}
    assert api("POST", f"{path}/approval", json=ORDER, **director).status_code == 409
    [event] = told(database, school, "schedule.curriculum.approved")
    assert isinstance(event, CurriculumApproved)
    assert {(one.quarters_per_week, one.group_count) for one in event.subjects} == {(12, 1), (6, 2)}


def test_the_hours_of_a_year_stay_as_approved_when_the_calendar_changes(api, ids, database, school):
    first = approved(api, ids)

    with database.writing(school) as session:
        last = max(current_year(session).periods, key=lambda one: one.ends_on)
        last.ends_on -= timedelta(weeks=2)

    [kept] = api("GET", "/curricula").json["items"]
    assert (kept["weeks"], kept["hours_per_year"]) == (first["weeks"], first["hours_per_year"])
    begun = api("POST", f"/curricula/{first['id']}/editions").json
    assert (begun["status"], begun["weeks"]) == ("draft", first["weeks"] - 2)


def test_a_new_edition_replaces_the_old_one_which_stays(api, ids):
    first = approved(api, ids)

    begun = api("POST", f"/curricula/{first['id']}/editions").json
    assert (begun["edition"], begun["status"], begun["items"]) == (2, "draft", first["items"])
    assert api("POST", f"/curricula/{first['id']}/editions").status_code == 409
    director = {"roles": ("director",), "headers": seen(begun["version"])}
    done = api("POST", f"/curricula/{begun['id']}/approval", json=ORDER, **director)

    assert done.status_code == 200
    assert [one["id"] for one in api("GET", "/curricula").json["items"]] == [begun["id"]]
    history = api("GET", "/curricula", query_string={"history": "true"}).json["items"]
    assert [one["status"] for one in history] == ["replaced", "approved"]


def test_two_plans_of_the_same_classes_are_never_in_force_together(api, ids):
    approved(api, ids)
    approved(api, ids, name="Профиль", class_ids=[str(ids["5А"])])  # Its own goes before the parallel's.

    for body in (plan_body(ids), plan_body(ids, class_ids=[str(ids["5А"]), str(ids["5Б"])])):
        made = api("POST", "/curricula", json=body).json
        answer = api(
            "POST", f"/curricula/{made['id']}/approval", json=ORDER, headers=seen(1), roles=("director",)
        )
        assert (answer.status_code, answer.json["type"]) == (409, "urn:parta:problem:curriculum-overlaps")


def test_an_empty_plan_cannot_be_approved(api, ids):
    made = api("POST", "/curricula", json=plan_body(ids, items=[])).json
    director = {"roles": ("director",), "headers": seen(1)}

    assert api("POST", f"/curricula/{made['id']}/approval", json=ORDER, **director).status_code == 422


def test_each_does_what_the_regulation_gives_them(api, ids):
    made = api("POST", "/curricula", json=plan_body(ids)).json
    approval = f"/curricula/{made['id']}/approval"

    for role in ("operator", "deputy", "teacher"):
        assert api("POST", approval, json=ORDER, headers=seen(1), roles=(role,)).status_code == 403
    for role in ("deputy", "director", "teacher"):
        assert api("POST", "/curricula", json=plan_body(ids), roles=(role,)).status_code == 403
    assert api("GET", "/curricula", roles=("teacher",)).status_code == 403
    stranger = {"school": new_id()}
    assert api("GET", f"/curricula/{made['id']}", **stranger).status_code == 404
    assert (
        api("POST", approval, json=ORDER, headers=seen(1), roles=("director",), **stranger).status_code == 404
    )
