"""A FET file over HTTP: what it needs, what it brings, and how it is refused."""

import orjson
import pytest
from sqlalchemy import func, select

from services.schedule.models import Group, Lesson
from shared.bus import event_log
from shared.events.schedule import LessonsPlanned
from shared.ids import new_id
from tests.schedule.makers import make_activity, make_fet, make_room, make_start, told


def needs(api, content):
    return api.upload("/imports/fet/needs", content).get_json()


def ids_for(needed):
    return {
        "teachers": {name: str(new_id()) for name in needed["teachers"]},
        "groups": {one["key"]: str(new_id()) for one in needed["groups"]},
    }


def take(api, content, ids, query="", **form):
    return api.upload(f"/imports/fet{query}", content, form={"ids": orjson.dumps(ids).decode(), **form})


@pytest.fixture
def ids(api):
    return ids_for(needs(api, make_fet()))


def count(database, table, school):
    with database.reading(school) as session:
        return session.scalar(select(func.count()).select_from(table))


def test_needs_names_teachers_and_groups_with_their_parents(api):
    needed = needs(api, make_fet())

    assert needed["institution"] == "Школа"
    assert needed["teachers"] == ["Иванова М. П."]
    assert needed["groups"] == [
        {"key": "8", "name": "8", "kind": "parallel", "grade": 8, "parent_key": None},
        {"key": "8 а", "name": "8 а", "kind": "class", "grade": 8, "parent_key": "8"},
    ]
    assert needed["days"][1] == {"name": "Вт", "week": 1, "weekday": 2}
    assert (needed["activities"], needed["placed"], needed["unplaced"]) == (1, 1, [])


def test_a_timetable_makes_the_lessons_of_the_year_and_tells_of_them(api, database, ids):
    content = make_fet(places=[make_room()])

    taken = take(api, content, ids).get_json()

    group = ids["groups"]["8 а"]
    query = {"group_id": group, "from": "2026-11-23", "until": "2026-11-29"}
    [lesson] = api("GET", "/lessons", query_string=query).get_json()["items"]
    assert (lesson["on"], lesson["number"], lesson["starts"], lesson["room"]) == (
        "2026-11-23",
        1,
        "08:30",
        "12",
    )
    [event] = told(database, api.school, "schedule.lessons.planned")
    assert isinstance(event, LessonsPlanned)
    assert len(event.lessons) == taken["lessons"]["created"] > 30
    assert {str(one) for one in event.lessons[0].teacher_ids} == set(ids["teachers"].values())
    assert taken["year"]["is_new"]


def test_the_same_file_again_changes_nothing_and_tells_nobody(api, database, ids):
    first = take(api, make_fet(places=[make_room()]), ids).get_json()
    before = told(database, api.school)

    again = take(api, make_fet(places=[make_room()]), ids).get_json()

    for part in ("subjects", "rooms", "loads", "lessons"):
        unchanged = first[part]["created"]
        assert again[part] == {"created": 0, "changed": 0, "unchanged": unchanged, "cancelled": 0}
    assert told(database, api.school) == before


def test_a_rehearsal_needs_no_ids_and_keeps_nothing(api, database):
    answer = api.upload("/imports/fet?dry_run=true", make_fet())

    assert answer.status_code == 200
    assert answer.get_json()["lessons"]["created"] > 30
    assert count(database, Lesson, api.school) == count(database, event_log, api.school) == 0


def test_every_bad_row_is_told_with_its_line_and_nothing_is_kept(api, database, ids):
    content = make_fet(
        times=[make_start(day="Вс"), make_start(hour="23:00"), make_start(id_=77)],
        places=[make_room(room="99")],
    )

    answer = take(api, content, ids)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    rows = answer.get_json()["errors"]["rows"]
    assert [(row["column"], row["file"]) for row in rows] == [
        ("Preferred_Day", "timetable.fet"),
        ("Preferred_Hour", "timetable.fet"),
        ("Activity_Id", "timetable.fet"),
        ("Room", "timetable.fet"),
    ]
    lines = content.decode().splitlines()
    assert ["Вс" in lines[rows[0]["line"] - 1], "23:00" in lines[rows[1]["line"] - 1]] == [True, True]
    assert "«Вс» не значится в Days_List" in rows[0]["reason"]
    assert count(database, event_log, api.school) == 0


def test_a_file_that_does_not_fit_into_the_day_is_refused(api, ids):
    content = make_fet(activities=[make_activity(duration=2)], times=[make_start(hour="10:30")])

    [row] = take(api, content, ids).get_json()["errors"]["rows"]

    assert "не помещается" in row["reason"]


