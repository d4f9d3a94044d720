"""Codes and tokens over HTTP, one request after another."""

from datetime import timedelta

import pytest
import time_machine

from shared.auth import KeyRing
from shared.clock import now
from tests.identity.programs import BACK, ISSUER, Program, answered, claims_of, make_client


def test_a_code_is_traded_for_tokens_that_say_who_signed_in(api, program, as_teacher, teacher, school):
    told = program.trade(program.code(as_teacher), resource=f"{ISSUER[:-12]}/journal/v1").json

    id_token = claims_of(api, told["id_token"])
    assert id_token.header["typ"] == "JWT"
    claims = id_token.claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, program.client_id, str(teacher[0]))
    assert (claims["nonce"], claims["family_name"], claims["amr"]) == ("no", "Иванова", ["pwd"])
    assert {"auth_time", "at_hash", "sid", "exp", "iat"} <= claims.keys()
    assert claims["school"]["id"] == str(school)
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 300)
    ring = KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)
    actor = ring.actor(told["access_token"], "journal")
    assert (actor.person_id, actor.client_id, actor.roles) == (teacher[0], program.client_id, {"teacher"})


def test_user_info_tells_what_was_allowed_and_nothing_else(api, database, school, as_teacher, teacher):
    program = Program(api, *make_client(database, school, scopes=["openid", "profile"]))
    token = program.trade(program.code(as_teacher, scope="openid profile")).json["access_token"]

    told = api.anonymously("GET", "/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})

    assert told.status_code == 200
    assert told.json["sub"] == str(teacher[0])
    assert told.json["name"] == "Иванова Мария"
    assert not {"email", "school", "roles"} & told.json.keys()


def test_a_program_does_only_what_its_scopes_open(api, database, school, as_teacher):
    program = Program(api, *make_client(database, school, scopes=["openid", "identity:read"]))
    bare = program.trade(program.code(as_teacher, scope="openid")).json["access_token"]
    reading = program.trade(program.code(as_teacher, scope="openid identity:read")).json["access_token"]

    def status(token, method, path, **given):
        headers = {"Authorization": f"Bearer {token}"}
        return api.anonymously(method, path, headers=headers, **given).status_code

    assert [status(token, "GET", "/groups") for token in (bare, reading)] == [403, 200]
    assert status(reading, "DELETE", f"/me/clients/{program.client_id}") == 403
    body = {"query": program.query(), "decision": "allow"}
    assert status(reading, "POST", "/oauth/authorizations", json=body) == 403


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"scope": "identity:read"}, "invalid_scope"),
        ({"scope": "import"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example.org"}, "invalid_target"),
        ({"resource": f"{ISSUER[:-12]}/reporting/v1"}, "invalid_target"),
        ({"request": "x"}, "request_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none"}, "consent_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"decision": "deny"}, "access_denied"),
    ],
    ids=str,
)
def test_a_wrong_request_is_sent_back_with_its_error_and_state(program, as_teacher, given, error):
    answer = program.authorize(as_teacher, **({"decision": ""} | given))

    told = answered(answer.json["redirect_to"])
    assert answer.json["redirect_to"].startswith(BACK)
    assert (told["error"], told["state"], told["iss"]) == (error, "st", ISSUER)
    assert "code" not in told


@pytest.mark.parametrize(
    "given",
    [
        {"redirect_uri": f"{BACK}/"},
        {"redirect_uri": f"{BACK}?x=1"},
        {"redirect_uri": "https://diary.example.org.evil.example/back"},
        {"redirect_uri": 'https://diary.example.org/"'},
        {"redirect_uri": None},
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "дневник"},
    ],
    ids=str,
)
def test_nobody_is_sent_to_an_address_that_is_not_the_programs_to_the_letter(program, as_teacher, given):
    """SECURITY 18."""
    answer = program.authorize(as_teacher, **given)

    assert answer.status_code == 422
    assert answer.json["type"] == "urn:parta:problem:request-refused"


def test_who_is_not_signed_in_signs_in_first_or_the_program_is_told(api, program):
    def ask(**given):
        body = {"query": program.query(**given)}
        return api.anonymously("POST", "/oauth/requests", json=body).json

    assert ask()["ask"] == "sign_in"
    assert answered(ask(prompt="none")["redirect_to"])["error"] == "login_required"


