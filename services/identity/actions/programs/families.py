"""Families of refresh tokens: each serves once, and who comes with an old one ends them all.

Locks are taken in one order everywhere, session before family: whatever ends the session waits for
a refresh under way and then finds its family, or comes first and is seen by the refresh.
"""

import hmac
import secrets
from datetime import datetime
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select

from services.identity.actions.signing_in.factors import is_due
from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.security import TOKENS_REUSED, tell_security
from services.identity.actions.signing_in.sessions import may_sign_in
from services.identity.models import Account, AuthorizationCode, RefreshFamily, Role, SignIn
from services.identity.rules.clients import REFRESH_LASTS
from services.identity.rules.sessions import session_limits
from shared.clock import now
from shared.db import SchoolSession

REUSED = Counter(
    "parta_refresh_tokens_reused_total",
    "Refresh tokens or codes that came a second time; all that was given for them is void. "
    "Worry at any: a program's tokens were copied, or a program is broken.",
)

log = structlog.get_logger()


def live_sign_in(session: SchoolSession, session_id: UUID) -> tuple[SignIn, list[str]] | None:
    """Return a session that is not over, and its person's roles; it cannot end before we commit.

    A program may ask while the person is away, so a session lies idle here as long as it likes.
    """
    asked = select(SignIn).where(SignIn.id == session_id).with_for_update(read=True)
    found = session.scalars(asked.execution_options(populate_existing=True)).first()
    account = session.get(Account, found.person_id) if found else None
    if found is None or found.ended_at is not None or account is None:
        return None
    roles = sorted(session.scalars(select(Role.role).where(Role.person_id == found.person_id)))
    # Who has to set a password or a second factor first does nothing else, by programs neither.
    due = account.must_change or is_due(session, found.person_id, frozenset(roles), account.factor_due_at)
    return (found, roles) if may_sign_in(account) and not due and now() < _ends_at(found, roles) else None


def _ends_at(found: SignIn, roles: list[str]) -> datetime:
    _, whole = session_limits(frozenset(roles))
    return found.started_at + min(whole, REFRESH_LASTS)


def proven_at(found: SignIn) -> datetime:
    """Return when the person of a session last proved who they are."""
    return found.proven_at or found.started_at


def begin_family(
    session: SchoolSession, code: AuthorizationCode, found: SignIn, roles: list[str]
) -> tuple[RefreshFamily, str]:
    """Begin what a code is traded for, and return it with its first refresh token."""
    key = secrets.token_urlsafe(16)
    family = RefreshFamily(
        school_id=found.school_id,
        client_id=code.client_id,
        person_id=found.person_id,
        session_id=found.id,
        key_sha256=hashed(key),
        generation=0,
        scopes=code.scopes,
        audience=code.audience,
        begun_at=now(),
        used_at=now(),
        expires_at=_ends_at(found, roles),
        revoked_for="",
    )
    token = next_token(family, key)
    session.add(family)
    session.flush()
    return family, token


def next_token(family: RefreshFamily, key: str) -> str:
    """Make the next token of a family, which ends the one before."""
    secret = secrets.token_urlsafe(32)
    family.generation, family.token_sha256, family.used_at = family.generation + 1, hashed(secret), now()
    return f"{key}.{family.generation}.{secret}"


def key_of(token: str) -> str:
    """Return the part of a refresh token by which its family is known."""
    return token.partition(".")[0]


def family_of(session: SchoolSession, token: str) -> RefreshFamily | None:
    """Return the family any of whose tokens this is, locked with its session; None when it is nobody's."""
    asked = select(RefreshFamily.id, RefreshFamily.session_id)
    row = session.execute(asked.where(RefreshFamily.key_sha256 == hashed(key_of(token)))).first()
    if row is None:
        return None
    session.execute(select(SignIn.id).where(SignIn.id == row.session_id).with_for_update(read=True))
    return session.get(RefreshFamily, row.id, with_for_update=True, populate_existing=True)


def is_newest(session: SchoolSession, family: RefreshFamily, token: str) -> bool:
    """Whether a token is its family's newest and alive; an older one ends the family."""
    _, number, secret = [*token.split("."), "", ""][:3]
    if family.revoked_at is not None or family.expires_at < now() or not number.isdecimal():
        return False
    if int(number[:9]) < family.generation:
        end_reused(session, family.id)
        return False
    return int(number[:9]) == family.generation and hmac.compare_digest(family.token_sha256, hashed(secret))


def end_reused(session: SchoolSession, family_id: UUID) -> None:
    """End a family whose token or code came a second time, and sound the alarm."""
    family = session.get(RefreshFamily, family_id, with_for_update=True, populate_existing=True)
    if family is None or family.revoked_at is not None:
        return
    end_family(family, "reuse")
    tell_security(session, family.person_id, TOKENS_REUSED, school=family.school_id)
    REUSED.inc()
    log.warning("refresh token reused", client=family.client_id, family=str(family.id))


def end_family(family: RefreshFamily, reason: str) -> None:
    """End a family; what ended first keeps its reason."""
    if family.revoked_at is None:
        family.revoked_at, family.revoked_for = now(), reason
