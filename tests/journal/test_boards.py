"""What is owed on pages and when it was done: clauses 3.6.3, 4.2.1, 3.7.4."""

from datetime import date, timedelta

import pytest

from services.journal.actions.cells import Cell
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.tasks import TaskFacts, set_task, withdraw_task
from services.journal.actions.works import set_work, work_of
from services.journal.models import Page
from services.journal.queries.boards import MOST_ITEMS, SpanTooLong, deadline_board, page_deadlines
from services.journal.queries.deadlines import Asked
from shared.errors import NotFound
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_lessons,
    make_load,
    make_person,
    make_world,
    tell,
)
from tests.journal.test_tasks import make_part

EVENING = "2026-10-05T20:59:59+00:00"  # 23:59:59 in Moscow.
NIGHT = "2026-10-05T21:00:00+00:00"


def board(database, world, *roles, person=None, **asked):
    given = {"starts_on": FRIDAY, "ends_on": TOMORROW} | asked
    with database.reading(world.school_id) as session:
        return deadline_board(session, world.actor(person, *roles), Asked(**given))


def signs(database, world, lesson_id, actor=None):
    with database.reading(world.school_id) as session:
        told = page_deadlines(session, actor or world.actor(), world.page_id(session), *FIRST)
    found = {one["lesson_id"]: one for one in told["items"]}
    owed = found[lesson_id]["owed"]
    return found[lesson_id]["state"], {(one["what"], one["slot"]): one["state"] for one in owed}


def write(database, world, lesson_id, topic="Дроби", homework="§ 5", cells=()):
    with database.writing(world.school_id) as session:
        seq = session.get_one(Page, world.page_id(session)).seq
        describe_lesson(session, world.actor(), lesson_id, seq, topic, homework)
        if cells:
            seq = session.get_one(Page, world.page_id(session)).seq
            record_entries(session, world.actor(), lesson_id, seq, [Cell(*cell) for cell in cells])


@pytest.mark.parametrize(("clock_at", "state"), [(EVENING, "met"), (NIGHT, "late")], ids=["in_time", "late"])
def test_a_lesson_filled_by_midnight_is_met_and_a_second_later_late(either_database, clock, clock_at, state):
    world = make_world(either_database)
    pupil = world.pupils[0]
    clock.move_to(clock_at)

    write(either_database, world, world.today, cells=[(pupil, 0, "н"), (world.pupils[1], 1, "5")])

    worst, owed = signs(either_database, world, world.today)
    assert worst == state
    assert owed == {
        ("topic", None): state,
        ("homework", None): state,
        ("attendance", None): state,
        ("mark", 1): state,
    }


def test_an_empty_lesson_is_near_on_its_day_and_late_after_it(database, world):
    assert signs(database, world, world.today)[0] == "near"
    assert signs(database, world, world.lessons[0])[0] == "late"


def test_a_lesson_to_come_and_one_cancelled_owe_nothing(database, world):
    tell(
        database,
        world,
        LessonsCancelled(group_id=world.class_id, subject_id=world.subject_id, lesson_ids=[world.lessons[0]]),
    )

    items = board(database, world)["items"]

    assert {one["lesson_id"] for one in items} == {world.today}


def test_attendance_counts_as_taken_with_the_first_word_about_the_lesson(database, world, clock):
    write(database, world, world.today)
    clock.move_to(NIGHT)
    assert signs(database, world, world.today)[1]["attendance", None] == "met"

    write(database, world, world.today, cells=[(world.pupils[0], 0, "н")])

    assert signs(database, world, world.today)[1]["attendance", None] == "late"


def test_an_absence_entered_late_and_taken_back_is_none(database, world, clock):
    write(database, world, world.today)
    clock.move_to(NIGHT)
    write(database, world, world.today, cells=[(world.pupils[0], 0, "н")])
    write(database, world, world.today, cells=[(world.pupils[0], 0, None)])

    assert signs(database, world, world.today)[1]["attendance", None] == "met"


def test_a_reason_given_later_is_no_late_absence(database, world, clock):
    write(database, world, world.today, cells=[(world.pupils[0], 0, "н")])
    clock.move_to("2026-10-08T09:00:00+00:00")
    write(database, world, world.today, cells=[(world.pupils[0], 0, "б")])

    assert signs(database, world, world.today)[0] == "met"


def test_a_topic_taken_away_and_written_again_later_is_late(database, world, clock):
    write(database, world, world.today)
    write(database, world, world.today, topic=None)
    assert signs(database, world, world.today)[1]["topic", None] == "near"
    clock.move_to(NIGHT)
    write(database, world, world.today)

    assert signs(database, world, world.today)[1]["topic", None] == "late"


def give(database, world, type_, lesson_id, *, is_monitoring=False):
    with database.writing(world.school_id) as session:
        seq = session.get_one(Page, world.page_id(session)).seq
        set_work(session, world.actor(), lesson_id, seq, work_of(1, type_, is_monitoring=is_monitoring))


