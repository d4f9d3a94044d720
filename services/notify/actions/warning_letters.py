"""Letters with warnings: one each, at once, whatever the reader wished for news."""

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from services.notify.actions.warnings import claim_warning, conclude_warning, due_warnings, expire_warnings
from services.notify.models import NONE, Person, School, Warned
from services.notify.rules import TIME_ZONE, warning_text, warning_title
from shared.clock import now
from shared.db import Database
from shared.errors import Text
from shared.mail import REFUSED, RETRYING, ServerGone, connected, hand_over
from shared.settings import Settings

BODY = Text(
    "Здравствуйте, {name}!\n\n{what}.\nКогда: {at}\n\nЕсли это были вы или школа вас предупредила, ничего "
    "делать не нужно. Если нет, смените пароль: {url}/password — и сообщите классному руководителю или "
    "оператору школы.\n\nТакие письма приходят всем: они нужны для безопасности.\n{url}/notices\n",
    "Hello, {name}!\n\n{what}.\nWhen: {at}\n\nIf it was you, or the school told you so, there is nothing to "
    "do. If not, change the password: {url}/password – and tell the class teacher or the school's "
    "operator.\n\nEverybody gets such letters: they are about security.\n{url}/notices\n",
)

log = structlog.get_logger()


def send_warnings(database: Database, settings: Settings) -> None:
    """Mail the warnings that are due; without a server they stay in the portal and expire."""
    expire_warnings(database, now())
    due = due_warnings(database, now()) if settings.smtp_url else []
    if not due:
        return
    try:
        with connected(settings.smtp_url) as server:
            for school_id, event_id in due:
                claimed = claim_warning(database, school_id, event_id, now())
                if claimed is not None:
                    _send(database, settings, server, *claimed)
    except ServerGone as gone:
        log.warning("warnings.server_gone", error=str(gone))


def _send(
    database: Database, settings: Settings, server: smtplib.SMTP, warned: Warned, person: Person
) -> None:
    with database.reading(warned.school_id) as session:
        zone = session.scalar(select(School.time_zone)) or TIME_ZONE
    try:
        state = hand_over(server, warning_letter(warned, person, zone, settings))
    except ValueError:  # An address that no header can hold.
        state = REFUSED
    except ServerGone:
        conclude_warning(database, warned.school_id, warned.event_id, RETRYING, now())
        raise
    if state == REFUSED:
        log.warning("warning.refused", warning=str(warned.event_id))
        state = NONE
    conclude_warning(database, warned.school_id, warned.event_id, state, now())


def warning_letter(warned: Warned, person: Person, zone: str, settings: Settings) -> EmailMessage:
    """Return the letter; composed again it is the same, Message-ID included."""
    language = person.language
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, person.email
    message["Subject"] = warning_title(warned.what, language)
    message["Date"] = format_datetime(warned.created_at)
    message["Message-ID"] = f"<{warned.id}@{domain}>"
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        BODY.said(language).format(
            name=person.given_name or person.family_name,
            what=warning_text(warned.what, warned.device, warned.address, language),
            at=_local(warned.happened_at, zone),
            url=settings.public_url,
        )
    )
    return message


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"
