"""Who is asking: access tokens checked offline against identity's published keys."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["ES256"]
ISSUER = "parta-identity"
PORTAL = "portal"
LEEWAY_SECONDS = 60
KEYS_KEPT_SECONDS = 600
REFETCH_SECONDS = 30
SPEAKS_FOR_VISITORS = "visitors:speak-for"
"""The scope of the one client that may say whose address a request comes from: the portal's."""
KEYS_SERVE_SECONDS = 24 * 3600
OWN_KEYS = frozenset({"jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256", "crit"})

log = structlog.get_logger()


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
    proven_at: datetime | None = None  # when the person last showed us who they are
    amr: frozenset[str] = frozenset()  # by what (RFC 8176): pwd, otp, pop, mfa

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_delegated(self) -> bool:
        """Whether another program acts in the person's name, and so only within what the person allowed."""
        return self.person_id is not None and self.client_id not in (None, PORTAL)


@dataclass(frozen=True)
class Access:
    """Who may call an endpoint: anyone, holders of a role, or clients with a scope.

    `action` leaves it to the policy; the application puts in its place what the policy says.
    """

    action: str = ""
    public: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    def admits(self, actor: Actor) -> bool:
        """Whether the actor may enter; relations to the thing itself are checked by the action."""
        return not (self.roles.isdisjoint(actor.roles) and self.scopes.isdisjoint(actor.scopes))


def within_grant(actor: Actor, access: Access, service: str, method: str) -> bool:
    """Whether what is asked lies within what a person allowed a program; nothing else binds others.

    `<service>:read` opens what the person may see, `<service>:write` what they may do; an endpoint
    that names a scope of its own asks for that one.
    """
    if not actor.is_delegated or not access.scopes.isdisjoint(actor.scopes):
        return True
    needed = "read" if method in ("GET", "HEAD", "OPTIONS") else "write"
    return f"{service}:{needed}" in actor.scopes


class BadToken(Exception):
    """The token is missing, forged, expired, or made for somebody else."""


@dataclass
class KeyRing:
    """Identity's public keys, kept for ten minutes and asked for again when an unknown one appears.

    When identity does not answer, the keys already known go on serving, for a day at most.
    """

    fetch: Callable[[], dict[str, Any]]
    _keys: KeySet | None = None
    _asked: float = 0.0
    _got: float = 0.0
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
            except InvalidKeyIdError as wrong:
                if refetch:
                    raise BadToken("kid") from wrong
                continue  # Identity may have taken a new key since.
            except (JoseError, ValueError, TypeError, KeyError) as wrong:
                raise BadToken(type(wrong).__name__) from wrong
            # A token that brings or names its own key was not made by identity, whatever signed it.
            if found.header.get("typ") != "at+jwt" or not OWN_KEYS.isdisjoint(found.header):
                raise BadToken("header")
            return dict(found.claims)
        raise BadToken("key")

    def _current(self, *, refetch: bool) -> KeySet:
        with self._lock:
            age = time.monotonic() - self._asked
            if self._keys is None or age > KEYS_KEPT_SECONDS or (refetch and age > REFETCH_SECONDS):
                self._fetch()
            if self._keys is None or time.monotonic() - self._got > KEYS_SERVE_SECONDS:
                raise BadToken("identity gives no keys")
            return self._keys

    def _fetch(self) -> None:
        self._asked = time.monotonic()
        try:
            self._keys = KeySet.import_key_set(self.fetch())  # type: ignore[arg-type]
        except Exception as wrong:  # noqa: BLE001  # Whatever is wrong with identity, its keys may still do.
            log.warning("identity gives no keys", error=type(wrong).__name__)
            return
        self._got = self._asked
        self._verified.clear()


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
    # Another program's token tells when the person proved themselves, but to it they did not: to us.
    proven = claims.get("auth_time") if claims.get("client_id") in (None, PORTAL) else None
    return Actor(
        subject=claims["sub"],
        school_id=UUID(school) if school else None,
        person_id=UUID(person) if person else None,
        roles=frozenset(claims.get("roles", ())),
        scopes=frozenset(claims.get("scope", "").split()),
        client_id=claims.get("client_id"),
        session_id=UUID(claims["sid"]) if claims.get("sid") else None,
        proven_at=datetime.fromtimestamp(proven, UTC) if isinstance(proven, int) else None,
        amr=frozenset(claims.get("amr", ())),
    )
