"""Signing in by another provider: there with a state and a nonce, back with a code, and who that is here.

Like `sign_in`, these open their own transactions: a visit that failed must stay used, and nobody
waits for a provider with the database in hand.
"""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import delete, select

from services.identity.actions.programs.outbound import Outbound
from services.identity.actions.programs.provider_calls import NotVouched, description, vouched
from services.identity.actions.programs.sealing import unseal
from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.security import PROVIDER_LINKED, tell_security
from services.identity.actions.signing_in.sessions import (
    SignedIn,
    Waiting,
    begin_session,
    first_step,
    may_sign_in,
)
from services.identity.models import Account, Provider, ProviderLink, ProviderVisit
from services.identity.rules.devices import Visit
from services.identity.rules.providers import SECOND_STEP_SPARED, VISIT_LASTS
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Conflict, NotFound, Text


class SubjectUnknown(Conflict):
    """The provider vouches for somebody whom nobody here has linked yet."""

    title = Text("Эта учётная запись ещё не связана", "This account is not linked yet")
    detail = Text(
        "Войдите один раз по логину и паролю или коду от классного руководителя: дальше хватит "
        "входа через «{title}».",
        "Sign in once with your login and your password or the class teacher's code: from then on "
        "“{title}” will do.",
    )


class LinkedOtherwise(Conflict):
    """The provider's account belongs to somebody else here, or to another school."""

    title = Text("Связать не получилось", "It could not be linked")
    detail = Text(
        "Эта учётная запись уже связана с другим человеком или принадлежит другой школе. Обратитесь к "
        "оператору школы.",
        "This account is linked to somebody else already, or is another school's. Ask the school's operator.",
    )


@dataclass(frozen=True)
class Sent:
    """Where to send a browser, and what it has to keep until it is back."""

    address: str
    state: str
    browser_key: str


@dataclass(frozen=True)
class Back:
    """What a browser brought back, and the key it kept."""

    state: str
    browser_key: str
    code: str = ""
    issuer: str | None = None


@dataclass(frozen=True)
class Site:
    """The way out, and where browsers come back to."""

    outbound: Outbound
    back: str


def set_out(database: Database, site: Site, provider_id: str, person_id: UUID | None = None) -> Sent:
    """Begin a visit to a provider: to sign in, or to link somebody who is signed in."""
    with database.reading(EVERY_SCHOOL) as session:
        provider = session.get(Provider, provider_id) if provider_id.isprintable() else None
    if provider is None or not provider.is_enabled:
        raise NotFound
    told = description(site.outbound, provider.issuer)
    sent = Sent("", secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    with database.writing(EVERY_SCHOOL) as session:
        session.add(
            ProviderVisit(
                state_sha256=hashed(sent.state),
                browser_sha256=hashed(sent.browser_key),
                provider_id=provider.id,
                person_id=person_id,
                nonce=nonce,
                verifier=verifier,
                made_at=now(),
                is_back=False,
                subject="",
            )
        )
    address = prepare_grant_uri(
        told["authorization_endpoint"],
        provider.client_id,
        "code",
        redirect_uri=site.back,
        scope=" ".join(provider.scopes),
        state=sent.state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return Sent(address, sent.state, sent.browser_key)


def sign_in_by_provider(database: Database, site: Site, back: Back, visit: Visit) -> SignedIn | Waiting:
    """Begin the session of whom the provider named; SubjectUnknown while nobody is linked to that name."""
    provider, subject = _come_back(database, site, back, None)
    with database.reading(EVERY_SCHOOL) as session:
        link = session.get(ProviderLink, (provider.id, subject))
        account = session.get(Account, link.person_id) if link else None
    if link is None or account is None:
        raise SubjectUnknown(title=provider.title)
    with database.writing(account.school_id) as session:
        present = session.get_one(Account, account.person_id, with_for_update=True)
        if not may_sign_in(present):
            raise NotVouched
        _note_use(session, link)
        amr = tuple(provider.counts_as)
        if SECOND_STEP_SPARED in amr:
            return begin_session(session, present, *amr, visit=visit)
        return first_step(session, present, *amr, visit=visit)


def link_by_provider(database: Database, site: Site, back: Back, person_id: UUID) -> None:
    """Link whom the provider named to the person who is signed in and set out from here."""
    provider, subject = _come_back(database, site, back, person_id)
    with database.writing(EVERY_SCHOOL) as session:
        _link(session, provider, subject, person_id)


def link_after_sign_in(database: Database, back: Back, person_id: UUID) -> None:
    """Link an unknown subject, whom a provider named a while ago, to the person who then signed in."""
    with database.writing(EVERY_SCHOOL) as session:
        found = _visit(session, back)
        if found is None or not found.subject or found.person_id is not None:
            raise NotVouched
        _link(session, session.get_one(Provider, found.provider_id), found.subject, person_id)
        found.person_id = person_id  # It links nobody else.


def unlink(session: SchoolSession, person_id: UUID, provider_id: str) -> None:
    """Forget whom a provider knows as this person; refuses when it knows nobody."""
    if not provider_id.isprintable():
        raise NotFound
    of = (ProviderLink.person_id == person_id, ProviderLink.provider_id == provider_id)
    if not session.scalars(delete(ProviderLink).where(*of).returning(ProviderLink.subject)).all():
        raise NotFound


def _come_back(database: Database, site: Site, back: Back, person_id: UUID | None) -> tuple[Provider, str]:
    """Use the visit up and return the provider and whom it names."""
    with database.writing(EVERY_SCHOOL) as session:
        found = _visit(session, back)
        if found is None or found.is_back or found.person_id != person_id:
            raise NotVouched
        found.is_back = True
        provider = session.get_one(Provider, found.provider_id)
        secret = unseal(session, provider.sealed_secret)
        session.flush()
        session.expunge(found)
        session.expunge(provider)
    if not provider.is_enabled or back.issuer not in (None, provider.issuer):
        raise NotVouched
    subject = vouched(site.outbound, provider, secret, found, back.code, site.back)
    with database.writing(EVERY_SCHOOL) as session:
        session.get_one(ProviderVisit, found.state_sha256).subject = subject
    return provider, subject


def _visit(session: SchoolSession, back: Back) -> ProviderVisit | None:
    """Return the visit a browser comes back from, locked, if it is the browser that set out."""
    asked = select(ProviderVisit).where(
        ProviderVisit.state_sha256 == hashed(back.state),
        ProviderVisit.browser_sha256 == hashed(back.browser_key),
        ProviderVisit.made_at > now() - VISIT_LASTS,
    )
    return session.scalars(asked.with_for_update()).first()


def _link(session: SchoolSession, provider: Provider, subject: str, person_id: UUID) -> None:
    account = session.get(Account, person_id)
    known = session.get(ProviderLink, (provider.id, subject), with_for_update=True)
    if account is None or provider.school_id not in (None, account.school_id):
        raise LinkedOtherwise
    if known is not None and known.person_id != person_id:
        raise LinkedOtherwise
    if known is None:
        link: dict[str, Any] = {"provider_id": provider.id, "subject": subject, "person_id": person_id}
        session.add(ProviderLink(school_id=account.school_id, linked_at=now(), used_at=None, **link))
        tell_security(session, person_id, PROVIDER_LINKED, school=account.school_id)


def _note_use(session: SchoolSession, link: ProviderLink) -> None:
    known = session.get(ProviderLink, (link.provider_id, link.subject))
    if known is not None:
        known.used_at = now()
