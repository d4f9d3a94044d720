"""Who somebody without a token claimed to be, for the access log: as far as it can be told (SECURITY 47)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.passkeys import PasskeyRefused, credential_id
from services.identity.models import Account, Client, Passkey, PendingSignIn, Provider, ProviderVisit
from shared.db import EVERY_SCHOOL, Database, SchoolSession


@dataclass(frozen=True)
class Claimed:
    """A school, and within it a person or a program; nothing where the claim fits nobody."""

    school_id: UUID | None = None
    person_id: UUID | None = None
    client_id: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def claimed(database: Database, way: str, name: str) -> Claimed:
    """Return who the name belongs to, by the way it was tried; a digest of it when it is nobody's.

    By the digest tries under one name are found. The name itself is not kept: people type
    passwords where logins belong.
    """
    found = None
    if "\x00" not in name:  # PostgreSQL keeps no such text, so it is nobody's name.
        with database.reading(EVERY_SCHOOL) as session:
            found = _WAYS[way](session, name)
    return found or Claimed(facts={f"{way}_sha256": hashlib.sha256(name.encode()).hexdigest()[:16]})


def _by_login(session: SchoolSession, name: str) -> Claimed | None:
    asked = select(Account.school_id, Account.person_id).where(Account.login == name)
    found = session.execute(asked).first()
    return Claimed(found.school_id, found.person_id) if found else None


def _by_client(session: SchoolSession, name: str) -> Claimed | None:
    client = session.get(Client, name[:80])
    return Claimed(client.school_id, client_id=client.id) if client else None


def _by_passkey(session: SchoolSession, name: str) -> Claimed | None:
    try:
        id_ = credential_id({"id": name})
    except PasskeyRefused:
        return None
    asked = select(Passkey.school_id, Passkey.person_id).where(Passkey.credential_id == id_)
    found = session.execute(asked).first()
    return Claimed(found.school_id, found.person_id) if found else None


def _by_pending(session: SchoolSession, name: str) -> Claimed | None:
    waits = session.get(PendingSignIn, hashed(name))
    return Claimed(waits.school_id, waits.person_id) if waits else None


def _by_provider(session: SchoolSession, name: str) -> Claimed | None:
    visits = select(Provider.id, Provider.school_id).join(ProviderVisit)
    asked = visits.where(ProviderVisit.state_sha256 == hashed(name))
    found = session.execute(asked).first()
    return Claimed(found.school_id, facts={"provider": found.id}) if found else None


_WAYS: dict[str, Callable[[SchoolSession, str], Claimed | None]] = {
    "login": _by_login,
    "client": _by_client,
    "passkey": _by_passkey,
    "pending": _by_pending,
    "provider": _by_provider,
}
