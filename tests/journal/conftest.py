"""A school on a Monday morning in October, in a fresh database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from services.journal.service import service
from shared.db import Database
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.journal.makers import World, make_world
from tests.support.apps import app_of
from tests.support.databases import postgres_database, sqlite_url
from tests.support.postgres import Postgres
from tests.support.tokens import bearer, key_ring

MONDAY_MORNING = "2026-10-05T07:00:00+00:00"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_MORNING) as traveller:
        yield traveller


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url("journal", tmp_path))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Both kinds, for what bulk writes and locks make different."""
    if request.param == "sqlite":
        database = Database(sqlite_url("journal", tmp_path))
        yield database
        database.close()
        return
    cluster: Postgres = request.getfixturevalue("postgres_server")
    name = postgres_database("journal", cluster)
    database = Database(cluster.url(name))
    yield database
    database.close()
    cluster.drop_database(name)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


@pytest.fixture
def files_url(tmp_path: Path) -> str:
    """Where files of tasks and answers lie."""
    return (tmp_path / "files").as_uri()


@dataclass
class Api:
    """Calls the API as this or that person; by default as the class's teacher."""

    client: FlaskClient
    world: World

    def __call__(self, method: str, path: str, *, seen: int | None = None, **given: Any) -> Any:
        who = {
            "school_id": given.pop("school", self.world.school_id),
            "person_id": given.pop("person", self.world.teacher_id),
            "roles": given.pop("roles", ("teacher",)),
        }
        headers = bearer("journal", **who) | given.pop("headers", {})
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return self.client.open(f"/api/journal/v1{path}", method=method, headers=headers, **given)


def api_of(database: Database, world: World) -> Api:
    settings = Settings(service="journal", database_url="")
    app = app_of(Runtime(service, settings, database, Peers({}), key_ring()))
    return Api(app.test_client(), world)


@pytest.fixture
def api(database: Database, world: World) -> Api:
    return api_of(database, world)
