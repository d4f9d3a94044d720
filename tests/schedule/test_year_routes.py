"""The year's bells, shifts, special days, directories and history over HTTP, with their refusals."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.models import Lesson, Room
from shared.ids import new_id
from tests.schedule.makers import told

TODAY = date(2026, 11, 22)
USUAL = [{"number": 1, "starts": "08:30", "ends": "09:15"}, {"number": 2, "starts": "09:25", "ends": "10:10"}]
SHORT = {
    "name": "Сокращённые",
    "shift": None,
    "weekdays": [],
    "bells": [{"number": 1, "starts": "08:30", "ends": "09:00"}],
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-11-22T09:00:00+00:00")


def put(api, path, body, seen, **given):
    return api("PUT", path, json=body, headers={"If-Match": f'"{seen}"'}, **given)


def year_body(api, **given):
    year = api("GET", "/years/current").get_json()
    return {name: value for name, value in year.items() if name != "id"} | given


def test_bells_are_planned_shown_and_go_again(api, house):
    answer = put(api, "/bells", {"usual": USUAL, "schedules": [SHORT]}, 1)

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    [made] = api("GET", "/bells", roles=("pupil",)).get_json()["schedules"]
    assert (made["name"], made["bells"]) == ("Сокращённые", SHORT["bells"])
    assert put(api, "/bells", {"usual": USUAL, "schedules": [made]}, 2).headers["ETag"] == '"2"'
    assert put(api, "/bells", {"usual": USUAL}, 2).get_json()["schedules"] == []


@pytest.mark.parametrize(
    ("schedules", "field"),
    [
        ([SHORT, SHORT], "schedules.1"),
        ([{**SHORT, "weekdays": [6]}, {**SHORT, "name": "Суббота", "weekdays": [6]}], "schedules.1"),
        ([{**SHORT, "bells": [USUAL[0], {**USUAL[1], "starts": "09:00"}]}], "schedules.0.bells.1"),
        ([{**SHORT, "bells": [USUAL[0], USUAL[0]]}], "schedules.0.bells.0"),
        ([{**SHORT, "id": str(new_id())}], "schedules.0.id"),
    ],
    ids=["the same name", "one weekday twice", "lessons overlap", "a number twice", "unknown"],
)
def test_bells_that_do_not_fit_are_refused_by_field(api, house, schedules, field):
    answer = put(api, "/bells", {"usual": USUAL, "schedules": schedules}, 1)

    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]
    assert api("GET", "/bells").headers["ETag"] == '"1"'


def test_bells_that_a_day_rings_by_stay(api, house):
    [made] = put(api, "/bells", {"usual": USUAL, "schedules": [SHORT]}, 1).get_json()["schedules"]
    day = {"day": "2026-12-30", "kind": "short", "name": "Праздник", "bell_schedule_id": made["id"]}
    assert put(api, "/years/current", year_body(api, special_days=[day]), 2).status_code == 200

    answer = put(api, "/bells", {"usual": USUAL}, 3)

    assert answer.status_code == 409
    assert "30.12.2026" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "day",
    [
        {"day": "2026-11-24", "kind": "moved"},
        {"day": "2026-11-24", "kind": "short"},
        {"day": "2027-08-24", "kind": "free"},
        {"day": "2026-10-31", "kind": "working"},
        {"day": "2026-11-24", "kind": "short", "bell_schedule_id": str(new_id())},
    ],
    ids=["as which weekday", "by which bells", "outside the year", "outside the periods", "unknown bells"],
)
def test_a_special_day_that_does_not_fit_is_refused(api, house, day):
    answer = put(api, "/years/current", year_body(api, special_days=[day]), 1)

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["special_days.0"]


def test_two_special_days_of_a_parallel_are_refused(api, house):
    days = [{"day": "2026-11-24", "kind": "free", "grades": grades} for grades in ([5], [5, 6])]

    assert put(api, "/years/current", year_body(api, special_days=days), 1).status_code == 422
    days[1]["grades"] = [6]
    assert put(api, "/years/current", year_body(api, special_days=days), 1).status_code == 200


def test_todays_body_of_the_year_keeps_what_it_does_not_tell(api, house):
    body = year_body(api)
    body["periods"] = [{**one, "kind": "trimester", "grades": [5, 6]} for one in body["periods"]]
    body["special_days"] = [{"day": "2026-11-24", "kind": "free"}]
    assert put(api, "/years/current", body, 1).status_code == 200

    plain = [{name: one[name] for name in ("name", "starts_on", "ends_on")} for one in body["periods"]]
    old = {name: body[name] for name in ("name", "starts_on", "ends_on", "school_days", "bells")}
    holidays = [{name: one[name] for name in ("name", "starts_on", "ends_on")} for one in body["holidays"]]
    answer = put(api, "/years/current", {**old, "periods": plain, "holidays": holidays}, 2)

    assert answer.headers["ETag"] == '"2"'  # Nothing changed at all.
    assert {(one["kind"], *one["grades"]) for one in answer.get_json()["periods"]} == {("trimester", 5, 6)}


def test_the_year_is_told_with_kinds_and_parallels(api, house, database, school):
    body = year_body(api)
    body["periods"] = [{**one, "kind": "module", "grades": [5, 7]} for one in body["periods"]]
    put(api, "/years/current", body, 1)

    last = told(database, school, "schedule.year.planned")[-1]
    assert {(one.kind, *one.grades) for one in last.periods} == {("module", 5, 7)}


def test_the_year_is_told_with_its_holidays(api, house, database, school):
    february = {"name": "Дополнительные", "starts_on": "2027-02-15", "ends_on": "2027-02-21", "grades": [1]}
    body = year_body(api)
    put(api, "/years/current", body | {"holidays": [february, *body["holidays"]]}, 1)

    last = told(database, school, "schedule.year.planned")[-1]
    assert [str(one.starts_on) for one in last.holidays] == sorted(
        one["starts_on"] for one in [february, *body["holidays"]]
    )
    assert {str(one.starts_on): one.grades for one in last.holidays}["2027-02-15"] == [1]


def test_a_parallel_with_lessons_to_come_is_not_left_without_periods(api, house, database, school):
    body = year_body(api)
    for_others = [{**one, "grades": [7]} for one in body["periods"]]

    refused = put(api, "/years/current", {**body, "periods": for_others}, 1)

    assert (refused.status_code, refused.get_json()["type"]) == (409, "urn:parta:problem:parallel-left-out")
    assert "уроки параллелей: 5," in refused.get_json()["detail"]
    with database.writing(school) as session:
        session.execute(update(Lesson).where(Lesson.lesson_on > TODAY).values(is_cancelled=True))
    assert put(api, "/years/current", {**body, "periods": for_others}, 1).status_code == 200


def test_a_shift_begins_within_the_year_for_a_class_of_the_school(api, house):
    path = f"/groups/{house['class']}/shift"

    answer = put(api, path, {"shift": 2, "from_on": "2026-12-01"}, 1)
    assert answer.get_json()["shifts"] == [
        {"group_id": str(house["class"]), "name": "5-class", "from_on": "2026-12-01", "shift": 2}
    ]
    assert put(api, path, {"shift": 1, "from_on": "2026-12-01"}, 1).status_code == 412
    assert put(api, path, {"shift": 2, "from_on": "2028-12-01"}, 2).status_code == 422
    assert put(api, path, {"shift": 3, "from_on": "2026-12-01"}, 2).status_code == 422
    assert put(api, f"/groups/{new_id()}/shift", {"shift": 2, "from_on": "2026-12-01"}, 2).status_code == 404
    assert (
        put(api, f"/groups/{house['parallel']}/shift", {"shift": 2, "from_on": "2026-12-01"}, 2).status_code
        == 404
    )


def test_a_subject_is_entered_renamed_closed_and_told(api, house, database, school):
    area = api("POST", "/subject-areas", json={"name": "Математика и информатика"}).get_json()
    body = {"name": " Геометрия ", "short_name": "Геом.", "area_id": area["id"]}
    made = api("POST", "/subjects", json=body)
    assert (made.status_code, made.get_json()["name"], made.headers["ETag"]) == (201, "Геометрия", '"1"')
    path = f"/subjects/{made.get_json()['id']}"

    assert put(api, path, {**body, "name": "Стереометрия"}, 1).headers["ETag"] == '"2"'
    assert put(api, path, {**body, "name": "Стереометрия"}, 1).status_code == 412
    assert put(api, path, {**body, "name": "Стереометрия"}, 2).headers["ETag"] == '"2"'
    assert put(api, path, {**body, "name": "Стереометрия", "is_closed": True}, 2).status_code == 200

    offered = [one["name"] for one in api("GET", "/subjects").get_json()["items"]]
    every = [one["name"] for one in api("GET", "/subjects?closed=true").get_json()["items"]]
    assert (offered, every) == (["Алгебра"], ["Алгебра", "Стереометрия"])
    names = [one.name for one in told(database, school, "schedule.subject.changed")]
    assert names == ["Алгебра", "Геометрия", "Стереометрия"]


def test_a_name_is_taken_once(api, house):
    assert api("POST", "/subjects", json={"name": "Алгебра"}).status_code == 409
    api("POST", "/rooms", json={"name": "12"})
    second = api("POST", "/rooms", json={"name": "13"}).get_json()
    assert put(api, f"/rooms/{second['id']}", {"name": "12"}, 1).status_code == 409


@pytest.mark.parametrize(
    "body",
    [{"name": "  "}, {"name": "12", "kind": "подвал"}, {"name": "12", "capacity": 0}, {}],
    ids=["no name", "no such kind", "nobody fits", "nothing"],
)
def test_a_room_that_is_none_is_refused(api, house, database, school, body):
    assert api("POST", "/rooms", json=body).status_code == 422
    with database.reading(school) as session:
        assert session.scalars(select(Room)).all() == []


def test_a_room_has_kind_capacity_and_building(api, house):
    body = {"name": "Спортзал", "kind": "gym", "capacity": 60, "building": "Б"}
    made = api("POST", "/rooms", json=body).get_json()

    shown = api("GET", f"/rooms/{made['id']}", roles=("teacher",)).get_json()
    assert {name: shown[name] for name in body} == body
    assert api("GET", f"/rooms/{new_id()}").status_code == 404


def test_the_lessons_to_come_are_told_the_new_name_of_their_room(api, house, database, school):
    room = api("POST", "/rooms", json={"name": "12"}).get_json()
    with database.writing(school) as session:
        session.execute(
            update(Lesson).where(Lesson.group_id == house["class"]).values(room_id=UUID(room["id"]))
        )
        gone = session.scalar(
            select(Lesson).where(Lesson.group_id == house["class"], Lesson.lesson_on > TODAY)
        )
        gone.is_cancelled = True
        coming = select(Lesson.id).where(Lesson.lesson_on >= TODAY, ~Lesson.is_cancelled)
        wanted = set(session.scalars(coming.where(Lesson.group_id == house["class"])))
    before = len(told(database, school, "schedule.lessons.planned"))

    put(api, f"/rooms/{room['id']}", {"name": "12", "capacity": 20}, 1)
    put(api, f"/rooms/{room['id']}", {"name": "12а", "capacity": 20}, 2)

    [event] = told(database, school, "schedule.lessons.planned")[before:]
    assert event.group_id == house["class"]
    assert {one.lesson_id for one in event.lessons} == wanted != set()
    assert {one.room for one in event.lessons} == {"12а"}


def test_the_history_is_for_those_who_lead_the_school(api, house):
    api("POST", "/rooms", json={"name": "12"})
    put(api, "/bells", {"usual": USUAL, "schedules": [SHORT]}, 1)

    for role in ("operator", "deputy", "director"):
        items = api("GET", "/years/history", roles=(role,)).get_json()["items"]
        assert [one["what"] for one in items] == ["bells", "room", "subject", "year"]
    assert [one["name"] for one in api("GET", "/years/history?what=room").get_json()["items"]] == ["12"]
    for role in ("teacher", "pupil", "parent"):
        assert api("GET", "/years/history", roles=(role,)).status_code == 403


def test_the_history_is_only_added_to(either_database):
    school = new_id()
    with either_database.writing(school) as session:
        session.execute(
            text(
                "INSERT INTO year_changes (id, school_id, what, about_id, name, changed_at)"
                " VALUES (:id, :school, 'room', :id, '12', '2026-11-22 09:00:00+00')"
            ),
            {"id": new_id().hex, "school": school.hex},
        )
    for change in ("UPDATE year_changes SET name = '13'", "DELETE FROM year_changes"):
        with either_database.writing(school) as session, pytest.raises(Exception, match="only added to"):
            session.execute(text(change))
            session.flush()


def test_another_school_has_directories_of_its_own(api, house):
    made = api("POST", "/subject-areas", json={"name": "Искусство"}).get_json()

    other = {"school": new_id()}
    assert api("GET", f"/subject-areas/{made['id']}", **other).status_code == 404
    assert put(api, f"/subject-areas/{made['id']}", {"name": "Чужая"}, 1, **other).status_code == 404
    assert api("GET", "/subject-areas", **other).get_json()["items"] == []
    stranger = api("POST", "/subjects", json={"name": "Музыка", "area_id": made["id"]}, **other)
    assert stranger.status_code == 404


def test_an_import_offers_a_closed_subject_and_room_again(api, house, database, school):
    [subject] = api("GET", "/subjects").get_json()["items"]
    room = api("POST", "/rooms", json={"name": "12", "is_closed": True}).get_json()
    closed = {"name": subject["name"], "is_closed": True}
    assert put(api, f"/subjects/{subject['id']}", closed, 1).status_code == 200

    with database.writing(school) as session:
        name_subjects(session, [subject["name"]])
        name_rooms(session, [RoomFacts("12", 30)])

    assert [one["name"] for one in api("GET", "/subjects").get_json()["items"]] == [subject["name"]]
    [shown] = api("GET", "/rooms").get_json()["items"]
    assert (shown["capacity"], shown["version"]) == (30, room["version"] + 1)
