"""Calendars to subscribe to: who gets one, what a calendar program reads in it, and when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select, update

from services.schedule.actions.calendars import end_staff_feeds
from services.schedule.actions.copies import end_guardianships, forget_people
from services.schedule.models import Bell, Enrolment, Lesson, Room, table
from shared.clock import now
from shared.events.identity import GuardianshipEnded, PersonErased, RoleRevoked
from shared.ids import new_id
from shared.service import Received

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


def subscribe(api, kind, about, **given):
    answer = api("POST", "/calendars", json={"kind": kind, "about_id": str(about)}, **given)
    assert answer.status_code == 201, answer.text
    return answer.json


def read(api, path, **headers):
    return api.client.get(path, headers=headers)


def events(api, path):
    answer = read(api, path)
    assert answer.status_code == 200, answer.text
    return Calendar.from_ical(answer.data).walk("VEVENT")


def parent(house):
    return {"roles": ("parent",), "person": house["parent"]}


def teacher(house):
    return {"roles": ("teacher",), "person": house["teacher"]}


def heard(school, told, at=None):
    return [Received(new_id(), f"identity/{school}", 1, "person", at or now(), None, told)]


def test_a_stock_parser_reads_the_lessons_of_a_child_with_place_and_time(api, house, database, school):
    with database.writing(school) as session:
        room = Room(school_id=school, name="214", capacity=None, building="")
        session.add(room)
        session.flush()
        session.execute(update(Lesson).values(room_id=room.id))

    path = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]
    monday = next(event for event in events(api, path) if event.start.date() == MONDAY)

    assert monday["SUMMARY"] == "Алгебра"
    assert monday["LOCATION"] == "214"
    assert "Иванова М. П." in monday["DESCRIPTION"]
    assert monday.start.isoformat() == "2026-11-23T08:30:00+03:00"
    assert monday.end - monday.start == timedelta(minutes=45)
    assert monday["STATUS"] == "CONFIRMED"


def test_a_teacher_reads_the_own_lessons_of_all_classes(api, house):
    path = subscribe(api, "teacher", house["teacher"], **teacher(house))["path"]

    told = {event["SUMMARY"] for event in events(api, path)}

    assert told == {"Алгебра, 5-class", "Алгебра, 5-other", "Алгебра, 5-parallel"}


def test_the_calendar_reaches_a_month_back_and_to_the_end_of_the_year(api, house):
    path = subscribe(api, "group", house["class"], **teacher(house))["path"]

    days = [event.start.date() for event in events(api, path)]

    assert min(days) >= MONDAY - timedelta(days=30)
    assert max(days) == date(2027, 5, 24)


def test_a_cancelled_lesson_is_told_as_cancelled(api, house, database, school):
    with database.writing(school) as session:
        session.execute(
            update(table(Lesson)).where(table(Lesson).c.lesson_on == MONDAY).values(is_cancelled=True)
        )

    path = subscribe(api, "group", house["class"], **teacher(house))["path"]

    told = {event.start.date(): event["STATUS"] for event in events(api, path)}
    assert told[MONDAY] == "CANCELLED"
    assert told[MONDAY + timedelta(days=7)] == "CONFIRMED"


def test_without_bells_a_lesson_is_of_the_day(api, house, database, school):
    with database.writing(school) as session:
        session.execute(update(Lesson).values(starts=None))
        session.execute(update(Bell).values(starts=None, ends=None))

    path = subscribe(api, "room", _room(database, school), **teacher(house))["path"]

    assert {type(event.start) for event in events(api, path)} == {date}


def _room(database, school):
    with database.writing(school) as session:
        room = Room(school_id=school, name="1", capacity=None, building="")
        session.add(room)
        session.flush()
        session.execute(update(Lesson).values(room_id=room.id))
        return room.id


def test_whoever_has_the_calendar_already_is_answered_304(api, house):
    path = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]

    first = read(api, path)

    assert first.mimetype == "text/calendar"
    assert read(api, path, **{"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_an_unknown_address_is_not_found(api):
    assert read(api, "/api/schedule/v1/calendars/guessed.ics").status_code == 404


@pytest.mark.parametrize(
    ("who", "kind", "about"),
    [
        ("parent", "group", "class"),
        ("parent", "teacher", "teacher"),
        ("parent", "pupil", "teacher"),
        ("pupil", "teacher", "pupil"),
        ("pupil", "pupil", "parent"),
        ("teacher", "pupil", "pupil"),
        ("teacher", "teacher", "parent"),
        ("teacher", "group", "pupil"),
        ("teacher", "room", "class"),
    ],
)
def test_nobody_subscribes_to_what_is_not_theirs(api, house, who, kind, about):
    given = {"json": {"kind": kind, "about_id": str(house[about])}, "roles": (who,), "person": house[who]}

    assert api("POST", "/calendars", **given).status_code == 404
    assert api("GET", "/calendars", roles=(who,), person=house[who]).json["items"] == []


def test_another_schools_class_cannot_be_subscribed_to(api, house):
    body = {"kind": "group", "about_id": str(house["class"])}

    answer = api("POST", "/calendars", json=body, school=new_id(), **teacher(house))

    assert answer.status_code == 404


def test_subscribing_anew_ends_the_old_address(api, house):
    old = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]
    new = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]

    assert read(api, old).status_code == 404
    assert read(api, new).status_code == 200
    assert len(api("GET", "/calendars", **parent(house)).json["items"]) == 1


def test_an_address_is_taken_back_by_its_owner_alone(api, house):
    given = subscribe(api, "pupil", house["pupil"], **parent(house))

    assert api("DELETE", f"/calendars/{given['id']}", **teacher(house)).status_code == 404
    assert read(api, given["path"]).status_code == 200
    assert api("DELETE", f"/calendars/{given['id']}", **parent(house)).status_code == 204
    assert read(api, given["path"]).status_code == 404


def test_a_reading_is_noted_and_the_secret_is_told_but_once(api, house):
    given = subscribe(api, "group", house["class"], **teacher(house))
    [before] = api("GET", "/calendars", **teacher(house)).json["items"]
    read(api, given["path"])
    listed = api("GET", "/calendars", **teacher(house))
    [after] = listed.json["items"]

    assert before["read_at"] is None
    assert datetime.fromisoformat(after["read_at"]).replace(microsecond=0) == datetime(
        2026, 11, 23, 7, tzinfo=UTC
    )
    assert after["about"] == "5-class"
    assert given["path"].rpartition("/")[2].removesuffix(".ics") not in listed.text


def test_who_is_a_parent_no_more_reads_nothing(api, house, database, school):
    path = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]
    ended = GuardianshipEnded(guardian_id=house["parent"], pupil_id=house["pupil"])
    with database.writing(school) as session:
        end_guardianships(session, heard(school, ended))

    assert read(api, path).status_code == 404


def test_a_pupil_who_left_reads_no_lessons_to_come(api, house, database, school):
    path = subscribe(api, "pupil", house["pupil"], roles=("pupil",), person=house["pupil"])["path"]
    with database.writing(school) as session:
        session.execute(update(Enrolment).values(until_on=MONDAY - timedelta(days=60)))

    assert events(api, path) == []


def test_losing_the_role_ends_what_was_given_to_staff_but_nothing_newer(api, house, database, school):
    role = RoleRevoked(person_id=house["teacher"], role="teacher")
    path = subscribe(api, "group", house["class"], **teacher(house))["path"]
    with database.writing(school) as session:
        end_staff_feeds(session, heard(school, role, now() - timedelta(days=1)))
    assert read(api, path).status_code == 200

    with database.writing(school) as session:
        end_staff_feeds(session, heard(school, role, now() + timedelta(minutes=1)))
    assert read(api, path).status_code == 404


def test_a_parents_subscription_survives_the_loss_of_a_staff_role(api, house, database, school):
    path = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]
    role = RoleRevoked(person_id=house["parent"], role="teacher")
    with database.writing(school) as session:
        end_staff_feeds(session, heard(school, role, now() + timedelta(minutes=1)))

    assert read(api, path).status_code == 200


def test_an_erased_person_has_no_calendars(api, house, database, school):
    path = subscribe(api, "pupil", house["pupil"], **parent(house))["path"]
    with database.writing(school) as session:
        forget_people(session, heard(school, PersonErased(person_id=house["parent"])))

    assert read(api, path).status_code == 404


def test_the_same_lesson_keeps_its_uid_when_it_moves_to_another_room(api, house, database, school):
    path = subscribe(api, "group", house["class"], **teacher(house))["path"]
    before = {event["UID"] for event in events(api, path)}
    _room(database, school)

    assert {event["UID"] for event in events(api, path)} == before
    with database.reading(school) as session:
        lessons = session.scalars(select(Lesson.id).where(Lesson.group_id == house["class"])).all()
    assert before <= {f"{lesson}@parta" for lesson in lessons}
