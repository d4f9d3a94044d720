"""Rosters of a school of 1,200 pupils through HTTP: all of a day at once, and one class's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg

from services.identity.actions.school.schools import found_school
from services.identity.models import Enrolment, Group, Person, Role, table
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.ids import new_id
from tests.bench.measure import Figure, HttpClient, Turn, in_turn, rate
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.tokens import bearer

CLASSES, PUPILS = 40, 30
FIRST_DAY = date(2026, 9, 1)
ON = "2026-11-16"

LIMIT = "bare psycopg: the rows as JSON, and a note who read them"

NOTES = """
CREATE TABLE IF NOT EXISTS bare_notes (
    id uuid PRIMARY KEY, at timestamptz NOT NULL, school_id uuid NOT NULL, pupils uuid[] NOT NULL)
"""

STAYS = """
SELECT g.id, g.name, p.id, p.family_name, p.given_name, p.patronymic
FROM enrolments e JOIN people p ON p.id = e.pupil_id JOIN groups g ON g.id = e.group_id
WHERE e.school_id = %(school)s AND g.kind = 'class' AND e.from_on <= %(on)s
AND (e.until_on IS NULL OR e.until_on >= %(on)s) {only} ORDER BY p.sorted_by, p.id
"""


@dataclass
class Rosters:
    """A running identity with one full school."""

    deployment: Deployment
    url: str
    school_id: UUID
    group_ids: list[UUID] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of the deputy head."""
        return bearer("identity", lives_seconds=3600, school_id=self.school_id, roles=("deputy",))


@contextmanager
def rosters(cluster: Postgres, *, processes: int = 2) -> Iterator[Rosters]:
    """Run identity alone, with 1,200 pupils in 40 classes and a last year's stay for each of them."""
    with published_keys() as keys:
        deployment = Deployment(cluster, "", ("identity",), PARTA_IDENTITY_URL=keys)
        running = Rosters(deployment, cluster.url(deployment.names["identity"]), new_id())
        with deployment.database("identity").writing(running.school_id) as session:
            found_school(session, "Школа № 1", "Europe/Moscow")
            for number in range(CLASSES):
                running.group_ids.append(_fill(session, number))
        with psycopg.connect(running.url, autocommit=True) as connection:
            connection.execute("ANALYZE")
            connection.execute(NOTES)
        deployment.start_web("identity", processes=processes)
        yield running
        deployment.stop()


def _fill(session: SchoolSession, number: int) -> UUID:
    owner = {"school_id": UUID(session.info["school"])}
    grade, letter = number // 4 + 1, "АБВГ"[number % 4]
    old, new = (
        {"id": new_id(), "grade": grade - back, "until_on": until}
        for back, until in ((1, FIRST_DAY - timedelta(days=1)), (0, None))
    )
    named = {"version": 1, "kind": "class", **owner}
    groups = [one | named | {"name": f"{one['grade']}{letter}"} for one in (old, new)]
    insert_rows(session, table(Group), groups)
    people = [_person(number, place) | owner for place in range(PUPILS)]
    insert_rows(session, table(Person), people)
    insert_rows(session, table(Role), [{"person_id": p["id"], "role": "pupil", **owner} for p in people])
    days = ((old, date(2025, 9, 1), date(2026, 8, 31)), (new, FIRST_DAY, None))
    stays: list[dict[str, Any]] = [
        {"id": new_id(), "group_id": group["id"], "pupil_id": p["id"], "from_on": first, "until_on": last}
        for group, first, last in days
        for p in people
    ]
    insert_rows(session, table(Enrolment), [stay | owner for stay in stays])
    return UUID(str(new["id"]))


def _person(number: int, place: int) -> dict[str, Any]:
    family = f"Фамилия{(number * 31 + place * 17) % 977:03d}"
    names = {"family_name": family, "given_name": "Мария", "patronymic": "Ивановна"}
    return {
        "id": new_id(),
        "version": 1,
        "sorted_by": f"{family} мария".casefold(),
        "language": "ru",
        **names,
    }


def all_rosters(running: Rosters) -> Figure:
    """Measure reads of all rosters of a day: 40 classes, 1,200 pupils."""
    path = f"/api/identity/v1/rosters?on={ON}"
    ours, limit = in_turn(
        lambda: rate(lambda _: _read(running, path, CLASSES)),
        lambda: rate(lambda _: _bare(running, "", None)),
    )
    holds = ours >= 0.3 * limit
    name = "all rosters of 1,200 pupils"
    return Figure(name, "reads/s", ours, limit, LIMIT, "≥ 30 %", holds)


def class_roster(running: Rosters) -> Figure:
    """Measure reads of one class's roster, with who came and left."""
    path = f"/api/identity/v1/groups/{running.group_ids[7]}/roster?on={ON}"
    only = "AND e.group_id = %(group)s"
    ours, limit = in_turn(
        lambda: rate(lambda _: _read(running, path, PUPILS)),
        lambda: rate(lambda _: _bare(running, only, running.group_ids[7])),
    )
    holds = ours >= 0.05 * limit
    return Figure("roster of one class", "reads/s", ours, limit, LIMIT, "≥ 5 %", holds)


def _read(running: Rosters, path: str, items: int) -> Turn:
    client, headers = HttpClient(running.deployment.ports["identity"]), running.headers
    status, _, answer = client.call("GET", path, headers)
    assert status == 200, (status, answer[:500])
    assert len(json.loads(answer)["items"]) == items

    def turn() -> None:
        status, _, answer = client.call("GET", path, headers)
        assert status == 200, (status, answer[:500])

    return turn


def _bare(running: Rosters, only: str, group: UUID | None) -> Turn:
    """Return a turn that reads the rows, notes that they were read (152-ФЗ) and writes JSON, no more."""
    connection = psycopg.connect(running.url, autocommit=True)
    connection.execute("SELECT set_config('parta.school', %s, false)", (str(running.school_id),))
    given = {"school": running.school_id, "on": date.fromisoformat(ON), "group": group}

    def turn() -> None:
        rows = connection.execute(STAYS.format(only=only), given, prepare=True).fetchall()
        note = (new_id(), running.school_id, [row[2] for row in rows])
        connection.execute("INSERT INTO bare_notes VALUES (%s, now(), %s, %s)", note)
        json.dumps([[str(row[0]), row[1], str(row[2]), *row[3:]] for row in rows])

    return turn
