"""The postman: takes due letters to the SMTP server, one connection for a round."""

import smtplib
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.notify.actions.composing import compose, content_of
from services.notify.actions.letters import (
    conclude,
    due_letters,
    due_recipients,
    expire,
    take_again,
    write_letter,
)
from services.notify.models import NONE
from shared.clock import now
from shared.db import Database
from shared.failpoints import reach
from shared.mail import REFUSED, RETRYING, SENT, ServerGone, connected, hand_over
from shared.settings import Settings

EXPIRY_EVERY = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=1)

log = structlog.get_logger()


class Postman:
    """Sends what is due each time it is asked; while the server is away it asks less often."""

    def __init__(self) -> None:
        """Begin without a pause."""
        self._pause = FIRST_PAUSE
        self._not_before: datetime | None = None
        self._expired_at: datetime | None = None

    def send_due(self, database: Database, settings: Settings) -> None:
        """Make one round: letters to be tried again, then new ones. Without a server only time passes.

        Nothing is put into letters while the server is away, so that an hour of news makes one letter.
        """
        at = now()
        if self._expired_at is None or abs(at - self._expired_at) >= EXPIRY_EVERY:
            expire(database, at)
            self._expired_at = at
        if not settings.smtp_url or (self._not_before is not None and at < self._not_before):
            return
        again = due_letters(database, at)
        recipients = due_recipients(database, timedelta(seconds=settings.letter_wait_seconds), at)
        if not again and not recipients:
            return
        try:
            with connected(settings.smtp_url) as server:
                self._round(database, settings, server, again, recipients)
        except ServerGone as gone:
            self._not_before = at + self._pause
            log.warning("letters.server_gone", pause=self._pause.total_seconds(), error=str(gone))
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        else:
            self._pause, self._not_before = FIRST_PAUSE, None

    def _round(
        self,
        database: Database,
        settings: Settings,
        server: smtplib.SMTP,
        again: list[tuple[UUID, UUID]],
        recipients: list[tuple[UUID, UUID]],
    ) -> None:
        for school_id, letter_id in again:
            if take_again(database, school_id, letter_id, now()):
                send_letter(database, settings, server, school_id, letter_id)
        for school_id, recipient_id in recipients:
            written = write_letter(database, school_id, recipient_id, now())
            if written is not None:
                send_letter(database, settings, server, school_id, written)


def send_letter(
    database: Database, settings: Settings, server: smtplib.SMTP, school_id: UUID, letter_id: UUID
) -> None:
    """Send a letter already written down as being sent, and write down what became of it."""
    with database.reading(school_id) as session:
        content = content_of(session, letter_id)
    if content is None:  # All of it was taken back, or nobody wants it any more.
        conclude(database, school_id, letter_id, NONE, now())
        return
    try:
        message = compose(content, letter_id, settings.mail_from, settings.public_url)
        reach("before_smtp")
        state = hand_over(server, message)
        reach("after_smtp")
    except ValueError:  # An address that no header can hold.
        state = REFUSED
    except ServerGone:
        conclude(database, school_id, letter_id, RETRYING, now())
        raise
    if state != SENT:
        log.warning("letter.refused", letter=str(letter_id), state=state)
    conclude(database, school_id, letter_id, state, now())
