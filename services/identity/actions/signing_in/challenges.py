"""Challenges that passkeys answer.

A challenge is kept nowhere until it was answered: it says in itself, sealed, what and whom it is
for and when it was made. An answer taken is remembered, and not taken again.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from webauthn.helpers import base64url_to_bytes, parse_client_data_json

from services.identity.actions.programs.sealing import seal, unseal
from services.identity.actions.signing_in.hashing import hashed
from services.identity.models import UsedChallenge, table
from services.identity.rules.factors import CHALLENGE_LASTS
from shared.clock import now
from shared.db import SchoolSession

SIGN_IN, SECOND_STEP, PROOF, REGISTER = "sign-in", "second-step", "proof", "register"
"""What a challenge is for; an answer to one is worth nothing for another."""


class ChallengeSpent(ValueError):
    """It was made for something else, or was answered already."""


def make_challenge(session: SchoolSession, purpose: str, person_id: UUID | None) -> bytes:
    """Return a challenge: 128 random bits among what is sealed in it (SECURITY 8)."""
    return seal(session, orjson.dumps([purpose, person_id]).decode()).encode()


def spend_challenge(
    session: SchoolSession, credential: Mapping[str, Any], purpose: str, person_id: UUID | None
) -> bytes:
    """Return the challenge that was answered, made for this and lately; no other answer is taken to it."""
    told = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    challenge = told.challenge.decode()
    ttl = int(CHALLENGE_LASTS.total_seconds())
    if unseal(session, challenge, ttl).encode() != orjson.dumps([purpose, person_id]):
        raise ChallengeSpent
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"challenge_sha256": hashed(challenge), "used_at": now()}
    used = build(table(UsedChallenge)).values(row).on_conflict_do_nothing()
    if session.scalar(used.returning(table(UsedChallenge).c.used_at)) is None:
        raise ChallengeSpent
    return told.challenge


def forget_challenges(session: SchoolSession) -> None:
    """Forget answers whose challenges are too old to be answered again."""
    session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < now() - 2 * CHALLENGE_LASTS))
