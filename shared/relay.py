"""RabbitMQ as the relay sees it: pika, its confirms pipelined, in a thread of its own (PROTOCOL D2).

kombu waits for each confirm; here hundreds are on their way at once. A connection that fails is
thrown away with all that was unconfirmed, and the relay opens the next: the log is the truth, and
a message sent twice is a duplicate that consumers know.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple

import pika
import structlog
from pika.exceptions import ChannelClosedByBroker

from shared.envelope import CONTENT_TYPE
from shared.metrics import RELAY_BLOCKED, RELAY_PUBLISHED

EXCHANGE = "parta.events"
WINDOW = 1000
WATCHDOG_SECONDS = 30.0
CONNECT_SECONDS = 10.0
GOODBYE_SECONDS = 2.0

log = structlog.get_logger()


class NotPublished(Exception):
    """The broker did not confirm; nothing is lost, the relay sends it again."""


class Message(NamedTuple):
    """One envelope and the key it is routed by."""

    id: str
    key: str
    body: bytes


@dataclass
class _Batch:
    messages: deque[Message]
    unconfirmed: int
    done: Future[None] = field(default_factory=Future)


class RabbitPublisher:
    """One connection to RabbitMQ from its opening to its end; never used again after an error."""

    def __init__(self, url: str, service: str) -> None:
        self._service = service
        self._waiting: deque[_Batch] = deque()
        self._unconfirmed: dict[int, _Batch] = {}
        self._tag = 0
        self._connection: Any = None
        self._channel: Any = None
        self._opened: Future[None] = Future()
        self._dead: BaseException | None = None
        self._beat = time.monotonic()
        parameters = pika.URLParameters(url)
        parameters.heartbeat = 15
        parameters.blocked_connection_timeout = 15
        parameters.socket_timeout = parameters.stack_timeout = 5
        parameters.client_properties = {"connection_name": f"parta relay {service}"}
        self._parameters = parameters
        threading.Thread(target=self._run, name=f"{service}-rabbitmq", daemon=True).start()

    def open(self) -> None:
        """Wait until messages can be sent; NotPublished when there is no broker."""
        try:
            self._opened.result(CONNECT_SECONDS)
        except Exception as wrong:
            self.close()
            raise NotPublished(f"{type(wrong).__name__}: {wrong}") from wrong

    def publish(self, messages: Sequence[Message]) -> Future[None]:
        """Send messages in order; the future ends when the broker has confirmed every one."""
        batch = _Batch(deque(messages), len(messages))
        if not self.is_alive():
            batch.done.set_exception(NotPublished(str(self._dead or "The connection hangs.")))
            return batch.done
        self._in_thread(lambda: self._accept(batch))
        return batch.done

    def is_alive(self) -> bool:
        """Whether the connection stands and its thread still turns."""
        return self._dead is None and time.monotonic() - self._beat < WATCHDOG_SECONDS

    def close(self) -> None:
        """End the connection without waiting for it."""
        self._in_thread(lambda: self._end(NotPublished("closed")))

    def _in_thread(self, call: Any) -> None:
        if self._connection is not None and self._dead is None:
            self._connection.ioloop.add_callback_threadsafe(call)

    def _run(self) -> None:
        try:
            self._connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=lambda connection: connection.channel(on_open_callback=self._channel_open),
                on_open_error_callback=lambda _, error: self._closed(error),
                on_close_callback=lambda _, error: self._closed(error),
            )
            self._connection.add_on_connection_blocked_callback(lambda *_: self._blocked(1))
            self._connection.add_on_connection_unblocked_callback(lambda *_: self._blocked(0))
            self._turn()
            self._connection.ioloop.start()
        except Exception as wrong:  # noqa: BLE001  (whatever it was, the relay opens another)
            log.warning("relay.connection_failed", service=self._service, error=repr(wrong))
            self._end(wrong)
        finally:
            self._end(NotPublished("The connection ended."))
            if self._connection is not None:
                self._connection.ioloop.close()

    def _turn(self) -> None:
        self._beat = time.monotonic()
        if self._dead is None:
            self._connection.ioloop.call_later(1, self._turn)

    def _blocked(self, state: int) -> None:
        RELAY_BLOCKED.labels(self._service).set(state)
        log.warning("relay.broker_blocks" if state else "relay.broker_flows", service=self._service)

    def _channel_open(self, channel: Any, *, passive: bool = True) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._channel_closed)
        # Passive first: the exchange comes with the broker's definitions, and to look needs no rights.
        channel.exchange_declare(
            EXCHANGE, "topic", passive=passive, durable=True, callback=lambda _: self._ready(channel)
        )

    def _channel_closed(self, _: Any, error: Exception) -> None:
        missing = isinstance(error, ChannelClosedByBroker) and error.reply_code == 404
        if missing and not self._opened.done():
            self._connection.channel(on_open_callback=lambda new: self._channel_open(new, passive=False))
        else:
            self._end(error)

    def _ready(self, channel: Any) -> None:
        channel.add_on_return_callback(self._returned)
        channel.confirm_delivery(self._confirmed)
        RELAY_BLOCKED.labels(self._service).set(0)
        self._opened.set_result(None)

    def _accept(self, batch: _Batch) -> None:
        if self._dead is not None:
            batch.done.set_exception(NotPublished(str(self._dead)))
            return
        self._waiting.append(batch)
        self._pump()

    def _pump(self) -> None:
        while self._waiting and len(self._unconfirmed) < WINDOW:
            batch = self._waiting[0]
            message = batch.messages.popleft()
            if not batch.messages:
                self._waiting.popleft()
            self._tag += 1
            self._unconfirmed[self._tag] = batch
            properties = pika.BasicProperties(
                content_type=CONTENT_TYPE, delivery_mode=2, message_id=message.id
            )
            self._channel.basic_publish(EXCHANGE, message.key, message.body, properties, mandatory=True)

    def _confirmed(self, frame: Any) -> None:
        method = frame.method
        if method.NAME != "Basic.Ack":
            self._end(NotPublished("The broker refused a message."))
            return
        tags = [method.delivery_tag]
        if method.multiple:
            tags = list(takewhile(lambda tag: tag <= method.delivery_tag, self._unconfirmed))
        for tag in tags:
            batch = self._unconfirmed.pop(tag)
            batch.unconfirmed -= 1
            if not batch.unconfirmed:
                batch.done.set_result(None)
        RELAY_PUBLISHED.labels(self._service, "confirmed").inc(len(tags))
        self._pump()

    def _returned(self, _channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        # No queue is bound: whoever will listen finds the event in the feed.
        RELAY_PUBLISHED.labels(self._service, "returned").inc()
        log.debug("relay.returned", service=self._service, key=method.routing_key)

    def _end(self, error: BaseException) -> None:
        if self._dead is not None:
            return
        self._dead = error
        failed = {id(batch): batch for batch in (*self._unconfirmed.values(), *self._waiting)}
        RELAY_PUBLISHED.labels(self._service, "failed").inc(len(self._unconfirmed))
        reason = NotPublished(f"{type(error).__name__}: {error}")
        for batch in failed.values():
            batch.done.set_exception(reason)
        if not self._opened.done():
            self._opened.set_exception(reason)
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
            self._connection.ioloop.call_later(GOODBYE_SECONDS, self._connection.ioloop.stop)

    def _closed(self, error: BaseException) -> None:
        self._end(error)
        self._connection.ioloop.stop()
