"""Who is asking: access tokens checked offline against identity's published keys."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["ES256"]
ISSUER = "parta-identity"
LEEWAY_SECONDS = 60
KEYS_KEPT_SECONDS = 600
REFETCH_SECONDS = 30


@dataclass(frozen=True)
class Actor:
    """Whoever a valid token names: a person of a school, or a service client (no person)."""

    subject: str
    school_id: UUID | None
    person_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    client_id: str | None = None
    session_id: UUID | None = None  # the sign-in behind the token

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class Access:
    """Who may call an endpoint: anyone, holders of a role, or clients with a scope."""

    public: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    def admits(self, actor: Actor) -> bool:
        """Whether the actor may enter; relations to the thing itself are checked by the action."""
        return not (self.roles.isdisjoint(actor.roles) and self.scopes.isdisjoint(actor.scopes))


class BadToken(Exception):
    """The token is missing, forged, expired, or made for somebody else."""


@dataclass
class KeyRing:
    """Identity's public keys, kept for ten minutes and asked for again when an unknown one appears.

    When identity does not answer, the keys already known go on serving.
    """

    fetch: Callable[[], dict[str, Any]]
    _keys: KeySet | None = None
    _fetched: float = 0.0
    _verified: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def actor(self, token: str, audience: str) -> Actor:
        """Return whom the token names, or raise BadToken."""
        claims = self._verified.get(token)
        if claims is None:
            claims = self._verify(token)
            if len(self._verified) > 10_000:
                self._verified.clear()
            self._verified[token] = claims
        return _actor(claims, audience)

    def _verify(self, token: str) -> dict[str, Any]:
        for refetch in (False, True):
            keys = self._current(refetch=refetch)
            try:
                found = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError, TypeError, KeyError) as wrong:
                if refetch:
                    raise BadToken(type(wrong).__name__) from wrong
                continue
            if found.header.get("typ") != "at+jwt":
                raise BadToken("typ")
            return dict(found.claims)
        raise BadToken("key")

    def _current(self, *, refetch: bool) -> KeySet:
        with self._lock:
            age = time.monotonic() - self._fetched
            if self._keys is None or age > KEYS_KEPT_SECONDS or (refetch and age > REFETCH_SECONDS):
                try:
                    self._keys = KeySet.import_key_set(self.fetch())  # type: ignore[arg-type]
                    self._verified.clear()
                except Exception as wrong:
                    if self._keys is None:
                        raise BadToken("identity gives no keys") from wrong
                self._fetched = time.monotonic()
            return self._keys


def _actor(claims: dict[str, Any], audience: str) -> Actor:
    at = time.time()
    if claims.get("iss") != ISSUER or claims.get("aud") != audience:
        raise BadToken("aud")
    begins, ends = claims.get("nbf"), claims.get("exp")
    if not (isinstance(begins, int) and isinstance(ends, int)):
        raise BadToken("no end")
    if not begins - LEEWAY_SECONDS <= at < ends:
        raise BadToken("expired")
    school, person = claims.get("school"), claims.get("person")
    return Actor(
        subject=claims["sub"],
        school_id=UUID(school) if school else None,
        person_id=UUID(person) if person else None,
        roles=frozenset(claims.get("roles", ())),
        scopes=frozenset(claims.get("scope", "").split()),
        client_id=claims.get("client_id"),
        session_id=UUID(claims["sid"]) if claims.get("sid") else None,
    )
