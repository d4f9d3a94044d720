"""The event log under many writers (FAULTS F1), and proof that the check can fail (F2)."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psycopg
import pytest

from shared import log
from shared.db import Database
from shared.events.journal import PeriodClosed
from shared.ids import new_id
from shared.outbox import publish, stream_name
from tests.support.databases import postgres_database
from tests.support.postgres import Postgres

WRITERS = 16
SECONDS = 5.0
ROLLED_BACK = 0.05


class _RolledBack(Exception):
    pass


@pytest.fixture
def journal(cluster: Postgres) -> Iterator[Database]:
    name = postgres_database("journal", cluster)
    database = Database(cluster.url(name), pool_size=WRITERS + 1)
    yield database
    database.close()
    cluster.drop_database(name)


def under_writers(write: Callable[[random.Random], None], read: Callable[[], int]) -> None:
    """Let the writers write and the reader follow, until all is written and read."""
    stop = threading.Event()

    def keep_writing(seed: int) -> None:
        choose = random.Random(seed)
        while not stop.is_set():
            with suppress(_RolledBack):
                write(choose)

    threads = [threading.Thread(target=keep_writing, args=(seed,)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        read()
    stop.set()
    for thread in threads:
        thread.join()
    while read():
        pass


def test_a_reader_of_the_log_sees_every_committed_event_once_and_in_order(journal):
    school = new_id()
    stream = stream_name("journal", school)
    committed, seen = set(), []

    def write(choose: random.Random) -> None:
        period = new_id()
        with journal.writing(school) as session:
            publish(session, PeriodClosed(period_id=period))
            if choose.random() < ROLLED_BACK:
                raise _RolledBack
        committed.add(str(period))

    def read() -> int:
        rows = log.read_log(journal, stream, len(seen))
        seen.extend((row.position, row.prev_id, row.id, row.data) for row in rows)
        return len(rows)

    under_writers(write, read)

    assert len(seen) > WRITERS * 5
    assert [position for position, *_ in seen] == list(range(1, len(seen) + 1))
    assert [prev for _, prev, *_ in seen[1:]] == [event for _, _, event, _ in seen[:-1]]
    assert sorted(data.split('"')[3] for *_, data in seen) == sorted(committed)


def test_the_same_reader_loses_events_of_a_log_numbered_by_a_sequence(cluster: Postgres):
    name = cluster.create_database()
    url = cluster.url(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE naive_log (position bigserial PRIMARY KEY, mark text)")
    local = threading.local()
    opened: list[psycopg.Connection] = []
    reader = psycopg.connect(url, autocommit=True)
    seen: set[int] = set()
    last = 0

    def write(choose: random.Random) -> None:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(url)
            opened.append(local.connection)
        with local.connection.transaction(force_rollback=choose.random() < ROLLED_BACK):
            local.connection.execute("INSERT INTO naive_log (mark) VALUES ('5')")
            time.sleep(choose.random() / 200)

    def read() -> int:
        nonlocal last
        rows = reader.execute("SELECT position FROM naive_log WHERE position > %s", (last,)).fetchall()
        seen.update(position for (position,) in rows)
        last = max(seen, default=0)
        return len(rows)

    under_writers(write, read)
    written = {position for (position,) in reader.execute("SELECT position FROM naive_log")}
    for connection in (reader, *opened):
        connection.close()

    assert written - seen, "The naive log lost nothing: this load would not find a broken log."
