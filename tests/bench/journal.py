"""The journal's two hot paths through HTTP: saving a lesson's marks, opening a class page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from sqlalchemy import text

from tests.bench.limits import bare_save, save_tables
from tests.bench.measure import CLIENTS, Figure, HttpClient, Turn, in_turn, rate
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.seeding import SmallClass, SmallSchool, hear, small_school
from tests.support.tokens import bearer

PAGE_PEER = 20.0
"""Pages a second that a typical PHP school system opens on such a machine with 8 clients (18–20)."""


@dataclass
class Journal:
    """A running journal with eight classes, a quarter of lessons each."""

    deployment: Deployment
    school: SmallSchool
    url: str

    def headers(self, one: SmallClass) -> dict[str, str]:
        """Return the headers of a class's teacher."""
        given = {"school_id": self.school.school_id, "person_id": one.teacher_id, "roles": ("teacher",)}
        return bearer("journal", lives_seconds=3600, **given) | {"Content-Type": "application/json"}

    def page_id(self, one: SmallClass) -> UUID:
        """Return the page of a class."""
        with self.deployment.database("journal").reading(self.school.school_id) as session:
            found: UUID = session.execute(
                text("SELECT id FROM pages WHERE group_id = :id"), {"id": one.group_id}
            ).scalar_one()
            return found


@contextmanager
def journal(cluster: Postgres, *, processes: int = 2) -> Iterator[Journal]:
    """Run the journal alone, its copies already made."""
    with published_keys() as keys:
        deployment = Deployment(cluster, "", ("journal",), PARTA_IDENTITY_URL=keys)
        school = small_school(classes=CLIENTS, pupils=30, lessons=40)
        database = deployment.database("journal")
        for told in school.told.values():
            hear(database, "journal", school.school_id, told)
        deployment.start_web("journal", processes=processes)
        url = cluster.url(deployment.names["journal"])
        yield Journal(deployment, school, url)
        deployment.stop()


def saves(running: Journal) -> Figure:
    """Measure saves of one lesson's 30 marks, each client a teacher of a class of their own."""
    pupils = running.school.classes[0].pupil_ids
    pages = [running.page_id(one) for one in running.school.classes]
    save_tables(running.url, pages)
    data = json.dumps([{"pupil_id": str(p), "slot": 1, "value": "5", "was": "4"} for p in pupils])
    ours, limit = in_turn(
        lambda: rate(lambda n: _save(running, running.school.classes[n])),
        lambda: rate(lambda n: bare_save(running.url, pages[n], pupils, data)),
    )
    holds = ours >= 0.35 * limit
    return Figure("save 30 marks", "saves/s", ours, limit, "bare psycopg, same rows", "≥ 35 %", holds)


def _save(running: Journal, one: SmallClass) -> Turn:
    client = HttpClient(running.deployment.ports["journal"])
    headers = running.headers(one)
    path = f"/api/journal/v1/lessons/{one.lesson_ids[-1]}/entries"
    bodies = [
        json.dumps({"entries": [{"pupil_id": str(p), "slot": 1, "value": v} for p in one.pupil_ids]}).encode()
        for v in "45"
    ]
    seq = _current_seq(running, one, client, headers)
    turns = count()

    def turn() -> None:
        nonlocal seq
        body = bodies[next(turns) % 2]
        status, got, answer = client.call("POST", path, headers | {"If-Match": f'"{seq}"'}, body)
        assert status == 200, (status, answer[:500])
        seq = got["etag"].strip('"')

    return turn


def _current_seq(running: Journal, one: SmallClass, client: HttpClient, headers: dict[str, str]) -> str:
    _, got, _ = client.call("GET", f"/api/journal/v1/pages/{running.page_id(one)}", headers)
    return got["etag"].strip('"')


def pages(running: Journal) -> Figure:
    """Measure openings of a class page: 30 pupils, a quarter of 40 lessons, most cells filled."""
    for one in running.school.classes:
        _fill_page(running, one)
    ours = rate(lambda n: _open(running, running.school.classes[n]))
    holds = ours >= 10 * PAGE_PEER
    peer = "a PHP school system, elsewhere"
    return Figure("open a class page", "pages/s", ours, PAGE_PEER, peer, "≥ 10 times", holds)


def _fill_page(running: Journal, one: SmallClass) -> None:
    client = HttpClient(running.deployment.ports["journal"])
    headers = running.headers(one)
    seq = _current_seq(running, one, client, headers)
    for number, lesson in enumerate(one.lesson_ids[:-1]):
        cells = [
            {"pupil_id": str(p), "slot": 1, "value": "45"[(i + number) % 2]}
            for i, p in enumerate(one.pupil_ids)
            if (i + number) % 3
        ]
        path = f"/api/journal/v1/lessons/{lesson}/entries"
        body = json.dumps({"entries": cells}).encode()
        status, got, answer = client.call("POST", path, headers | {"If-Match": f'"{seq}"'}, body)
        assert status == 200, (status, answer[:500])
        seq = got["etag"].strip('"')


def _open(running: Journal, one: SmallClass) -> Turn:
    client = HttpClient(running.deployment.ports["journal"])
    path, headers = f"/api/journal/v1/pages/{running.page_id(one)}", running.headers(one)

    def turn() -> None:
        status, _, answer = client.call("GET", path, headers)
        assert status == 200, (status, answer[:500])

    return turn
