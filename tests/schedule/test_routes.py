"""The API: shapes, ETags, refusals, and who sees whose lessons."""

from datetime import date

import pytest
import time_machine

from services.schedule.models import Subject
from shared.ids import new_id

MONDAY = date(2026, 11, 23)
WEEK = {"from": "2026-11-23", "until": "2026-11-29"}


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


def year_body(**given):
    return {
        "name": "2026/2027",
        "starts_on": "2026-09-01",
        "ends_on": "2027-05-31",
        "school_days": 6,
        "periods": [{"name": "1 полугодие", "starts_on": "2026-09-01", "ends_on": "2026-12-28"}],
        "bells": [{"number": 0, "starts": "07:45", "ends": "08:25"}],
        **given,
    }


def put_year(api, seen, body, **given):
    return api("PUT", "/years/current", json=body, headers={"If-Match": f'"{seen}"'}, **given)


def test_the_first_year_is_entered_and_changed_as_it_was_seen(api):
    assert api("GET", "/years/current").status_code == 404

    entered = put_year(api, 0, year_body())
    assert (entered.status_code, entered.headers["ETag"]) == (200, '"1"')
    body = api("GET", "/years/current").get_json()
    assert body["bells"] == [{"number": 0, "starts": "07:45", "ends": "08:25"}]

    body.pop("id")
    changed = put_year(api, 1, {**body, "name": "26/27"})
    assert (changed.get_json()["name"], changed.headers["ETag"]) == ("26/27", '"2"')
    assert changed.get_json()["periods"] == body["periods"]
    assert put_year(api, 1, body).status_code == 412
    assert api("PUT", "/years/current", json=body).status_code == 428
    assert api("GET", "/years/current", headers={"If-None-Match": '"2"'}).status_code == 304


@pytest.mark.parametrize(
    "given",
    [
        {"school_days": 7},
        {"school_days": "6"},
        {"periods": []},
        {"periods": "четверти"},
        {"bells": [{"number": 1, "starts": "25:00"}]},
        {"starts_on": "1 сентября"},
        {"name": "x" * 61},
        {"colour": "red"},
        {"holidays": [{"name": "Каникулы", "starts_on": "2027-06-01", "ends_on": "2027-06-02"}]},
    ],
)
def test_a_malformed_year_is_refused_by_field(api, given):
    answer = put_year(api, 0, year_body(**given))

    assert answer.status_code == 422
    found = _fields(answer.get_json()["errors"])
    assert any(name.startswith(next(iter(given))) for name in found)
    assert all(isinstance(said, (str, dict)) for texts in found.values() for said in texts)
    assert api("GET", "/years/current").status_code == 404


def _fields(errors):
    return errors.get("json", errors)


def test_only_the_operator_changes_the_year(api):
    for role in ("teacher", "deputy", "director", "pupil", "parent"):
        assert put_year(api, 0, year_body(), roles=(role,)).status_code == 403


def test_a_lesson_is_told_with_its_names(api, house):
    [lesson] = api("GET", "/lessons", query_string={**WEEK, "group_id": house["class"]}).get_json()["items"]

    assert lesson["on"] == "2026-11-23"
    assert lesson["group"] == {"id": str(house["class"]), "name": "5-class"}
    assert lesson["subject"]["name"] == "Алгебра"
    assert lesson["teachers"] == [{"id": str(house["teacher"]), "name": "Иванова М. П."}]
    assert (lesson["number"], lesson["starts"], lesson["room"]) == (1, "08:30", None)


def test_a_teacher_sees_all_the_own_lessons(api, house):
    query = {**WEEK, "teacher_id": house["teacher"]}

    items = api("GET", "/lessons", query_string=query, roles=("teacher",)).get_json()["items"]

    assert {item["group"]["name"] for item in items} == {"5-class", "5-other", "5-parallel"}


