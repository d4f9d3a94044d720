"""A decision whose hour a later one has used is not taken back before that."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.schedule.models import Lesson, Room
from tests.schedule.test_substitutions import (
    TUESDAY,
    _in_november,
    deputy,
    lesson_at,
    post,
    wish,
)

__all__ = ["_in_november"]  # A fixture that every test here uses.
MONDAY = TUESDAY + timedelta(days=6)


@pytest.fixture
def database(either_database):
    return either_database


def withdraw(api, staff, made):
    return api("DELETE", f"/substitutions/{made}", **deputy(staff))


def decide(api, staff, *items):
    answer = post(api, staff, *items)
    assert answer.status_code == 201, answer.text
    return answer.json["ids"]


def refused_until_the_later_is_withdrawn(api, staff, first, later):
    refused = withdraw(api, staff, first)
    assert refused.json["type"] == "urn:parta:problem:taken-since", refused.text
    assert withdraw(api, staff, later).status_code == 204
    assert withdraw(api, staff, first).status_code == 204
    return refused.json["detail"]


def test_a_class_does_not_get_two_lessons_at_one_hour(api, staff, database, school):
    history = lesson_at(database, school, staff, on=MONDAY)
    [first] = decide(api, staff, wish(history, "cancel"))
    algebra = lesson_at(database, school, staff)
    [later] = decide(api, staff, wish(algebra, "move", on=MONDAY) | {"number": 1})

    said = refused_until_the_later_is_withdrawn(api, staff, first, later)

    assert said.startswith("Урок 1 30.11.2026 не вернуть: класс")
    assert not lesson_at(database, school, staff, on=MONDAY).is_cancelled


def test_a_teacher_does_not_get_two_lessons_at_one_hour(api, staff, database, school):
    [first] = decide(api, staff, wish(lesson_at(database, school, staff, group="5Б"), "cancel"))
    [later] = decide(api, staff, wish(lesson_at(database, school, staff), stand_in_id=staff["busy"]))

    assert "учитель" in refused_until_the_later_is_withdrawn(api, staff, first, later)


def test_a_room_does_not_get_two_lessons_at_one_hour(api, staff, database, school):
    with database.writing(school) as session:
        session.add(room := Room(school_id=school, name="1", capacity=None, building=""))
        session.flush()
        room_id = room.id
        session.execute(update(Lesson).where(Lesson.group_id == staff["5Б"]).values(room_id=room_id))
    [first] = decide(api, staff, wish(lesson_at(database, school, staff, group="5Б"), "cancel"))
    [later] = decide(api, staff, wish(lesson_at(database, school, staff), "room", room_id=room_id))

    assert "кабинет" in refused_until_the_later_is_withdrawn(api, staff, first, later)


def test_a_lesson_does_not_move_into_a_taken_room(api, staff, database, school):
    with database.writing(school) as session:
        session.add(room := Room(school_id=school, name="1", capacity=None, building=""))
        session.flush()
        session.execute(update(Lesson).values(room_id=room.id))
    history = lesson_at(database, school, staff, on=MONDAY)

    refused = post(api, staff, wish(history, "move", on=TUESDAY) | {"number": 3})

    assert refused.json["type"] == "urn:parta:problem:room-taken", refused.text
    assert post(api, staff, wish(history, "move", on=TUESDAY) | {"number": 4}).status_code == 201
