"""Access tokens: short-lived, for one service, checked by it without asking us."""

import time
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from sqlalchemy import select, update

from services.identity.actions.programs.assertions import proven_by_key
from services.identity.actions.programs.clients import proven_client
from services.identity.actions.programs.keys import Signer, signer
from services.identity.actions.programs.known import own_scopes
from services.identity.actions.signing_in.factors import is_due
from services.identity.actions.signing_in.sign_in import hashed
from services.identity.models import Account, Client, Role, SignIn
from services.identity.rules.sessions import TOKEN_LASTS, USE_NOTED_EVERY, session_limits
from shared.auth import ISSUER
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database
from shared.errors import Text, Unproven
from shared.ids import new_id

MUST_CHANGE_SCOPE = "password"
MUST_ENROL_SCOPE = "password enrol"


class SessionOver(Unproven):
    """The session is unknown, ended, or lay idle too long."""

    title = Text("Сеанс завершён", "The session is over")
    detail = Text("Войдите ещё раз.", "Sign in again.")


def session_token(database: Database, token: str, audience: str) -> str:
    """Return an access token for the person of a session.

    While a one-time password waits to be changed, the token has no roles: it opens `/me` and the
    change of the password, and nothing else. The same while a second factor is due.
    """
    found, roles, scope = _live_session(database, token)
    claims: dict[str, Any] = {
        "sub": str(found.person_id),
        "person": str(found.person_id),
        "school": str(found.school_id),
        "roles": [] if scope else roles,
        "scope": scope,
        "client_id": "portal",
        "sid": str(found.id),
        "amr": found.amr,
    }
    if found.proven_at is not None:
        claims["auth_time"] = int(found.proven_at.timestamp())
    _note_use(database, found)
    return signed(signer(database), claims, audience)


@dataclass(frozen=True)
class Proof:
    """By what a client shows who it is: its secret, or a proof signed with its key."""

    client_id: str
    secret: str = ""
    assertion: str = ""


def client_token(database: Database, issuer: str, proof: Proof, audience: str) -> str:
    """Return an access token for a client, with the scopes it was given."""
    if proof.assertion:
        with database.writing(EVERY_SCHOOL) as session:
            client = proven_by_key(session, issuer, proof.client_id, proof.assertion)
            claims = client_claims(client, own_scopes(client))
    else:
        with database.reading(EVERY_SCHOOL) as session:
            client = proven_client(session, proof.client_id, proof.secret)
            claims = client_claims(client, own_scopes(client))
    return signed(signer(database), claims, audience)


def client_claims(client: Client, scopes: list[str]) -> dict[str, Any]:
    """Return the claims of a token by which a client acts in its own name."""
    return {
        "sub": client.id,
        "person": None,
        "school": str(client.school_id) if client.school_id else None,
        "roles": [],
        "scope": " ".join(scopes),
        "client_id": client.id,
    }


def signed(by: Signer, claims: dict[str, Any], audience: str) -> str:
    """Return an access token with these claims, for one service."""
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


def _live_session(database: Database, token: str) -> tuple[SignIn, list[str], str]:
    """Return the session, the person's roles, and the scope of one who has to do something first."""
    asked = (
        select(SignIn, Account.must_change, Account.factor_due_at, Role.role)
        .join(Account, Account.person_id == SignIn.person_id)
        .outerjoin(Role, Role.person_id == SignIn.person_id)
        .where(SignIn.token_sha256 == hashed(token), SignIn.ended_at.is_(None))
    )
    with database.reading(EVERY_SCHOOL) as session:
        rows = session.execute(asked).all()
        if not rows:
            raise SessionOver
        found, must_change, due_at, _ = rows[0]
        roles = sorted(row.role for row in rows if row.role)
        _check_age(found, frozenset(roles))
        due = not must_change and is_due(session, found.person_id, frozenset(roles), due_at)
    return found, roles, MUST_CHANGE_SCOPE if must_change else MUST_ENROL_SCOPE if due else ""


def _check_age(found: SignIn, roles: frozenset[str]) -> None:
    idle, whole = session_limits(roles, is_shared=found.is_shared)
    if now() > found.used_at + idle or now() > found.started_at + whole:
        raise SessionOver


def _note_use(database: Database, found: SignIn) -> None:
    # Once a minute is enough to know a session idle, and spares a write per token.
    if now() - found.used_at < USE_NOTED_EVERY:
        return
    with database.writing(found.school_id) as session:
        # Whoever ends it at this moment either sees this use, and tells of it, or is seen here.
        used = update(SignIn).where(SignIn.id == found.id, SignIn.ended_at.is_(None)).values(used_at=now())
        noted = used.returning(SignIn.id)
        if session.scalar(noted, execution_options={"synchronize_session": False}) is None:
            raise SessionOver
