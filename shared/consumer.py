"""The consumer: takes messages from the service's queue and has them applied (PROTOCOL F).

It never refuses a message. What cannot be read or does not continue the chain is acknowledged like
the rest; the catch-up brings what it stood for.
"""

import threading
from collections.abc import Callable, Sequence

import structlog

from shared import envelope
from shared.apply import Applier, Outcome
from shared.envelope import Envelope, Unreadable
from shared.failpoints import reach
from shared.metrics import CONSUMER_EVENTS
from shared.transport import BrokerGone, Delivery, Inbox, listening
from shared.trouble import is_of_the_environment

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

log = structlog.get_logger()


class Consumer:
    """Listens for one service; `wake` asks the catch-up for a stream, `compare` for all heads."""

    def __init__(
        self, url: str, applier: Applier, *, wake: Callable[[str], None], compare: Callable[[], None]
    ) -> None:
        self._url = url
        self._applier = applier
        self._wake = wake
        self._compare = compare
        self.trouble = ""  # Why nothing is consumed now; for /readyz.

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; failures only make it pause, never end."""
        pause = FIRST_PAUSE
        service = self._applier.service.name
        while not stop.is_set():
            try:
                with listening(self._url, service, self._applier.logs) as inbox:
                    self._compare()  # While nobody listened, messages may have been lost.
                    while not stop.is_set():
                        self.turn(inbox)
                        pause, self.trouble = FIRST_PAUSE, ""
            except Exception as wrong:
                if not isinstance(wrong, BrokerGone) and not is_of_the_environment(wrong):
                    log.exception("consumer.failed", service=service)
                self.trouble = f"{type(wrong).__name__}: {wrong}"[:300]
                log.warning("consumer.pauses", service=service, seconds=pause, error=self.trouble)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def turn(self, inbox: Inbox) -> None:
        """Apply and acknowledge what has come; a trouble of the environment leaves it unacknowledged."""
        deliveries = inbox.receive()
        if not deliveries:
            return
        for stream, run in self._by_stream(deliveries).items():
            if self._applier.apply(stream, run) is Outcome.GAP:
                self._wake(stream)
        reach("after_commit_before_ack")
        inbox.acknowledge(deliveries)
        reach("after_ack")

    def _by_stream(self, deliveries: Sequence[Delivery]) -> dict[str, list[Envelope]]:
        runs: dict[str, list[Envelope]] = {}
        unreadable = 0
        for delivery in deliveries:
            try:
                read = _read(delivery)
            except Unreadable as wrong:
                unreadable += 1
                log.warning("consumer.unreadable", key=delivery.key[:200], error=str(wrong)[:300])
                continue
            if read.type.partition(".")[0] in self._applier.logs:
                runs.setdefault(read.stream, []).append(read)
        if unreadable:
            CONSUMER_EVENTS.labels(self._applier.service.name, "unknown", "unreadable").inc(unreadable)
            self._compare()
        return runs


def _read(delivery: Delivery) -> Envelope:
    read = envelope.read(delivery.body)
    if not envelope.routed_as_told(delivery.key, read):
        raise Unreadable("It came by the key of another stream.")
    return read
