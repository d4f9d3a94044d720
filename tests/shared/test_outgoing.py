"""Outbox and relay: what is told is in the log, whole and in order, and reaches the broker."""

import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from shared import bus, inspecting, log, outbox
from shared.db import EVERY_SCHOOL
from shared.events.identity import PersonErased, RoleGranted
from shared.ids import new_id
from shared.outgoing import Relay
from shared.relay import NotPublished
from tests.shared.wire import AllLeases, Wire
from tests.shared.world import PEOPLE, SCHOOLS, STREAMS, roles
from tests.support.waiting import eventually

HERE = STREAMS[0]
SOMEBODY_ELSES = {
    "id": new_id(),
    "epoch": new_id(),
    "type": "identity.person.erased",
    "subject": "person/x",
    "time": datetime(2026, 9, 1, tzinfo=UTC),
    "meta": "{}",
    "data": "{}",
}
"""A row of the log at a place where the next event must go."""


def tell(database, count=1, school=SCHOOLS[0]):
    for number in range(count):
        with database.writing(school) as session:
            outbox.publish(session, RoleGranted(person_id=PEOPLE[number % 3], role=f"role-{number}"))


def rows(database):
    return log.read_log(database, HERE, 0)


def test_events_are_told_with_the_change_or_not_at_all(database):
    class ActionFailed(Exception):
        pass

    def act(*, fails):
        with database.writing(SCHOOLS[0]) as session:
            session.execute(
                roles.insert().values(school_id=SCHOOLS[0], person_id=new_id(), place=0, role="x")
            )
            outbox.publish(session, PersonErased(person_id=PEOPLE[0]))
            if fails:
                raise ActionFailed

    act(fails=False)
    with pytest.raises(ActionFailed):
        act(fails=True)
    act(fails=False)

    assert [row.position for row in rows(database)] == [1, 2]
    assert rows(database)[1].prev_id == rows(database)[0].id
    with database.reading(SCHOOLS[0]) as session:
        assert len(session.execute(select(roles)).all()) == 2


def test_a_savepoint_locks_no_head_and_what_was_told_in_one_rolled_back_stays_told(database):
    with database.writing(SCHOOLS[0]) as session:
        outbox.publish(session, PersonErased(person_id=PEOPLE[0]))
        with session.begin_nested():
            pass
        assert session.scalar(select(bus.event_stream.c.head)) is None

    assert len(rows(database)) == 1


def test_an_action_whose_event_cannot_be_written_leaves_nothing_behind(database):
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(bus.event_log.insert().values(stream=HERE, position=1, **SOMEBODY_ELSES))

    with pytest.raises(IntegrityError), database.writing(SCHOOLS[0]) as session:
        session.execute(roles.insert().values(school_id=SCHOOLS[0], person_id=new_id(), place=0, role="x"))
        outbox.publish(session, PersonErased(person_id=PEOPLE[0]))

    with database.writing(SCHOOLS[0]) as session:  # The connection serves the next, and says nothing old.
        assert session.execute(select(roles)).all() == []
        assert session.scalar(select(bus.event_stream.c.head)) is None
    assert len(rows(database)) == 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # On SQLite a writer has the whole file.
