"""Parking: what a reaction refuses, and what kills the process."""

import pytest

from shared import apply, cursors, operating, parking, retrying
from shared.cursors import BEHIND, BLOCKED, LIVE
from shared.db import EVERY_SCHOOL
from tests.shared.world import STREAMS

STREAM = STREAMS[0]


def parked(world):
    with world.consumer.reading(EVERY_SCHOOL) as session:
        return [(row.position, row.status, row.attempts) for row in parking.listed(session)]


def state(world):
    return world.states()[STREAM]


def test_the_subject_waits_in_order_and_the_others_flow(world):
    for person, kind in ((0, "role"), (0, "poison"), (1, "role"), (0, "role"), (1, "role"), (0, "poison")):
        world.write(0, person, kind)

    world.catch(STREAM)

    assert parked(world) == [(2, "failed", 3), (4, "waiting", 0), (6, "waiting", 0)]
    assert [len(of) for of in world.found().values()] == [1, 2]
    assert state(world) == LIVE


def test_the_same_happens_to_what_the_broker_brings(world):
    for kind in ("role", "poison", "role"):
        world.write(0, 0, kind)
    world.publish()

    world.deliver(range(3))

    assert [position for position, *_ in parked(world)] == [2, 3]
    assert world.wire.messages == []


def test_a_retry_handles_them_in_order(world):
    for kind in ("role", "poison", "role", "role"):
        world.write(0, 0, kind)
    world.catch(STREAM)

    world.retry()
    assert parked(world)[0] == (2, "failed", 4)
    world.fixed = True
    world.retry()

    assert world.ends_right()


def test_a_retry_goes_as_far_as_it_can(world):
    for kind in ("poison", "role", "deadly", "role"):
        world.write(0, 0, kind)
    world.catch(STREAM)
    world.fixed = True

    assert retrying.retry(world.applier, STREAM, _subject(world)) == 4


def _subject(world):
    with world.consumer.reading(EVERY_SCHOOL) as session:
        return parking.listed(session)[0].subject


def test_new_code_tries_once_what_the_old_could_not(world):
    world.write(0, 0, "poison")
    world.catch(STREAM)
    world.fixed = True

    assert retrying.retry_all(world.applier, only_other_code=True) == 0  # The same code would fail again.
    world.applier.code = "of the next release"
    assert retrying.retry_all(world.applier, only_other_code=True) == 1

    assert world.ends_right()


def test_a_skipped_event_lets_those_behind_it_go(world):
    for kind in ("poison", "role", "role"):
        world.write(0, 0, kind)
    world.catch(STREAM)

    assert retrying.skip(world.applier, STREAM, 1)

    assert parked(world) == [(1, "skipped", 3)]
    assert [len(of) for of in world.found().values()] == [2]


def test_too_many_parked_subjects_stop_the_stream(world, monkeypatch):
    monkeypatch.setattr(parking, "MOST_SUBJECTS", 2)
    for person in (0, 1, 2, 0, 1, 2):
        world.write(0, person, "poison")

    world.catch(STREAM)
    assert state(world) == BLOCKED
    assert len(parked(world)) == 3
    world.compare()
    assert len(parked(world)) == 3  # Nothing more is taken until a human has decided.

    world.fixed = True
    world.retry()
    assert state(world) == BEHIND
    world.compare()
    assert world.ends_right()


@pytest.mark.parametrize("batch", [1, 5])
def test_an_event_that_kills_the_process_is_parked_after_three_deaths(world, batch):
    for kind in ("role", "deadly", "role", "role", "role"):
        world.write(0, 0 if kind == "deadly" else 1, kind)
    world.publish()

    deaths = 0
    for _ in range(12):
        if not world.wire.messages:
            break
        before = world.applier
        world.deliver(range(min(batch, len(world.wire.messages))))
        deaths += world.applier is not before

    # In a batch the first death does not tell which event it was; after that they go one by one.
    assert deaths == (apply.CRASHES if batch == 1 else apply.CRASHES + 1)
    assert [position for position, *_ in parked(world)] == [2]
    assert [len(of) for of in world.found().values()] == [4]


def test_a_process_that_dies_for_other_reasons_loses_nothing(world):
    for _ in range(3):
        world.write(0, 0)
    world.publish()
    for _ in range(2):
        world.dies = True
        world.deliver(range(3))

    world.deliver(range(3))

    assert world.ends_right()


def test_a_paused_stream_takes_nothing_and_loses_nothing(world):
    world.write(0, 0)
    world.catch(STREAM)
    operating.pause(world.consumer, STREAM)
    world.write(0, 0)
    world.publish()
    world.deliver(range(2))
    world.compare()

    assert [len(of) for of in world.found().values()] == [1]
    with pytest.raises(operating.NotPossible):
        operating.pause(world.consumer, STREAM)
    operating.resume(world.consumer, STREAM)
    world.compare()

    assert world.ends_right()
    with world.consumer.reading(EVERY_SCHOOL) as session:
        assert cursors.get(session, STREAM).position == 2
