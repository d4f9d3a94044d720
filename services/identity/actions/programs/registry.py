"""The programs people may sign in to with us, as the operator of a school registers them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select

from services.identity.actions.programs.assertions import public_keys
from services.identity.actions.programs.severing import end_families_of
from services.identity.actions.signing_in.hashing import hashed
from services.identity.models import AuthorizationCode, Client, Grant, LogoutNotice, RefreshFamily
from services.identity.rules.clients import PERSON_SCOPES, SCOPES, audience_of
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text
from shared.ids import new_id

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadClient(Invalid):
    """What a program was described by does not fit together."""

    title = Text("Программа описана неверно", "The program is described wrongly")
    detail = Text("Исправьте указанные поля и сохраните ещё раз.", "Correct the fields named and save again.")


class NoSecret(Conflict):
    """A public program, or one with a key of its own, has no secret."""

    title = Text("У этой программы нет секрета", "This program has no secret")
    detail = Text(
        "Публичная программа секрета хранить не может, а программа с ключом в нём не нуждается.",
        "A public program could not keep one, and a program with a key needs none.",
    )


def register_client(
    session: SchoolSession, described: Mapping[str, Any], client_id: str | None = None
) -> tuple[Client, str | None]:
    """Register a program and return it with its secret, which is told here and nowhere else.

    It is the session's school's own; a session across schools registers it for all of them.
    """
    school = session.info["school"]
    owner = None if school == EVERY_SCHOOL else UUID(school)
    client = Client(id=client_id or f"app-{new_id()}", school_id=owner)
    _describe(client, described)
    secret = None
    if not client.is_public and not client.public_keys:
        secret = secrets.token_urlsafe(32)
        client.secret_sha256 = hashed(secret)
    session.add(client)
    session.flush()
    return client, secret


def change_client(
    session: SchoolSession, client_id: str, version: int, described: Mapping[str, Any]
) -> Client:
    """Describe a program anew; one that is switched off, or may do less, loses the tokens it holds."""
    client = own_client(session, client_id, version)
    before = frozenset(client.scopes)
    _describe(client, described)
    if client.is_public or client.public_keys:
        client.secret_sha256 = None
    client.version += 1
    if not client.is_enabled or not before.issubset(client.scopes):
        end_families_of(session, client.id)
    return client


def renew_secret(session: SchoolSession, client_id: str, version: int) -> tuple[Client, str]:
    """Give a program a new secret; the old one and what was got by it end."""
    client = own_client(session, client_id, version)
    if client.is_public or client.public_keys:
        raise NoSecret
    secret = secrets.token_urlsafe(32)
    client.secret_sha256, client.version = hashed(secret), client.version + 1
    end_families_of(session, client.id)
    return client, secret


def remove_client(session: SchoolSession, client_id: str, version: int) -> None:
    """Forget a program and all it was given."""
    client = own_client(session, client_id, version)
    for model in (AuthorizationCode, Grant, LogoutNotice, RefreshFamily):
        session.execute(delete(model).where(model.client_id == client.id))
    session.delete(client)


def own_client(session: SchoolSession, client_id: str, version: int | None = None) -> Client:
    """Return a program of the session's school, locked if its version is given; refuses any other."""
    if not client_id.isprintable():  # PostgreSQL cannot even ask for a text with a NUL in it.
        raise NotFound
    asked = select(Client).where(Client.id == client_id, Client.school_id == UUID(session.info["school"]))
    found = session.scalars(asked.with_for_update() if version is not None else asked).first()
    if found is None:
        raise NotFound
    if version not in (None, found.version):
        raise Stale
    return found


def own_clients(session: SchoolSession) -> list[Client]:
    """Return the programs of the session's school by name."""
    asked = select(Client).where(Client.school_id == UUID(session.info["school"]))
    return list(session.scalars(asked.order_by(Client.name, Client.id)))


def _describe(client: Client, described: Mapping[str, Any]) -> None:
    wrong = {
        name: [error]
        for name in ("redirect_uris", "post_logout_uris")
        for uri in described[name]
        if (error := _wrong_redirect(uri, is_public=described["is_public"]))
    }
    if described["logout_uri"] and not _is_https(described["logout_uri"]):
        wrong["logout_uri"] = [Text("Нужен адрес https.", "It takes an https address.")]
    wrong |= _wrong_scopes(described)
    if wrong:
        raise BadClient(errors=wrong)
    for name in ("name", "is_public", "is_enabled", "is_preapproved", "scopes", "redirect_uris"):
        setattr(client, name, described[name])
    client.post_logout_uris, client.logout_uri = described["post_logout_uris"], described["logout_uri"]
    keys = described.get("public_keys")
    client.public_keys = public_keys(keys) if keys and not described["is_public"] else {}


def _wrong_scopes(described: Mapping[str, Any]) -> dict[str, list[Text]]:
    scopes: Sequence[str] = described["scopes"]
    if not set(scopes).issubset(SCOPES):
        return {"scopes": [Text("Такого права нет.", "There is no such scope.")]}
    if not scopes:
        return {"scopes": [Text("Выберите хотя бы одно право.", "Choose one scope at least.")]}
    of_people = not set(scopes).isdisjoint(PERSON_SCOPES)
    if of_people and not described["redirect_uris"]:
        return {"redirect_uris": [Text("Нужен адрес возврата.", "It takes a redirect address.")]}
    if described["is_preapproved"] and any(map(audience_of, scopes)):
        # Else a link alone would let its maker read and write in the name of whoever follows it.
        ru, en = (
            "Без согласия людей программа только узнаёт их: данных служб она не читает и не меняет.",
            "Unless people agree, a program is told who they are; it neither reads nor writes for them.",
        )
        return {"is_preapproved": [Text(ru, en)]}
    if described["is_public"] and not set(scopes).issubset(PERSON_SCOPES):
        ru, en = "Публичная программа не действует от своего имени.", "A public program cannot act alone."
        return {"scopes": [Text(ru, en)]}
    return {}


def _wrong_redirect(uri: str, *, is_public: bool) -> Text | None:
    """Say what is wrong with an address people are sent back to (RFC 9700, 2.1; RFC 8252, 7)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        parts = urlsplit("")
    if not uri.isascii() or not uri.isprintable() or set(uri) & set('"\\ ') or parts.fragment or "*" in uri:
        return Text(f"«{uri}» — не точный адрес.", f"“{uri}” is no exact address.")
    if parts.scheme == "https" and parts.hostname:
        return None
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return None
    if is_public and "." in parts.scheme and parts.path:
        return None  # An application on a phone, under a name of its own: ru.school.diary:/back
    return Text(f"«{uri}»: нужен https.", f"“{uri}”: it takes https.")


def _is_https(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and uri.isascii() and uri.isprintable()
