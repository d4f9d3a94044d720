"""Thousands of random histories through the real functions; every one must end right.

They end right when every event of the producer's log has had its effect exactly once and in order,
whatever was lost, repeated, reordered, restored or killed on the way.
"""

import pytest

from shared import apply
from tests.shared.histories import history

BLOCKS = 8
HISTORIES = 250  # in a block


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_history_ends_right(world, block):
    wrong = [seed for seed in range(block * HISTORIES, (block + 1) * HISTORIES) if not history(world, seed)]

    assert not wrong, f"These seeds end wrong: {wrong[:10]}"


def test_without_the_chain_histories_end_wrong(world, monkeypatch):
    # The proof that the model can fail: with positions alone a restored producer goes unnoticed.
    monkeypatch.setattr(apply, "chains", lambda cursor, event: event.position == cursor.position + 1)

    wrong = [seed for seed in range(HISTORIES) if not history(world, seed)]

    assert len(wrong) >= 3
