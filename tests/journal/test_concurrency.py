from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell, CellsChanged
from services.journal.actions.chains import broken_chains
from services.journal.actions.closing import PeriodIncomplete, close_checked
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import close_period
from services.journal.models import Entry, Revision
from shared.events.identity import GroupChanged
from shared.ids import new_id
from tests.journal.makers import TODAY, make_world, published, tell

WRITERS, SAVES = 4, 6


def test_writers_on_one_page_take_turns_and_leave_one_chain(either_database):
    world = make_world(either_database, pupils=[new_id() for _ in range(WRITERS)])
    start = Barrier(WRITERS)

    def write(number):
        start.wait()
        seen = 0
        for turn in range(SAVES):
            with either_database.writing(world.school_id) as session:
                cells = [Cell(world.pupils[number], 1, "45"[turn % 2])]
                seen = record_entries(session, world.actor(), world.today, seen, cells).seq

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))

    with either_database.reading(world.school_id) as session:
        assert list(broken_chains(session)) == []
        marks = session.scalars(select(Revision).where(Revision.what == "mark")).all()
    assert len(marks) == WRITERS * SAVES
    told = published(either_database, world, "journal.marks.recorded")
    assert [event.seq for event in told] == sorted(event.seq for event in told)
    assert len(told) == WRITERS * SAVES


def test_of_two_who_change_the_same_cell_one_is_told(either_database):
    world = make_world(either_database)
    start = Barrier(2)

    def write(value):
        start.wait()
        try:
            with either_database.writing(world.school_id) as session:
                record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, value)])
        except CellsChanged:
            return None
        return value

    with ThreadPoolExecutor(2) as threads:
        won = [value for value in threads.map(write, "45") if value]

    with either_database.reading(world.school_id) as session:
        assert [session.scalars(select(Entry.value)).one()] == won


def test_nothing_is_written_after_the_closing(either_database):
    world = make_world(either_database, pupils=[new_id() for _ in range(20)])
    start = Barrier(2)

    def write():
        start.wait()
        seen = 0
        for pupil in world.pupils:
            try:
                with either_database.writing(world.school_id) as session:
                    seen = record_entries(
                        session, world.actor(), world.today, seen, [Cell(pupil, 1, "5")]
                    ).seq
            except PageClosed:
                return

    def close():
        start.wait()
        with either_database.writing(world.school_id) as session:
            close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(write), threads.submit(close)]
    assert [one.result() for one in done] == [None, None]

    types = [type(told).__name__ for told in published(either_database, world)]
    assert types.index("PeriodClosed") == len(types) - 1


def test_two_deputies_close_a_period_once(either_database):
    world = make_world(either_database)
    start = Barrier(2)

    def close(reason):
        start.wait()
        with either_database.writing(world.school_id) as session:
            return close_checked(session, world.actor(new_id(), "deputy"), world.quarters[0], reason)

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(close, ("Остальное допишут", "Ждать нельзя"))

    assert first == second
    assert len(published(either_database, world, "journal.period.closed")) == 1


def test_what_is_being_written_while_a_period_is_closed_is_counted(either_database):
    """The first grade lacks nothing until its teacher, who has not finished saving, puts an absence."""
    world = make_world(either_database, days=(TODAY,))
    first = GroupChanged(group_id=world.class_id, kind="class", name="1А", grade=1)
    tell(either_database, world, first)
    with either_database.writing(world.school_id) as session:
        seen = describe_lesson(session, world.actor(), world.today, 0, "Звуки и буквы", None).seq
    written, counting = Event(), Event()

    def teach():
        with either_database.writing(world.school_id) as session:
            record_entries(session, world.actor(), world.today, seen, [Cell(world.pupils[0], 0, "н")])
            written.set()
            counting.wait(0.5)  # Nobody sets it: the deputy waits for the page.

    def close():
        written.wait()
        with either_database.writing(world.school_id) as session, pytest.raises(PeriodIncomplete):
            close_checked(session, world.actor(new_id(), "deputy"), world.quarters[0], None)
            counting.set()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(teach), threads.submit(close)]:
            done.result()
