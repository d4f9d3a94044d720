"""Applying: duplicates, gaps, the chain, batches, and whose fault a failure is."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from shared import bus, cursors, envelope, log, parking
from shared.apply import Applier, Outcome
from shared.cursors import BEHIND, LIVE
from shared.db import EVERY_SCHOOL
from shared.envelope import Unreadable
from tests.shared.world import SCHOOLS, STREAMS, metadata, restore, roles

STREAM = STREAMS[0]


@pytest.fixture
def told(world):
    """Twelve events of one stream, as the relay would send them."""
    for number in range(12):
        world.write(0, number % 3)
    return envelopes(world)


def envelopes(world):
    return [envelope.read(envelope.write(row)) for row in log.read_log(world.producer, STREAM, 0)]


def place(world):
    with world.consumer.reading(EVERY_SCHOOL) as session:
        cursor = cursors.get(session, STREAM)
        return cursor.position, cursor.state


def test_a_batch_is_applied_once_and_in_order(world, told):
    assert world.applier.apply(STREAM, told) is Outcome.DONE
    assert world.applier.apply(STREAM, told) is Outcome.DONE

    assert world.ends_right()
    assert place(world) == (12, BEHIND)


def test_a_batch_is_one_transaction(world, told):
    commits = []
    world.consumer.engine.dialect.do_commit = lambda connection: (commits.append(1), connection.commit())

    world.applier.apply(STREAM, told)

    assert len(commits) <= 3  # The note that it is tried, the row it is noted in, and the batch itself.


def test_what_overlaps_is_applied_once(world, told):
    world.applier.apply(STREAM, told[:7])
    world.applier.apply(STREAM, told[3:])

    assert world.ends_right()


def test_before_a_gap_all_is_applied_and_after_it_nothing(world, told):
    assert world.applier.apply(STREAM, told[:4] + told[5:]) is Outcome.GAP

    assert place(world) == (4, BEHIND)


def test_a_gap_is_healed_by_the_feed(world, told):
    world.applier.apply(STREAM, told[3:])

    world.catch(STREAM)

    assert world.ends_right()
    assert place(world) == (12, LIVE)


def test_an_event_of_another_history_is_a_gap(world, told):
    world.applier.apply(STREAM, told[:4])
    restore(world.producer, world.pristine[id(world.producer)])
    for _ in range(5):
        world.write(0, 0)

    assert world.applier.apply(STREAM, [envelopes(world)[4]]) is Outcome.GAP


def test_a_type_nobody_listens_to_is_counted_and_passed_over(world):
    for kind in ("role", "unheard", "unheard", "role"):
        world.write(0, 0, kind)

    world.applier.apply(STREAM, envelopes(world))

    with world.consumer.reading(EVERY_SCHOOL) as session:
        (row,) = session.execute(select(bus.ignored_type)).all()
    assert (row.type, row.first, row.last, row.n) == ("identity.role.revoked", 2, 3, 2)
    assert world.ends_right()


def test_a_trouble_of_the_world_leaves_everything_as_it_was(world, told, monkeypatch):
    def disk_is_full(*_):
        raise OperationalError("INSERT", {}, _sqlite_error("database or disk is full"))

    monkeypatch.setattr("tests.shared.world.insert_rows", disk_is_full)
    for _ in range(5):
        with pytest.raises(OperationalError):
            world.applier.apply(STREAM, told)
    monkeypatch.undo()

    assert place(world) == (0, BEHIND)
    world.applier.apply(STREAM, told)
    assert world.ends_right()
    assert not world.left()  # Five failures of the world are not three deaths of the process.


def _sqlite_error(text):
    import sqlite3

    return sqlite3.OperationalError(text)


def test_a_damaged_copy_on_the_broker_is_a_gap_and_the_feed_has_it_whole(world, told):
    hurt = envelope.read(told[2].text.replace('"role":', '"rule":'))

    assert world.applier.apply(STREAM, [*told[:2], hurt, *told[3:]]) is Outcome.GAP
    assert place(world)[0] == 2
    world.catch(STREAM)

    assert world.ends_right()


def test_an_event_damaged_at_its_source_is_parked(world, told):
    with world.producer.writing(EVERY_SCHOOL) as session:
        spoilt = bus.event_log.update().where(bus.event_log.c.position == 5).values(data='{"x":1}')
        session.execute(spoilt)

    world.catch(STREAM)

    assert [position for _, position in world.left()] == [5, 8, 11]  # With the later ones of its subject.


def test_an_erased_event_has_a_place_and_no_effect(world, told):
    with world.producer.writing(EVERY_SCHOOL) as session:
        gone = bus.event_log.c.position == 5
        session.execute(
            bus.event_log.update().where(gone).values(data=None, redacted_at=bus.event_log.c.time)
        )

    world.catch(STREAM)

    assert place(world) == (12, LIVE)
    assert sum(len(of) for of in world.found().values()) == 11


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"source": "identity/x"},
        {"sequence": "0"},
        {"sequence": "none"},
        {"id": "7"},
        {"previd": None},
        {"time": "2026-10-12T07:31:04"},
        {"type": "roles"},
        {"subject": ""},
    ],
)
def test_what_is_no_envelope_is_unreadable(told, change):
    fields = envelope.orjson.loads(told[3].text) | change

    with pytest.raises(Unreadable):
        envelope.read(envelope.orjson.dumps(fields))


def test_what_is_too_large_is_unreadable(told):
    with pytest.raises(Unreadable):
        envelope.read(told[3].text + " " * envelope.MAX_BYTES)


def test_a_message_by_the_key_of_another_stream_is_not_believed(world, told):
    forged = f"identity.{SCHOOLS[1]}.role.granted"
    world.wire.messages = [(forged, told[0].text.encode())]

    world.deliver([0])

    assert place(world)[0] == 0
    assert world.wire.messages == []  # Acknowledged like the rest.


def test_both_databases_apply_alike(world, told, database):
    applier = Applier(world.service, database)
    for kind in ("unheard", "unheard", "role", "poison", "role", "unheard"):
        world.write(0, 0, kind)

    for start in range(0, 18, 5):
        applier.apply(STREAM, envelopes(world)[start : start + 5])

    with database.reading(SCHOOLS[0]) as session:
        assert session.scalar(select(func.count()).select_from(roles)) == 13
        assert cursors.get(session, STREAM).position == 18
        assert [row.position for row in parking.listed(session)] == [16, 17]
        assert session.scalar(select(bus.ignored_type.c.n)) == 3
    assert metadata.tables["roles"] is roles
