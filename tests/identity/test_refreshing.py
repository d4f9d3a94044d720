"""Refresh tokens, and tokens that come back: one request after another."""

from datetime import timedelta

import pytest
import time_machine

from shared.auth import KeyRing
from shared.clock import now
from tests.identity.makers import PASSWORD
from tests.identity.programs import ISSUER, Program, claims_of, make_client


def test_a_refresh_may_narrow_and_never_widen(api, program, as_teacher):
    given = program.trade(program.code(as_teacher, scope="openid profile")).json
    wider = program.refresh(given["refresh_token"], scope="openid email")
    narrower = program.refresh(given["refresh_token"], scope="openid").json

    assert wider.json["error"] == "invalid_scope"
    assert narrower["scope"] == "openid"
    claims = claims_of(api, narrower["id_token"]).claims
    assert "name" not in claims
    assert "nonce" not in claims
    assert program.refresh(narrower["refresh_token"]).json["scope"] == "openid profile"


def test_a_refresh_gets_a_token_for_any_service_its_scopes_open(api, program, as_teacher):
    given = program.trade(program.code(as_teacher)).json
    ring = KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)

    journal = program.refresh(given["refresh_token"], resource=f"{ISSUER[:-12]}/journal/v1").json
    wrong = program.refresh(journal["refresh_token"], resource=f"{ISSUER[:-12]}/notify/v1")

    assert ring.actor(given["access_token"], "identity").scopes >= {"openid"}
    assert ring.actor(journal["access_token"], "journal").scopes >= {"journal:read"}
    assert wrong.json["error"] == "invalid_target"


def test_an_old_refresh_token_ends_the_family(program, as_teacher):
    """SECURITY 19."""
    first = program.trade(program.code(as_teacher)).json["refresh_token"]
    second = program.refresh(first).json["refresh_token"]
    third = program.refresh(second).json["refresh_token"]

    assert program.refresh(first).json["error"] == "invalid_grant"
    assert program.refresh(third).json["error"] == "invalid_grant"


def test_a_forged_refresh_token_harms_nobody(program, as_teacher):
    token = program.trade(program.code(as_teacher)).json["refresh_token"]
    key, number, _ = token.split(".")

    for forged in (
        f"{key}.{number}.x",
        f"{key}.9.x",
        f"x.{number}.x",
        f"{key}.²",
        "",
        ".",
        f"{key}..",
        "x" * 500,
    ):
        assert program.refresh(forged).status_code == 400, forged
    assert program.refresh(token).status_code == 200


def test_a_refresh_token_of_another_program_is_no_good_and_stays_good(
    api, database, school, program, as_teacher
):
    token = program.trade(program.code(as_teacher)).json["refresh_token"]
    other = Program(api, *make_client(database, school))

    assert other.refresh(token).json["error"] == "invalid_grant"
    assert program.refresh(token).status_code == 200


def test_a_family_ends_with_the_longest_a_session_may_last(api, database, school, program, as_teacher):
    """SECURITY 20."""
    with time_machine.travel(now(), tick=False) as clock:
        token = program.trade(program.code(as_teacher)).json["refresh_token"]
        clock.shift(timedelta(hours=11, minutes=59))
        in_time = program.refresh(token)
        clock.shift(timedelta(minutes=2))
        late = program.refresh(in_time.json["refresh_token"])

    assert (in_time.status_code, late.status_code) == (200, 400)  # Twelve hours, of staff.


@pytest.mark.parametrize("how", ["signed out", "ended", "blocked"])
def test_what_ends_a_session_ends_its_refresh_tokens(api, program, teacher, how):
    """SECURITY 16, 20."""
    begun = api.anonymously("POST", "/sessions", json={"login": teacher[1], "password": PASSWORD}).json
    asked = {"grant_type": "session", "session_token": begun["session_token"], "audience": "identity"}
    token = api.anonymously("POST", "/tokens", json=asked).json["access_token"]
    given = program.trade(program.code({"Authorization": f"Bearer {token}"})).json

    ends = {
        "signed out": lambda: api.anonymously(
            "DELETE", "/sessions", json={"session_token": begun["session_token"]}
        ),
        "ended": lambda: api("DELETE", f"/people/{teacher[0]}/sessions"),
        "blocked": lambda: api("DELETE", f"/people/{teacher[0]}/credentials"),
    }
    assert ends[how]().status_code == 204

    assert program.refresh(given["refresh_token"]).json["error"] == "invalid_grant"
    assert program.ask("/oauth/introspect", token=given["access_token"]).json == {"active": False}


def test_introspection_tells_a_program_of_its_own_tokens_and_no_other(
    api, database, school, program, as_teacher, teacher
):
    given = program.trade(program.code(as_teacher)).json
    other = Program(api, *make_client(database, school))

    for name in ("access_token", "refresh_token"):
        told = program.ask("/oauth/introspect", token=given[name]).json
        assert (told["active"], told["sub"], told["iss"]) == (True, str(teacher[0]), ISSUER)
        assert other.ask("/oauth/introspect", token=given[name]).json == {"active": False}
    for junk in ("x", given["id_token"], f"{given['access_token']}x", "ey.ey.ey"):
        assert program.ask("/oauth/introspect", token=junk).json == {"active": False}
    assert (
        Program(api, program.client_id).ask("/oauth/introspect", token="x").json["error"] == "invalid_client"
    )


def test_looking_at_a_token_does_not_use_it_up(program, as_teacher):
    token = program.trade(program.code(as_teacher)).json["refresh_token"]
    for _ in range(3):
        assert program.ask("/oauth/introspect", token=token).json["active"] is True
    assert program.refresh(token).status_code == 200


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_given_back_ends_its_family(program, as_teacher, name):
    given = program.trade(program.code(as_teacher)).json

    answers = [program.ask("/oauth/revoke", token=given[name]).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert program.refresh(given["refresh_token"]).json["error"] == "invalid_grant"
    assert program.ask("/oauth/revoke", token="unknown").status_code == 200


def test_people_see_what_they_let_in_and_send_it_away(api, program, as_teacher):
    given = program.trade(program.code(as_teacher, scope="openid profile")).json

    [listed] = api.anonymously("GET", "/me/clients", headers=as_teacher).json["items"]
    ended = api.anonymously("DELETE", f"/me/clients/{program.client_id}", headers=as_teacher)
    again = api.anonymously("DELETE", f"/me/clients/{program.client_id}", headers=as_teacher)

    assert (listed["name"], listed["is_active"]) == ("Дневник в кармане", True)
    assert [scope["name"] for scope in listed["scopes"]] == ["openid", "profile"]
    assert (ended.status_code, again.status_code) == (204, 404)
    assert program.refresh(given["refresh_token"]).status_code == 400
    assert program.authorize(as_teacher, decision="", scope="openid").json["ask"] == "consent"
