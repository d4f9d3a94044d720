"""What is changed once its period had been closed is told for the sheet of corrections (clause 5.1)."""

from datetime import timedelta

import pytest

from services.journal.actions.cells import Cell
from services.journal.actions.corrections.organising import approve_correction
from services.journal.actions.corrections.reported_cells import Cell as Wrong
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.excuses import Given, make_excuse
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.periods import close_period, reopen_period
from services.journal.actions.works import set_work, work_of
from services.journal.queries.finals import page_finals
from shared.ids import new_id
from tests.journal.makers import FIRST, TODAY, make_world, published


def act(database, world, action, *given, **more):
    with database.writing(world.school_id) as session:
        return action(session, *given, **more)


def deputy(world):
    return world.actor(new_id(), "deputy")


def seen(database, world):
    with database.reading(world.school_id) as session:
        return page_finals(session, world.actor(), world.page_id(session))["page"]["seq"]


def leader(world):
    return world.actor(world.class_teacher_id, "class_teacher")


def put(database, world, value, lesson=None, slot=1, pupil=0, **given):
    cells = [Cell(world.pupils[pupil], slot, value)]
    lesson_id = lesson or world.today
    act(database, world, record_entries, world.actor(), lesson_id, seen(database, world), cells, **given)


def final(database, world, value):
    with database.writing(world.school_id) as session:
        cells, page = [FinalCell(world.pupils[0], value)], world.page_id(session)
        given = (world.actor(), page, str(world.quarters[0]), seen(database, world))
        record_finals(session, *given, cells, "Решение педсовета")


def close(database, world):
    act(database, world, close_period, deputy(world), world.quarters[0])


def reopen(database, world, reason="Пересдача"):
    act(database, world, reopen_period, deputy(world), world.quarters[0], reason)


def reopened(database, world, clock):
    """Close the period that still runs, and open it again on the next day."""
    close(database, world)
    clock.shift(timedelta(days=1))
    reopen(database, world)


def told(database, world):
    return published(database, world, "journal.page.corrected")


def changes(database, world):
    return [(one.what, one.was, one.value) for event in told(database, world) for one in event.changes]


def test_nothing_is_told_of_a_period_that_was_never_closed(database, world):
    put(database, world, "3")
    put(database, world, "5")

    assert told(database, world) == []


def test_5_1_marks_topics_and_works_of_a_period_opened_again_are_told(either_database, clock):
    world = make_world(either_database)
    put(either_database, world, "3")
    reopened(either_database, world, clock)

    put(either_database, world, "5", reason="Ошибка при вводе")
    put(either_database, world, "н", slot=0)
    given = (world.actor(), world.today, seen(either_database, world))
    act(either_database, world, describe_lesson, *given, "Дроби", None)
    act(either_database, world, set_work, world.actor(), world.today, seen(either_database, world),
        work_of(1, "control", 5, "Дроби"))  # fmt: skip

    assert changes(either_database, world) == [
        ("mark", "3", "5"),
        ("attendance", None, "н"),
        ("topic", None, "Дроби"),
        ("work", "answer 1", "control 5 Дроби"),
    ]
    first, *_ = told(either_database, world)
    assert (first.lesson_id, first.lesson_on, first.period_id) == (world.today, TODAY, world.quarters[0])
    assert (first.reason, first.reopened_for, first.request_number) == (
        "Ошибка при вводе", "Пересдача", None,
    )  # fmt: skip


def test_5_1_a_cell_corrected_by_an_approved_request_names_it(either_database):
    world = make_world(either_database)
    put(either_database, world, "3")
    wrong = Wrong("mark", lesson_id=world.today, slot=1, pupil_id=world.pupils[0])
    with either_database.writing(world.school_id) as session:
        request_id = report_error(session, world.actor(), wrong, "Была пятёрка").id
    act(either_database, world, close_period, deputy(world), world.quarters[0])
    act(either_database, world, approve_correction, deputy(world), request_id, is_standing=True)

    put(either_database, world, "5", request_id=request_id, reason="Слова обращения")

    (event,) = told(either_database, world)
    assert (event.request_number, event.reopened_for, event.reason) == (1, None, None)
    assert changes(either_database, world) == [("mark", "3", "5")]


