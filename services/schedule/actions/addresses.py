"""Addresses that open without signing in: a secret told once, of which only the digest is kept."""

import hashlib
import secrets
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, update

from services.schedule.models import CalendarFeed, Screen
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database
from shared.errors import NotFound

Kept = TypeVar("Kept", CalendarFeed, Screen)

READING_NOTED_EVERY = timedelta(hours=1)


def new_token() -> tuple[str, bytes]:
    """Return a token of 192 random bits and the digest to keep of it."""
    token = secrets.token_urlsafe(24)
    return token, _hashed(token)


def find_by_token(database: Database, model: type[Kept], token: str) -> Kept:
    """Return what an address stands for, and note once an hour that it is read; NotFound when it ended."""
    found = select(model).where(model.token_sha256 == _hashed(token))
    with database.reading(EVERY_SCHOOL) as session:
        kept = session.scalars(found).first()
        if kept is None:
            raise NotFound
        session.expunge(kept)
    if kept.read_at is None or now() - kept.read_at > READING_NOTED_EVERY:
        with database.writing(kept.school_id) as session:
            read = update(model).where(model.id == kept.id)
            session.execute(read.values(read_at=now()), execution_options={"synchronize_session": False})
    return kept


def _hashed(token: str) -> bytes:
    # Long and random: it needs no slow hash.
    return hashlib.sha256(token.encode()).digest()
