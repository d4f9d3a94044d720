"""How far a consumer is behind its producers, for the metrics and for `parta events`."""

import time
from collections import Counter
from collections.abc import Mapping

from shared.cursors import BEHIND, BLOCKED, DIVERGED, LIVE, PAUSED, Cursor
from shared.log import Head
from shared.metrics import CONSUMER_LAG, CONSUMER_OLDEST, CONSUMER_STREAMS

STATES = (LIVE, BEHIND, DIVERGED, BLOCKED, PAUSED)

_behind_since: dict[tuple[str, str], float] = {}
_states: dict[str, dict[str, Counter[str]]] = {}


def waiting(head: Head | None, cursor: Cursor | None) -> int:
    """Return how many events of a stream are not applied yet."""
    return max((head.head if head else 0) - (cursor.position if cursor else 0), 0)


def measure(consumer: str, producer: str, heads: Mapping[str, Head], known: Mapping[str, Cursor]) -> None:
    """Show a consumer's distance from one producer in the metrics."""
    events = sum(waiting(head, known.get(stream)) for stream, head in heads.items())
    CONSUMER_LAG.labels(consumer, producer).set(events)
    since = _behind_since.setdefault((consumer, producer), time.monotonic())
    if not events:
        since = _behind_since[consumer, producer] = time.monotonic()
    CONSUMER_OLDEST.labels(consumer, producer).set(time.monotonic() - since)
    by_producer = _states.setdefault(consumer, {})
    by_producer[producer] = Counter(cursor.state for cursor in known.values())
    for state in STATES:
        total = sum(states[state] for states in by_producer.values())
        CONSUMER_STREAMS.labels(consumer, state).set(total)
