"""Sign-ins beside the bare cost of argon2id, and what each kind of failure takes (SECURITY 4)."""

import itertools
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from argon2 import PasswordHasher
from sqlalchemy import delete, update

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.school.schools import found_school
from services.identity.actions.signing_in.blocking import block_account
from services.identity.actions.signing_in.passwords import set_password
from services.identity.actions.signing_in.sign_in import sign_in
from services.identity.models import Account, Attempt, FailedSignIn
from services.identity.rules.devices import Visit
from shared.db import EVERY_SCHOOL, Database
from shared.errors import Refusal
from shared.ids import new_id
from tests.bench.measure import Figure, Turn, in_turn, rate
from tests.support.databases import postgres_database
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ

MEMORY_KIB = 19456
PASSWORD = "соловей поёт 17 раз"
PEOPLE, AT_ONCE, SAMPLES = 40, 4, 250
WANTED, SAME = 0.7, 0.10


def figures(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    """Measure sign-ins a second, four at a time, and the medians of the three ways to fail."""
    with _school(cluster) as (database, logins):
        ours, limit = in_turn(
            lambda: rate(lambda number: _entries(database, logins, number), clients=AT_ONCE),
            lambda: rate(_bare, clients=AT_ONCE),
        )
        yield Figure(
            "sign in",
            "sign-ins/s",
            ours,
            limit,
            "argon2id alone, 19 MiB, t=2",
            f"≥ {WANTED:.0%}",
            ours >= WANTED * limit,
            f"({AT_ONCE} at a time)",
        )
        yield _failures(database, logins[0])


@contextmanager
def _school(cluster: Postgres) -> Iterator[tuple[Database, list[str]]]:
    name = postgres_database("identity", cluster)
    database = Database(cluster.url(name))
    with database.writing(new_id()) as session:
        found_school(session, "Школа")
        people = [
            enter_person(session, family_name=f"Ученик{number}", given_name="Иван")
            for number in range(PEOPLE)
        ]
        session.flush()
        for person in people:
            grant_role(session, person.id, "pupil")
        logins = [set_password(session, person.id, PASSWORD, MEMORY_KIB) for person in people]
        block_account(session, people[-1].id, None, "проверка")
    yield database, logins
    database.close()
    cluster.drop_database(name)


def _entries(database: Database, logins: list[str], number: int) -> Turn:
    mine = itertools.cycle(logins[number:-1:AT_ONCE])
    where = Visit(f"198.51.100.{number}", "Firefox")
    return lambda: sign_in(database, next(mine), PASSWORD, MEMORY_KIB, where)


def _bare(_: int) -> Turn:
    hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)
    kept = hasher.hash(PASSWORD)
    return lambda: hasher.verify(kept, PASSWORD)


def _failures(database: Database, login: str) -> Figure:
    """Return how far the slowest way to fail is from the quickest, by medians of samples in turn."""
    with database.reading(EVERY_SCHOOL) as session:
        blocked = session.query(Account.login).where(Account.blocked_at.is_not(None)).scalar()
    ways = {"unknown": ("nobody", "мимо"), "wrong": (login, "мимо"), "blocked": (blocked, PASSWORD)}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(SAMPLES):
        for name, given in ways.items():
            taken[name].append(_failing(database, *given, Visit(f"203.0.113.{number % 250}")))
        _forget(database)
    medians = {name: statistics.median(times) * 1000 for name, times in taken.items()}
    spread = max(medians.values()) / min(medians.values()) - 1
    note = ", ".join(f"{name} {median:.1f} ms" for name, median in medians.items())
    name = "failed sign-ins differ"
    return Figure(name, "%", spread * 100, SAME * 100, "SECURITY 4", "≤ 10 %", spread <= SAME, f"({note})")


def _failing(database: Database, login: str, password: str, visit: Visit) -> float:
    began = time.perf_counter()
    with suppress(Refusal):
        sign_in(database, login, password, MEMORY_KIB, visit)
    return time.perf_counter() - began


def _forget(database: Database) -> None:
    """Let no delay and no limit come between the samples."""
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(update(Attempt).values(failures=0))
        session.execute(delete(FailedSignIn))
