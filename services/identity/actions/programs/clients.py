"""Clients: programs that ask for tokens in their own name."""

import hmac
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.identity.actions.signing_in.sign_in import hashed
from services.identity.models import Client
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Text, Unproven

SECRET_LEAST = 32


class ShortSecret(Invalid):
    """A client's secret has to be random and long, for it is hashed fast."""

    title = Text("Секрет слишком короткий", "The secret is too short")
    detail = Text("Нужно не меньше 32 случайных знаков.", "It needs 32 random characters at least.")


class WrongSecret(Unproven):
    """There is no such client, or its secret is another."""

    title = Text("Клиент не опознан", "The client is not recognised")
    detail = Text(
        "Проверьте client_id и client_secret; новый секрет выдаёт `parta identity client`.",
        "Check client_id and client_secret; `parta identity client` gives out a new secret.",
    )


def ensure_client(
    session: SchoolSession,
    client_id: str,
    secret: str | None = None,
    *,
    scopes: Sequence[str] = ("events:read",),
    school_id: UUID | None = None,
) -> str:
    """Make a client, or give it these scopes and a new secret, and return the secret.

    With a secret of the caller's choosing, repeating it changes nothing. A client without a school
    serves all schools; the session has to be opened across them.
    """
    if secret is not None and len(secret) < SECRET_LEAST:
        raise ShortSecret
    secret = secret or secrets.token_urlsafe(32)
    client = session.get(Client, client_id) or Client(id=client_id)
    client.school_id, client.scopes, client.secret_sha256 = school_id, list(scopes), hashed(secret)
    session.add(client)
    session.flush()
    return secret


def let_prove_by_key(session: SchoolSession, client_id: str, keys: dict[str, Any]) -> None:
    """Let a client prove itself by a key from now on; its secret is void."""
    client = session.get(Client, client_id)
    if client is None:
        raise NotFound
    client.public_keys, client.secret_sha256 = keys, None


def proven_client(session: SchoolSession, client_id: str, secret: str) -> Client:
    """Return the client that knows this secret, or refuse."""
    client = session.get(Client, client_id)
    kept = client.secret_sha256 if client else None
    if not hmac.compare_digest(kept or bytes(32), hashed(secret)) or not client or not client.is_enabled:
        raise WrongSecret
    return client
