"""Ended sessions: heard by every service, asked for once a second, known at once where it happened."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from shared.clock import now
from shared.db import Database
from shared.ended import KEPT, EndedSessions, keep_ended
from shared.events.identity import SessionsEnded
from shared.service import SERVICES, find_service
from tests.support.databases import sqlite_url
from tests.support.seeding import hear
from tests.support.waiting import eventually

SCHOOL = uuid4()


@pytest.fixture
def database(tmp_path):
    database = Database(sqlite_url("notify", tmp_path))
    yield database
    database.close()


def ended(*ids, at=None) -> SessionsEnded:
    return SessionsEnded(person_id=uuid4(), session_ids=list(ids), ended_at=at or now())


def test_every_service_but_identity_hears_of_sessions_that_end():
    hearing = {name for name in SERVICES if SessionsEnded in find_service(name).subscriptions}

    assert hearing == set(SERVICES) - {"identity"}


def test_what_was_heard_is_known_at_once_in_the_process_that_heard_it(database):
    known, one, other = EndedSessions(database), uuid4(), uuid4()
    assert not known.holds(one)

    for _again in range(2):
        hear(database, "notify", SCHOOL, [ended(one)])

    assert known.holds(one)
    assert not known.holds(other)


def test_what_another_process_heard_is_known_within_a_second(database):
    known, one = EndedSessions(database), uuid4()
    known.holds(one)
    with database.writing(SCHOOL) as session:
        keep_ended(session, {one: SCHOOL}, now())
        session.info.pop("ended")  # As if it had been elsewhere.

    assert not known.holds(one)
    eventually(lambda: known.holds(one), within=2)


def test_a_thousand_questions_a_second_are_one_statement(database):
    statements = []
    known = EndedSessions(database)
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    for _ in range(1000):
        known.holds(uuid4())

    assert len([one for one in statements if one.startswith("SELECT")]) == 1


def test_old_news_of_a_feed_read_from_its_beginning_is_not_kept(database):
    known, one = EndedSessions(database), uuid4()

    hear(database, "notify", SCHOOL, [ended(one, at=now() - KEPT - timedelta(seconds=1))])

    assert not known.holds(one)


def test_what_was_undone_is_not_known(database):
    known, one = EndedSessions(database), uuid4()

    with pytest.raises(RuntimeError), database.writing(SCHOOL) as session:
        keep_ended(session, {one: SCHOOL}, now())
        raise RuntimeError

    assert not known.holds(one)