@pytest.mark.parametrize(
    ("is_monitoring", "day", "state"),
    [(False, 12, "met"), (False, 13, "late"), (True, 8, "met"), (True, 9, "late")],
    ids=["a_week_for_written_work", "the_eighth_day", "three_days_for_monitoring", "the_fourth_day"],
)
def test_written_work_is_due_for_all_who_were_there(either_database, clock, is_monitoring, day, state):
    world = make_world(either_database)
    one, two, away = world.pupils
    give(either_database, world, "control", world.today, is_monitoring=is_monitoring)
    write(either_database, world, world.today, cells=[(away, 0, "н"), (two, 0, "оп"), (one, 1, "5")])
    assert signs(either_database, world, world.today)[1]["work", 1] != "met"

    clock.move_to(f"2026-10-{day:02}T09:00:00+00:00")
    write(either_database, world, world.today, cells=[(two, 1, "4")])
    clock.move_to("2026-10-20T09:00:00+00:00")
    write(either_database, world, world.today, cells=[(away, 1, "3")])

    assert signs(either_database, world, world.today)[1]["work", 1] == state


def test_written_work_of_which_all_were_absent_is_not_owed(database, world):
    give(database, world, "control", world.today)
    write(database, world, world.today, cells=[(pupil, 0, "б") for pupil in world.pupils])

    assert ("work", 1) not in signs(database, world, world.today)[1]


@pytest.mark.parametrize(("day", "state"), [(12, "met"), (13, "late")], ids=["in_a_week", "the_eighth_day"])
def test_awaiting_the_works_of_all_who_were_there_is_no_mark(either_database, clock, day, state):
    world = make_world(either_database)
    here, away = world.pupils[:2], world.pupils[2]
    give(either_database, world, "control", world.today)
    dots = [(pupil, 1, "•") for pupil in here]
    write(either_database, world, world.today, cells=[(away, 0, "н"), (away, 1, "•"), *dots])
    assert signs(either_database, world, world.today)[1]["work", 1] == "ahead"

    clock.move_to(f"2026-10-{day:02}T09:00:00+00:00")
    write(either_database, world, world.today, cells=[(pupil, 1, "4") for pupil in here])

    assert signs(either_database, world, world.today)[1]["work", 1] == state


def test_a_mark_made_awaited_again_counts_from_when_it_is_one_again(database, world, clock):
    give(database, world, "control", world.today)
    write(database, world, world.today, cells=[(pupil, 1, "3") for pupil in world.pupils])
    write(database, world, world.today, cells=[(world.pupils[0], 1, "•")])
    clock.move_to("2026-10-14T09:00:00+00:00")
    write(database, world, world.today, cells=[(world.pupils[0], 1, "4")])

    assert signs(database, world, world.today)[1]["work", 1] == "late"


def test_a_work_that_is_not_written_is_current(database, world, clock):
    give(database, world, "answer", world.today)
    clock.move_to(NIGHT)
    write(database, world, world.today, cells=[(world.pupils[0], 1, "5")])

    assert signs(database, world, world.today)[1]["mark", 1] == "late"


def test_of_current_work_an_awaited_one_has_a_day_of_its_own(database, world, clock):
    give(database, world, "homework", world.today)
    write(database, world, world.today, cells=[(world.pupils[0], 1, "•")])
    clock.move_to("2026-10-12T09:00:00+00:00")
    write(database, world, world.today, cells=[(world.pupils[0], 1, "4")])

    owed = signs(database, world, world.today)[1]
    assert (owed["mark", 1], owed["awaited", 1], owed["attendance", None]) == ("met", "met", "met")


def set_part(database, world, *pupils, text="№ 1"):
    part = make_part(database, world, *pupils)
    with database.writing(world.school_id) as session:
        seq = session.get_one(Page, world.page_id(session)).seq
        set_task(session, world.actor(), world.today, seq, TaskFacts(text, group_id=part))
    return seq + 1


def test_homework_set_to_the_class_by_parts_is_set(either_database, clock):
    world = make_world(either_database)
    set_part(either_database, world, world.pupils[0])
    clock.move_to(EVENING)
    assert signs(either_database, world, world.today)[1]["homework", None] == "near"
    set_part(either_database, world, *world.pupils[1:])
    clock.move_to(NIGHT)

    assert signs(either_database, world, world.today)[1]["homework", None] == "met"


def homework_item(database, world):
    items = board(database, world, starts_on=TODAY)["items"]
    return next(one for one in items if one["what"] == "homework")


def test_homework_that_a_part_of_the_class_got_late_or_lost_again_is_late(database, world, clock):
    set_part(database, world, world.pupils[0])
    clock.move_to(NIGHT)
    seq = set_part(database, world, *world.pupils[1:])
    item = homework_item(database, world)
    assert (item["state"], item["done_at"] is not None) == ("late", True)

    with database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 2, seq)
    item = homework_item(database, world)
    assert (item["state"], item["done_at"]) == ("late", None)


