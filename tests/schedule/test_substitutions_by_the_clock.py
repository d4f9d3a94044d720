"""Who is free when two shifts count their own numbers, and when groups of several classes share pupils."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from services.schedule.models import Enrolment, Group, Lesson, Room
from shared.ids import new_id
from tests.schedule.test_substitutions import (
    TUESDAY,
    _in_november,
    fall_ill,
    lesson_at,
    needs,
    post,
    wish,
)

__all__ = ["_in_november"]  # A fixture that every test here uses.

AFTERNOON = "14:00"
DURING_THE_SECOND = "10:00"  # The second lesson ends at 10:10.


@pytest.fixture
def database(either_database):
    return either_database


@pytest.fixture
def second_shift(database, school, staff):
    """Return what lets 5Б learn at other hours: its lesson 1, which the busy one gives, begins then."""

    def begins(starts):
        with database.writing(school) as session:
            own = Lesson.group_id == staff["5Б"], Lesson.number == 1
            session.execute(update(Lesson).where(*own).values(starts=starts))

    return begins


def families(lesson):
    return [one["teacher"]["name"].split()[0] for one in lesson["candidates"]]


def test_a_lesson_of_the_same_number_in_another_shift_keeps_nobody_busy(
    api, staff, database, school, second_shift
):
    second_shift(AFTERNOON)
    fall_ill(api, staff)
    first, _ = needs(api, staff)["items"]

    assert "Занятая" in families(first)
    assert first["joinable"] == []
    lesson = lesson_at(database, school, staff)
    assert post(api, staff, wish(lesson, stand_in_id=staff["busy"])).status_code == 201


def test_a_lesson_of_another_number_at_the_same_time_does(api, staff, database, school, second_shift):
    second_shift(DURING_THE_SECOND)
    fall_ill(api, staff)
    first, second = needs(api, staff)["items"]

    assert "Занятая" in families(first)
    assert "Занятая" not in families(second)
    assert [one["group"]["name"] for one in second["joinable"]] == ["5Б"]
    lesson = lesson_at(database, school, staff, number=2)
    refused = post(api, staff, wish(lesson, stand_in_id=staff["busy"]))
    assert refused.json["type"] == "urn:parta:problem:stand-in-busy"
    assert post(api, staff, wish(lesson, "joint", stand_in_id=staff["busy"])).status_code == 201


def test_a_room_is_taken_by_the_clock(api, staff, database, school, second_shift):
    second_shift(DURING_THE_SECOND)
    with database.writing(school) as session:
        session.add(room := Room(school_id=school, name="1", capacity=None, building=""))
        session.flush()
        room_id = room.id
        taken = Lesson.group_id == staff["5Б"], Lesson.number == 1
        session.execute(update(Lesson).where(*taken).values(room_id=room_id))
    first, second = (lesson_at(database, school, staff, number=number) for number in (1, 2))

    refused = post(api, staff, wish(second, "room", room_id=room_id))

    assert refused.json["type"] == "urn:parta:problem:room-taken"
    assert post(api, staff, wish(first, "room", room_id=room_id)).status_code == 201


def test_the_proposal_gives_nobody_two_lessons_at_one_time(api, staff, database, school, second_shift):
    second_shift(DURING_THE_SECOND)
    for who in ("sick", "busy", "free"):  # Only the one of mathematics is left.
        fall_ill(api, staff, who=who)

    told = needs(api, staff)

    given = {(one["group"]["name"], one["number"]) for one in told["items"]}
    assert given == {("5А", 1), ("5А", 2), ("5Б", 1)}
    proposed = {one["lesson_id"] for one in told["proposal"]}
    held = {(one["group"]["name"], one["number"]) for one in told["items"] if one["id"] in proposed}
    assert held in ({("5А", 1), ("5А", 2)}, {("5А", 1), ("5Б", 1)})  # The other two are at one time.
    items = [wish_of(one) for one in told["proposal"]]
    assert post(api, staff, *items).status_code == 201


def wish_of(proposed):
    return {
        "lesson_id": proposed["lesson_id"],
        "kind": proposed["kind"],
        "stand_in_id": proposed["stand_in"]["id"],
    }


def test_a_group_does_not_move_to_an_hour_at_which_its_pupils_have_a_lesson(api, staff, database, school):
    """A group of several classes is no part of them: that its pupils are theirs, too, tells it."""
    group, pupil = new_id(), new_id()
    with database.writing(school) as session:
        session.add(Group(id=group, school_id=school, kind="group", name="Хор", grade=None, parent_id=None))
        for one in (group, staff["5А"]):
            stay = {"group_id": one, "pupil_id": pupil, "from_on": date(2026, 9, 1), "until_on": None}
            session.add(Enrolment(**stay, school_id=school))
        session.flush()
        moved = Lesson.group_id == staff["5Б"], Lesson.number == 3, Lesson.lesson_on == TUESDAY
        session.execute(update(Lesson).where(*moved).values(group_id=group))
    choir = lesson_at(database, school, staff | {"Хор": group}, group="Хор", number=3)
    monday = TUESDAY + timedelta(days=6)  # 5А has history at hour 1.

    refused = post(api, staff, wish(choir, "move", on=monday) | {"number": 1})

    assert refused.json["type"] == "urn:parta:problem:class-busy", refused.text
    assert post(api, staff, wish(choir, "move", on=monday) | {"number": 2}).status_code == 201
