"""The relay: carries what is new in the event log to the broker (PROTOCOL D).

How many relays run does not matter for correctness. One that dies between the broker's confirm and
the move of its mark makes duplicates, never losses.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared import envelope
from shared import log as event_log
from shared.clock import now
from shared.db import Database
from shared.failpoints import reach
from shared.leases import Leases, shard_of
from shared.metrics import RELAY_LAG, RELAY_OLDEST
from shared.outbox import committed
from shared.relay import Message, NotPublished

CONFIRM_SECONDS = 10.0
IN_FLIGHT = 4  # Pages on their way while the next is read.
MEASURE_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

log = structlog.get_logger()


class Publisher(Protocol):
    """A connection to a broker, of either transport."""

    def open(self) -> None: ...
    def publish(self, messages: Sequence[Message]) -> Future[None]: ...
    def is_alive(self) -> bool: ...
    def close(self) -> None: ...


class _Sent(NamedTuple):
    stream: str
    after: int
    last: int
    confirmed: Future[None]


class Relay:
    """Publishes the streams of the shards it holds, until it is stopped."""

    def __init__(
        self, database: Database, service: str, connect: Callable[[], Publisher], leases: Leases
    ) -> None:
        self._database = database
        self._service = service
        self._connect = connect
        self._leases = leases
        self._publisher: Publisher | None = None
        self._measured = 0.0

    def run(self, stop: threading.Event, poll_seconds: float) -> None:
        """Work until told to stop; failures only make it pause, never end."""
        pause = FIRST_PAUSE
        heard = committed.wait(-1, 0)
        while not stop.is_set():
            try:
                self._open()
                self.publish_new()
                pause = FIRST_PAUSE
                heard = committed.wait(heard, poll_seconds)
            except Exception as wrong:
                if not isinstance(wrong, NotPublished | SQLAlchemyError | OSError):
                    log.exception("relay.failed", service=self._service)
                log.warning("relay.pauses", service=self._service, seconds=pause, error=str(wrong)[:300])
                self._drop_publisher()
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        self._drop_publisher()

    def publish_new(self) -> int:
        """Publish what the broker does not have yet, once; return how many events were confirmed."""
        shards = self._leases.held()
        found = event_log.unpublished(self._database)
        self._measure(found)
        mine = [one for one in found if shard_of(one.stream) in shards]
        sent: deque[_Sent] = deque()
        count = 0
        try:
            for one in mine:
                for page in self._send(one):
                    sent.append(page)
                    while len(sent) >= IN_FLIGHT:
                        count += self._settle(sent.popleft())
            while sent:
                count += self._settle(sent.popleft())
        except _MovedByAnother:
            log.info("relay.moved_by_another", service=self._service)
        return count

    def _send(self, one: event_log.Unpublished) -> Any:
        after = one.published
        publisher = self._open()
        while after < one.head:
            rows = event_log.read_log(self._database, one.stream, after)
            if not rows:
                return
            reach("before_publish")
            confirmed = publisher.publish([_message(row) for row in rows])
            reach("after_publish")
            yield _Sent(one.stream, after, rows[-1].position, confirmed)
            after = rows[-1].position

    def _settle(self, sent: _Sent) -> int:
        try:
            sent.confirmed.result(CONFIRM_SECONDS)
        except TimeoutError:
            raise NotPublished("The broker did not confirm in time.") from None
        reach("after_confirm")
        if not event_log.move_published(self._database, sent.stream, sent.after, sent.last):
            raise _MovedByAnother
        reach("after_cursor_update")
        return sent.last - sent.after

    def _open(self) -> Publisher:
        if self._publisher is None or not self._publisher.is_alive():
            self._drop_publisher()
            publisher = self._connect()
            publisher.open()
            self._publisher = publisher
        return self._publisher

    def _drop_publisher(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
            self._publisher = None

    def _measure(self, found: Sequence[event_log.Unpublished]) -> None:
        if time.monotonic() - self._measured < MEASURE_SECONDS:
            return
        self._measured = time.monotonic()
        RELAY_LAG.labels(self._service).set(sum(one.head - one.published for one in found))
        firsts = [
            row.time
            for one in found[:20]
            for row in event_log.read_log(self._database, one.stream, one.published, 1)
        ]
        oldest = (now() - min(firsts)).total_seconds() if firsts else 0.0
        RELAY_OLDEST.labels(self._service).set(max(oldest, 0.0))


class _MovedByAnother(Exception):
    """A second relay works on the stream; it has what we sent, too."""


def _message(row: Any) -> Message:
    return Message(str(row.id), envelope.routing_key(row.stream, row.type), envelope.write(row))