@pytest.mark.parametrize("who", ["pupil", "parent"])
def test_a_family_sees_the_lessons_of_the_own_class_and_parallel_only(api, house, who):
    family = {"roles": (who,), "person": house[who]}
    for path in ("/lessons", "/timetable"):
        query = WEEK if path == "/lessons" else {}
        own = api("GET", path, query_string=query, **family).get_json()["items"]
        assert {item["group"]["name"] for item in own} == {"5-class", "5-parallel"}
        foreign = api("GET", path, query_string={**query, "group_id": house["other"]}, **family)
        assert foreign.status_code == 404
        taught = api("GET", path, query_string={**query, "teacher_id": house["teacher"]}, **family)
        assert {item["group"]["name"] for item in taught.get_json()["items"]} == {"5-class", "5-parallel"}


def test_a_family_without_a_class_sees_nothing(api, house):
    answer = api("GET", "/lessons", query_string=WEEK, roles=("parent",), person=new_id())

    assert answer.get_json()["items"] == []


def test_staff_must_say_whose_lessons(api, house):
    assert api("GET", "/lessons", query_string=WEEK).get_json()["type"].endswith(":whose-timetable")
    assert api("GET", "/timetable").status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-23"},
        {"from": "2026-11-23", "until": "2026-11-22"},
        {"from": "2026-09-01", "until": "2027-05-31"},
        {"from": "x", "until": "2026-11-22"},
        {**WEEK, "group_id": "5А"},
    ],
)
def test_a_malformed_question_is_refused(api, house, query):
    assert api("GET", "/lessons", query_string={"group_id": house["class"], **query}).status_code == 422


def test_the_load_is_told_to_staff(api, house):
    [load] = api("GET", "/loads", query_string={"group_id": house["class"]}).get_json()["items"]

    assert (load["hours_per_week"], load["subject"]["name"]) == (4, "Алгебра")
    query = {"teacher_id": house["teacher"]}
    assert len(api("GET", "/loads", query_string=query).get_json()["items"]) == 1
    assert api("GET", "/loads", roles=("parent",), person=house["parent"]).status_code == 403


def test_the_timetable_is_told_by_week_and_weekday(api, house):
    [slot] = api("GET", "/timetable", query_string={"group_id": house["class"]}).get_json()["items"]

    assert (slot["week"], slot["weekday"], slot["number"]) == (None, 1, 1)


def test_subjects_come_in_pages(api, database, school):
    with database.writing(school) as session:
        session.add_all(Subject(school_id=school, name=f"Предмет {number:03}") for number in range(250))

    first = api("GET", "/subjects").get_json()
    second = api("GET", "/subjects", query_string={"cursor": first["next"]}).get_json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (200, 50, None)
    assert len({item["id"] for item in first["items"] + second["items"]}) == 250
    assert api("GET", "/rooms").get_json() == {"items": [], "next": None}


def test_another_school_sees_nothing(api, house):
    stranger = {"school": new_id()}

    assert api("GET", "/years/current", **stranger).status_code == 404
    assert api("GET", "/subjects", **stranger).get_json()["items"] == []
    query = {**WEEK, "group_id": house["class"]}
    assert api("GET", "/lessons", query_string=query, **stranger).get_json()["items"] == []


def test_the_api_is_described(api):
    answer = api.client.get("/api/schedule/v1/openapi.json")

    paths = answer.get_json()["paths"]
    assert {"/api/schedule/v1/imports/fet", "/api/schedule/v1/lessons"} <= set(paths)
    assert "multipart/form-data" in paths["/api/schedule/v1/imports/fet"]["post"]["requestBody"]["content"]


@pytest.mark.parametrize(
    ("who", "status"), [("pupil", 200), ("parent", 200), ("teacher", 200), ("other", 404)]
)
def test_the_lessons_of_one_pupil_are_for_the_family_and_for_staff(api, house, who, status):
    role = {"teacher": "teacher", "pupil": "pupil"}.get(who, "parent")

    answer = api(
        "GET", "/lessons", query_string={**WEEK, "pupil_id": house["pupil"]}, roles=(role,), person=house[who]
    )

    assert answer.status_code == status
    if status == 200:
        assert {one["group"]["name"] for one in answer.json["items"]} == {"5-class", "5-parallel"}
