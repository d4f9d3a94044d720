"""Consents on paper, as class teachers collect them in September: most families have handed them in."""

from datetime import UTC, date, datetime, time
from random import Random
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.privacy.consents import Given, give_consent
from services.identity.models import Guardianship, Person, Role, School
from services.identity.rules.consents import OF_AGE
from shared.bygone import recorded_at
from shared.clock import now
from shared.db import SchoolSession

KINDS = ("extended", "photo", "portfolio")
SHARE = 0.9
COLLECTED = 14  # The day of September by which they were handed in.


def hand_in_consents(session: SchoolSession, recorded_by: UUID, first: int, day: date) -> None:
    """Record the consents of the year that began in `first`, by `day`; those recorded already stay."""
    ties = select(Guardianship.pupil_id, Guardianship.guardian_id).order_by(Guardianship.guardian_id)
    signers = dict(session.execute(ties).all())
    born = dict(session.execute(select(Person.id, Person.birth_on).where(Person.id.in_(signers))).all())
    # Held here, they are found in the session; let go, they would be asked for with each consent.
    at_hand = [*session.scalars(select(School)), *session.scalars(select(Role).where(Role.role == "pupil"))]
    random, on = Random("consents"), min(date(first, 9, COLLECTED), day)
    at = min(datetime.combine(on, time(12), UTC), now())
    for pupil in sorted(signers):
        birth = born[pupil]
        signer = pupil if birth and birth <= on.replace(year=on.year - OF_AGE) else signers[pupil]
        for kind in KINDS:
            if random.random() < SHARE:
                given = Given(kind, given_on=on, given_by=signer)
                with recorded_at(at):
                    give_consent(session, recorded_by, pupil, given)
    at_hand.clear()
