"""Programs as the operator registers them and people let them in."""

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from services.identity.models import Client
from shared.auth import KeyRing
from shared.db import EVERY_SCHOOL
from tests.identity.programs import BACK, ISSUER, Program, make_client


@pytest.mark.parametrize("grant", ["password", "implicit", "session", "", 'quo"ted', "сессия"])
def test_there_is_no_password_grant_and_no_other(program, grant):
    """SECURITY 18."""
    answer = program.ask(grant_type=grant, username="x", password="y")

    assert answer.status_code == 400
    assert answer.json["error"] in ("unsupported_grant_type", "invalid_request")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_public_program_needs_no_secret_but_pkce(api, database, school, as_teacher):
    program = Program(api, make_client(database, school, is_public=True)[0])

    told = program.trade(program.code(as_teacher)).json

    assert program.refresh(told["refresh_token"]).status_code == 200
    assert program.ask(grant_type="client_credentials").json["error"] == "invalid_client"


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


def test_a_program_in_its_own_name_gets_its_own_scopes_for_the_service_it_names(api, database, school):
    given = make_client(database, school, scopes=["import"], redirect_uris=[])
    with database.writing(EVERY_SCHOOL) as session:  # As the command on the machine gives it.
        session.get_one(Client, given[0]).scopes = ["events:read", "import"]
    program = Program(api, *given)
    ring = KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)

    def ask(**more):
        return program.ask(grant_type="client_credentials", **more)

    whole = ask(resource=f"{ISSUER[:-12]}/schedule/v1").json
    part = ask(resource=ISSUER, scope="import").json

    actor = ring.actor(whole["access_token"], "schedule")
    assert (actor.scopes, actor.school_id, actor.person_id) == ({"events:read", "import"}, school, None)
    assert ring.actor(part["access_token"], "identity").scopes == {"import"}
    assert "refresh_token" not in whole
    assert ask().json["error"] == "invalid_target"
    assert program.ask(grant_type="authorization_code", code="x").json["error"] == "unauthorized_client"


def test_a_parameter_sent_twice_is_refused(api, program, as_teacher):
    twice = f"{program.query()}&state=other"
    body = {"query": twice, "decision": "allow"}

    answer = api.anonymously("POST", "/oauth/authorizations", json=body, headers=as_teacher)

    assert answer.json["type"] == "urn:parta:problem:request-refused"


def test_the_description_is_what_the_standards_want(api):
    for path in ("openid-configuration", "oauth-authorization-server"):
        told = api.anonymously("GET", f"/.well-known/{path}").json
        AuthorizationServerMetadata(told).validate()
        assert told["issuer"] == ISSUER
        assert told["response_types_supported"] == ["code"]
        assert told["code_challenge_methods_supported"] == ["S256"]


def test_a_program_switched_off_or_with_a_new_secret_gets_nothing_any_more(api, database, school, as_teacher):
    program = Program(api, *make_client(database, school))
    given = program.trade(program.code(as_teacher)).json
    path = f"/clients/{program.client_id}"

    renewed = api("POST", f"{path}/secret", headers={"If-Match": '"1"'})
    assert renewed.status_code == 201
    old = program.refresh(given["refresh_token"])
    program.secret = renewed.json["client_secret"]
    ended = program.refresh(given["refresh_token"])
    card = api("GET", path).json
    described = {name: card[name] for name in ("name", "scopes", "redirect_uris")} | {"is_enabled": False}
    off = api("PUT", path, json=described, headers={"If-Match": '"2"'})

    assert (old.json["error"], ended.json["error"]) == ("invalid_client", "invalid_grant")
    assert off.status_code == 200
    assert program.ask(grant_type="refresh_token", refresh_token="x").json["error"] == "invalid_client"
    assert program.authorize(as_teacher).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uris": []},
        {"redirect_uris": ["http://diary.example.org/back"]},
        {"redirect_uris": ["https://diary.example.org/*"]},
        {"redirect_uris": ["https://diary.example.org/#x"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["ru.school.diary:/back"]},
        {"redirect_uris": ["//diary.example.org"]},
        {"scopes": []},
        {"scopes": ["password"]},
        {"scopes": ["events:read"]},
        {"scopes": ["openid", "import"], "is_public": True},
        {"scopes": ["openid", "journal:write"], "is_preapproved": True},
        {"logout_uri": "ftp://x"},
        {"public_keys": "-----BEGIN"},
        {"public_keys": {"keys": []}},
    ],
    ids=str,
)
def test_a_program_described_wrongly_is_not_registered(api, wrong):
    body = {"name": "Программа", "scopes": ["openid"], "redirect_uris": [BACK]} | wrong

    assert api("POST", "/clients", json=body).status_code == 422


def test_the_operator_registers_changes_and_removes_programs_of_the_own_school(api, stranger):
    body = {"name": "Программа", "scopes": ["openid"], "redirect_uris": [BACK, "http://127.0.0.1:8/x"]}
    made = api("POST", "/clients", json=body)
    path = f"/clients/{made.json['id']}"

    assert made.status_code == 201
    assert len(made.json["client_secret"]) > 40
    assert "client_secret" not in api("GET", path).json
    assert api("GET", path, school=stranger).status_code == 404
    assert [one["id"] for one in api("GET", "/clients").json["items"]] == [made.json["id"]]
    assert api("GET", "/clients", school=stranger).json["items"] == []
    assert api("PUT", path, json=body, headers={"If-Match": '"7"'}).status_code == 412
    assert api("DELETE", path, headers={"If-Match": '"1"'}).status_code == 204
    assert api("GET", path).status_code == 404
