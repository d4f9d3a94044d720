"""The journal's hot paths through HTTP: saving a lesson's marks, opening a class page, a diary's week."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from tests.bench.desks import Desk, put_marks
from tests.bench.limits import bare_save, save_tables
from tests.bench.measure import CLIENTS, Figure, HttpClient, in_turn, rate
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.seeding import SmallClass, SmallSchool, hear, small_school

PAGE_PEER = 20.0
"""Pages a second that a typical PHP school system opens on such a machine with 8 clients (18–20)."""


@dataclass
class Journal:
    """A running journal with eight classes, a quarter of lessons each."""

    deployment: Deployment
    school: SmallSchool
    url: str

    def desks(self) -> list[Desk]:
        """Return a desk for each class, at its last lesson."""
        return [self._desk(one) for one in self.school.classes]

    def _desk(self, one: SmallClass) -> Desk:
        port = self.deployment.ports["journal"]
        ids = (self.school.school_id, one.teacher_id, self._page_id(one), one.lesson_ids[-1])
        return Desk(port, *ids, one.pupil_ids)

    def _page_id(self, one: SmallClass) -> UUID:
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
    desks = running.desks()
    pupils = desks[0].pupil_ids
    save_tables(running.url, [desk.page_id for desk in desks])
    data = json.dumps([{"pupil_id": str(p), "slot": 1, "value": "5", "was": "4"} for p in pupils])
    ours, limit = in_turn(
        lambda: rate(lambda n: desks[n].saving()),
        lambda: rate(lambda n: bare_save(running.url, desks[n].page_id, pupils, data)),
    )
    holds = ours >= 0.35 * limit
    return Figure("save 30 marks", "saves/s", ours, limit, "bare psycopg, same rows", "≥ 35 %", holds)


def pages(running: Journal) -> Figure:
    """Measure openings of a class page: 30 pupils, a quarter of 40 lessons, most cells filled."""
    fill_pages(running)
    desks = running.desks()
    ours = rate(lambda n: desks[n].opening())
    return _against_peer("open a class page", "pages/s", ours)


def diaries(running: Journal) -> Figure:
    """Measure weeks of a diary, each client a class whose pupils read theirs in turn."""
    desks = running.desks()
    ours = rate(lambda n: desks[n].reading_diaries())
    return _against_peer("open a diary's week", "weeks/s", ours)


def _against_peer(name: str, unit: str, ours: float) -> Figure:
    peer = "a PHP school system, elsewhere"
    return Figure(name, unit, ours, PAGE_PEER, peer, "≥ 10 times", ours >= 10 * PAGE_PEER)


def fill_pages(running: Journal) -> None:
    """Put marks into two thirds of the cells of every lesson but the last."""
    for one, desk in zip(running.school.classes, running.desks(), strict=True):
        client, headers = HttpClient(desk.port), desk.headers
        seq = desk.seq(client, headers)
        for number, lesson in enumerate(one.lesson_ids[:-1]):
            cells = [
                {"pupil_id": str(p), "slot": 1, "value": "45"[(i + number) % 2]}
                for i, p in enumerate(one.pupil_ids)
                if (i + number) % 3
            ]
            seq = put_marks(client, headers, lesson, seq, json.dumps({"entries": cells}).encode())
