"""Logs say what went wrong, and nothing of the people it went wrong with (SECURITY 49)."""

import logging

import pytest
import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.identity.models import Person
from shared.ids import new_id
from shared.logs import set_up_logs
from tests.identity.makers import make_person, make_school

SONG = "Канарейкин"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    from shared.db import Database
    from tests.support.databases import postgres_database, sqlite_url

    if request.param == "sqlite":
        yield (made := Database(sqlite_url("identity", tmp_path)))
        made.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = postgres_database("identity", server)
    yield (made := Database(server.url(name)))
    made.close()
    server.drop_database(name)


@pytest.mark.parametrize("wrong", ["twice", "half"])
def test_a_row_that_could_not_be_kept_is_not_written_into_the_log(database, monkeypatch, capsys, wrong):
    school = make_school(database)
    with database.writing(school) as session:
        person = make_person(session, family=SONG)
        person_id = person.id if wrong == "twice" else new_id()

    row = {"id": person_id, "school_id": school, "family_name": SONG, "given_name": SONG, "sorted_by": SONG}
    with pytest.raises(SQLAlchemyError) as caught, database.writing(school) as session:
        session.execute(
            Person.__table__.insert().values(row | ({"version": None} if wrong == "half" else {}))
        )
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)  # The root's handlers are pytest's.
    kept = structlog.get_config()
    set_up_logs()
    structlog.get_logger().error("request failed", exc_info=caught.value)
    structlog.get_logger().warning("consumer.pauses", error=repr(caught.value)[:300])
    structlog.configure(**kept)

    said = capsys.readouterr().err
    assert "IntegrityError" in said
    assert SONG not in said
