"""Letters: what is told to one person by mail, written down before anything leaves the house.

A letter is committed as `sending`, under the Message-ID it will always have, before SMTP hears of
it, and as `sent` afterwards. Whoever dies in between leaves a letter that is sent again, the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import exists, func, or_, select, update

from services.notify.actions.consents import withheld_because
from services.notify.models import (
    EXPIRED,
    NONE,
    REFUSED,
    RETRYING,
    SENDING,
    SENT,
    TAKEN,
    WAITING,
    DayNews,
    Letter,
    Notice,
    Person,
    Preference,
)
from services.notify.rules import LETTER_LIVES, PATIENCE
from shared.bulk import upsert_rows
from shared.bus import EFFECT_BEGUN, EFFECT_DONE, EFFECT_EXPIRED, event_effect
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.ids import new_id
from shared.metrics import EFFECTS
from shared.outbox import stream_name

log = structlog.get_logger()

KIND = "letter"
LOST_AFTER = timedelta(minutes=1)
"""A letter being sent for longer than SMTP's own time-outs was left by a process that died."""

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(minutes=30)
EFFECT_OF = {SENT: EFFECT_DONE, NONE: EFFECT_DONE, REFUSED: EFFECT_EXPIRED, EXPIRED: EFFECT_EXPIRED}


@dataclass(frozen=True, slots=True)
class Address:
    """Where and in which language a person gets letters."""

    email: str
    language: str


def due_recipients(database: Database, wait: timedelta, at: datetime) -> list[tuple[UUID, UUID]]:
    """Return (school, person) of all for whom it is time: silence for a wait, or five waits long.

    Whoever has a letter on its way gets the next one after it.
    """
    last, first = func.max(Notice.created_at), func.min(Notice.created_at)
    on_its_way = exists().where(
        Letter.recipient_id == Notice.recipient_id, Letter.state.in_((SENDING, RETRYING))
    )
    asked = (
        select(Notice.school_id, Notice.recipient_id)
        .where(Notice.mail == WAITING, ~on_its_way)
        .group_by(Notice.school_id, Notice.recipient_id)
        .having(or_(last <= at - wait, first <= at - PATIENCE * wait))
        .order_by(first)
    )
    with database.reading(EVERY_SCHOOL) as session:
        return [(school_id, person_id) for school_id, person_id in session.execute(asked)]


def due_letters(database: Database, at: datetime) -> list[tuple[UUID, UUID]]:
    """Return (school, letter) of those to be tried again, the ones left by the dead among them."""
    asked = (
        select(Letter.school_id, Letter.id)
        .where(Letter.state.in_((SENDING, RETRYING)), Letter.next_at <= at)
        .order_by(Letter.created_at)
    )
    with database.reading(EVERY_SCHOOL) as session:
        return [(school_id, letter_id) for school_id, letter_id in session.execute(asked)]


def address_of(session: SchoolSession, person_id: UUID) -> Address | None:
    """Return where a person wants letters; None for whoever has none, wants none or lets nobody."""
    person = session.get(Person, person_id)
    wish = session.get(Preference, person_id)
    if person is None or not person.email or (wish is not None and not wish.email_enabled):
        return None
    if why := withheld_because(session, person_id):
        log.info("letter.withheld", recipient=str(person_id), why=why)
        return None
    return Address(person.email, wish.language if wish is not None else person.language)


def write_letter(database: Database, school_id: UUID, recipient_id: UUID, at: datetime) -> UUID | None:
    """Put all that waits for a person into one letter, committed as being sent.

    None when nothing waits any more, and for whoever gets no letters. A person not yet heard of
    keeps waiting.
    """
    with database.writing(school_id) as session:
        if session.get(Person, recipient_id) is None:
            return None
        if address_of(session, recipient_id) is None:
            waiting = (Notice.recipient_id == recipient_id, Notice.mail == WAITING)
            session.execute(update(Notice).where(*waiting).values(mail=NONE))
            return None
        _drop_mailed_before(session, recipient_id)
        letter_id = new_id()
        taken = _take_waiting(session, recipient_id, letter_id)
        if not taken:
            return None
        row = {"id": letter_id, "school_id": school_id, "recipient_id": recipient_id, "attempts": 1}
        session.add(Letter(**row, state=SENDING, created_at=at, next_at=at + LOST_AFTER))
        _note_effects(session, school_id, recipient_id, taken, at)
        return letter_id


