"""A sick week in a school of 60 classes: 30 lessons in need, each with its candidates, in one request."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import psycopg

from services.schedule.actions.absences import enter_absence
from services.schedule.actions.year_plans import YearPlan
from services.schedule.actions.years import plan_year
from services.schedule.models import Group, Lesson, Load, Person, Subject, table
from services.schedule.rules import usual_holidays, usual_periods
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.ids import new_id
from tests.bench.measure import Figure, HttpClient, Turn, in_turn, rate
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.tokens import bearer

CLASSES, TEACHERS, SUBJECTS, HOURS, DAYS = 60, 110, 20, 6, 5
MONDAY = date(2026, 11, 16)
IN_NEED = HOURS * DAYS
CLIENTS = 2

LIMIT = "bare psycopg: the week's lessons and the load as JSON"

LESSONS = """
SELECT id, group_id, subject_id, lesson_on, number, teacher_ids FROM lessons
WHERE school_id = %(school)s AND lesson_on BETWEEN %(first)s AND %(last)s ORDER BY lesson_on, number, id
"""
LOADS = "SELECT group_id, subject_id, teacher_ids FROM loads WHERE school_id = %(school)s"


@dataclass
class SickWeek:
    """A running schedule with one large school, one of whose teachers is ill for a week."""

    deployment: Deployment
    url: str
    school_id: UUID


@contextmanager
def sick_week(cluster: Postgres) -> Iterator[SickWeek]:
    """Run schedule alone with 1,800 lessons a week, of which the sick one gives six each day."""
    with published_keys() as keys:
        deployment = Deployment(cluster, "", ("schedule",), PARTA_IDENTITY_URL=keys)
        running = SickWeek(deployment, cluster.url(deployment.names["schedule"]), new_id())
        with deployment.database("schedule").writing(running.school_id) as session:
            _fill(session, running.school_id)
        with psycopg.connect(running.url, autocommit=True) as connection:
            connection.execute("ANALYZE")
        deployment.start_web("schedule", processes=2)
        yield running
        deployment.stop()


def _fill(session: SchoolSession, school_id: UUID) -> None:
    plan = YearPlan("2026/2027", date(2026, 9, 1), date(2027, 5, 31), 5, usual_periods(2026),
                    usual_holidays(2026), [])  # fmt: skip
    year = plan_year(session, plan, 0)
    owner = {"school_id": school_id}
    groups = [{"id": new_id(), "kind": "class", "name": f"{at // 6 + 1}{'АБВГДЕ'[at % 6]}",
               "grade": at // 6 + 1, "parent_id": None, **owner} for at in range(CLASSES)]  # fmt: skip
    subjects = [{"id": new_id(), "name": f"Предмет {at}", **owner} for at in range(SUBJECTS)]
    people = [
        {
            "id": new_id(),
            "family_name": f"Фамилия{at}",
            "given_name": "Анна",
            "patronymic": "Петровна",
            **owner,
        }
        for at in range(TEACHERS)
    ]
    insert_rows(session, table(Group), groups)
    insert_rows(session, table(Subject), subjects)
    insert_rows(session, table(Person), people)
    lessons, loads = [], {}
    for day in range(DAYS):
        for number in range(1, HOURS + 1):
            for at, group in enumerate(groups):
                # Class and hour shifted against one another: no teacher stands in two classes at once.
                teacher = 0 if at == (day * HOURS + number) % CLASSES else 1 + (at + number * 7 + day) % 109
                row = {"year_id": year.id, "group_id": group["id"], **owner}
                row |= {
                    "subject_id": subjects[teacher % SUBJECTS]["id"],
                    "teacher_ids": [str(people[teacher]["id"])],
                }
                loads[row["group_id"], row["subject_id"]] = row | {"id": new_id(), "hours_per_week": 2}
                lessons.append(
                    row | {"id": new_id(), "lesson_on": MONDAY + timedelta(days=day), "number": number,
                           "starts": None, "room_id": None, "is_cancelled": False, "is_substituted": False}
                )  # fmt: skip
    insert_rows(session, table(Lesson), lessons)
    insert_rows(session, table(Load), list(loads.values()))
    enter_absence(session, people[0]["id"], MONDAY, MONDAY + timedelta(days=DAYS - 1), "illness")


def candidates(running: SickWeek) -> Figure:
    """Measure reads of all that a sick week needs."""
    # Few clients: one read takes long, and a kept connection that idles meanwhile is closed.
    ours, limit = in_turn(
        lambda: rate(lambda _: _read(running), clients=CLIENTS),
        lambda: rate(lambda _: _bare(running), clients=CLIENTS),
    )
    name = f"candidates for {IN_NEED} lessons of a sick week, {CLASSES} classes"
    return Figure(name, "reads/s", ours, limit, LIMIT, "≥ 20 %", ours >= 0.2 * limit)


def _read(running: SickWeek) -> Turn:
    client = HttpClient(running.deployment.ports["schedule"])
    headers = bearer("schedule", lives_seconds=3600, school_id=running.school_id, roles=("deputy",),
                     person_id=new_id())  # fmt: skip
    path = f"/api/schedule/v1/substitutions/needs?from={MONDAY}&until={MONDAY + timedelta(days=6)}"
    status, _, answer = client.call("GET", path, headers)
    assert status == 200, (status, answer[:500])
    told = json.loads(answer)["items"]
    assert len(told) == IN_NEED
    assert all(one["candidates"] for one in told)

    def turn() -> None:
        status, _, answer = client.call("GET", path, headers)
        assert status == 200, (status, answer[:500])

    return turn


def _bare(running: SickWeek) -> Turn:
    """Return a turn that reads what has to be looked at and writes it as JSON, without ranking anybody."""
    connection = psycopg.connect(running.url, autocommit=True)
    connection.execute("SELECT set_config('parta.school', %s, false)", (str(running.school_id),))
    given = {"school": running.school_id, "first": MONDAY, "last": MONDAY + timedelta(days=6)}

    def turn() -> None:
        for asked in (LESSONS, LOADS):
            rows = connection.execute(asked, given, prepare=True).fetchall()
            json.dumps(rows, default=str)

    return turn
