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
from sqlalchemy import delete, update

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
    must_enrol_factor: bool = False
    is_shared: bool = False

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)


def open_session(session: SchoolSession, signed_in: Mapping[str, Any], *, is_shared: bool = False) -> str:
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
        must_enrol_factor=signed_in.get("must_enrol_factor", False),
        is_shared=is_shared,
    )


def renew_session(session: SchoolSession, visitor: Visitor, **changed: Any) -> str:
    """Give a person who may more from now on a new cookie; the old one dies (SECURITY 14).

    `changed` are columns that change with it. The session grows no younger by this.
    """
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    sealed = _seal(cookie, visitor.session_token)
    renewed = update(BrowserSession).where(BrowserSession.id == visitor.session_id)
    session.execute(renewed.values(id=_digest(cookie), sealed_token=sealed, **changed))
    return cookie


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
    life, at = life_of(found.roles, is_shared=found.is_shared), now()
    if at - found.seen_at > life.idle or at - found.opened_at > life.whole:
        return None, False
    visitor = Visitor(
        session_id=found.id,
        person_id=found.person_id,
        school_id=found.school_id,
        roles=frozenset(found.roles),
        session_token=_unseal(cookie, found.sealed_token),
        must_change_password=found.must_change_password,
        must_enrol_factor=found.must_enrol_factor,
        is_shared=found.is_shared,
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
