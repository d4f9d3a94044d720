"""Secrets at rest: sealed with the keys of PARTA_IDENTITY_SEAL_KEYS, so that a copy of the database
tells none of them (SECURITY 38).

The first key seals, all of them unseal. To change keys without a pause: put the new one first and
restart, run `parta identity reseal`, take the old one away.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from services.identity.models import Provider, SigningKey, TotpSeed
from shared.db import SchoolSession

SEALED = (SigningKey.private_jwk, TotpSeed.seed, TotpSeed.next_seed, Provider.sealed_secret)
"""Every column that holds something sealed; `reseal` goes over them all."""

AT_ONCE = 500
MARK = "sealed"  # In a JSON column a sealed value stands as {"sealed": "…"}.


class SealKeysNeeded(RuntimeError):
    """Identity was opened without its keys."""


class SealBroken(RuntimeError):
    """None of the keys opens it: a key was taken away too early, or the secret is another's."""


def seal(session: SchoolSession, secret: str) -> str:
    """Return a secret as it may be stored: some 4/3 of its length and 100 characters."""
    return _box(_keys(session)).encrypt(secret.encode()).decode()


def unseal(session: SchoolSession, sealed: str, ttl: int | None = None) -> str:
    """Return a secret that `seal` has sealed, no longer than `ttl` seconds ago; else SealBroken."""
    try:
        return _box(_keys(session)).decrypt(sealed, ttl).decode()
    except InvalidToken as wrong:
        raise SealBroken("PARTA_IDENTITY_SEAL_KEYS has no key for it, or its time is over.") from wrong


def reseal(session: SchoolSession, *, only_plain: bool = False) -> int:
    """Seal everything with the first key, and what lies there plain; return how many were changed.

    Meanwhile the rest of identity goes on; doing it again is harmless.
    """
    return sum(_reseal(session, column, only_plain=only_plain) for column in SEALED)


def _reseal(session: SchoolSession, column: InstrumentedAttribute[Any], *, only_plain: bool) -> int:
    model = column.class_
    (key,) = inspect(model).primary_key
    changed, after = 0, None
    while True:
        page = select(model).where(column.is_not(None)).order_by(key).limit(AT_ONCE).with_for_update()
        rows: Sequence[Any] = session.scalars(page if after is None else page.where(key > after)).all()
        for row in rows:
            was = getattr(row, column.key)
            becomes = _renewed(session, was, only_plain=only_plain)
            changed += becomes != was
            setattr(row, column.key, becomes)
        if len(rows) < AT_ONCE:
            return changed
        session.flush()
        after = getattr(rows[-1], key.key)


def _renewed(session: SchoolSession, value: Any, *, only_plain: bool) -> Any:
    is_json = isinstance(value, dict)
    if only_plain and (not is_json or MARK in value):
        return value
    return (
        seal_json(session, unseal_json(session, value)) if is_json else seal(session, unseal(session, value))
    )


def seal_json(session: SchoolSession, value: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON object sealed, for a column of JSON."""
    return {MARK: seal(session, orjson.dumps(value).decode())}


def unseal_json(session: SchoolSession, value: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON object that `seal_json` sealed, or one that was stored before anything was sealed."""
    if MARK not in value:
        return value
    opened: dict[str, Any] = orjson.loads(unseal(session, value[MARK]))
    return opened


def new_key() -> str:
    """Make a key for PARTA_IDENTITY_SEAL_KEYS."""
    return Fernet.generate_key().decode()


def _keys(session: SchoolSession) -> tuple[str, ...]:
    keys: tuple[str, ...] = session.info.get("seal_keys", ())
    if not keys:
        raise SealKeysNeeded("Set PARTA_IDENTITY_SEAL_KEYS; `parta identity seal-key` makes a key.")
    return keys


@lru_cache(maxsize=16)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