def test_consent_is_asked_once_for_each_scope_and_kept(program, as_teacher):
    first = program.authorize(as_teacher, decision="", scope="openid profile").json
    program.code(as_teacher, scope="openid profile")
    again = program.authorize(as_teacher, decision="", scope="openid").json
    more = program.authorize(as_teacher, decision="", scope="openid email").json
    insisted = program.authorize(as_teacher, decision="", scope="openid", prompt="consent").json

    assert (first["ask"], first["client"]) == ("consent", "Дневник в кармане")
    assert [scope["name"] for scope in first["scopes"]] == ["openid", "profile"]
    assert "code" in answered(again["redirect_to"])
    assert (more["ask"], insisted["ask"]) == ("consent", "consent")


def test_a_program_of_the_school_itself_may_be_let_in_unasked(api, database, school, as_teacher):
    made = make_client(database, school, is_preapproved=True, scopes=["openid", "profile"])
    program = Program(api, *made)
    unasked = {"decision": "", "prompt": "none", "scope": "openid profile"}

    assert "code" in answered(program.authorize(as_teacher, **unasked).json["redirect_to"])


def test_prompt_login_and_max_age_ask_for_a_proof_newer_than_the_question(api, program, as_teacher):
    def ask(**given):
        body = {"query": program.query(**given), "decision": "allow", "since": given.get("since")}
        body["query"] = program.query(**{n: v for n, v in given.items() if n != "since"})
        return api.anonymously("POST", "/oauth/authorizations", json=body, headers=as_teacher).json

    earlier, later = (now() + timedelta(seconds=shift) for shift in (-60, 60))
    assert ask(prompt="login")["ask"] == "sign_in"
    assert ask(prompt="login", since=later.isoformat())["ask"] == "sign_in"
    assert "code" in answered(ask(prompt="login", since=earlier.isoformat())["redirect_to"])
    assert "code" in answered(ask(max_age="3600")["redirect_to"])
    assert ask(max_age="0")["ask"] == "sign_in"
    assert answered(ask(max_age="0", prompt="none")["redirect_to"])["error"] == "login_required"


def test_people_of_another_school_are_not_let_into_a_schools_program(api, database, stranger, as_teacher):
    program = Program(api, *make_client(database, stranger))

    assert answered(program.authorize(as_teacher).json["redirect_to"])["error"] == "access_denied"


def test_a_code_serves_once_and_its_second_use_ends_what_it_gave(program, as_teacher):
    """SECURITY 18."""
    code = program.code(as_teacher)
    first = program.trade(code).json
    second = program.trade(code)

    assert (second.status_code, second.json["error"]) == (400, "invalid_grant")
    assert program.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert program.ask("/oauth/introspect", token=first["access_token"]).json == {"active": False}


def test_a_code_is_too_old_after_a_minute(program, as_teacher):
    """SECURITY 18."""
    with time_machine.travel(now(), tick=False) as clock:
        in_time, late = program.code(as_teacher), program.code(as_teacher)
        clock.shift(timedelta(seconds=59))
        answers = [program.trade(in_time).status_code]
        clock.shift(timedelta(seconds=2))
        answers.append(program.trade(late).status_code)

    assert answers == [200, 400]


def test_a_code_is_worth_nothing_without_its_verifier_address_and_program(
    api, database, school, program, as_teacher
):
    """SECURITY 18."""
    other = Program(api, *make_client(database, school))
    other.verifier = program.verifier
    code = program.code(as_teacher)

    wrong = [
        program.trade(code, code_verifier="w" * 43),
        program.trade(code, code_verifier=""),
        program.trade(code, redirect_uri=f"{BACK}/"),
        other.trade(code),
        Program(api, program.client_id).trade(code, code_verifier=program.verifier),
        Program(api, program.client_id, "x" * 40).trade(code, code_verifier=program.verifier),
    ]

    assert [answer.json["error"] for answer in wrong] == [
        "invalid_grant",
        "invalid_request",
        "invalid_grant",
        "invalid_grant",
        "invalid_client",
        "invalid_client",
    ]
    assert program.trade(code).status_code == 200
