"""The migration that begins the histories of parameters and class teachers keeps what schools had."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select

from services.identity.models import Group, Leadership, ParameterValue, Person, School, table
from shared import migrate
from shared.bulk import insert_rows
from shared.db import EVERY_SCHOOL, Database
from shared.ids import new_id
from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path: Path):
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'identity.sqlite'}")
        yield database
        database.close()
        return
    cluster: Postgres = request.getfixturevalue("postgres_server")
    name = cluster.create_database()
    database = Database(cluster.url(name))
    yield database
    database.close()
    cluster.drop_database(name)


def migrated_to(database, revision):
    with database.engine.connect() as connection:
        *_, own = migrate._configs("identity", connection)
        move = command.upgrade if revision != "base" else command.downgrade
        move(own, revision)
        connection.commit()


def put(session, model, **values):
    """Insert a row as the code of that day did, which knew fewer columns."""
    insert_rows(session, table(model), [values])


def test_zone_scale_and_class_teachers_are_the_beginning_of_their_histories(empty):
    migrated_to(empty, "0001_create_people")
    school, teacher, group = new_id(), new_id(), new_id()
    with empty.writing(EVERY_SCHOOL) as session:
        put(session, School, id=school, version=1, name="Школа", time_zone="Asia/Omsk", scale=["A", "Б"])
        person = {
            "family_name": "Белова",
            "given_name": "",
            "patronymic": "",
            "sorted_by": "",
            "language": "ru",
        }
        put(session, Person, id=teacher, version=1, school_id=school, **person)
        led = {"kind": "class", "name": "5А", "class_teacher_id": teacher}
        put(session, Group, id=group, version=1, school_id=school, **led)

    migrated_to(empty, "0002_describe_schools")

    with empty.reading(EVERY_SCHOOL) as session:
        values = {
            one.name: (one.number, one.valid_from, one.value)
            for one in session.scalars(select(ParameterValue))
        }
        [led] = session.scalars(select(Leadership)).all()
        person = session.execute(select(Person.sex, Person.contacts)).one()
    assert values == {
        "time_zone": (1, date(1900, 1, 1), "Asia/Omsk"),
        "scale": (1, date(1900, 1, 1), ["A", "Б"]),
    }
    assert (led.group_id, led.person_id, led.from_on.month, led.from_on.day) == (group, teacher, 9, 1)
    assert led.from_on <= datetime.now(UTC).date()
    assert tuple(person) == (None, [])
    migrated_to(empty, "base")
