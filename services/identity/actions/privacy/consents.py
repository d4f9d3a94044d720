"""Consents: given on paper or in the portal, withdrawn at any time; nothing of them is ever rewritten."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.identity.models import Consent, Guardianship, Person, Role, School
from services.identity.rules.consents import (
    ELECTRONIC,
    FORM_VERSION,
    PAPER,
    PURPOSES,
    is_of_age,
    text_sha256,
)
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text
from shared.events.identity import ConsentGiven, ConsentWithdrawn
from shared.outbox import publish


class SignerNeeded(Invalid):
    """The consent was signed by nobody who may sign it."""

    title = Text("Укажите, кто подписал согласие", "Say who signed the consent")
    detail = Text(
        "За ученика до 18 лет согласие подписывает его законный представитель; взрослый — сам за себя.",
        "A lawful representative signs for a pupil under 18; an adult signs for themselves.",
    )


class NotYetSigned(Invalid):
    """The day of a consent, or of its withdrawal, lies in the future or out of order."""

    title = Text("Проверьте дату", "Check the date")
    detail = Text(
        "Дата не может быть позже сегодняшней, а отзыв — раньше согласия.",
        "The day cannot be later than today, nor a withdrawal earlier than the consent.",
    )


class SignThemselves(Conflict):
    """An electronic consent was to be recorded for somebody else."""

    title = Text("Электронно согласие даёт только сам человек", "Electronically people consent themselves")
    detail = Text(
        "Примите бумажный бланк с подписью или попросите отметить согласие в разделе «Мои данные».",
        "Take the signed paper, or ask the person to consent under “My data”.",
    )


@dataclass(frozen=True)
class Given:
    """A consent as it came in; what is not said follows from who records it."""

    kind: str
    given_on: date | None = None
    given_by: UUID | None = None
    method: str = PAPER
    scope: str = ""


def give_consent(session: SchoolSession, actor_id: UUID | None, person_id: UUID, given: Given) -> Consent:
    """Keep a consent and tell the school; the same kind again changes nothing while one is in force."""
    person = _locked(session, person_id)
    live = _live(session, person_id, given.kind)
    if live is not None:
        return live
    on = given.given_on or _today(session)
    if on > _today(session):
        raise NotYetSigned
    signer = given.given_by or _only_signer(session, person, actor_id, on)
    if signer not in _signers(session, person, on):
        raise SignerNeeded
    if given.method == ELECTRONIC and signer != actor_id:
        raise SignThemselves
    consent = Consent(
        school_id=person.school_id,
        person_id=person_id,
        kind=given.kind,
        form_version=FORM_VERSION,
        text_sha256=text_sha256(given.kind),
        scope=given.scope or PURPOSES[given.kind].data,
        given_on=on,
        given_by=signer,
        method=given.method,
        recorded_by=actor_id,
        recorded_at=now(),
    )
    session.add(consent)
    session.flush()
    publish(session, ConsentGiven(consent_id=consent.id, person_id=person_id, kind=given.kind, given_on=on))
    return consent


def withdraw_consent(
    session: SchoolSession, actor_id: UUID | None, person_id: UUID, kind: str, on: date | None = None
) -> Consent:
    """Take a consent back and tell the school at once; again changes nothing, none at all is refused."""
    _locked(session, person_id)
    consent = _live(session, person_id, kind)
    if consent is None:
        latest = select(Consent).where(Consent.person_id == person_id, Consent.kind == kind)
        withdrawn = session.scalars(latest.order_by(Consent.withdrawn_at.desc())).first()
        if withdrawn is None:
            raise NotFound
        return withdrawn
    on = on or _today(session)
    if not consent.given_on <= on <= _today(session):
        raise NotYetSigned
    consent.withdrawn_on, consent.withdrawn_by, consent.withdrawn_at = on, actor_id, now()
    session.flush()
    publish(
        session,
        ConsentWithdrawn(consent_id=consent.id, person_id=person_id, kind=kind, withdrawn_on=on),
    )
    return consent


def _locked(session: SchoolSession, person_id: UUID) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound
    return person


def _live(session: SchoolSession, person_id: UUID, kind: str) -> Consent | None:
    found = select(Consent).where(
        Consent.person_id == person_id, Consent.kind == kind, Consent.withdrawn_at.is_(None)
    )
    return session.scalars(found).first()


def _today(session: SchoolSession) -> date:
    return today(session.get_one(School, UUID(session.info["school"])).time_zone)


def _signers(session: SchoolSession, person: Person, on: date) -> list[UUID]:
    """Return who may sign for a person: themselves, or a pupil's lawful representatives."""
    if session.get(Role, (person.id, "pupil")) is None or is_of_age(person.birth_on, on):
        return [person.id]
    found = select(Guardianship.guardian_id).where(Guardianship.pupil_id == person.id)
    return list(session.scalars(found.order_by(Guardianship.guardian_id)))


def _only_signer(session: SchoolSession, person: Person, actor_id: UUID | None, on: date) -> UUID:
    signers = _signers(session, person, on)
    if actor_id in signers:
        return UUID(str(actor_id))
    if len(signers) != 1:
        raise SignerNeeded
    return signers[0]
