"""Types of work and reasons of absence as the school sets them, from a day on."""

from datetime import date

import orjson
import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell, EntriesRefused
from services.journal.actions.entries import record_entries
from services.journal.actions.works import UnknownWork, set_work, work_of
from services.journal.models import Parameter, Work
from services.journal.queries.page import class_page
from services.journal.rules.parameters import parameter_on
from shared.events.identity import DatedValue, ParameterChanged
from tests.journal.makers import FRIDAY, TODAY, TOMORROW, make_world, tell


def works(**weights):
    rows = [{"type": name, "ru": name, "en": name, "weight": weight} for name, weight in weights.items()]
    return [{"type": "answer", "ru": "ответ", "en": "answer", "weight": 1}, *rows]


def told_to(database, world, name, *values):
    """Tell a parameter with (first day, value) pairs."""
    dated = [DatedValue(valid_from=day, value=orjson.dumps(value).decode()) for day, value in values]
    tell(database, world, ParameterChanged(school_id=world.school_id, name=name, values=dated))


def put(database, world, work, lesson=None):
    with database.writing(world.school_id) as session:
        seq = class_page(session, world.actor(), world.page_id(session))["page"]["seq"]
        set_work(session, world.actor(), lesson or world.today, seq, work)


def weights(database, world):
    with database.reading(world.school_id) as session:
        return sorted((work.type, work.weight) for work in session.scalars(select(Work)))


def page_of(database, world):
    with database.reading(world.school_id) as session:
        return class_page(session, world.actor(), world.page_id(session))


def test_a_work_has_the_weight_of_the_lessons_day_and_earlier_works_keep_theirs(either_database):
    world = make_world(either_database)
    friday, today, tomorrow = world.lessons
    put(either_database, world, work_of(1, "control"), friday)

    told_to(
        either_database,
        world,
        "work_types",
        (date(2026, 10, 3), works(control=8)),
        (TOMORROW, works(control=2)),
    )
    put(either_database, world, work_of(1, "control"), today)
    put(either_database, world, work_of(1, "control"), tomorrow)
    put(either_database, world, work_of(2, "control", 3), tomorrow)

    assert weights(either_database, world) == [("control", 2), ("control", 3), ("control", 5), ("control", 8)]


def test_a_slot_used_first_gets_the_schools_own_weight_of_an_answer(database):
    world = make_world(database)
    told_to(database, world, "work_types", (FRIDAY, [{"type": "answer", "ru": "о", "en": "a", "weight": 4}]))

    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])

    assert weights(database, world) == [("answer", 4)]


def test_a_type_given_up_is_offered_no_more_but_keeps_its_name(database):
    world = make_world(database)
    put(database, world, work_of(1, "essay"), world.lessons[0])

    told_to(database, world, "work_types", (TODAY, works(зачёт=2)))
    page = page_of(database, world)

    assert [kind["type"] for kind in page["work_types"]] == ["answer", "зачёт"]
    assert (page["work_titles"]["essay"].ru, page["work_titles"]["зачёт"].ru) == ("сочинение", "зачёт")
    put(database, world, work_of(1, "essay", title="Осень"), world.lessons[0])
    with pytest.raises(UnknownWork):
        put(database, world, work_of(1, "essay"), world.today)


def test_the_schools_own_reasons_of_absence_hold_from_their_day(database):
    world = make_world(database)
    rows = [{"sign": sign, "ru": sign, "en": sign} for sign in ("н", "к")]
    told_to(database, world, "attendance", (TODAY, rows))

    def away(lesson, sign):
        with database.writing(world.school_id) as session:
            seq = class_page(session, world.actor(), world.page_id(session))["page"]["seq"]
            record_entries(session, world.actor(), lesson, seq, [Cell(world.pupils[0], 0, sign)])

    away(world.today, "к")
    away(world.lessons[0], "б")
    with pytest.raises(EntriesRefused):
        away(world.today, "б")
    assert [one["value"] for one in page_of(database, world)["attendance"]] == ["н", "к"]


def test_3_6_4_the_school_says_which_types_of_work_are_written(database):
    world = make_world(database)
    own = [{"type": name, "ru": name, "en": name, "weight": 1} for name in ("answer", "test", "доклад")]
    told_to(database, world, "work_types", (FRIDAY, [*own[:2], own[2] | {"written": True}]))

    for slot, name in enumerate(("answer", "test", "доклад"), 1):
        put(database, world, work_of(slot, name), world.today)

    with database.reading(world.school_id) as session:
        kept = session.scalars(select(Work).order_by(Work.slot)).all()
    assert [work.is_written for work in kept] == [False, True, True]


def test_other_parameters_change_nothing_here(database):
    world = make_world(database)

    told_to(database, world, "correction_hours", (TODAY, 48))

    assert page_of(database, world)["work_types"][-1]["weight"] == 5


def test_every_parameter_the_school_sets_is_known_by_its_days(either_database):
    world = make_world(either_database)

    told_to(either_database, world, "correction_hours", (date(2026, 9, 1), 24))
    told_to(either_database, world, "correction_hours", (date(2026, 9, 1), 24), (TOMORROW, 48))

    with either_database.reading(world.school_id) as session:
        [kept] = session.scalars(select(Parameter))
    assert [parameter_on(kept.told, day, 0) for day in (TODAY, TOMORROW)] == [24, 48]
