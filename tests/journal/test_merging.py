"""Pupils who turned out to be one: marks, history and the chain."""

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell, EntriesRefused
from services.journal.actions.chains import broken_chains
from services.journal.actions.corrections.reported_cells import Cell as Wrong
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import FinalCell, FinalsRefused, record_finals
from services.journal.models import Person
from services.journal.queries.corrections import correction_list
from services.journal.queries.lists import page_history
from shared.events.identity import Enrolment as Stay
from shared.events.identity import EnrolmentsChanged, PersonErased, PersonMerged
from shared.ids import new_id
from tests.journal.makers import FIRST, make_person, make_world, tell
from tests.journal.test_copies import shown


def merged(database, world):
    """Merge the second pupil into the first as identity tells it, twice."""
    kept, gone = world.pupils[:2]
    stay = Stay(pupil_id=kept, from_on=FIRST[0])
    for _ in range(2):
        tell(database, world, PersonMerged(kept_id=kept, merged_id=gone))
        tell(
            database,
            world,
            EnrolmentsChanged(group_id=world.class_id, pupil_ids=[kept, gone], enrolments=[stay]),
        )
    return kept, gone


def whole(database, world):
    with database.reading(world.school_id) as session:
        return list(broken_chains(session)) == []


def test_marks_of_a_merged_pupil_are_the_kept_ones(either_database):
    world = make_world(either_database)
    with either_database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[1], 1, "4")])

    kept, _ = merged(either_database, world)

    page, _ = shown(either_database, world)
    ids = [pupil["id"] for pupil in page["pupils"]]
    assert ids.count(kept) == 1
    assert [(ids[pupil], slot, value) for _, pupil, slot, value in page["entries"]] == [(kept, 1, "4")]
    assert world.pupils[1] not in ids
    assert whole(either_database, world)


def test_the_kept_pupils_cells_are_changed_on_and_the_history_is_of_both(database):
    world = make_world(database)
    with database.writing(world.school_id) as session:
        first = record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[1], 1, "4")])
    kept, gone = merged(database, world)

    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, first.seq, [Cell(kept, 1, "5")])

    with database.reading(world.school_id) as session:
        history = page_history(session, world.actor(), world.page_id(session), pupil_id=kept)["items"]
    assert [(one["pupil_id"], one["value"], one["was"]) for one in history] == [
        (gone, "4", None),
        (kept, "5", "4"),
    ]
    assert whole(database, world)


def test_where_both_have_a_mark_neither_vanishes(database):
    world = make_world(database)
    with database.writing(world.school_id) as session:
        cells = [Cell(world.pupils[0], 1, "5"), Cell(world.pupils[1], 1, "2")]
        record_entries(session, world.actor(), world.today, 0, cells)

    kept, gone = merged(database, world)

    page, _ = shown(database, world)
    ids = [pupil["id"] for pupil in page["pupils"]]
    assert {(ids[pupil], value) for _, pupil, _, value in page["entries"]} == {(kept, "5"), (gone, "2")}
    assert whole(database, world)


def test_nothing_is_written_of_the_merged_pupil_once_the_merge_is_heard(either_database):
    """Else a cell that has moved would get a second history, and the page would show another one."""
    world = make_world(either_database)
    kept, gone = world.pupils[:2]
    quarter = str(world.quarters[0])
    with either_database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(gone, 1, "4")])
        page_id = world.page_id(session)
        given = (session, world.actor(), page_id, quarter)
        seq = record_finals(*given, 2, [FinalCell(gone, "4")], "Так решил педсовет").seq
    tell(either_database, world, PersonMerged(kept_id=kept, merged_id=gone))  # Stays are told later.

    with either_database.writing(world.school_id) as session, pytest.raises(FinalsRefused):
        record_finals(session, world.actor(), page_id, quarter, seq, [FinalCell(gone, "5")], "Ошибка")
    with either_database.writing(world.school_id) as session, pytest.raises(EntriesRefused):
        record_entries(session, world.actor(), world.today, seq, [Cell(gone, 1, "5")])
    with either_database.writing(world.school_id) as session:
        record_finals(session, world.actor(), page_id, quarter, seq, [FinalCell(kept, "5")], "Ошибка")
    assert whole(either_database, world)


def test_what_a_merged_teacher_signed_bears_the_kept_ones_name_whatever_it_becomes(either_database):
    world = make_world(either_database)
    with either_database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "4")])
    kept = new_id()
    tell(either_database, world, make_person(kept, "Щукина", "Анна"))

    def signed():
        with either_database.reading(world.school_id) as session:
            leader = world.actor(world.class_teacher_id, "class_teacher")
            return [one["actor"] for one in page_history(session, leader, world.page_id(session))["items"]]

    tell(either_database, world, PersonMerged(kept_id=kept, merged_id=world.teacher_id))
    after = signed()
    tell(either_database, world, make_person(kept, "Белова", "Анна"))
    renamed = signed()
    later = new_id()
    tell(either_database, world, make_person(later, "Седова"), PersonMerged(kept_id=later, merged_id=kept))

    assert {*after} == {"Щукина А. П."}
    assert {*renamed} == {"Белова А. П."}
    assert {*signed()} == {"Седова М. П."}
    tell(either_database, world, PersonErased(person_id=later))
    with either_database.reading(world.school_id) as session:
        left = set(session.scalars(select(Person.id)))
    assert left.isdisjoint({world.teacher_id, kept, later})


def test_requests_of_a_merged_parent_are_the_kept_ones(either_database):
    world = make_world(either_database)
    cell = Wrong("attendance", world.today, slot=0, pupil_id=world.pupils[0])
    with either_database.writing(world.school_id) as session:
        report_error(session, world.actor(world.parent_id, "parent"), cell, "Был на уроке")
    kept = new_id()

    tell(either_database, world, PersonMerged(kept_id=kept, merged_id=world.parent_id))

    with either_database.reading(world.school_id) as session:
        own = correction_list(session, world.actor(kept, "parent"))["items"]
    assert [one["text"] for one in own] == ["Был на уроке"]
