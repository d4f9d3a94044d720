"""The limits: what the machine gives to a program that does nothing but the bare minimum."""

import hashlib
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pika
import psycopg

from tests.bench.measure import Turn

WINDOW = 1000

SAVE_TABLES = """
CREATE TABLE bare_heads (page_id uuid PRIMARY KEY, seq bigint NOT NULL, head text NOT NULL);
CREATE TABLE bare_streams (stream text PRIMARY KEY, head bigint NOT NULL, head_id uuid);
CREATE TABLE bare_entries (
    page_id uuid, lesson_id uuid, slot int, pupil_id uuid, school_id uuid NOT NULL, value text,
    seq bigint NOT NULL, PRIMARY KEY (page_id, lesson_id, slot, pupil_id));
CREATE TABLE bare_revisions (
    page_id uuid, seq bigint, school_id uuid NOT NULL, lesson_id uuid NOT NULL, pupil_id uuid,
    what text NOT NULL, slot int, value text, was text, actor_id uuid NOT NULL,
    at timestamptz NOT NULL, reason text, hash text NOT NULL, PRIMARY KEY (page_id, seq));
CREATE TABLE bare_log (
    stream text, position bigint, id uuid NOT NULL, prev_id uuid, epoch uuid NOT NULL,
    type text NOT NULL, subject text NOT NULL, time timestamptz NOT NULL, meta text NOT NULL,
    data text NOT NULL, PRIMARY KEY (stream, position));
"""

STREAM = "journal/bare"
KEY = "journal.0198c0de-0000-7000-8000-000000000000.marks.recorded"

ENTRIES = """
INSERT INTO bare_entries SELECT * FROM
unnest(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::uuid[], %s::text[], %s::bigint[])
ON CONFLICT (page_id, lesson_id, slot, pupil_id) DO UPDATE SET value = excluded.value, seq = excluded.seq
"""

REVISIONS = """
INSERT INTO bare_revisions SELECT * FROM
unnest(%s::uuid[], %s::bigint[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::int[], %s::text[],
       %s::text[], %s::uuid[], %s::timestamptz[], %s::text[], %s::text[])
"""


def save_tables(url: str, pages: Sequence[UUID]) -> None:
    """Make the tables of a bare save, with a row for each page and one stream for all."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SAVE_TABLES)
        connection.execute("INSERT INTO bare_streams VALUES (%s, 0, NULL)", (STREAM,))
        for page in pages:
            connection.execute("INSERT INTO bare_heads VALUES (%s, 0, '')", (page,))


def bare_save(url: str, page: UUID, pupils: Sequence[UUID], data: str) -> Turn:
    """Return a turn that writes what a save of a lesson's marks writes, in one commit, and no more."""
    connection = psycopg.connect(url)
    lesson, school, actor, epoch = uuid4(), uuid4(), uuid4(), uuid4()
    n = len(pupils)
    hashes = [hashlib.sha256(p.bytes).hexdigest() for p in pupils]
    turns = iter(range(10**9))

    def turn() -> None:
        value = "45"[next(turns) % 2]
        with connection.transaction():
            cursor = connection.execute(
                "UPDATE bare_heads SET seq = seq + %s, head = %s WHERE page_id = %s RETURNING seq, now()",
                (n, hashes[-1], page),
            )
            seq, at = cursor.fetchone() or (0, None)
            seqs = list(range(seq - n + 1, seq + 1))
            own: list[Any] = [
                [page] * n,
                [lesson] * n,
                [1] * n,
                list(pupils),
                [school] * n,
                [value] * n,
                seqs,
            ]
            connection.execute(ENTRIES, own)
            link = [[page] * n, seqs, [school] * n, [lesson] * n, list(pupils), ["mark"] * n, [1] * n]
            link += [[value] * n, [value] * n, [actor] * n, [at] * n, [None] * n, hashes]
            connection.execute(REVISIONS, link)
            event = uuid4()
            cursor = connection.execute(
                "UPDATE bare_streams SET head = head + 1, head_id = %s WHERE stream = %s RETURNING head",
                (event, STREAM),
            )
            (position,) = cursor.fetchone() or (0,)
            connection.execute(
                "INSERT INTO bare_log VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
                (STREAM, position, event, event, epoch, "marks", f"page/{page}", at, "{}", data),
            )

    return turn


def bare_publishing(url: str, bodies: Sequence[bytes]) -> float:
    """Return messages a second of pika publishing to a quorum queue with pipelined confirms."""
    work = _Publishing(url, bodies)
    return work.run()


class _Publishing:
    def __init__(self, url: str, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        self.sent = self.confirmed = 0
        self.started = self.ended = 0.0
        self.queue = f"bare-{uuid4().hex[:6]}"
        self.connection = pika.SelectConnection(pika.URLParameters(url), on_open_callback=self._opened)

    def run(self) -> float:
        self.connection.ioloop.start()
        return len(self.bodies) / (self.ended - self.started)

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel)

    def _channel(self, channel: Any) -> None:
        self.channel = channel
        declared = {"x-queue-type": "quorum"}
        channel.queue_declare(self.queue, durable=True, arguments=declared, callback=self._declared)

    def _declared(self, _: Any) -> None:
        self.channel.exchange_declare(self.queue, "topic", durable=True, callback=self._bind)

    def _bind(self, _: Any) -> None:
        self.channel.queue_bind(self.queue, self.queue, routing_key="journal.#", callback=self._bound)

    def _bound(self, _: Any) -> None:
        self.channel.confirm_delivery(self._confirm, callback=self._begin)

    def _begin(self, _: Any) -> None:
        self.started = time.perf_counter()
        self._fill()

    def _fill(self) -> None:
        while self.sent < len(self.bodies) and self.sent - self.confirmed < WINDOW:
            properties = pika.BasicProperties(
                content_type="application/cloudevents+json", delivery_mode=2, message_id=str(uuid4())
            )
            self.channel.basic_publish(self.queue, KEY, self.bodies[self.sent], properties, mandatory=True)
            self.sent += 1

    def _confirm(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        self.confirmed = tag if multiple else self.confirmed + 1
        if self.confirmed >= len(self.bodies):
            self.ended = time.perf_counter()
            self.channel.queue_delete(self.queue)
            self.channel.exchange_delete(self.queue, callback=self._deleted)
            return
        self._fill()

    def _deleted(self, _: Any) -> None:
        self.connection.close()
        self.connection.ioloop.stop()


def bare_copy(url: str, table: str, rows: Sequence[tuple[Any, ...]]) -> float:
    """Return rows a second of COPY into a copy of a table, its keys and indexes included."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"DROP TABLE IF EXISTS bare_copy; CREATE TABLE bare_copy (LIKE {table} INCLUDING ALL)"
        )
        started = time.perf_counter()
        with connection.transaction(), connection.cursor().copy("COPY bare_copy FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return len(rows) / (time.perf_counter() - started)
