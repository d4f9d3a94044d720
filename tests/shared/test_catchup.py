"""Catch-up from a producer whose log is damaged."""

import pytest
from sqlalchemy import text

from shared.catchup import SourceGone
from shared.cursors import LIVE
from shared.db import EVERY_SCHOOL
from tests.shared.world import STREAMS


def lose(world, stream, position):
    with world.producer.writing(EVERY_SCHOOL) as session:
        lost = text("DELETE FROM event_log WHERE stream = :stream AND position = :position")
        session.execute(lost, {"stream": stream, "position": position})


@pytest.mark.timeout(20)
@pytest.mark.parametrize("position", [1, 2, 4, 5])
def test_a_hole_in_the_log_ends_the_catch_up_and_says_where(world, position):
    for _ in range(6):
        world.write(0, 0)
    lose(world, STREAMS[0], position)

    with pytest.raises(SourceGone, match=str(position + 1)):
        world.catch_up.catch_up(STREAMS[0])

    assert sum(len(roles) for roles in world.found().values()) == position - 1


@pytest.mark.timeout(20)
@pytest.mark.parametrize("damaged", [0, 1])
def test_a_damaged_stream_keeps_no_other_back(world, damaged):
    for school in (0, 1):
        for _ in range(3):
            world.write(school, 0)
    lose(world, STREAMS[damaged], 2)

    with pytest.raises(SourceGone):
        world.compare()

    assert world.states()[STREAMS[1 - damaged]] == LIVE
