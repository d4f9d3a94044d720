"""One school in a fresh database, and somebody to ask its API as anybody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.identity.actions.programs.keys import ensure_keys, published_keys
from services.identity.service import service
from shared.app import create_app
from shared.auth import KeyRing
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.identity import programs
from tests.identity.makers import MEMORY, make_login, make_person, make_school
from tests.support import apps
from tests.support.databases import postgres_database, sqlite_url
from tests.support.postgres import Postgres
from tests.support.tokens import bearer, key_ring


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url("identity", tmp_path))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Both kinds, for what bulk writes and locks make different."""
    if request.param == "sqlite":
        database = Database(sqlite_url("identity", tmp_path))
        yield database
        database.close()
        return
    cluster: Postgres = request.getfixturevalue("postgres_server")
    name = postgres_database("identity", cluster)
    database = Database(cluster.url(name))
    yield database
    database.close()
    cluster.drop_database(name)


@pytest.fixture
def school(database: Database) -> UUID:
    return make_school(database)


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
            **given.pop("claims", {}),
        }
        if not roles:
            who["client_id"] = "importer"
        headers = bearer("identity", **who) | given.pop("headers", {})
        return self.client.open(f"/api/identity/v1{path}", method=method, headers=headers, **given)

    def anonymously(self, method: str, path: str, **given: Any) -> Any:
        return self.client.open(f"/api/identity/v1{path}", method=method, **given)


def keys_of(database: Database) -> KeyRing:
    """Trust tokens signed by the tests and those that identity itself gives out."""

    def fetch() -> dict[str, Any]:
        ensure_keys(database)
        with database.reading(EVERY_SCHOOL) as session:
            return {"keys": key_ring().fetch()["keys"] + published_keys(session)["keys"]}

    return KeyRing(fetch)


def runtime_of(database: Database) -> Runtime:
    settings = Settings(
        service="identity", database_url="", argon2_memory_kib=MEMORY, public_url="https://school.example"
    )
    return Runtime(service, settings, database, Peers({}), keys_of(database))


@pytest.fixture
def app_of() -> Callable[[Database], FlaskClient]:
    """Makes applications for tests that need one more, or another database."""
    return lambda database: create_app(runtime_of(database)).test_client()


@pytest.fixture
def api(database: Database, school: UUID) -> Api:
    return Api(apps.app_of(runtime_of(database)).test_client(), school)


@pytest.fixture
def stranger(database: Database) -> UUID:
    """Another school in the same database."""
    return make_school(database, name="Школа № 2", school_id=new_id())


@pytest.fixture
def teacher(database: Database, school: UUID) -> tuple[UUID, str]:
    """A teacher and their login."""
    with database.writing(school) as session:
        person = make_person(session, role="teacher")
        return person.id, make_login(session, person)


@pytest.fixture
def as_teacher(api: Api, teacher: tuple[UUID, str]) -> dict[str, str]:
    """The header of the teacher's token, as the portal has it."""
    return programs.signed_in(api, teacher[1])


@pytest.fixture
def program(api: Api, database: Database, school: UUID) -> programs.Program:
    """A program people of the school sign in to."""
    return programs.Program(api, *programs.make_client(database, school))
