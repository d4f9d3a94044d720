"""One school in a fresh database, and somebody to ask its API as anybody."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.schedule.actions.directories import name_subjects
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.models import Enrolment, Group, Guardianship, Person, Subject
from services.schedule.service import service
from shared.db import Database, SchoolSession
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.schedule.makers import make_slot, make_year, plan_group, set_timetable
from tests.support.apps import app_of
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
    app = app_of(Runtime(service, settings, database, Peers({}), key_ring()))
    return Api(app.test_client(), school)


@pytest.fixture
def house(database, school):
    """Class 5А of the parallel 5 with a pupil and its parent, class 5Б, and a teacher of both."""
    ids = {name: new_id() for name in ("parallel", "class", "other", "teacher", "pupil", "parent")}
    with database.writing(school) as session:
        year = make_year(session)
        for name, kind, parent in (
            ("parallel", "parallel", None),
            ("class", "class", ids["parallel"]),
            ("other", "class", ids["parallel"]),
        ):
            session.add(
                Group(id=ids[name], school_id=school, kind=kind, name=f"5-{name}", grade=5, parent_id=parent)
            )
            tally = plan_group(
                session, year, ids[name], {"teacher_ids": [str(ids["teacher"])]}, today=date(2026, 8, 31)
            )
            assert tally.created
        names = {"family_name": "Иванова", "given_name": "Мария", "patronymic": "Петровна"}
        session.add(Person(id=ids["teacher"], school_id=school, **names))
        session.add(
            Enrolment(
                group_id=ids["class"],
                pupil_id=ids["pupil"],
                from_on=date(2026, 9, 1),
                until_on=None,
                school_id=school,
            )
        )
        session.add(Guardianship(guardian_id=ids["parent"], pupil_id=ids["pupil"], school_id=school))
        subject = session.query(Subject).one()
        page = (ids["class"], subject.id)
        assign_loads(session, year, {page: Teaching((str(ids["teacher"]),), 4)}, {ids["class"]})
    return ids


STAFF = {"sick": "Больная", "maths": "Алгебраистова", "free": "Свободная", "busy": "Занятая"}


@pytest.fixture
def staff(database, school):
    """Classes 5А and 5Б; on Tuesdays the sick one teaches 5А algebra at hours 1 and 2.

    At hour 1 the busy one teaches 5Б physics, at hour 3 the one of maths teaches 5Б algebra; the free
    one teaches 5А history on Mondays.
    """
    ids = {name: new_id() for name in (*STAFF, "5А", "5Б", "deputy")}
    with database.writing(school) as session:
        year = make_year(session)
        for name in ("5А", "5Б"):
            session.add(
                Group(id=ids[name], school_id=school, kind="class", name=name, grade=5, parent_id=None)
            )
        for name, family in STAFF.items():
            person = {"family_name": family, "given_name": "Анна", "patronymic": "Петровна"}
            session.add(Person(id=ids[name], school_id=school, **person))
        session.flush()
        subjects, _ = name_subjects(session, ["Алгебра", "Физика", "История"])
        ids |= subjects
        taught = {
            ("5А", "Алгебра", 2, 1): "sick",
            ("5А", "Алгебра", 2, 2): "sick",
            ("5Б", "Физика", 2, 1): "busy",
            ("5Б", "Алгебра", 2, 3): "maths",
            ("5А", "История", 1, 1): "free",
        }
        slots = [
            make_slot(ids[group], ids[subject], weekday=weekday, number=number, teacher_ids=[str(ids[who])])
            for (group, subject, weekday, number), who in taught.items()
        ]
        set_timetable(
            session, year, slots, {ids["5А"], ids["5Б"]}, from_on=year.starts_on, today=date(2026, 8, 31)
        )
        loads = {
            (ids[group], ids[subject]): Teaching((str(ids[who]),), 1)
            for (group, subject, _, _), who in taught.items()
        }
        assign_loads(session, year, loads, {ids["5А"], ids["5Б"]})
    return ids