def test_names_without_ids_are_refused_by_name(api, ids):
    answer = take(api, make_fet(), {"teachers": {}, "groups": ids["groups"]})

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"ids.teachers": ["Иванова М. П."]}


@pytest.mark.parametrize("sent", ["{", "[]", '{"teachers": {"Иванова М. П.": "7"}}', '{"people": {}}'])
def test_ids_that_are_no_ids_are_refused(api, sent):
    answer = api.upload("/imports/fet", make_fet(), form={"ids": sent})

    assert answer.status_code == 422
    assert "ids" in answer.get_json()["errors"]


def test_ids_of_another_school_are_refused(api, database, ids):
    other = new_id()
    with database.writing(other) as session:
        row = {"id": new_id(), "school_id": other, "kind": "class", "name": "8 а"}
        session.add(Group(**row, grade=8, parent_id=None))
    ids["groups"]["8 а"] = str(row["id"])

    answer = take(api, make_fet(), ids)

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"ids.groups": ["8 а"]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<fet>",
        b"<fet></fet>",
        b"<html></html>",
        b"PK\x03\x04broken",
        b'<?xml version="1.0"?><!DOCTYPE fet [<!ENTITY a "b">]><fet>&a;</fet>',
        b'<?xml version="1.0" encoding="klingon"?><fet/>',
    ],
)
def test_what_is_no_fet_file_is_refused(api, content):
    answer = api.upload("/imports/fet/needs", content)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_a_request_without_a_file_is_told_so(api):
    answer = api("POST", "/imports/fet", data={}, content_type="multipart/form-data")

    assert answer.get_json()["type"] == "urn:parta:problem:file-needed"


def test_a_first_day_far_away_is_refused(api, ids):
    answer = take(api, make_fet(), ids, starts_on="2062-09-01")

    assert answer.get_json()["type"] == "urn:parta:problem:starts-too-far"


def test_only_operators_and_importers_import(api):
    for roles in (("teacher",), ("director",), ("pupil",)):
        assert api.upload("/imports/fet", make_fet(), roles=roles).status_code == 403
    assert api.upload("/imports/fet/needs", make_fet(), roles=(), scope="import").status_code == 200
    assert api.upload("/imports/fet/needs", make_fet(), roles=(), scope="events:read").status_code == 403


def test_a_client_of_no_school_imports_nowhere(api):
    answer = api.upload("/imports/fet?dry_run=true", make_fet(), roles=(), scope="import", school=None)

    assert answer.status_code == 404


def test_a_second_shift_has_times_of_its_own(api, ids):
    take(api, make_fet(), ids)
    later = make_fet(
        hours=("13:00", "13:50", "14:40"),
        activities=[make_activity().replace("8 а", "7 б")],
        times=[make_start(hour="13:00")],
        students="<Year><Name>7</Name><Group><Name>7 б</Name></Group></Year>",
    )
    more = ids_for(needs(api, later))

    take(api, later, more)

    starts = {}
    for name, group in {**ids["groups"], **more["groups"]}.items():
        query = {"group_id": group, "from": "2026-09-01", "until": "2026-09-30"}
        lessons = api("GET", "/lessons", query_string=query).get_json()["items"]
        starts[name] = {lesson["starts"] for lesson in lessons}
    assert starts == {"8": set(), "8 а": {"08:30"}, "7": set(), "7 б": {"13:00"}}
    assert take(api, make_fet(), ids).get_json()["lessons"]["changed"] == 0


def test_what_is_ignored_is_said_in_the_callers_language(api):
    content = make_fet(times=[make_start(weight="50")])

    for language, word in (("ru", "Пожелание"), ("en", "wish")):
        headers = {"Accept-Language": language}
        [ignored] = api.upload("/imports/fet/needs", content, headers=headers).get_json()["ignored"]
        assert word in ignored["why"]


def test_a_class_that_loses_a_subject_is_told_so(api, database, ids):
    take(api, make_fet(), ids)

    taken = take(api, make_fet(activities=(), times=()), ids).get_json()

    assert taken["loads"]["cancelled"] == 1
    last = told(database, api.school, "schedule.load.assigned")[-1]
    assert (last.teacher_ids, last.hours_per_week) == ([], 0)
    assert taken["lessons"] == {"created": 0, "changed": 0, "unchanged": 0, "cancelled": 0}


def test_more_lessons_than_any_school_has_are_refused(api, ids, monkeypatch):
    monkeypatch.setattr("services.schedule.imports.taking_over.MOST_LESSONS", 1)
    content = make_fet(activities=[make_activity(duration=2)])

    answer = take(api, content, ids)

    assert answer.get_json()["type"] == "urn:parta:problem:too-many-lessons"