def test_a_writer_who_waits_too_long_for_the_head_changes_nothing(database):
    tell(database)
    with database.writing(EVERY_SCHOOL) as other:
        other.execute(text("SELECT head FROM event_stream FOR UPDATE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            tell(database)

    tell(database)
    assert [row.position for row in rows(database)] == [1, 2]


def test_several_streams_in_one_action_are_each_whole(database):
    with database.writing(EVERY_SCHOOL) as session:
        for school in (SCHOOLS[1], SCHOOLS[0], SCHOOLS[1]):
            outbox.publish(session, PersonErased(person_id=PEOPLE[0]), school=school)

    assert inspecting.verify(database) == []
    with database.reading(EVERY_SCHOOL) as session:
        assert [(one.stream, one.head) for one in log.heads(session)] == [(STREAMS[0], 1), (STREAMS[1], 2)]


def test_a_session_across_schools_must_name_the_school(database):
    with database.writing(EVERY_SCHOOL) as session, pytest.raises(ValueError, match="school"):
        outbox.publish(session, PersonErased(person_id=PEOPLE[0]))


def test_an_event_too_large_for_a_message_is_refused(database):
    huge = RoleGranted(person_id=PEOPLE[0], role="x" * 70_000)
    with database.writing(SCHOOLS[0]) as session, pytest.raises(outbox.TooMuchToTell):
        outbox.publish(session, huge)


def test_many_writers_at_once_leave_no_gap_and_a_reader_misses_nothing(database):
    told_by_each, writers = 15, 6
    seen: list[UUID] = []
    done = threading.Event()

    def write():
        for number in range(told_by_each):
            with database.writing(SCHOOLS[0]) as session:
                outbox.publish(session, RoleGranted(person_id=PEOPLE[0], role="x"))
                if number % 5 == 4:
                    session.rollback()

    def read():
        while not (done.is_set() and len(seen) == len(rows(database))):
            seen.extend(row.id for row in log.read_log(database, HERE, len(seen)))

    threads = [threading.Thread(target=write) for _ in range(writers)]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join(30)

    assert inspecting.verify(database) == []
    assert seen == [row.id for row in rows(database)]
    assert len(seen) == writers * told_by_each * 4 // 5


def test_the_check_of_the_log_finds_what_is_missing_or_changed(database):
    tell(database, 6)
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(text("DELETE FROM event_log WHERE position IN (2, 6)"))
        session.execute(bus.event_log.update().where(bus.event_log.c.position == 5).values(prev_id=new_id()))

    assert [(one["position"], one["what"]) for one in inspecting.verify(database)] == [
        (2, "missing"),
        (5, "broken link"),
        (6, "missing up to the head"),
    ]


@pytest.fixture
def wire():
    return Wire()


def relay_of(database, wire):
    return Relay(database, "identity", lambda: wire, AllLeases())


def positions(wire):
    return [int(body.partition(b'"sequence":"')[2][:20]) for _, body in wire.messages]


def test_a_relay_publishes_each_event_once_in_order_of_its_stream(database, wire):
    tell(database, 5)
    relay = relay_of(database, wire)

    assert [relay.publish_new(), relay.publish_new()] == [5, 0]
    assert positions(wire) == [1, 2, 3, 4, 5]
    assert {key for key, _ in wire.messages} == {f"identity.{SCHOOLS[0]}.role.granted"}


def test_without_a_confirm_the_mark_stays_and_all_is_sent_again(database, wire):
    tell(database, 3)
    wire.breaks_after = 2
    with pytest.raises(NotPublished):
        relay_of(database, wire).publish_new()
    wire.breaks_after = None

    relay_of(database, wire).publish_new()

    assert positions(wire) == [1, 2, 1, 2, 3]


def test_a_relay_overtaken_by_another_moves_no_mark_backwards(database, wire):
    tell(database, 3)
    slow = relay_of(database, wire)
    wire.meanwhile = relay_of(database, wire)

    assert slow.publish_new() == 0
    assert log.unpublished(database) == []
    tell(database)
    assert slow.publish_new() == 1
    assert positions(wire) == [1, 2, 3, 1, 2, 3, 4]


def test_a_relay_works_only_on_its_shards(database, wire):
    class NoLeases:
        def held(self):
            return frozenset()

    tell(database)
    relay = Relay(database, "identity", lambda: wire, NoLeases())

    assert relay.publish_new() == 0
    assert wire.messages == []


def test_after_a_restore_from_an_older_copy_the_new_events_are_published(database, wire):
    tell(database, 5)
    relay_of(database, wire).publish_new()
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(text("DELETE FROM event_log WHERE position > 2"))
        head_id = session.scalar(text("SELECT id FROM event_log WHERE position = 2"))
        session.execute(text("UPDATE event_stream SET head = 2, head_id = :id"), {"id": head_id})
    wire.messages.clear()
    relay_of(database, wire).publish_new()
    tell(database, 2)

    relay_of(database, wire).publish_new()

    assert positions(wire) == [3, 4]


def test_a_relay_thread_is_woken_by_a_commit_and_outlives_failures(database, wire):
    relay = relay_of(database, wire)
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop, 30.0))
    thread.start()
    wire.breaks_after = 0
    tell(database)
    wire_works = threading.Timer(0.3, lambda: setattr(wire, "breaks_after", None))
    wire_works.start()
    eventually(lambda: not log.unpublished(database))
    stop.set()
    outbox.committed.ring()
    thread.join(10)

    assert not thread.is_alive()
    assert positions(wire) == [1]


def test_a_relay_thread_outlives_a_failure_nobody_thought_of(database, wire):
    connects = iter([RuntimeError("The event loop is closed."), wire])

    def connect():
        made = next(connects)
        if made is not wire:
            raise made
        return made

    tell(database)
    stop = threading.Event()
    relay = Relay(database, "identity", connect, AllLeases())
    thread = threading.Thread(target=relay.run, args=(stop, 30.0))
    thread.start()
    eventually(lambda: not log.unpublished(database))
    stop.set()
    outbox.committed.ring()
    thread.join(10)

    assert positions(wire) == [1]


def test_of_two_relays_that_publish_a_stream_first_one_moves_the_mark(database):
    of_others = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def waits():
        with database.reading(EVERY_SCHOOL) as session:
            return session.scalar(text(f"SELECT count(*) {of_others}"))

    moved = []
    with database.writing(EVERY_SCHOOL) as first:
        first.execute(bus.relay_cursor.insert().values(stream=HERE, published=2))
        second = threading.Thread(target=lambda: moved.append(log.move_published(database, HERE, 0, 1)))
        second.start()
        if database.is_postgres:  # SQLite lets nobody begin to write meanwhile.
            eventually(waits)
    second.join()

    assert moved == [False]
    with database.reading(EVERY_SCHOOL) as session:
        assert session.scalar(select(bus.relay_cursor.c.published)) == 2
