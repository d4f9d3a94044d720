"""A producer that comes back with another past (FAULTS F14, F16), and a consumer that comes late."""

import json
import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from services.identity.actions.programs.clients import ensure_client
from shared.app import create_app
from shared.auth import KeyRing
from shared.db import EVERY_SCHOOL, Database
from shared.events.journal import MarksRecorded, PageOpened, RecordedEntry
from shared.ids import new_id
from shared.outbox import publish
from shared.peers import Peers
from shared.service import Runtime, find_service
from shared.settings import Settings
from shared.worker import Worker
from tests.faults import checks
from tests.faults.checks import all_is_well
from tests.faults.load import Load
from tests.faults.world import World, world
from tests.support.databases import postgres_database
from tests.support.deployment import SECRET
from tests.support.postgres import Postgres
from tests.support.seeding import small_school
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def school(cluster: Postgres, node) -> Iterator[World]:
    """A school whose past this test may change."""
    with world(cluster, node.url(node.create_vhost())) as made:
        yield made


def state_of(school: World, consumer: str) -> str:
    sql = "SELECT state FROM event_cursor WHERE stream LIKE 'journal/%%'"
    return str(school.deployment.scalar(consumer, sql))


def entries_of(school: World) -> int:
    return int(school.deployment.scalar("reporting", "SELECT count(*) FROM entries"))


def test_a_producer_restored_from_an_old_copy_is_noticed_and_taken_over_by_command(school, tmp_path):
    deployment = school.deployment
    with Load(school, tmp_path, 1) as load:
        load.run(1)
    eventually(lambda: all_is_well(school, load), within=60, every=0.3)

    # A copy is taken; four seconds of saves later the machine comes back with the copy.
    deployment.kill_workers("journal")
    deployment.webs["journal"].kill()
    copy = deployment.take_copy("journal")
    kept = list(load.promises)
    deployment.start_web("journal")
    deployment.start_worker("journal")
    with load:
        load.run(2)
    eventually(lambda: all_is_well(school, load), within=60, every=0.3)
    lost = len([p for p in load.promises if p.changed]) - len([p for p in kept if p.changed])
    before = deployment.scalar("journal", "SELECT max(head) FROM event_stream")
    deployment.kill_workers("journal")
    deployment.webs["journal"].kill()
    deployment.put_back("journal", copy)
    deployment.start_web("journal")
    deployment.start_worker("journal")

    # Positions pass the old head again: only the chain tells the two histories apart.
    load.promises[:] = kept
    load.look_again()
    shown = entries_of(school)
    with load:
        eventually(
            lambda: deployment.scalar("journal", "SELECT max(head) FROM event_stream") > before + 3, within=60
        )
    for consumer in ("reporting", "notify"):
        eventually(lambda consumer=consumer: state_of(school, consumer) == "diverged", within=60)
    assert entries_of(school) == shown, "Something was wiped without anybody's word."
    assert deployment.parta("events", "status", "reporting") == 2

    # The operator takes the new history; what is gone is kept in a file.
    stream = f"journal/{school.school_id}"
    for consumer in ("reporting", "notify"):
        said = ("--reason", "the journal was restored", "--save", str(tmp_path))
        assert deployment.parta("events", "accept", consumer, stream, *said) == 0
    orphans = [json.loads(line) for file in tmp_path.glob("*.jsonl") for line in _lines(file)]
    assert len({o["id"] for o in orphans if o.get("type") == "journal.marks.recorded"}) == lost
    eventually(lambda: reporting_follows(school, load), within=60, every=0.3)


def _lines(file) -> list[str]:
    return [] if file.name == "promises.jsonl" else file.read_text().splitlines()


def reporting_follows(school: World, load: Load) -> bool:
    """Everything but the notices, which tell of marks that were really put, then lost."""
    checks.nobody_lags(school)
    checks.logs_are_whole(school)
    checks.promises_are_kept(school, load)
    checks.reporting_shows_the_journal(school)
    return True


