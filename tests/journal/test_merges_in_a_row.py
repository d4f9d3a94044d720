"""Pupils who turn out to be one, several in a row, heard in any order and with marks put in between."""

import random
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from services.journal.actions.cells import Cell, EntriesRefused
from services.journal.actions.chains import broken_chains
from services.journal.actions.entries import record_entries
from services.journal.models import Entry, MergedPerson, Page
from shared.events.identity import PersonMerged
from shared.ids import new_id
from tests.journal.makers import make_world, published, tell

PUPILS = range(4)
STEP = st.tuples(
    st.sampled_from(("mark", "mark", "mark", "merge")), st.sampled_from(PUPILS), st.integers(0, 99)
)


def four(database):
    return make_world(database, pupils=[new_id() for _ in PUPILS])


def put(database, world, pupil, value):
    with database.writing(world.school_id) as session:
        seq = session.scalar(select(Page.seq))
        record_entries(session, world.actor(), world.today, seq, [Cell(world.pupils[pupil], 1, value)])


def merge(database, world, gone, kept):
    tell(database, world, PersonMerged(kept_id=world.pupils[kept], merged_id=world.pupils[gone]))


def cells(database, world):
    with database.reading(world.school_id) as session:
        found = session.execute(select(Entry.pupil_id, Entry.value)).all()
        assert list(broken_chains(session)) == []
    return {world.pupils.index(pupil_id): value for pupil_id, value in found}


def last_ids(database, world):
    with database.reading(world.school_id) as session:
        rows = session.execute(select(MergedPerson.merged_id, MergedPerson.kept_id)).all()
    return {world.pupils.index(merged): world.pupils.index(kept) for merged, kept in rows}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("marked", PUPILS)
def test_a_mark_ends_with_the_last_pupil_in_whichever_order_merges_are_heard(database, order, marked):
    world = four(database)
    put(database, world, marked, "4")

    for gone in order:
        merge(database, world, gone, gone + 1)

    assert cells(database, world) == {3: "4"}
    assert last_ids(database, world) == {0: 3, 1: 3, 2: 3}


def test_a_mark_changed_between_two_merges_is_the_last_ones(either_database):
    world = four(either_database)
    put(either_database, world, 0, "4")
    merge(either_database, world, 0, 1)
    put(either_database, world, 1, "3")

    merge(either_database, world, 1, 2)

    assert cells(either_database, world) == {2: "3"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=14), seed=st.integers(0, 999))
def test_whatever_is_marked_and_merged_the_chain_stays_whole(database, steps, seed):
    world = four(database)
    last = {pupil: pupil for pupil in PUPILS}
    merges = []
    for kind, pupil, number in steps:
        kept = number % len(PUPILS)
        if kind == "mark" and last[pupil] == pupil:
            put(database, world, pupil, "2345"[number % 4])
        elif kind == "merge" and last[pupil] == pupil and last[kept] == kept != pupil:
            merge(database, world, pupil, kept)
            merges.append((pupil, kept))
            last = {one: kept if was == pupil else was for one, was in last.items()}

    random.Random(seed).shuffle(merges)
    for copies in ("heard again", "read anew"):
        if copies == "read anew":
            with database.writing(world.school_id) as session:
                session.execute(delete(MergedPerson))
        for gone, kept in merges:
            merge(database, world, gone, kept)
        found = cells(database, world)
        assert last_ids(database, world) == {one: kept for one, kept in last.items() if one != kept}
        assert {last[one] for one in found} <= found.keys()


def test_nothing_is_written_of_somebody_merged_twice(database):
    world = four(database)
    merge(database, world, 1, 2)
    merge(database, world, 0, 1)

    with pytest.raises(EntriesRefused):
        put(database, world, 0, "5")


def test_the_school_is_told_which_cells_moved(either_database):
    world = four(either_database)
    put(either_database, world, 0, "4")
    put(either_database, world, 1, "5")

    merge(either_database, world, 0, 1)
    merge(either_database, world, 1, 2)
    merge(either_database, world, 1, 2)

    (told,) = published(either_database, world, "journal.cells.moved")  # Of the first merge, both had it.
    assert (told.merged_id, told.kept_id) == (world.pupils[1], world.pupils[2])
    assert [(cell.lesson_id, cell.period_id, cell.slot) for cell in told.cells] == [(world.today, None, 1)]
