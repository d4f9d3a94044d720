"""Handle parked events again: by an operator's command, and once when the code has changed."""

import orjson

from shared import cursors, envelope, heard, parking
from shared.apply import Applier
from shared.bus import event_parked
from shared.cursors import BEHIND, BLOCKED
from shared.db import EVERY_SCHOOL
from shared.trouble import is_of_the_environment


def retry(applier: Applier, stream: str, subject: str) -> int:
    """Handle the parked events of a subject, in order, until one fails; return how many went."""
    handled = 0
    with applier.alone(stream):
        while _next(applier, stream, subject):
            handled += 1
        _unblock(applier, stream)
    return handled


def retry_all(applier: Applier, *, only_other_code: bool = False) -> int:
    """Handle every parked event that can be handled; `only_other_code` leaves out what this code tried."""
    with applier.database.reading(EVERY_SCHOOL) as session:
        due = {
            (row.stream, row.subject): None
            for row in parking.listed(session)
            if row.status == parking.FAILED and not (only_other_code and row.code == applier.code)
        }
    return sum(retry(applier, stream, subject) for stream, subject in due)


def skip(applier: Applier, stream: str, position: int) -> bool:
    """Never handle this event; those waiting behind it are handled now."""
    with applier.database.writing(cursors.school_of(stream)) as session:
        cursors.lock(session, stream)
        here = event_parked.c.stream == stream, event_parked.c.position == position
        subject = session.scalar(event_parked.select().with_only_columns(event_parked.c.subject).where(*here))
        if subject is None or not parking.skip(session, stream, position):
            return False
    retry(applier, stream, subject)
    return True


def _next(applier: Applier, stream: str, subject: str) -> bool:
    school = cursors.school_of(stream)
    position = 0
    try:
        with applier.database.writing(school) as session:
            # Under the cursor's lock: a new event of the subject comes either before or after, not between.
            cursors.lock(session, stream)
            row = parking.next_of_subject(session, stream, subject)
            if row is None:
                return False
            position = row.position
            parked = envelope.parse(orjson.loads(row.envelope), row.envelope)
            applier.react(session, parked.type, [heard.received(parked)])
            parking.remove(session, stream, position)
            return True
    except Exception as wrong:
        if is_of_the_environment(wrong):
            raise
        with applier.database.writing(school) as session:
            parking.note_failure(session, stream, position, f"{type(wrong).__name__}: {wrong}", applier.code)
        return False


def _unblock(applier: Applier, stream: str) -> None:
    with applier.database.writing(cursors.school_of(stream)) as session:
        cursor = cursors.lock(session, stream)
        if cursor.state == BLOCKED and len(parking.subjects(session, stream)) <= parking.MOST_SUBJECTS:
            cursors.set_state(session, stream, BEHIND)
