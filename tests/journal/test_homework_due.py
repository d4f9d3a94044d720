"""Plain homework in the diary: at the lesson it is due for, and where it was set (clause 3.9.2)."""

from datetime import timedelta

import pytest

from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.queries.diary import diary_week
from services.journal.queries.diary_subject import diary_subject
from services.journal.rules.homework import NOTHING_SET
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_lessons,
    make_load,
    make_world,
    tell,
)

FRIDAYS, TODAYS, TOMORROWS = 0, 1, 2


def set_homework(database, world, number, text, seen=0):
    with database.writing(world.school_id) as session:
        return describe_lesson(session, world.actor(), world.lessons[number], seen, None, text).seq


def week_of(database, world, day=TODAY):
    """What the week says of homework by lesson: set there and until when, due there and since when."""
    with database.reading(world.school_id) as session:
        told = diary_week(session, world.actor(world.pupils[0], "pupil"), world.pupils[0], day)
    return {
        lesson["id"]: (
            (lesson["homework"], lesson["homework_due_on"]),
            [(one["text"], one["set_on"]) for one in lesson["homework_due"]],
        )
        for one in told["days"]
        for lesson in one["lessons"]
    }


def test_homework_stands_at_the_lesson_it_is_due_for_and_where_it_was_set(either_database):
    world = make_world(either_database)
    set_homework(either_database, world, TODAYS, "Упр. 201")

    told = week_of(either_database, world)

    assert told[world.lessons[TOMORROWS]] == ((None, None), [("Упр. 201", TODAY)])
    assert told[world.lessons[TODAYS]] == (("Упр. 201", TOMORROW), [])


def test_homework_of_the_week_before_is_due_in_this_one(database, world):
    set_homework(database, world, FRIDAYS, "Упр. 200")

    assert week_of(database, world)[world.lessons[TODAYS]][1] == [("Упр. 200", FRIDAY)]
    assert week_of(database, world, FRIDAY)[world.lessons[FRIDAYS]] == (("Упр. 200", TODAY), [])


def test_homework_goes_on_to_the_next_lesson_that_takes_place_and_a_cancelled_one_sets_nothing(
    database, world
):
    seq = set_homework(database, world, FRIDAYS, "Упр. 200")
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    set_homework(database, world, TODAYS, "Упр. 201", seq)
    tell(database, world, LessonsCancelled(**ids, lesson_ids=[world.lessons[TODAYS]]))

    told = week_of(database, world)

    assert told[world.lessons[TODAYS]] == (("Упр. 201", None), [])
    assert told[world.lessons[TOMORROWS]][1] == [("Упр. 200", FRIDAY)]


def test_nothing_set_is_due_nowhere(database, world):
    set_homework(database, world, TODAYS, "не задано")

    told = week_of(database, world)

    assert told[world.lessons[TODAYS]][0] == (NOTHING_SET, None)
    assert told[world.lessons[TOMORROWS]][1] == []


def test_homework_that_a_task_says_again_is_there_once(database, world):
    seq = set_homework(database, world, TODAYS, "Упр. 201")
    with database.writing(world.school_id) as session:
        set_task(session, world.actor(), world.today, seq, TaskFacts("Упр. 201"))

    assert week_of(database, world)[world.lessons[TOMORROWS]][1] == []


@pytest.mark.parametrize("is_last", [True, False])
def test_what_has_no_lesson_to_come_is_due_on_no_day(database, world, is_last):
    set_homework(database, world, TOMORROWS, "Упр. 202")
    later = TOMORROW + timedelta(days=1)
    if not is_last:  # A lesson of another page is no lesson to come.
        other = new_id()
        tell(database, world, make_load(world, world.class_id, world.teacher_id, subject_id=other))
        tell(database, world, make_lessons(world, world.class_id, [later], [new_id()], subject_id=other))

    told = week_of(database, world)

    assert told[world.lessons[TOMORROWS]][0] == ("Упр. 202", None)
    assert not any(due for said, due in told.values())


def test_a_subject_says_for_which_day_homework_was_set(database, world):
    set_homework(database, world, TODAYS, "Упр. 201")

    with database.reading(world.school_id) as session:
        pupil = world.pupils[0]
        told = diary_subject(session, world.actor(pupil, "pupil"), pupil, world.subject_id)

    [lesson] = [one for span in told["periods"] for one in span["lessons"] if one["homework"]]
    assert (lesson["id"], lesson["homework_due_on"]) == (world.today, TOMORROW)


def test_a_week_with_homework_takes_as_many_statements_as_one_without(either_database):
    world = make_world(either_database)

    def statements():
        with Counted(either_database) as counted:
            week_of(either_database, world)
        return len(counted)

    before = statements()
    seq = set_homework(either_database, world, FRIDAYS, "Упр. 200")
    set_homework(either_database, world, TODAYS, "Упр. 201", seq)
    assert statements() == before
