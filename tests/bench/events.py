"""The events' way: from the log to the broker, from the broker into reporting, and how long it takes."""

import json
import statistics
import threading
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

from sqlalchemy import text

from shared.apply import Applier
from shared.consumer import Consumer
from shared.db import Database
from shared.events.journal import MarksRecorded, PageOpened, RecordedEntry
from shared.ids import new_id
from shared.leases import SHARDS, Leases
from shared.outbox import publish
from shared.outgoing import Relay
from shared.service import find_service
from shared.transport import connect_publisher
from tests.bench.limits import bare_copy, bare_publishing
from tests.bench.measure import Figure, HttpClient
from tests.support.databases import postgres_database
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ
from tests.support.seeding import SmallSchool, hear, small_school
from tests.support.tokens import bearer
from tests.support.waiting import eventually

EVENTS = 20_000
SAVES = 60
NOTHING = 0


def figures(cluster: Postgres, broker: RabbitMQ) -> Iterator[Figure]:
    """Measure relay, consumer (small events and whole lessons), and the latency between services."""
    yield from _carried(cluster, broker, EVENTS, entries=1)
    yield from list(_carried(cluster, broker, EVENTS // 10, entries=30))[1:]
    yield _latency(cluster, broker)


def _carried(cluster: Postgres, broker: RabbitMQ, events: int, *, entries: int) -> Iterator[Figure]:
    school = small_school(classes=8, pupils=30, lessons=40)
    journal = Database(cluster.url(postgres_database("journal", cluster)))
    reporting = Database(cluster.url(postgres_database("reporting", cluster)))
    for told in school.told.values():
        hear(reporting, "reporting", school.school_id, told)
    _write_log(journal, school, events, entries)
    url = broker.url(broker.create_vhost())
    with _bound_queue(url):
        relayed = _relay(journal, url, f"journal/{school.school_id}")
        bodies = [json.dumps({"data": "x" * (500 + 130 * entries)}).encode()] * events
        bare = bare_publishing(url, bodies)
        yield Figure(
            "relay", "events/s", relayed, bare, "bare pika, pipelined", "≥ 50 %", relayed >= bare / 2
        )
    applied = _consume(reporting, url, school.school_id, events)
    copied = bare_copy(cluster.url(_name(reporting)), "entries", _rows(reporting)) / entries
    name = "consumer, one mark an event" if entries == 1 else "consumer, 30 marks an event"
    wanted = "≥ 4,000/s" if entries == 1 else "–"
    holds = applied >= 4000 or entries > 1
    note = f"({applied * entries:,.0f} rows/s)"
    yield Figure(name, "events/s", applied, copied, "COPY of the same rows", wanted, holds, note)
    journal.close()
    reporting.close()


def _write_log(journal: Database, school: SmallSchool, events: int, entries: int) -> None:
    """Write what the journal would tell of so many saves, spread over its classes and lessons."""
    pages = [new_id() for _ in school.classes]
    ids = {"subject_id": school.subject_id}
    with journal.writing(school.school_id) as session:
        for page, one in zip(pages, school.classes, strict=True):
            publish(session, PageOpened(page_id=page, year_id=school.year_id, group_id=one.group_id, **ids))
    for first in range(0, events, 500):
        with journal.writing(school.school_id) as session:
            for number in range(first, first + 500):
                publish(session, _marks(school, pages, number, entries))


def _marks(school: SmallSchool, pages: list[UUID], number: int, entries: int) -> MarksRecorded:
    place = number % len(pages)
    one = school.classes[place]
    nth = number // len(pages)
    lesson = nth % len(one.lesson_ids)
    pupils = [one.pupil_ids[(nth // 40 + i) % len(one.pupil_ids)] for i in range(entries)]
    row = {"slot": 1, "value": "5", "was": None, "work": "answer", "weight": 1}
    return MarksRecorded(
        page_id=pages[place],
        group_id=one.group_id,
        subject_id=school.subject_id,
        lesson_id=one.lesson_ids[lesson],
        lesson_on=school.told["schedule"][0].starts_on,  # type: ignore[attr-defined]
        number=1,
        seq=nth + 1,
        head=uuid4().hex,
        entries=[RecordedEntry(pupil_id=pupil, **row) for pupil in pupils],
    )


def _relay(journal: Database, url: str, stream: str) -> float:
    """Let a relay publish the whole log; returns events a second from its first to its last confirm."""
    head = _scalar(journal, "SELECT head FROM event_stream WHERE stream = :stream", stream)
    leases = Leases(journal, "relay", "bench", SHARDS)
    relay = Relay(journal, "journal", lambda: connect_publisher(url, "journal"), leases)
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop, 0.05))
    thread.start()
    published = "SELECT published FROM relay_cursor WHERE stream = :stream"
    eventually(lambda: _scalar(journal, published, stream), within=60, every=0.001)
    began, from_ = time.perf_counter(), _scalar(journal, published, stream)
    eventually(lambda: _scalar(journal, published, stream) == head, within=120, every=0.01)
    seconds = time.perf_counter() - began
    stop.set()
    thread.join()
    return float((head - from_) / seconds)


class _bound_queue:  # noqa: N801  (used as a statement)
    """Reporting's queue, declared and bound as its consumer does, but not yet listened to."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> None:
        from shared.transport import listening

        with listening(self.url, "reporting", ["journal"]):
            pass

    def __exit__(self, *_: object) -> None:
        """Leave the queue with what is in it."""


def _consume(reporting: Database, url: str, school_id: UUID, events: int) -> float:
    """Let the consumer empty its queue; returns events a second."""
    applier = Applier(find_service("reporting"), reporting)
    consumer = Consumer(url, applier, wake=lambda _: None, compare=lambda: None)
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    stream, position = f"journal/{school_id}", "SELECT position FROM event_cursor WHERE stream = :stream"
    thread.start()
    eventually(lambda: _scalar(reporting, position, stream), within=60, every=0.001)
    began, from_ = time.perf_counter(), _scalar(reporting, position, stream)
    eventually(lambda: _scalar(reporting, position, stream) >= events, within=180, every=0.01)
    seconds = time.perf_counter() - began
    stop.set()
    thread.join()
    return float((events - from_) / seconds)


def _scalar(database: Database, sql: str, stream: str) -> int:
    with database.reading("*") as session:
        return session.execute(text(sql), {"stream": stream}).scalar() or NOTHING


def _name(database: Database) -> str:
    return str(database.engine.url.database)


def _rows(database: Database) -> list[tuple[object, ...]]:
    with database.reading("*") as session:
        return [tuple(row) for row in session.execute(text("SELECT * FROM entries"))]


def _latency(cluster: Postgres, broker: RabbitMQ) -> Figure:
    """Measure from the acknowledged save to the mark in reporting, on a system that does nothing else."""
    with published_keys() as keys:
        url = broker.url(broker.create_vhost())
        deployment = Deployment(cluster, url, ("journal", "reporting"), PARTA_IDENTITY_URL=keys)
        school = small_school(pupils=30, lessons=10)
        for name in ("journal", "reporting"):
            for told in school.told.values():
                hear(deployment.database(name), name, school.school_id, told)
        deployment.start_web("journal")
        with _bound_queue(url):  # There is no identity, and so no feed: nothing may be told to nobody.
            deployment.start_worker("journal")
            deployment.start_worker("reporting")
        waits = [_one_wait(deployment, school, number) for number in range(SAVES)][10:]
        deployment.stop()
    p95 = statistics.quantiles(waits, n=20)[-1] * 1000
    note = f"(median {statistics.median(waits) * 1000:.0f} ms, worst {max(waits) * 1000:.0f} ms)"
    return Figure("commit to visible, p95", "ms", p95, 100, "what was asked", "< 100 ms", p95 < 100, note)


def _one_wait(deployment: Deployment, school: SmallSchool, number: int) -> float:
    one = school.classes[0]
    given = {"school_id": school.school_id, "person_id": one.teacher_id, "roles": ("teacher",)}
    headers = bearer("journal", **given) | {"Content-Type": "application/json"}
    client = HttpClient(deployment.ports["journal"])
    pupil = str(one.pupil_ids[number % 30])
    body = json.dumps({"entries": [{"pupil_id": pupil, "slot": 1, "value": "54"[number // 30 % 2]}]}).encode()
    seq = deployment.scalar("journal", "SELECT max(seq) FROM pages")
    path = f"/api/journal/v1/lessons/{one.lesson_ids[0]}/entries"
    status, got, answer = client.call("POST", path, headers | {"If-Match": f'"{seq}"'}, body)
    assert status == 200, (status, answer[:500])
    wanted, began = int(got["etag"].strip('"')), time.perf_counter()
    sql = f"SELECT 1 FROM page_heads WHERE seq >= {wanted} LIMIT 1"
    eventually(lambda: deployment.scalar("reporting", sql), within=60, every=0.002)
    waited = time.perf_counter() - began
    time.sleep(0.3)  # The next save finds an idle system again.
    return waited
