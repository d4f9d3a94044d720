"""Clients that prove themselves by a key (RFC 7523), and our own services among them."""

import time

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from services.identity.actions.programs.assertions import public_keys
from services.identity.actions.programs.clients import ensure_client, let_prove_by_key
from shared.auth import ISSUER as SHORT_NAME
from shared.auth import KeyRing
from shared.db import EVERY_SCHOOL
from shared.peers import Peers
from shared.service_tokens import ServiceTokens
from shared.settings import Settings
from tests.identity.programs import ISSUER, proof_of

KEY = ECKey.generate_key("P-256", auto_kid=True)
PEM = KEY.as_pem(private=True).decode()
SECRET = "s" * 40
CLIENT = "service-journal"


@pytest.fixture
def keyed(database):
    """The journal's client, known by its key."""
    with database.writing(EVERY_SCHOOL) as session:
        ensure_client(session, CLIENT, SECRET)
        let_prove_by_key(session, CLIENT, public_keys(KEY.as_pem(private=False).decode()))


def ask(api, proof, client_id=CLIENT):
    asked = {"grant_type": "client_credentials", "audience": "schedule", "client_id": client_id}
    return api.anonymously("POST", "/tokens", json=asked | {"client_assertion": proof})


def test_a_service_with_a_key_gets_its_tokens_and_needs_no_secret(api, keyed, monkeypatch):
    """SECURITY 32."""
    peers = Peers({})
    peers.put_in_process("identity", api.client.application)
    settings = Settings(service="journal", database_url="", client_key=PEM)
    tokens = ServiceTokens(settings, peers)

    header = tokens.headers("schedule")["Authorization"]
    tokens.forget("schedule")
    again = tokens.headers("schedule")["Authorization"]

    ring = KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)
    assert ring.actor(header.removeprefix("Bearer "), "schedule").client_id == CLIENT
    assert header != again


def test_once_it_has_a_key_the_old_secret_is_void(api, keyed):
    asked = {"grant_type": "client_credentials", "audience": "schedule", "client_id": CLIENT}

    assert api.anonymously("POST", "/tokens", json=asked | {"client_secret": SECRET}).status_code == 401


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oauth/token", SHORT_NAME])
def test_a_proof_is_good_once_under_any_of_our_names(api, keyed, audience):
    proof = proof_of(CLIENT, KEY, aud=audience)

    assert [ask(api, proof).status_code for _ in range(2)] == [200, 401]


WRONG = {
    "another key's": lambda: proof_of(CLIENT, ECKey.generate_key("P-256", auto_kid=True)),
    "for somebody else": lambda: proof_of(CLIENT, KEY, aud="https://elsewhere.example"),
    "expired": lambda: proof_of(CLIENT, KEY, exp=int(time.time()) - 120),
    "good for a day": lambda: proof_of(CLIENT, KEY, exp=int(time.time()) + 86_400),
    "of no end": lambda: proof_of(CLIENT, KEY, exp=None),
    "not yet good": lambda: proof_of(CLIENT, KEY, nbf=int(time.time()) + 600),
    "without a number": lambda: proof_of(CLIENT, KEY, jti=None),
    "numbered by no text": lambda: proof_of(CLIENT, KEY, jti=7),
    "another client's": lambda: proof_of("service-notify", KEY),
    "of two minds": lambda: proof_of(CLIENT, KEY, iss="service-notify"),
    "by RSA": lambda: proof_of(CLIENT, RSAKey.generate_key(2048), alg="RS256"),
    "by a shared secret": lambda: proof_of(CLIENT, OctKey.import_key(SECRET), alg="HS256"),
    "no proof": lambda: "x.y.z",
    "nothing": lambda: "x",
}


@pytest.mark.parametrize("made", WRONG.values(), ids=WRONG)
def test_a_wrong_proof_proves_nothing(api, keyed, made):
    """SECURITY 32."""
    answer = ask(api, made())

    assert (answer.status_code, answer.json["type"]) == (401, "urn:parta:problem:wrong-secret")


def test_who_has_no_key_proves_nothing_by_one(api, database):
    with database.writing(EVERY_SCHOOL) as session:
        ensure_client(session, CLIENT, SECRET)

    assert ask(api, proof_of(CLIENT, KEY)).status_code == 401
    assert ask(api, proof_of("nobody", KEY), "nobody").status_code == 401
