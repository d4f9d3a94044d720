"""Browser sessions: opened at sign-in, found by their cookie, ended at sign-out or of age."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from joserfc import jwe
from joserfc.jwk import OctKey
from sqlalchemy import delete

from services.portal.models import BrowserSession
from services.portal.rules import FAMILY_LIFE, life_of
from shared.clock import now
from shared.db import SchoolSession

COOKIE_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)  # A page that opens need not write each time.


@dataclass(frozen=True)
class Visitor:
    """Whoever is signed in: of identity's session only the token is known, and only in memory."""

    session_id: str
    person_id: UUID
    school_id: UUID
    roles: frozenset[str]
    session_token: str
    must_change_password: bool

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)


def open_session(session: SchoolSession, signed_in: Mapping[str, Any]) -> str:
    """Keep what identity answered to a sign-in; return the new cookie.

    Sessions that are past all use are swept out on the way.
    """
    session.execute(delete(BrowserSession).where(BrowserSession.opened_at < now() - FAMILY_LIFE.whole))
    return _keep(
        session,
        school_id=UUID(signed_in["school"]["id"]),
        person_id=UUID(signed_in["person"]["id"]),
        roles=sorted(signed_in["roles"]),
        session_token=signed_in["session_token"],
        must_change_password=signed_in["must_change_password"],
    )


def renew_session(session: SchoolSession, visitor: Visitor) -> str:
    """Give a person who has just set an own password a new cookie; the old one dies."""
    end_session(session, visitor)
    return _keep(
        session,
        school_id=visitor.school_id,
        person_id=visitor.person_id,
        roles=sorted(visitor.roles),
        session_token=visitor.session_token,
        must_change_password=False,
    )


def _keep(session: SchoolSession, *, session_token: str, **known: Any) -> str:
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    at = now()
    sealed = _seal(cookie, session_token)
    row = BrowserSession(id=_digest(cookie), sealed_token=sealed, opened_at=at, seen_at=at, **known)
    session.add(row)
    return cookie


def find_visitor(session: SchoolSession, cookie: str) -> tuple[Visitor | None, bool]:
    """Return whom the cookie names, if the session still lives, and whether it is due to be `seen`."""
    found = session.get(BrowserSession, _digest(cookie))
    if found is None:
        return None, False
    life, at = life_of(found.roles), now()
    if at - found.seen_at > life.idle or at - found.opened_at > life.whole:
        return None, False
    visitor = Visitor(
        session_id=found.id,
        person_id=found.person_id,
        school_id=found.school_id,
        roles=frozenset(found.roles),
        session_token=_unseal(cookie, found.sealed_token),
        must_change_password=found.must_change_password,
    )
    return visitor, at - found.seen_at > SEEN_EVERY


def note_seen(session: SchoolSession, visitor: Visitor) -> None:
    """Let the session's idle time begin anew."""
    found = session.get(BrowserSession, visitor.session_id)
    if found is not None:
        found.seen_at = now()


def end_session(session: SchoolSession, visitor: Visitor) -> None:
    """End it; the cookie is worth nothing from now on. Ending it twice is no mistake."""
    session.execute(delete(BrowserSession).where(BrowserSession.id == visitor.session_id))


def _digest(cookie: str) -> str:
    return hashlib.sha256(b"name:" + cookie.encode()).hexdigest()


def _key(cookie: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"seal:" + cookie.encode()).digest())


def _seal(cookie: str, token: str) -> str:
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, token.encode(), _key(cookie))


def _unseal(cookie: str, sealed: str) -> str:
    plain = jwe.decrypt_compact(sealed, _key(cookie)).plaintext
    return (plain or b"").decode()
