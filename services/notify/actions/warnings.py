"""Warnings: what happened to somebody's own account, told in the portal and by a letter at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from services.notify.models import EXPIRED, NONE, RETRYING, SENDING, WAITING, Person, Warned, table_of
from services.notify.rules import LETTER_LIVES
from shared.bulk import insert_rows
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.events.identity import SecurityNoticed
from shared.ids import new_id
from shared.service import Received

LOST_AFTER = timedelta(minutes=1)
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(minutes=30)


def warn_people(session: SchoolSession, received: Sequence[Received[SecurityNoticed]]) -> None:
    """Write the warnings down; one heard before is not told again, an old one goes by no letter."""
    ids = [one.id for one in received]
    known = set(session.scalars(select(Warned.event_id).where(Warned.event_id.in_(ids))))
    at = now()
    rows = [
        {
            "event_id": one.id,
            "id": new_id(),
            "school_id": one.school_id,
            "person_id": one.told.person_id,
            "what": one.told.what[:40],
            "happened_at": one.told.at,
            "device": one.told.device[:80],
            "address": one.told.address[:45],
            "created_at": at,
            "mail": WAITING if one.told.at > at - LETTER_LIVES else EXPIRED,
            "attempts": 0,
            "next_at": at,
        }
        for one in received
        if one.id not in known
    ]
    if rows:
        insert_rows(session, table_of(Warned), rows)


def due_warnings(database: Database, at: datetime) -> list[tuple[UUID, UUID]]:
    """Return (school, warning) of all that are to be mailed now, those left by the dead among them."""
    asked = (
        select(Warned.school_id, Warned.event_id)
        .where(Warned.mail.in_((WAITING, SENDING, RETRYING)), Warned.next_at <= at)
        .order_by(Warned.created_at)
    )
    with database.reading(EVERY_SCHOOL) as session:
        return [(school_id, event_id) for school_id, event_id in session.execute(asked)]


def claim_warning(
    database: Database, school_id: UUID, event_id: UUID, at: datetime
) -> tuple[Warned, Person] | None:
    """Take a warning to be mailed, and whom to; None when another has it, or nobody can be written to."""
    with database.writing(school_id) as session:
        claimed = (
            update(Warned)
            .where(Warned.event_id == event_id, Warned.mail.in_((WAITING, SENDING, RETRYING)))
            .where(Warned.next_at <= at)
            .values(mail=SENDING, attempts=Warned.attempts + 1, next_at=at + LOST_AFTER)
            .returning(Warned)
        )
        warned = session.scalars(claimed).first()
        person = session.get(Person, warned.person_id) if warned else None
        if warned is None:
            return None
        if person is None or not person.email:
            # Whoever is not heard of yet may be a moment later.
            warned.mail = NONE if person else WAITING
            return None
        session.flush()
        session.expunge_all()
        return warned, person


def conclude_warning(database: Database, school_id: UUID, event_id: UUID, state: str, at: datetime) -> None:
    """Write down what became of the letter; one to be retried waits twice as long each time."""
    with database.writing(school_id) as session:
        warned = session.get(Warned, event_id, with_for_update=True)
        if warned is None:  # The person was erased meanwhile.
            return
        warned.mail = state
        if state == RETRYING:
            pause: timedelta = FIRST_RETRY * 2 ** min(warned.attempts - 1, 10)
            warned.next_at = at + min(pause, LONGEST_RETRY)


def expire_warnings(database: Database, at: datetime) -> None:
    """Give up letters a day late; the portal has told it meanwhile."""
    late = or_(Warned.mail == WAITING, Warned.mail == SENDING, Warned.mail == RETRYING)
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(
            update(Warned)
            .where(late, Warned.created_at <= at - LETTER_LIVES)
            .values(mail=EXPIRED)
            .execution_options(synchronize_session=False)
        )