def test_a_term_end_mark_tells_why_it_was_changed(either_database, clock):
    world = make_world(either_database)
    clock.move_to("2026-10-20T07:00:00+00:00")

    final(either_database, world, "3")
    reopened(either_database, world, clock)
    final(either_database, world, "4")

    (event,) = told(either_database, world)
    assert (event.lesson_id, event.period_id, event.reopened_for) == (None, world.quarters[0], "Пересдача")
    assert event.reason == "Решение педсовета"
    assert changes(either_database, world) == [("final", "3", "4")]


def test_an_excuse_in_a_period_opened_again_is_told(either_database, clock):
    world = make_world(either_database)
    put(either_database, world, "н", slot=0)
    reopened(either_database, world, clock)

    given = Given(TODAY - timedelta(days=1), TODAY, "б", "certificate")
    act(either_database, world, make_excuse, leader(world), world.pupils[0], given)

    (event,) = told(either_database, world)
    assert (event.reopened_for, event.reason[:7]) == ("Пересдача", "справка")
    assert changes(either_database, world) == [("attendance", "н", "б")]


def test_a_lesson_held_after_a_period_was_closed_too_early_is_no_correction(database, world, clock):
    """It stood on no paper: the period was opened again before the lesson."""
    reopened(database, world, clock)

    put(database, world, "5", lesson=world.lessons[2])
    assert told(database, world) == []

    put(database, world, "4")
    assert changes(database, world) == [("mark", None, "4")]


def test_a_running_period_closed_by_mistake_and_opened_on_the_same_day_was_on_no_paper(
    either_database, clock
):
    world = make_world(either_database)
    put(either_database, world, "3")
    put(either_database, world, "н", slot=0, pupil=1)
    close(either_database, world)
    reopen(either_database, world, "Проба окончена")

    put(either_database, world, "5")
    put(either_database, world, "4", lesson=world.lessons[0])
    given = Given(TODAY, TODAY, "б", "certificate")
    act(either_database, world, make_excuse, leader(world), world.pupils[1], given)
    clock.move_to("2026-10-20T07:00:00+00:00")
    final(either_database, world, "5")

    assert told(either_database, world) == []


def test_a_mistake_that_is_mended_after_midnight_of_the_school_stood_overnight(database, clock):
    world = make_world(database, time_zone="Asia/Kamchatka")
    clock.move_to("2026-10-05T11:59:00+00:00")  # 23:59 at the school.
    put(database, world, "3")
    close(database, world)
    clock.move_to("2026-10-05T12:01:00+00:00")
    reopen(database, world)

    put(database, world, "5")

    assert changes(database, world) == [("mark", "3", "5")]


@pytest.mark.parametrize("day", [FIRST[1], FIRST[1] + timedelta(days=2)])
def test_5_1_a_period_that_had_ended_was_on_paper_however_soon_it_was_opened_again(
    either_database, clock, day
):
    world = make_world(either_database)
    put(either_database, world, "3")
    clock.move_to(f"{day}T07:00:00+00:00")
    final(either_database, world, "3")
    close(either_database, world)
    reopen(either_database, world)

    put(either_database, world, "5")
    final(either_database, world, "5")

    assert changes(either_database, world) == [("mark", "3", "5"), ("final", "3", "5")]


def test_a_mistake_after_an_earlier_closing_hides_nothing_of_it(database, world, clock):
    put(database, world, "3")
    reopened(database, world, clock)
    close(database, world)
    reopen(database, world, "Проба окончена")

    put(database, world, "5")

    (event,) = told(database, world)
    assert event.reopened_for == "Пересдача"
