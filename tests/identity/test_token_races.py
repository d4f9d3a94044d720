"""Tokens under parallel load, on PostgreSQL with real threads: the races that broke others."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from services.identity.models import RefreshFamily
from shared.db import EVERY_SCHOOL, Database
from tests.identity import programs
from tests.identity.conftest import Api
from tests.identity.makers import PASSWORD, make_login, make_person, make_school

THREADS = 50


@pytest.fixture
def database(postgres_server):
    from tests.support.databases import postgres_database

    name = postgres_database("identity", postgres_server)
    database = Database(postgres_server.url(name), pool_size=30)
    yield database
    database.close()
    postgres_server.drop_database(name)


@pytest.fixture
def school(database):
    return make_school(database)


def at_once(*turns: Callable[[], object]) -> list[object]:
    """Take turns at the same moment, each in a thread of its own, and return what they gave."""
    ready = threading.Barrier(len(turns))

    def take(turn):
        ready.wait()
        return turn()

    with ThreadPoolExecutor(len(turns)) as pool:
        return list(pool.map(take, turns))


def families(database):
    with database.reading(EVERY_SCHOOL) as session:
        return list(session.scalars(select(RefreshFamily)))


def test_of_fifty_uses_of_one_refresh_token_one_succeeds_and_the_family_ends(database, program, as_teacher):
    """SECURITY 19."""
    token = program.trade(program.code(as_teacher)).json["refresh_token"]

    answers = at_once(*[lambda: program.refresh(token)] * THREADS)

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(400)) == (1, THREADS - 1)
    [family] = families(database)
    assert (family.revoked_for, family.generation) == ("reuse", 2)
    [won] = [answer.json["refresh_token"] for answer in answers if answer.status_code == 200]
    assert program.refresh(won).status_code == 400


def test_of_twenty_uses_of_one_code_one_succeeds_and_what_it_gave_ends(database, program, as_teacher):
    """SECURITY 18."""
    code = program.code(as_teacher)

    answers = at_once(*[lambda: program.trade(code)] * 20)

    assert [answer.status_code for answer in answers].count(200) == 1
    assert [family.revoked_for for family in families(database)] == ["reuse"]


def test_of_twenty_uses_of_one_proof_one_succeeds(api, database, school):
    """SECURITY 32."""
    from joserfc.jwk import ECKey

    key = ECKey.generate_key("P-256", auto_kid=True)
    keys = {"keys": [key.as_dict(private=False)]}
    client_id, _ = programs.make_client(
        database, school, scopes=["import"], redirect_uris=[], public_keys=keys
    )
    asked = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "audience": "identity",
        "client_assertion": programs.proof_of(client_id, key),
    }

    answers = at_once(*[lambda: api.anonymously("POST", "/tokens", json=asked)] * 20)

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


ENDS = {
    "the token is given back": lambda program, token, *_: program.ask("/oauth/revoke", token=token),
    "the person sends the program away": lambda program, _, __, bearer: program.api.anonymously(
        "DELETE", f"/me/clients/{program.client_id}", headers=bearer
    ),
    "the operator ends the sessions": lambda program, _, person_id, __: program.api(
        "DELETE", f"/people/{person_id}/sessions"
    ),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_no_refresh_token_lives_past_a_revocation_it_raced_with(api: Api, database, school, program, end):
    """SECURITY 19: revoking races refreshing."""
    for _ in range(8):
        with database.writing(school) as session:
            person = make_person(session, role="teacher")
            person_id, login = person.id, make_login(session, person, PASSWORD)
        bearer = programs.signed_in(api, login)
        token = program.trade(program.code(bearer)).json["refresh_token"]

        refreshed, ended = at_once(
            lambda token=token: program.refresh(token),
            lambda token=token, who=person_id, bearer=bearer: end(program, token, who, bearer),
        )

        assert ended.status_code in (200, 204), ended.text
        assert refreshed.status_code in (200, 400)
        if refreshed.status_code == 200:
            assert program.refresh(refreshed.json["refresh_token"]).status_code == 400
        assert all(family.revoked_at for family in families(database))


def test_no_family_begins_with_a_session_that_ends_meanwhile(api: Api, database, school, program):
    for _ in range(8):
        with database.writing(school) as session:
            person = make_person(session, role="teacher")
            person_id, login = person.id, make_login(session, person, PASSWORD)
        code = program.code(programs.signed_in(api, login))

        at_once(
            lambda code=code: program.trade(code),
            lambda who=person_id: api("DELETE", f"/people/{who}/sessions"),
        )

        assert all(family.revoked_at for family in families(database))
