"""Passkeys (WebAuthn): a device's key and a finger or a PIN in place of password and code."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import delete, func, select
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.identity.actions.programs.sealing import SealBroken
from services.identity.actions.signing_in.challenges import REGISTER, make_challenge, spend_challenge
from services.identity.actions.signing_in.factors import keep_a_factor
from services.identity.actions.signing_in.security import tell_security
from services.identity.models import Account, Passkey, Person
from services.identity.rules.factors import PASSKEY_COPIED, PASSKEYS_MOST
from shared.clock import now
from shared.db import Database, SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text, Unproven

RP_NAME = "Парта"
NONSENSE = (WebAuthnException, SealBroken, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What a malformed answer of an authenticator makes the library raise, besides its own."""


class PasskeyRefused(Unproven):
    """The answer is not that of a passkey known here, for this site and this challenge."""

    title = Text("Ключ доступа не подошёл", "The passkey was not accepted")
    detail = Text(
        "Повторите или войдите паролем. Если ключ удалён из вашего кабинета, добавьте его заново.",
        "Try again or sign in by password. If the passkey was removed from your account, add it anew.",
    )


class PasskeyCopied(PasskeyRefused):
    """The counter of the device ran backwards: there are two devices with one key."""

    detail = Text(
        "Похоже, у этого ключа есть копия: счётчик пошёл назад. Войдите паролем, удалите ключ и "
        "сообщите оператору школы.",
        "This passkey seems to have a copy: its counter ran backwards. Sign in by password, remove it "
        "and tell the school's operator.",
    )


class PasskeyNotMade(Invalid):
    """What the browser sent is no passkey for this person, made here and now."""

    title = Text("Ключ не добавлен", "The passkey was not added")
    detail = Text("Повторите ещё раз.", "Try once more.")


class TooManyPasskeys(Conflict):
    """Nobody has so many devices."""

    title = Text("Слишком много ключей", "Too many passkeys")
    detail = Text("Удалите те, которыми не пользуетесь.", "Remove those that you do not use.")


@dataclass(frozen=True)
class Site:
    """The address people come by: passkeys are bound to it."""

    origin: str

    @property
    def rp_id(self) -> str:
        """Return the name a passkey is made for."""
        return urlsplit(self.origin).hostname or ""

    @classmethod
    def of(cls, public_url: str) -> "Site":
        """Read it from PARTA_PUBLIC_URL."""
        parts = urlsplit(public_url)
        return cls(f"{parts.scheme}://{parts.netloc}")


def registration_options(session: SchoolSession, site: Site, person_id: UUID) -> dict[str, Any]:
    """Return what a browser needs to make a passkey for a person."""
    account, person = session.get(Account, person_id), session.get(Person, person_id)
    if account is None or person is None:
        raise NotFound
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=RP_NAME,
        user_id=person_id.bytes,
        user_name=account.login,
        user_display_name=f"{person.given_name} {person.patronymic}".strip() or person.family_name,
        challenge=make_challenge(session, REGISTER, person_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,  # So that it signs in without a login typed.
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(session, person_id),
    )
    return options_to_json_dict(options)


def register_passkey(
    session: SchoolSession, site: Site, person_id: UUID, credential: Mapping[str, Any], name: str
) -> Passkey:
    """Keep a passkey just made; refuses one made for another site, person or challenge."""
    account = session.get(Account, person_id, with_for_update=True)
    count = session.scalar(select(func.count()).where(Passkey.person_id == person_id))
    if account is None:
        raise NotFound
    if (count or 0) >= PASSKEYS_MOST:
        raise TooManyPasskeys
    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=spend_challenge(session, credential, REGISTER, person_id),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (PasskeyRefused, *NONSENSE) as wrong:
        raise PasskeyNotMade from wrong
    passkey = Passkey(
        school_id=account.school_id,
        person_id=person_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(credential),
        name=name,
        made_at=now(),
    )
    session.add(passkey)
    session.flush()
    return passkey


def remove_passkey(session: SchoolSession, person_id: UUID, passkey_id: UUID) -> None:
    """Forget a passkey; refuses to take the last factor of who has to have one."""
    gone = delete(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    if session.scalar(gone.returning(Passkey.id)) is None:
        raise NotFound
    keep_a_factor(session, person_id)


def request_options(
    session: SchoolSession, site: Site, purpose: str, person_id: UUID | None = None
) -> dict[str, Any]:
    """Return what a browser needs to answer with a passkey: of one person, or whichever it holds."""
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=make_challenge(session, purpose, person_id),
        allow_credentials=_descriptors(session, person_id) if person_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def answered_passkey(
    session: SchoolSession,
    site: Site,
    credential: Mapping[str, Any],
    purpose: str,
    person_id: UUID | None = None,
) -> Passkey:
    """Return the passkey whose answer it is, or refuse; an answer is taken once.

    The counter of the device has to grow (SECURITY 8); devices without one always say 0.
    """
    passkey = session.scalars(
        select(Passkey).where(Passkey.credential_id == credential_id(credential)).with_for_update()
    ).first()
    if passkey is None or person_id not in (None, passkey.person_id):
        raise PasskeyRefused
    try:
        seen = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=spend_challenge(session, credential, purpose, person_id),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # Compared below, for a copy is more than a mistake.
            require_user_verification=True,
        )
    except NONSENSE as wrong:
        raise PasskeyRefused from wrong
    if (seen.new_sign_count or passkey.sign_count) and seen.new_sign_count <= passkey.sign_count:
        raise PasskeyCopied(school_id=passkey.school_id, person_id=passkey.person_id)
    passkey.sign_count, passkey.used_at = seen.new_sign_count, now()
    return passkey


@contextmanager
def copies_reported(database: Database) -> Iterator[None]:
    """Tell the person when a passkey turns out to have a copy, although the request is refused."""
    try:
        yield
    except PasskeyCopied as copied:
        with database.writing(copied.facts["school_id"]) as session:  # type: ignore[arg-type]
            tell_security(session, copied.facts["person_id"], PASSKEY_COPIED)  # type: ignore[arg-type]
        raise


def credential_id(credential: Mapping[str, Any]) -> bytes:
    """Return the id by which a passkey is known, or refuse what has none."""
    try:
        return base64url_to_bytes(credential["id"])
    except NONSENSE as wrong:
        raise PasskeyRefused from wrong


def _descriptors(session: SchoolSession, person_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    known = select(Passkey.credential_id).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return [PublicKeyCredentialDescriptor(id=id_) for id_ in session.scalars(known)]


def _transports(credential: Mapping[str, Any]) -> list[str]:
    told = credential["response"].get("transports")
    return [one for one in told if isinstance(one, str)][:8] if isinstance(told, list) else []
