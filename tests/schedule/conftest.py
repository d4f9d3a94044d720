"""One school in a fresh database, and somebody to ask its API as anybody."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.schedule.service import service
from shared.app import create_app
from shared.db import Database, SchoolSession
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.support.databases import postgres_database, sqlite_url
from tests.support.tokens import bearer, key_ring


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url("schedule", tmp_path))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Both kinds, for what bulk writes and locks make different."""
    if request.param == "sqlite":
        database = Database(sqlite_url("schedule", tmp_path))
        yield database
        database.close()
        return
    cluster = request.getfixturevalue("postgres_server")
    name = postgres_database("schedule", cluster)
    database = Database(cluster.url(name))
    yield database
    database.close()
    cluster.drop_database(name)


@pytest.fixture
def school() -> UUID:
    return new_id()


@pytest.fixture
def session(database: Database, school: UUID) -> Iterator[SchoolSession]:
    with database.writing(school) as session:
        yield session


@dataclass
class Api:
    """Calls the API as this or that person of the school."""

    client: FlaskClient
    school: UUID

    def __call__(self, method: str, path: str, **given: Any) -> Any:
        roles = given.pop("roles", ("operator",))
        who = {
            "school_id": given.pop("school", self.school),
            "person_id": given.pop("person", None),
            "roles": roles,
            "scope": given.pop("scope", ""),
            "client_id": None if roles else "importer",
        }
        headers = bearer("schedule", **who) | given.pop("headers", {})
        return self.client.open(f"/api/schedule/v1{path}", method=method, headers=headers, **given)

    def upload(self, path: str, content: bytes, name: str = "timetable.fet", **given: Any) -> Any:
        form = {"file": (io.BytesIO(content), name), **given.pop("form", {})}
        return self("POST", path, data=form, content_type="multipart/form-data", **given)


@pytest.fixture
def api(database: Database, school: UUID) -> Api:
    settings = Settings(service="schedule", database_url="")
    app = create_app(Runtime(service, settings, database, Peers({}), key_ring()))
    return Api(app.test_client(), school)
