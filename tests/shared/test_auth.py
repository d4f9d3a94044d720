"""Which tokens open a door, and which only look as if."""

import hmac
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from shared import auth
from shared.auth import Access, Actor, BadToken, KeyRing, within_grant
from tests.support.tokens import KEY, key_ring, token

PERSON, SCHOOL = uuid4(), uuid4()


def good(**claims):
    return token("journal", school_id=SCHOOL, person_id=PERSON, roles=("teacher",), **claims)


def signed(header, key=KEY, **claims):
    at = int(time.time())
    body = {"iss": auth.ISSUER, "aud": "journal", "sub": "x", "nbf": at, "exp": at + 60} | claims
    algorithms = [header["alg"]]
    return jwt.encode({"typ": "at+jwt"} | header, body, key, algorithms=algorithms)


def test_a_good_token_names_the_person_the_school_and_the_roles():
    sid = uuid4()

    proven_at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    told = {"sid": str(sid), "auth_time": int(proven_at.timestamp()), "amr": ["pwd", "otp"]}

    actor = key_ring().actor(good(scope="a b", **told), "journal")

    assert actor == Actor(
        subject=str(PERSON),
        school_id=SCHOOL,
        person_id=PERSON,
        roles=frozenset({"teacher"}),
        scopes=frozenset({"a", "b"}),
        session_id=sid,
        proven_at=proven_at,
        amr=frozenset({"pwd", "otp"}),
    )


def test_to_a_program_nobody_proves_who_they_are():
    """SECURITY 11: what is grave no program does in a person's name, however lately they signed in to it."""
    at = int(time.time())

    actors = [key_ring().actor(good(auth_time=at, client_id=one), "journal") for one in ("portal", "diary")]

    assert [actor.proven_at is not None for actor in actors] == [True, False]


def own_key():
    key = ECKey.generate_key("P-256", auto_kid=True)
    return signed({"alg": "ES256", "kid": key.kid, "jwk": key.as_dict(private=False)}, key)


def by_public_key():
    """Sign as HMAC with what everybody knows; no decent library does that, but an attacker has his own."""
    header = orjson.dumps({"alg": "HS256", "typ": "at+jwt", "kid": KEY.kid})
    head = urlsafe_b64encode(header).rstrip(b"=") + b"." + good().split(".")[1].encode()
    mac = hmac.digest(KEY.as_pem(private=False), head, "sha256")
    return (head + b"." + urlsafe_b64encode(mac).rstrip(b"=")).decode()


BAD = {
    "nothing": lambda: "",
    "no token": lambda: "a.b.c",
    "another service's": lambda: token("notify", roles=("teacher",)),
    "an audience list": lambda: good(aud=["journal", "notify"]),
    "another issuer's": lambda: good(iss="somebody"),
    "expired": lambda: good(lives_seconds=-1),
    "not yet valid": lambda: good(nbf=int(time.time()) + 3600),
    "of no end": lambda: good(exp=None),
    "an id token": lambda: signed({"alg": "ES256", "typ": "JWT", "kid": KEY.kid}),
    "of another type": lambda: signed({"alg": "ES256", "typ": "dpop+jwt", "kid": KEY.kid}),
    "unsigned": lambda: f"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{good().split('.')[1]}.",
    "signed with a shared secret": lambda: signed({"alg": "HS256"}, OctKey.import_key("s" * 40)),
    "signed by RSA": lambda: signed({"alg": "RS256"}, RSAKey.generate_key(2048)),
    "signed by a stranger": lambda: good(key=ECKey.generate_key("P-256", auto_kid=True)),
    "a stranger's under our key's name": lambda: good(
        key=ECKey.generate_key("P-256", {"kid": KEY.kid}, auto_kid=False)
    ),
    "signed with our public key for a secret": by_public_key,
    "bringing its own key": own_key,
    "bringing our own key": lambda: signed(
        {"alg": "ES256", "kid": KEY.kid, "jwk": KEY.as_dict(private=False)}
    ),
    "naming where its key is": lambda: signed(
        {"alg": "ES256", "kid": KEY.kid, "jku": "https://evil.example"}
    ),
    "naming its certificate": lambda: signed({"alg": "ES256", "kid": KEY.kid, "x5u": "https://evil.example"}),
    "with a path for a key": lambda: signed({"alg": "ES256", "kid": "../../etc/passwd"}),
    "altered": lambda: good()[:-4] + "AAAA",
}


@pytest.mark.parametrize("made", BAD.values(), ids=BAD)
def test_a_bad_token_is_refused(made):
    """SECURITY 17: the matrix of tokens."""
    ring = key_ring()

    with pytest.raises(BadToken):
        ring.actor(made(), "journal")


