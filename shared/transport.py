"""The broker as consumers see it, through kombu: RabbitMQ, or memory within one process (PROTOCOL E).

The only module that knows kombu. On `memory://` it publishes, too.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

import structlog
from kombu import Connection, Consumer, Exchange, Queue, binding

from shared.envelope import CONTENT_TYPE
from shared.relay import EXCHANGE, Message, NotPublished, RabbitPublisher

PREFETCH = 400
HEARTBEAT_SECONDS = 15
# kombu's default on memory:// sleeps up to a second between two looks.
MEMORY_OPTIONS = {"polling_interval": 0.01}

log = structlog.get_logger()


class Delivery(NamedTuple):
    """A message as it came, not yet acknowledged."""

    body: bytes | str
    key: str
    raw: Any


class BrokerGone(Exception):
    """The connection is of no more use; everything unacknowledged comes again."""


def is_memory(url: str) -> bool:
    """Whether the broker lives and dies with this process."""
    return url.startswith("memory:")


def connect_publisher(url: str, service: str) -> "RabbitPublisher | MemoryPublisher":
    """Return a publisher for this broker, not yet open."""
    return MemoryPublisher(url) if is_memory(url) else RabbitPublisher(url, service)


class Inbox:
    """A service's queue, declared and bound to the logs it hears; belongs to one thread."""

    def __init__(self, connection: Any, service: str, logs: Sequence[str]) -> None:
        self._connection = connection
        self._is_memory = connection.transport_cls == "memory"
        self._channel = connection.channel()
        self._got: list[Any] = []
        self._checked = time.monotonic()
        exchange = self._exchange()
        # Bound to whole logs, never by type: a type left out would look like a gap.
        bindings = [binding(exchange, routing_key=f"{log_}.#") for log_ in logs]
        arguments = {"x-queue-type": "quorum", "x-single-active-consumer": True}
        queue = Queue(f"parta.{service}", bindings=bindings, durable=True, queue_arguments=arguments)
        self._channel.basic_qos(0, PREFETCH, False)
        self._consumer = Consumer(
            self._channel, [queue], on_message=self._got.append, accept=None, auto_declare=True
        )
        self._consumer.consume()

    def _exchange(self) -> Any:
        exchange = Exchange(EXCHANGE, "topic", durable=True)
        if self._is_memory:
            exchange(self._channel).declare()
            return exchange
        try:
            # Passive first: the exchange comes with the broker's definitions, and to look needs no rights.
            exchange(self._channel).declare(passive=True)
        except self._connection.channel_errors:
            self._channel = self._connection.channel()
            exchange(self._channel).declare()
        return Exchange(EXCHANGE, "topic", durable=True, no_declare=True)

    def receive(self, limit: int = 200, *, patience: float = 0.5, linger: float = 0.05) -> list[Delivery]:
        """Return the messages that are there, at most `limit`; wait a while for the first.

        More are taken only as long as they come without waiting, and no longer than `linger`.
        """
        self._beat()
        self._drain(patience)
        until = time.monotonic() + linger
        while self._got and len(self._got) < limit and time.monotonic() < until:
            if not self._drain(0.001):
                break
        got = [Delivery(raw.body, raw.delivery_info["routing_key"], raw) for raw in self._got]
        self._got.clear()
        return got

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge what was received together; never called for a part of it on RabbitMQ."""
        if not self._is_memory:
            self._channel.basic_ack(deliveries[-1].raw.delivery_tag, multiple=True)
            return
        for delivery in deliveries:  # In memory `multiple` acknowledges only the last.
            delivery.raw.ack()

    def _drain(self, timeout: float) -> bool:
        before = len(self._got)
        with contextlib.suppress(socket.timeout):
            self._connection.drain_events(timeout=timeout)
        return len(self._got) > before

    def _beat(self) -> None:
        if not self._is_memory and time.monotonic() - self._checked > HEARTBEAT_SECONDS / 4:
            self._connection.heartbeat_check()
            self._checked = time.monotonic()


@contextlib.contextmanager
def listening(url: str, service: str, logs: Sequence[str]) -> Iterator[Inbox]:
    """Open the service's inbox; whatever goes wrong with the broker in it is BrokerGone."""
    options = MEMORY_OPTIONS if is_memory(url) else {}
    connection = Connection(
        url,
        heartbeat=0 if is_memory(url) else HEARTBEAT_SECONDS,
        transport_options=options,
        connect_timeout=5,
    )
    try:
        yield Inbox(connection, service, logs)
        connection.release()
    except (*connection.connection_errors, *connection.channel_errors, OSError) as wrong:
        raise BrokerGone(f"{type(wrong).__name__}: {wrong}") from wrong
    finally:
        # After an error without a farewell: a frozen broker would never answer it.
        with contextlib.suppress(Exception):
            connection.collect()


class MemoryPublisher:
    """Publishing within one process; what is given is delivered at once or not at all."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url, transport_options=MEMORY_OPTIONS)
        self._lock = threading.Lock()
        self._producer: Any = None

    def open(self) -> None:
        """Make the exchange."""
        channel = self._connection.channel()
        exchange = Exchange(EXCHANGE, "topic", durable=True)(channel)
        exchange.declare()
        self._producer = self._connection.Producer(channel, exchange=exchange, auto_declare=False)

    def publish(self, messages: Sequence[Message]) -> Future[None]:
        """Put the messages into the queues bound now; the future has ended already."""
        done: Future[None] = Future()
        try:
            with self._lock:
                for message in messages:
                    self._producer.publish(
                        message.body,
                        routing_key=message.key,
                        content_type=CONTENT_TYPE,
                        content_encoding="binary",
                        message_id=message.id,
                    )
            done.set_result(None)
        except Exception as wrong:
            log.exception("relay.memory_failed")
            done.set_exception(NotPublished(repr(wrong)))
        return done

    def is_alive(self) -> bool:
        """Memory does not fail."""
        return self._producer is not None

    def close(self) -> None:
        """Close the channel."""
        self._connection.release()