def test_homework_for_single_pupils_is_set_once_all_have_some(database, world, clock):
    set_part(database, world, *world.pupils[:2])
    with database.writing(world.school_id) as session:
        seq = session.get_one(Page, world.page_id(session)).seq
        set_task(session, world.actor(), world.today, seq, TaskFacts("№ 7", pupil_id=world.pupils[2]))
    clock.move_to(NIGHT)

    assert signs(database, world, world.today)[1]["homework", None] == "met"


def test_a_page_that_is_not_theirs_shows_no_deadlines(database, world):
    with database.reading(world.school_id) as session, pytest.raises(NotFound):
        page_deadlines(session, world.actor(new_id()), world.page_id(session), *FIRST)


@pytest.fixture
def another_class(database, world):
    """A class of another teacher, with a lesson of Friday and one of today."""
    group_id, teacher_id, lessons = new_id(), new_id(), [new_id(), new_id()]
    tell(
        database,
        world,
        make_person(teacher_id, "Сидорова"),
        make_load(world, group_id, teacher_id),
        make_lessons(world, group_id, [FRIDAY, TODAY], lessons, teacher_id=teacher_id),
    )
    return group_id, teacher_id, lessons


def test_each_sees_what_they_answer_for(database, world, another_class):
    def seen(*roles, person=None, **asked):
        found = board(database, world, *roles, person=person, **asked)["items"]
        return {one["lesson_id"] for one in found}

    own, theirs = set(world.lessons[:2]), set(another_class[2])
    assert seen("teacher") == own
    assert seen("class_teacher", person=world.class_teacher_id) == own
    assert seen("class_teacher", person=world.class_teacher_id, is_mine=True) == set()
    assert seen("teacher", person=another_class[1]) == theirs
    assert seen("deputy", person=new_id()) == seen("director", person=new_id()) == own | theirs
    assert seen("deputy", person=new_id(), group_id=another_class[0]) == theirs
    assert seen("deputy", person=new_id(), teacher_id=world.teacher_id) == own
    assert seen("teacher", person=new_id()) == set()


def test_the_board_counts_by_teacher_class_and_deadline(database, world, another_class):
    write(database, world, world.today)

    counts = board(database, world, "deputy", person=new_id())["counts"]

    said = [(row["teacher"]["name"], row["rule"], row["met"], row["near"], row["late"]) for row in counts]
    assert said == [("Иванова М. П.", "D1", 3, 0, 3), ("Сидорова М. П.", "D1", 0, 3, 3)]


def test_two_teachers_who_sign_alike_are_named_in_full(database, world, another_class):
    tell(database, world, make_person(another_class[1], "Иванова", "Марта"))

    told = board(database, world, "deputy", person=new_id())

    names = {"Иванова Мария Павловна", "Иванова Марта Павловна"}
    assert {row["teacher"]["name"] for row in told["counts"]} == names
    assert {name for one in told["items"] for name in one["teachers"]} == names


def test_every_open_thing_names_its_lesson(database, world):
    [first, *_] = board(database, world)["items"]

    assert (first["lesson_id"], first["on"], first["number"]) == (world.lessons[0], FRIDAY, 2)
    assert (first["group"]["name"], first["subject"], first["teachers"]) == (
        "5А",
        "Математика",
        ["Иванова М. П."],
    )
    assert (first["rule"], first["clause"], first["state"]) == ("D1", "3.6.3, 4.2.1", "late")


def test_a_year_is_too_long_for_the_board(database, world):
    with pytest.raises(SpanTooLong):
        board(database, world, ends_on=FRIDAY + timedelta(days=63))


def test_a_school_of_sixty_classes_costs_as_many_statements_as_one_class(database, world):
    with Counted(database) as few:
        board(database, world, "deputy", person=new_id())
    days = [date(2026, 9, 1) + timedelta(days=day) for day in range(30)]
    for _ in range(60):
        group_id = new_id()
        tell(
            database,
            world,
            make_load(world, group_id, world.teacher_id),
            make_lessons(world, group_id, days, [new_id() for _ in days]),
        )

    with Counted(database) as many:
        told = board(database, world, "deputy", person=new_id(), starts_on=days[0], ends_on=days[-1])

    assert len(many) == len(few) <= 11
    assert sum(row["late"] for row in told["counts"]) == 60 * 30 * 3
    assert (len(told["items"]), told["left_out"]) == (MOST_ITEMS, 60 * 30 * 3 - MOST_ITEMS)


def test_the_board_is_given_as_data(api, world):
    told = api("GET", f"/deadlines?from={FRIDAY}&until={TODAY}&mine=true")
    page = api("GET", "/pages?mine=true").json["items"][0]["id"]
    signed = api("GET", f"/pages/{page}/deadlines?from={FRIDAY}&until={TODAY}")

    assert (told.status_code, told.json["counts"][0]["late"], told.json["left_out"]) == (200, 3, 0)
    assert [one["state"] for one in signed.json["items"]] == ["late", "near"]
    assert api("GET", f"/deadlines?from={FRIDAY}&until={TODAY}", roles=("pupil",)).status_code == 403
