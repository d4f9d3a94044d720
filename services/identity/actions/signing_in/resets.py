"""A forgotten password and the person's own e-mail.

A request is only written down, alike for every login; whose it is, is looked up when the letter is
made. So neither the answer nor its time tells whether there is such a login. The token is made at
sending, stands in the letter alone and is stored hashed.
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.logins import login_of
from services.identity.actions.signing_in.new_passwords import check_new_password
from services.identity.actions.signing_in.passwords import end_sessions, hash_password, put_password
from services.identity.actions.signing_in.security import PASSWORD_RESET, tell_security
from services.identity.actions.signing_in.sessions import forgive
from services.identity.models import Account, ResetRequest
from services.identity.rules.credentials import (
    REQUESTS_KEPT,
    RESET_WINDOW,
    RESETS_PER_ADDRESS,
    SENT,
    USED,
    WAITING,
)
from services.identity.rules.devices import Visit, network_of
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Invalid, Text, TooSoon


class TooManyLetters(TooSoon):
    """Too many letters were asked for at one address."""

    title = Text("Слишком много запросов", "Too many requests")
    detail = Text(
        "Подождите {seconds} с. Пароль сбросит и классный руководитель или оператор школы.",
        "Wait {seconds} s. The class teacher or the school's operator can reset the password, too.",
    )


class LinkOver(Invalid):
    """The link was used, is old, or was never sent."""

    title = Text("Ссылка больше не действует", "The link is no longer valid")
    detail = Text(
        "Ссылка из письма работает полчаса и один раз. Запросите новое письмо.",
        "The link in the letter works for half an hour and once. Ask for a new letter.",
    )


def request_reset(database: Database, login: str, visit: Visit) -> None:
    """Write down that somebody forgot the password of this login; refuses too many at one address."""
    network = network_of(visit.address)
    with database.writing(EVERY_SCHOOL) as session:
        recent = select(func.count(), func.min(ResetRequest.asked_at)).where(
            ResetRequest.network == network, ResetRequest.asked_at > now() - RESET_WINDOW
        )
        count, first = session.execute(recent).one()
        if count >= RESETS_PER_ADDRESS:
            raise TooManyLetters(seconds=max(1, int((first + RESET_WINDOW - now()).total_seconds())))
        at = now()
        session.add(
            ResetRequest(login=login_of(login), asked_at=at, network=network, state=WAITING, next_at=at)
        )


def reset_password(database: Database, token: str, new_password: str, memory_kib: int, visit: Visit) -> None:
    """Set a new password by the token of a letter, end all sessions and tell the person.

    A weak password is refused and leaves the token good. Second factors stay as they are: the next
    sign-in asks for them.
    """
    with database.reading(EVERY_SCHOOL) as session:
        person_id, school_id = _owner(session, token)
    with database.reading(school_id) as session:
        check_new_password(session, session.get_one(Account, person_id), new_password)
    password_hash = hash_password(new_password, memory_kib)
    with database.writing(school_id) as session:
        _owner(session, token, use=True)
        account = session.get_one(Account, person_id, with_for_update=True)
        if account.blocked_at is not None:
            raise LinkOver
        put_password(session, account, password_hash)
        end_sessions(session, [person_id])
        forgive(session, account.login, visit.address)
        tell_security(session, person_id, PASSWORD_RESET, visit)


def _owner(session: SchoolSession, token: str, *, use: bool = False) -> tuple[UUID, UUID]:
    """Return whose letter the token is of (person, school), and use it up; refuses one that is over."""
    asked = select(ResetRequest).where(ResetRequest.token_sha256 == hashed(token))
    found = session.scalars(asked.with_for_update() if use else asked).first()
    if found is None or found.state != SENT or found.expires_at is None or found.expires_at < now():
        raise LinkOver
    if found.person_id is None or found.school_id is None:
        raise LinkOver
    if use:
        found.state = USED
    return found.person_id, found.school_id


def forget_resets(session: SchoolSession, at: datetime) -> None:
    """Forget requests a day old."""
    session.execute(delete(ResetRequest).where(ResetRequest.asked_at < at - REQUESTS_KEPT))


def new_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)