def _take_waiting(session: SchoolSession, recipient_id: UUID, letter_id: UUID) -> Sequence[UUID]:
    """Take what waits for a person; another postman who wants it too finds nothing left."""
    return session.scalars(
        update(Notice)
        .where(Notice.recipient_id == recipient_id, Notice.mail == WAITING)
        .values(mail=TAKEN, letter_id=letter_id)
        .returning(Notice.event_id)
        .execution_options(synchronize_session=False)
    ).all()


def _drop_mailed_before(session: SchoolSession, recipient_id: UUID) -> None:
    """Let go of what was mailed already, should the notices ever have been made anew."""
    mailed = select(event_effect.c.event_id).where(
        event_effect.c.kind == KIND, event_effect.c.recipient == str(recipient_id)
    )
    session.execute(
        update(Notice)
        .where(Notice.recipient_id == recipient_id, Notice.mail == WAITING, Notice.event_id.in_(mailed))
        .values(mail=NONE)
        .execution_options(synchronize_session=False)
    )


def _note_effects(
    session: SchoolSession, school_id: UUID, recipient_id: UUID, event_ids: Sequence[UUID], at: datetime
) -> None:
    of_days = set(session.scalars(select(DayNews.event_id).where(DayNews.event_id.in_(event_ids))))
    rows = [
        {
            "event_id": event_id,
            "kind": KIND,
            "recipient": str(recipient_id),
            "stream": stream_name("schedule" if event_id in of_days else "journal", school_id),
            "state": EFFECT_BEGUN,
            "created_at": at,
        }
        for event_id in sorted(set(event_ids))
    ]
    upsert_rows(session, event_effect, rows, ("event_id", "kind", "recipient"))


def take_again(database: Database, school_id: UUID, letter_id: UUID, at: datetime) -> bool:
    """Claim a letter for another try; False when another worker was quicker."""
    with database.writing(school_id) as session:
        claimed = (
            update(Letter)
            .where(Letter.id == letter_id, Letter.state.in_((SENDING, RETRYING)), Letter.next_at <= at)
            .values(state=SENDING, attempts=Letter.attempts + 1, next_at=at + LOST_AFTER)
            .returning(Letter.id)
        )
        return session.execute(claimed).first() is not None


def conclude(database: Database, school_id: UUID, letter_id: UUID, state: str, at: datetime) -> None:
    """Write down what became of a letter; one to be retried waits twice as long each time."""
    with database.writing(school_id) as session:
        letter = session.get(Letter, letter_id, with_for_update=True)
        if letter is None:  # Its recipient was erased meanwhile.
            return
        letter.state = state
        if state == RETRYING:
            pause: timedelta = FIRST_RETRY * 2 ** min(letter.attempts - 1, 10)
            letter.next_at = at + min(pause, LONGEST_RETRY)
            return
        letter.sent_at = at if state == SENT else None
        _settle_effects(session, letter_id, letter.recipient_id, EFFECT_OF[state])


def _settle_effects(session: SchoolSession, letter_id: UUID, recipient_id: UUID, state: str) -> None:
    told = select(Notice.event_id).where(Notice.letter_id == letter_id)
    session.execute(
        update(event_effect)
        .where(
            event_effect.c.kind == KIND,
            event_effect.c.recipient == str(recipient_id),
            event_effect.c.event_id.in_(told),
        )
        .values(state=state)
    )
    EFFECTS.labels("notify", KIND, state).inc()


def expire(database: Database, at: datetime) -> None:
    """Give up what is a day late; the portal has told it meanwhile."""
    late = at - LETTER_LIVES
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(
            update(Notice)
            .where(Notice.mail == WAITING, Notice.created_at <= late)
            .values(mail=EXPIRED)
            .execution_options(synchronize_session=False)
        )
        gone = session.execute(
            update(Letter)
            .where(Letter.state.in_((SENDING, RETRYING)), Letter.created_at <= late)
            .values(state=EXPIRED)
            .returning(Letter.id, Letter.recipient_id)
            .execution_options(synchronize_session=False)
        ).all()
        for letter_id, recipient_id in gone:
            _settle_effects(session, letter_id, recipient_id, EFFECT_EXPIRED)
