"""Consents: who may be written to. Whatever a letter says, it goes to nobody who took their consent back."""

from collections.abc import Sequence
from uuid import UUID

from services.notify.models import MailConsent, MailRule, School, table_of
from services.notify.rules import LETTERS, NEEDS_CONSENT, TIME_ZONE
from shared.bulk import upsert_latest
from shared.clock import today
from shared.db import SchoolSession
from shared.events.identity import ConsentGiven, ConsentWithdrawn, ParameterChanged
from shared.service import Received

EMAIL = "email"


def enter_given_consents(session: SchoolSession, received: Sequence[Received[ConsentGiven]]) -> None:
    """Write to whoever lets the school."""
    _keep(
        session,
        [(one.school_id, one.told.person_id) for one in received if one.told.kind == EMAIL],
        given=True,
    )


def heed_withdrawals(session: SchoolSession, received: Sequence[Received[ConsentWithdrawn]]) -> None:
    """Write no more: not even the letter that waits already, for it is asked again as it leaves."""
    _keep(
        session,
        [(one.school_id, one.told.person_id) for one in received if one.told.kind == EMAIL],
        given=False,
    )


def _keep(session: SchoolSession, whose: Sequence[tuple[UUID, UUID]], *, given: bool) -> None:
    rows = [{"school_id": school, "person_id": person, "is_given": given} for school, person in whose]
    upsert_latest(session, table_of(MailConsent), rows, ("person_id",))


def enter_letter_rules(session: SchoolSession, received: Sequence[Received[ParameterChanged]]) -> None:
    """Keep whether the school asks for consent before it writes, from which day on."""
    rows = [
        {
            "school_id": one.school_id,
            "dated": [f"{dated.valid_from} {dated.value}" for dated in one.told.values],
        }
        for one in received
        if one.told.name == LETTERS
    ]
    upsert_latest(session, table_of(MailRule), rows, ("school_id",))


def withheld_because(session: SchoolSession, person_id: UUID) -> str | None:
    """Return why a person must not be written to; None when they may."""
    consent = session.get(MailConsent, person_id)
    if consent is not None:
        return None if consent.is_given else "consent withdrawn"
    return "no consent" if _consent_needed(session) else None


def _consent_needed(session: SchoolSession) -> bool:
    school_id = UUID(session.info["school"])
    rule = session.get(MailRule, school_id)
    if rule is None:
        return False
    school = session.get(School, school_id)
    day = today(school.time_zone if school else TIME_ZONE).isoformat()
    begun = [said for said in sorted(rule.dated) if said[:10] <= day]
    return bool(begun) and begun[-1].endswith(f'"{NEEDS_CONSENT}"')
