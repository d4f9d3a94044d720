"""Access tokens: short-lived, for one service, checked by it without asking us."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt
from sqlalchemy import select, update

from services.identity.actions.clients import proven_client
from services.identity.actions.keys import current_key, ensure_keys, private_key
from services.identity.actions.sign_in import hashed
from services.identity.models import Account, Role, SignIn
from services.identity.rules import TOKEN_LASTS, session_limits
from shared.auth import ISSUER
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Text, Unproven
from shared.ids import new_id

USE_NOTED_EVERY = timedelta(minutes=1)
MUST_CHANGE_SCOPE = "password"


class SessionOver(Unproven):
    """The session is unknown, ended, or lay idle too long."""

    title = Text("Сеанс завершён", "The session is over")
    detail = Text("Войдите ещё раз.", "Sign in again.")


@dataclass(frozen=True)
class _Signer:
    kid: str
    key: Any


def session_token(database: Database, token: str, audience: str) -> str:
    """Return an access token for the person of a session.

    While a one-time password waits to be changed, the token has no roles: it opens `/me` and the
    change of the password, and nothing else.
    """
    with database.reading(EVERY_SCHOOL) as session:
        signer = _signer(session, database)
        found = _live_session(session, token)
        roles = _roles(session, found)
        _check_age(found, frozenset(roles))
        must_change = session.scalar(select(Account.must_change).where(Account.person_id == found.person_id))
        claims: dict[str, Any] = {
            "sub": str(found.person_id),
            "person": str(found.person_id),
            "school": str(found.school_id),
            "roles": [] if must_change else roles,
            "scope": MUST_CHANGE_SCOPE if must_change else "",
            "client_id": "portal",
            "sid": str(found.id),
        }
        session.expunge(found)
    _note_use(database, found)
    return _signed(signer, claims, audience)


def client_token(database: Database, client_id: str, secret: str, audience: str) -> str:
    """Return an access token for a client, with the scopes it was given."""
    with database.reading(EVERY_SCHOOL) as session:
        client = proven_client(session, client_id, secret)
        claims: dict[str, Any] = {
            "sub": client.id,
            "person": None,
            "school": str(client.school_id) if client.school_id else None,
            "roles": [],
            "scope": " ".join(client.scopes),
            "client_id": client.id,
        }
        return _signed(_signer(session, database), claims, audience)


def _signer(session: SchoolSession, database: Database) -> _Signer:
    key = current_key(session)
    if key is None:
        session.rollback()
        ensure_keys(database)
        key = current_key(session)
    assert key is not None  # noqa: S101  # Just made.
    return _Signer(key.kid, private_key(key.kid, key))


def _signed(signer: _Signer, claims: dict[str, Any], audience: str) -> str:
    at = int(time.time())
    whole = claims | {
        "iss": ISSUER,
        "aud": audience,
        "iat": at,
        "nbf": at,
        "exp": at + int(TOKEN_LASTS.total_seconds()),
        "jti": str(new_id()),
    }
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": signer.kid}, whole, signer.key)


def _live_session(session: SchoolSession, token: str) -> SignIn:
    found = session.scalars(select(SignIn).where(SignIn.token_sha256 == hashed(token))).first()
    if found is None or found.ended_at is not None:
        raise SessionOver
    return found


def _roles(session: SchoolSession, found: SignIn) -> list[str]:
    roles = select(Role.role).where(Role.person_id == found.person_id).order_by(Role.role)
    return list(session.scalars(roles))


def _check_age(found: SignIn, roles: frozenset[str]) -> None:
    idle, whole = session_limits(roles)
    if now() > found.used_at + idle or now() > found.started_at + whole:
        raise SessionOver


def _note_use(database: Database, found: SignIn) -> None:
    # Once a minute is enough to know a session idle, and spares a write per token.
    if now() - found.used_at < USE_NOTED_EVERY:
        return
    with database.writing(found.school_id) as session:
        used = update(SignIn).where(SignIn.id == found.id)
        session.execute(used.values(used_at=now()), execution_options={"synchronize_session": False})
