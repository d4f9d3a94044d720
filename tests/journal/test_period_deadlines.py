"""Marks of a period are put in its last week, for every pupil of every page (clause 3.6.5; D4)."""

from datetime import timedelta

import orjson
import pytest

from services.journal.actions.finals import FinalCell, record_finals
from services.journal.queries.boards import deadline_board, page_deadlines
from services.journal.queries.deadlines import Asked
from services.journal.queries.finals import page_finals
from shared.events.identity import DatedValue, GroupChanged, ParameterChanged
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    make_world,
    tell,
)

LAST_WEEK = (FIRST[1] - timedelta(days=6), FIRST[1])
AFTER = FIRST[1] + timedelta(days=1)


def put(database, world, *values):
    with database.writing(world.school_id) as session:
        page_id = world.page_id(session)
        seq = page_finals(session, world.actor(), page_id)["page"]["seq"]
        cells = [FinalCell(*one) for one in zip(world.pupils, values, strict=False)]
        record_finals(session, world.actor(), page_id, str(world.quarters[0]), seq, cells, "Решение")


def at(clock, day, time="09:00:00"):
    clock.move_to(f"{day}T{time}+00:00")


def owed(database, world, span=FIRST):
    """What is owed of marks of periods, by lesson."""
    with database.reading(world.school_id) as session:
        told = page_deadlines(session, world.actor(), world.page_id(session), *span)
    return {
        item["lesson_id"]: one["state"]
        for item in told["items"]
        for one in item["owed"]
        if one["rule"] == "D4"
    }


def another_class(database, world, day):
    """A class of one pupil with one lesson."""
    group_id, lesson_id = new_id(), new_id()
    tell(
        database,
        world,
        GroupChanged(group_id=group_id, kind="class", name="5Б", grade=5),
        make_load(world, group_id, new_id()),
        make_lessons(world, group_id, [day], [lesson_id]),
        make_enrolment(group_id, world.pupils[0]),
    )
    return lesson_id


def board(database, world, starts_on, ends_on, role="deputy"):
    with database.reading(world.school_id) as session:
        actor = world.actor(new_id(), role)
        told = deadline_board(session, actor, Asked(starts_on, ends_on))
    return told, [one for one in told["items"] if one["rule"] == "D4"]


def test_3_6_5_marks_are_owed_from_the_last_week_on(either_database, clock):
    world = make_world(either_database)
    last = world.lessons[-1]

    at(clock, LAST_WEEK[0] - timedelta(days=1), "20:59:59")
    assert owed(either_database, world) == {}
    at(clock, LAST_WEEK[0] - timedelta(days=1), "21:00:00")
    assert owed(either_database, world) == {last: "near"}
    at(clock, FIRST[1], "20:59:59")
    assert owed(either_database, world) == {last: "near"}
    at(clock, FIRST[1], "21:00:00")
    assert owed(either_database, world) == {last: "late"}


@pytest.mark.parametrize(
    ("day", "time", "state"),
    [
        (FIRST[1] - timedelta(days=9), "09:00:00", "met"),
        (LAST_WEEK[0], "09:00:00", "met"),
        (FIRST[1], "20:59:59", "met"),
        (FIRST[1], "21:00:00", "late"),
    ],
    ids=["before_the_window", "inside", "its_last_second", "a_second_later"],
)
def test_3_6_5_a_column_is_met_with_its_last_mark(either_database, clock, day, time, state):
    world = make_world(either_database)
    at(clock, FIRST[1] - timedelta(days=9))
    put(either_database, world, "5", "осв")
    at(clock, day, time)
    put(either_database, world, "5", "осв", "н/а")

    at(clock, AFTER)

    assert owed(either_database, world) == {world.lessons[-1]: state}


def test_a_mark_taken_back_is_owed_again_and_a_changed_one_is_not(database, world, clock):
    at(clock, FIRST[1])
    put(database, world, "5", "4", "3")
    at(clock, AFTER)
    put(database, world, "4")
    assert owed(database, world) == {world.lessons[-1]: "met"}

    put(database, world, None)

    assert owed(database, world) == {world.lessons[-1]: "late"}
    at(clock, AFTER + timedelta(days=9))
    put(database, world, "5")
    assert owed(database, world) == {world.lessons[-1]: "met"}


def test_who_left_before_the_last_day_needs_none(database, world, clock):
    at(clock, FIRST[1])
    put(database, world, None, "4", "3")
    assert owed(database, world) == {world.lessons[-1]: "near"}

    tell(database, world, make_enrolment(world.class_id, world.pupils[0], until_on=FRIDAY))

    assert owed(database, world) == {world.lessons[-1]: "met"}


def test_first_grades_owe_none(database, world, clock):
    at(clock, FIRST[1])
    tell(database, world, GroupChanged(group_id=world.class_id, kind="class", name="1А", grade=1))

    assert owed(database, world) == {}


def test_courses_without_marks_owe_none(database, world, clock):
    at(clock, FIRST[1])
    told = [{"subject": "Математика", "scale": "none"}]
    held = DatedValue(valid_from=FIRST[0], value=orjson.dumps(told).decode())
    assert owed(database, world) == {world.lessons[-1]: "near"}

    tell(database, world, ParameterChanged(school_id=world.school_id, name="subject_scales", values=[held]))

    assert owed(database, world) == {}


def test_a_page_without_lessons_in_the_period_owes_none(database, world, clock):
    another_class(database, world, AFTER + timedelta(days=14))
    at(clock, FIRST[1])
    assert [one["lesson_id"] for one in board(database, world, *LAST_WEEK)[1]] == [world.lessons[-1]]

    held = another_class(database, world, FRIDAY)

    owing = {one["lesson_id"] for one in board(database, world, *LAST_WEEK)[1]}
    assert owing == {world.lessons[-1], held}


def test_the_board_shows_each_column_whose_window_its_days_touch(database, world, clock):
    at(clock, AFTER)

    told, items = board(database, world, *LAST_WEEK)
    [item] = items
    assert (item["what"], item["clause"], item["lesson_id"], item["state"]) == (
        "final", "3.6.5", world.lessons[-1], "late",
    )  # fmt: skip
    assert item["teachers"] == ["Иванова М. П."]
    [count] = [one for one in told["counts"] if one["rule"] == "D4"]
    assert (count["met"], count["near"], count["late"]) == (0, 0, 1)

    assert board(database, world, AFTER, AFTER)[1] == []
    assert board(database, world, FIRST[0], LAST_WEEK[0] - timedelta(days=1))[1] == []
    assert board(database, world, *LAST_WEEK, role="teacher")[1] == []


def test_statements_do_not_grow_with_the_school(database, world, clock):
    at(clock, FIRST[1])

    def counted():
        with Counted(database) as statements:
            _, items = board(database, world, FIRST[0] + timedelta(days=7), FIRST[1])
        return len(items), len(statements)

    few, before = counted()
    for _ in range(5):
        another_class(database, world, FRIDAY)
    many, after = counted()

    assert many > few
    assert after == before
