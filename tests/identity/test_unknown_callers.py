"""Who fails to show who they are is in the access log, whatever the way (SECURITY 47)."""

from base64 import b64encode

import pytest

from tests.identity import programs
from tests.identity.conftest import Api
from tests.identity.makers import make_school
from tests.identity.people_at_work import make_somebody
from tests.identity.test_access_log import records
from tests.identity.test_passkeys import challenge, enter


@pytest.fixture
def client(database, school):
    """A program of the school with a secret: its id."""
    return programs.make_client(database, school)[0]


def by_header(client_id, secret):
    return {"Authorization": f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


@pytest.mark.parametrize("way", ["form", "header", "tokens"])
def test_a_program_with_a_wrong_secret_is_noted_at_its_school(api, database, client, way):
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": "a-wrong-secret"}
    if way == "form":
        answer = api.anonymously("POST", "/oauth/token", data=form)
    elif way == "header":
        grant = {"grant_type": "client_credentials"}
        answer = api.anonymously("POST", "/oauth/token", data=grant, headers=by_header(client, "wrong"))
    else:
        answer = api.anonymously("POST", "/tokens", json=form | {"audience": "journal"})

    assert answer.status_code == 401, answer.text
    [noted] = records(database)
    assert (noted.school_id, noted.client_id, noted.actor_id) == (api.school, client, None)
    assert (noted.status, noted.address) == (401, "127.0.0.1")
    assert form["client_secret"] not in str(vars(noted))


def test_a_program_that_nobody_knows_is_noted_without_its_name(api, database):
    """People type passwords where names belong."""
    grant = {"grant_type": "client_credentials"}
    for _ in range(2):
        api.anonymously("POST", "/oauth/token", data=grant, headers=by_header("hunter2", "x"))

    first, second = records(database)
    assert (first.school_id, first.client_id, set(first.facts)) == (None, None, {"client_sha256"})
    assert first.facts == second.facts
    assert "hunter2" not in str(vars(first))


def test_a_name_that_no_database_keeps_is_noted_as_nobodys(either_database, app_of):
    api = Api(app_of(either_database), make_school(either_database))

    api.anonymously("POST", "/sessions", json={"login": "a\x00b", "password": "x"})

    [noted] = records(either_database)
    assert (noted.school_id, set(noted.facts)) == (None, {"login_sha256"})


def test_what_succeeds_or_is_no_proof_at_all_is_not_noted(api, database, school):
    client_id, secret = programs.make_client(database, school, scopes=["import"], redirect_uris=[])
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}

    answer = api.anonymously("POST", "/tokens", json=form | {"audience": "identity"})
    spent = {"grant_type": "session", "session_token": "x", "audience": "journal"}
    assert api.anonymously("POST", "/tokens", json=spent).status_code == 401
    api.anonymously("GET", "/jwks.json")

    assert answer.status_code == 200, answer.text
    assert records(database) == []


def test_a_passkey_that_is_refused_is_noted_with_whose_it_is(api, database, school):
    parent = make_somebody(api, database, school, "parent").sign_in()
    parent.add_passkey()
    before = len(records(database))
    wrong = parent.device.answer(challenge(api), origin="https://evil.example")

    assert enter(api, wrong).status_code == 401
    assert enter(api, wrong | {"id": "bm9ib2R5cw"}).status_code == 401
    assert enter(api, wrong | {"id": 7}).status_code in (401, 422)

    known, unknown = records(database)[before:][:2]
    assert (known.school_id, known.actor_id, known.status) == (school, parent.id, 401)
    assert (unknown.school_id, unknown.actor_id, set(unknown.facts)) == (None, None, {"passkey_sha256"})


def test_a_second_step_that_fails_is_noted_with_whose_password_it_was(api, database, school):
    deputy = make_somebody(api, database, school, "deputy").sign_in()
    deputy.add_totp()
    waiting = api.anonymously(
        "POST", "/sessions", json={"login": deputy.login, "password": programs.PASSWORD}
    )
    before = len(records(database))

    shown = {"pending_token": waiting.json["pending_token"], "way": "totp", "code": "000000"}
    assert api.anonymously("POST", "/sessions/factor", json=shown).status_code == 401

    [noted] = records(database)[before:]
    assert (noted.school_id, noted.actor_id) == (school, deputy.id)
    assert "000000" not in str(vars(noted))


def test_a_sign_in_by_another_provider_that_fails_is_noted(api, database):
    back = {"state": "never-given-out-state", "browser_key": "k" * 43, "code": "c"}

    answer = api.anonymously("POST", "/sessions/provider", json=back)

    assert answer.status_code >= 400
    [noted] = records(database)
    assert (noted.endpoint, set(noted.facts)) == ("providers.post_session", {"provider_sha256"})
