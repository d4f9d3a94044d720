"""The keys that sign access tokens: one signs, the next is published before it is needed."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from joserfc.jwk import ECKey
from sqlalchemy import Select, func, or_, select

from services.identity.actions.programs.sealing import seal_json, unseal_json
from services.identity.models import SigningKey
from services.identity.rules.sessions import KEY_SIGNS, RETIRED_KEY_SHOWN
from shared.auth import KEYS_KEPT_SECONDS
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Conflict, Text
from shared.ids import new_id

LOCK = int.from_bytes(b"keys")  # Of PostgreSQL's advisory locks.
LOOKED_UP_EVERY = 10.0  # seconds; a retired key may sign so much longer, for it is shown an hour more


class KeyTooNew(Conflict):
    """The next key was published a moment ago, and some service may not know it yet."""

    title = Text("Новый ключ ещё не разошёлся", "The new key is not known everywhere yet")
    detail = Text(
        "Повторите через {seconds} с. Если нынешний ключ украден, добавьте --compromised.",
        "Try again in {seconds} s. If the present key was stolen, add --compromised.",
    )


@dataclass(frozen=True)
class Signer:
    """A key ready to sign, and the name it is published under."""

    kid: str
    key: ECKey


_ready: dict[str, ECKey] = {}
_signers: WeakKeyDictionary[Database, tuple[float, Signer]] = WeakKeyDictionary()


def signer(database: Database) -> Signer:
    """Return what signs access tokens now; the table is asked every ten seconds at most."""
    known = _signers.get(database)
    if known is not None and time.monotonic() - known[0] < LOOKED_UP_EVERY:
        return known[1]
    ensure_keys(database)
    with database.reading(EVERY_SCHOOL) as session:
        key = current_key(session)
        assert key is not None  # noqa: S101  # Just made, and never the last one retired.
        found = Signer(key.kid, private_key(session, key))
    _signers[database] = (time.monotonic(), found)
    return found


def ensure_keys(database: Database) -> None:
    """Make the current and the next key where there are none yet; cheap when there are."""
    with database.reading(EVERY_SCHOOL) as session:
        if current_key(session) is not None:
            return
    with database.writing(EVERY_SCHOOL) as session:
        _lock(session)
        if current_key(session) is None:
            _make_two(session)


def rotate_keys(session: SchoolSession, *, at_once: bool = False) -> bool:
    """Let the next key sign once the current one is ninety days old, and make another.

    The retired key stays published for an hour, longer than any token it signed.
    """
    _lock(session)
    current = current_key(session)
    if current is None or not (at_once or current.signs_from + KEY_SIGNS <= now()):
        return False
    _signers.clear()
    current.retired_at = now()
    session.flush()
    following = current_key(session)
    if following is not None:
        following.signs_from = now()
    _make(session, now())
    return True


def rotate_now(session: SchoolSession, *, is_compromised: bool = False) -> None:
    """Let the next key sign from now on; KeyTooNew while services may not have read it yet.

    A compromised key goes at once, and with it every token it signed: people notice nothing, for the
    portal asks for new ones; other programs sign in again.
    """
    keys = list(session.scalars(_live().limit(2)))
    if len(keys) < 2:
        _make_two(session)
        return
    known_for = (now() - keys[1].signs_from).total_seconds()
    if known_for < KEYS_KEPT_SECONDS and not is_compromised:
        raise KeyTooNew(seconds=int(KEYS_KEPT_SECONDS - known_for) + 1)
    rotate_keys(session, at_once=True)
    if is_compromised:
        keys[0].retired_at = now() - RETIRED_KEY_SHOWN


def current_key(session: SchoolSession) -> SigningKey | None:
    """Return the key that signs now."""
    return session.scalars(_live().limit(1)).first()


def _live() -> Select[SigningKey]:
    return select(SigningKey).where(SigningKey.retired_at.is_(None)).order_by(SigningKey.number)


def published_keys(session: SchoolSession) -> dict[str, list[Any]]:
    """Return the public keys as a JWK set: current, next, and lately retired."""
    shown = select(SigningKey).where(
        or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > now() - RETIRED_KEY_SHOWN)
    )
    keys = session.scalars(shown.order_by(SigningKey.number))
    return {"keys": [private_key(session, k).as_dict(private=False) for k in keys]}


def private_key(session: SchoolSession, key: SigningKey) -> ECKey:
    """Return a key ready to sign, unsealed but once."""
    found = _ready.get(key.kid)
    if found is None:
        found = _ready[key.kid] = ECKey.import_key(unseal_json(session, key.private_jwk))
    return found


def _make_two(session: SchoolSession) -> None:
    _make(session, now())
    _make(session, now())


def _make(session: SchoolSession, at: datetime) -> None:
    number = (session.scalar(select(func.max(SigningKey.number))) or 0) + 1
    kid = str(new_id())
    made = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"}, private=True)
    sealed = seal_json(session, made.as_dict(private=True))
    session.add(SigningKey(kid=kid, number=number, private_jwk=sealed, signs_from=at))
    session.flush()


def _lock(session: SchoolSession) -> None:
    # Two processes must not both make a first key; SQLite's writers stand in a queue anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