def test_a_producer_started_on_an_empty_database_by_mistake_harms_no_reader(school, tmp_path):
    deployment = school.deployment
    with Load(school, tmp_path, 1) as load:
        load.run(1)
    eventually(lambda: all_is_well(school, load), within=60, every=0.3)
    shown = entries_of(school)

    deployment.kill_workers("journal")
    deployment.webs["journal"].kill()
    real = deployment.take_copy("journal")
    deployment.put_back("journal", postgres_database("journal", deployment.cluster))
    deployment.start_web("journal")
    deployment.start_worker("journal")

    for consumer in ("reporting", "notify"):
        eventually(lambda consumer=consumer: state_of(school, consumer) == "diverged", within=60)
    assert entries_of(school) == shown

    # The mistake is mended, and nobody has to be told.
    deployment.kill_workers("journal")
    deployment.webs["journal"].kill()
    deployment.put_back("journal", real)
    deployment.start_web("journal")
    deployment.start_worker("journal")
    eventually(lambda: all_is_well(school, load), within=90, every=0.3)


EVENTS = 50_000
AT_ONCE = 250  # So few that no transaction idles for long, however slow the machine.


def test_a_new_consumer_catches_up_with_fifty_thousand_events(
    cluster: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.worker.LONG_POLL_SECONDS", 1)
    names = {name: postgres_database(name, cluster) for name in ("identity", "journal", "reporting")}
    databases = {name: Database(cluster.url(database)) for name, database in names.items()}
    peers = Peers({})
    runtimes = {name: _runtime(name, databases[name], peers) for name in names}
    for name, runtime in runtimes.items():
        peers.put_in_process(name, create_app(runtime))
    with databases["identity"].writing(EVERY_SCHOOL) as session:
        ensure_client(session, "service-reporting", SECRET, scopes=("events:read",))
    told = _write_marks(databases["journal"])

    worker = Worker(runtimes["reporting"])
    worker.start()
    try:
        position = "SELECT position FROM event_cursor WHERE stream LIKE 'journal/%%'"
        eventually(lambda: _scalar(databases["reporting"], position) == EVENTS + 1, within=200, every=0.5)
        with databases["reporting"].reading(EVERY_SCHOOL) as session:
            sql = "SELECT lesson_id, pupil_id, value FROM entries"
            shown = {(r[0], r[1]): r[2] for r in session.connection().exec_driver_sql(sql)}
        assert shown == told
        assert _scalar(databases["reporting"], "SELECT count(*) FROM page_heads WHERE seq > 0") == EVENTS
    finally:
        worker.stop()
        eventually(lambda: not _asking(), within=60)  # What is asked after the close opens it again.
        for name, database in databases.items():
            database.close()
            cluster.drop_database(names[name])


def _asking() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("reporting-catchup")]


def _runtime(name: str, database: Database, peers: Peers) -> Runtime:
    settings = Settings(service=name, database_url="", client_secret=SECRET)
    keys = KeyRing(lambda: peers.client("identity").get("/api/identity/v1/jwks.json").json())
    return Runtime(find_service(name), settings, database, peers, keys)


def _scalar(database: Database, sql: str) -> int:
    with database.reading(EVERY_SCHOOL) as session:
        return session.connection().exec_driver_sql(sql).scalar() or 0


def _write_marks(journal: Database) -> dict[tuple[UUID, UUID], str]:
    """Tell of so many marks on one page; returns what the last of each cell was."""
    school = small_school(pupils=30, lessons=40)
    one, page = school.classes[0], new_id()
    ids = {"page_id": page, "group_id": one.group_id, "subject_id": school.subject_id}
    told = {}
    with journal.writing(school.school_id) as session:
        publish(session, PageOpened(year_id=school.year_id, **ids))
    for first in range(0, EVENTS, AT_ONCE):
        with journal.writing(school.school_id) as session:
            for number in range(first, first + AT_ONCE):
                lesson = one.lesson_ids[number % 40]
                pupil = one.pupil_ids[number // 40 % 30]
                value = str(2 + number // 1200 % 4)
                entry = RecordedEntry(pupil_id=pupil, slot=1, value=value, was=None, work="answer", weight=1)
                publish(
                    session,
                    MarksRecorded(
                        **ids,
                        lesson_id=lesson,
                        lesson_on=school.told["schedule"][0].starts_on,
                        number=1,
                        seq=number + 1,
                        head=f"{number:064x}",
                        entries=[entry],
                    ),
                )
                told[lesson, pupil] = value
    return told