def test_a_token_verified_before_is_refused_once_it_has_expired(monkeypatch):
    ring, short = key_ring(), good(lives_seconds=30)
    assert ring.actor(short, "journal").person_id == PERSON

    later = time.time() + 31
    monkeypatch.setattr(auth.time, "time", lambda: later)

    with pytest.raises(BadToken):
        ring.actor(short, "journal")


def test_keys_go_on_serving_when_identity_is_silent():
    answers = [KeySet([KEY]).as_dict(private=False)]
    ring = KeyRing(fetch=answers.pop)
    ring.actor(good(), "journal")
    ring._asked -= auth.KEYS_KEPT_SECONDS + 1

    assert ring.actor(good(), "journal").person_id == PERSON


def test_keys_of_yesterday_serve_no_longer():
    answers = [KeySet([KEY]).as_dict(private=False)]
    ring = KeyRing(fetch=answers.pop)
    ring.actor(good(), "journal")
    ring._asked -= auth.KEYS_SERVE_SECONDS + 1
    ring._got -= auth.KEYS_SERVE_SECONDS + 1

    with pytest.raises(BadToken):
        ring.actor(good(scope="new"), "journal")


def test_a_key_taken_off_the_list_opens_nothing_once_the_list_is_read_again():
    old, lists = ECKey.generate_key("P-256", auto_kid=True), []
    lists += [[KEY], [KEY, old]]
    ring = KeyRing(fetch=lambda: KeySet(lists.pop()).as_dict(private=False))
    made = good(key=old)
    ring.actor(made, "journal")
    ring._asked -= auth.KEYS_KEPT_SECONDS + 1
    ring.actor(good(scope="other"), "journal")

    with pytest.raises(BadToken):
        ring.actor(made, "journal")


def test_without_any_keys_nobody_enters():
    def silent():
        raise OSError

    with pytest.raises(BadToken):
        KeyRing(fetch=silent).actor(good(), "journal")


def test_an_unknown_key_is_asked_for_but_not_at_every_attempt():
    asked = []

    def fetch():
        asked.append(1)
        return KeySet([KEY]).as_dict(private=False)

    ring, forged = KeyRing(fetch), good(key=ECKey.generate_key("P-256", auto_kid=True))
    for _ in range(5):
        with pytest.raises(BadToken):
            ring.actor(forged, "journal")

    assert len(asked) == 1
    ring._asked -= auth.REFETCH_SECONDS + 1
    with pytest.raises(BadToken):
        ring.actor(forged, "journal")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("scopes", "access", "method", "within"),
    [
        ({"journal:read"}, Access(roles=frozenset({"teacher"})), "GET", True),
        ({"journal:read"}, Access(roles=frozenset({"teacher"})), "POST", False),
        ({"journal:write"}, Access(roles=frozenset({"teacher"})), "POST", True),
        ({"journal:write"}, Access(roles=frozenset({"teacher"})), "GET", False),
        ({"notify:read", "openid"}, Access(roles=frozenset({"teacher"})), "GET", False),
        ({"openid"}, Access(scopes=frozenset({"openid"})), "POST", True),
        (set(), Access(roles=frozenset({"teacher"})), "GET", False),
    ],
)
def test_a_program_acts_for_a_person_only_within_what_was_allowed(scopes, access, method, within):
    known = {"person_id": PERSON, "roles": frozenset({"teacher"}), "scopes": frozenset(scopes)}

    assert within_grant(Actor("x", SCHOOL, client_id="app-1", **known), access, "journal", method) is within
    assert within_grant(Actor("x", SCHOOL, client_id="portal", **known), access, "journal", method)


@pytest.mark.parametrize(
    ("access", "actor", "enters"),
    [
        (Access(roles=frozenset({"teacher"})), {"roles": frozenset({"teacher", "parent"})}, True),
        (Access(roles=frozenset({"teacher"})), {"roles": frozenset({"parent"})}, False),
        (Access(roles=frozenset({"teacher"})), {"scopes": frozenset({"teacher"})}, False),
        (Access(scopes=frozenset({"import"})), {"scopes": frozenset({"import"})}, True),
        (Access(scopes=frozenset({"import"})), {"roles": frozenset({"import"})}, False),
        (Access(), {"roles": frozenset({"operator"}), "scopes": frozenset({"import"})}, False),
    ],
)
def test_roles_and_scopes_open_their_own_doors_only(access, actor, enters):
    assert access.admits(Actor("x", None, **actor)) is enters
