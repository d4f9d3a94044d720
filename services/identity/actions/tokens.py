"""Access tokens: short-lived, for one service, checked by it without asking us."""

import time
from datetime import timedelta
from typing import Any

from joserfc import jwt
from sqlalchemy import select, update

from services.identity.actions.clients import proven_client
from services.identity.actions.keys import Signer, signer
from services.identity.actions.sign_in import hashed
from services.identity.models import Account, Role, SignIn
from services.identity.rules import TOKEN_LASTS, session_limits
from shared.auth import ISSUER
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database
from shared.errors import Text, Unproven
from shared.ids import new_id

USE_NOTED_EVERY = timedelta(minutes=1)
MUST_CHANGE_SCOPE = "password"


class SessionOver(Unproven):
    """The session is unknown, ended, or lay idle too long."""

    title = Text("Сеанс завершён", "The session is over")
    detail = Text("Войдите ещё раз.", "Sign in again.")


def session_token(database: Database, token: str, audience: str) -> str:
    """Return an access token for the person of a session.

    While a one-time password waits to be changed, the token has no roles: it opens `/me` and the
    change of the password, and nothing else.
    """
    found, roles, must_change = _live_session(database, token)
    claims: dict[str, Any] = {
        "sub": str(found.person_id),
        "person": str(found.person_id),
        "school": str(found.school_id),
        "roles": [] if must_change else roles,
        "scope": MUST_CHANGE_SCOPE if must_change else "",
        "client_id": "portal",
        "sid": str(found.id),
        "auth_time": int(found.started_at.timestamp()),
        "amr": ["pwd"],
    }
    _note_use(database, found)
    return _signed(signer(database), claims, audience)


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
    return _signed(signer(database), claims, audience)


def _signed(by: Signer, claims: dict[str, Any], audience: str) -> str:
    at = int(time.time())
    whole = claims | {
        "iss": ISSUER,
        "aud": audience,
        "iat": at,
        "nbf": at,
        "exp": at + int(TOKEN_LASTS.total_seconds()),
        "jti": str(new_id()),
    }
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": by.kid}, whole, by.key)


def _live_session(database: Database, token: str) -> tuple[SignIn, list[str], bool]:
    """Return the session, the person's roles, and whether a one-time password waits to be changed."""
    asked = (
        select(SignIn, Account.must_change, Role.role)
        .join(Account, Account.person_id == SignIn.person_id)
        .outerjoin(Role, Role.person_id == SignIn.person_id)
        .where(SignIn.token_sha256 == hashed(token), SignIn.ended_at.is_(None))
    )
    with database.reading(EVERY_SCHOOL) as session:
        rows = session.execute(asked).all()
    if not rows:
        raise SessionOver
    found, must_change, _ = rows[0]
    roles = sorted(row.role for row in rows if row.role)
    _check_age(found, frozenset(roles))
    return found, roles, must_change


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
