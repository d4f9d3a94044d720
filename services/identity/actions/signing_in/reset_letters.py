"""Letters with the link to a new password: a request becomes one letter, its token made here."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from smtplib import SMTP
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.resets import new_token
from services.identity.models import Account, Person, ResetRequest
from services.identity.rules.credentials import (
    EXPIRED,
    LETTERS_PER_PERSON,
    LINK_LASTS,
    NOBODY,
    RESET_RETRY,
    RESET_WINDOW,
    SENT,
    USED,
    WAITING,
)
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Text
from shared.mail import REFUSED, RETRYING, ServerGone, connected, hand_over
from shared.settings import Settings

AT_ONCE = 50
TITLE = Text("Новый пароль для входа в журнал", "A new password for the journal")
BODY = Text(
    "Здравствуйте, {name}!\n\nДля входа с логином {login} попросили новый пароль. Чтобы задать его, "
    "откройте ссылку:\n\n{link}\n\nОна работает полчаса и один раз. Если просили не вы, ничего не "
    "делайте: прежний пароль действует.\n",
    "Hello, {name}!\n\nA new password was asked for the login {login}. To set it, open the link:\n\n"
    "{link}\n\nIt works for half an hour and once. If it was not you, do nothing: the old password "
    "is still good.\n",
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """What goes into one letter; the token is nowhere else."""

    request_id: UUID
    email: str
    language: str
    name: str
    login: str
    token: str


def send_due(database: Database, settings: Settings) -> None:
    """Send the letters asked for; while the server is away they wait, half an hour at most."""
    _give_up_old(database)
    if not settings.smtp_url:
        return
    asked = select(ResetRequest.id).where(ResetRequest.state == WAITING, ResetRequest.next_at <= now())
    with database.reading(EVERY_SCHOOL) as session:
        due = list(session.scalars(asked.order_by(ResetRequest.asked_at).limit(AT_ONCE)))
    letters = [letter for request_id in due if (letter := _prepare(database, request_id))]
    if not letters:
        return
    try:
        with connected(settings.smtp_url) as server:
            for letter in letters:
                _settle(database, letter, _sent(server, letter, settings))
    except ServerGone as gone:
        log.warning("reset_letters.server_gone", error=str(gone))


def _sent(server: SMTP, letter: Letter, settings: Settings) -> str:
    try:
        return hand_over(server, _message(letter, settings))
    except ValueError:  # An address that no header can hold.
        return REFUSED


def _give_up_old(database: Database) -> None:
    late = update(ResetRequest).where(
        ResetRequest.state == WAITING, ResetRequest.asked_at < now() - LINK_LASTS
    )
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(late.values(state=EXPIRED, login=""))


def _prepare(database: Database, request_id: UUID) -> Letter | None:
    """Look up whose login it is and make the token; None when nobody gets a letter by it."""
    with database.writing(EVERY_SCHOOL) as session:
        request = session.get(ResetRequest, request_id, with_for_update=True)
        if request is None or request.state != WAITING or request.next_at > now():
            return None  # Another worker has it.
        found = _entitled(session, request.login)
        if found is None:
            request.state, request.login = NOBODY, ""
            return None
        account, person = found
        token = new_token()
        request.person_id, request.school_id = account.person_id, account.school_id
        request.token_sha256, request.expires_at = hashed(token), now() + LINK_LASTS
        request.next_at = now() + RESET_RETRY
        email, language = person.email or "", person.language
        return Letter(
            request_id, email, language, person.given_name or person.family_name, account.login, token
        )


def _entitled(session: SchoolSession, login: str) -> tuple[Account, Person] | None:
    """Return whose login it is, if they have an address, are not blocked, and had few letters this hour."""
    asked = select(Account, Person).join(Person, Person.id == Account.person_id)
    row = session.execute(asked.where(Account.login == login)).first()
    if row is None or not row[1].email or row[0].blocked_at is not None:
        return None
    recent = select(func.count()).where(
        ResetRequest.person_id == row[0].person_id,
        ResetRequest.asked_at > now() - RESET_WINDOW,
        ResetRequest.state.in_((SENT, USED, EXPIRED)),
    )
    return (row[0], row[1]) if (session.scalar(recent) or 0) < LETTERS_PER_PERSON else None


def _settle(database: Database, letter: Letter, outcome: str) -> None:
    if outcome == RETRYING:
        return
    state = NOBODY if outcome == REFUSED else SENT
    with database.writing(EVERY_SCHOOL) as session:
        settled = update(ResetRequest).where(
            ResetRequest.id == letter.request_id,
            ResetRequest.state == WAITING,
            ResetRequest.token_sha256 == hashed(letter.token),
        )
        session.execute(settled.values(state=state, login=""))


def _message(letter: Letter, settings: Settings) -> EmailMessage:
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, letter.email
    message["Subject"] = TITLE.said(letter.language)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{letter.request_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    # After the sign # it is seen by the browser alone: no server's log ever holds it.
    link = f"{settings.public_url}/reset/new#{letter.token}"
    message.set_content(BODY.said(letter.language).format(name=letter.name, login=letter.login, link=link))
    return message
