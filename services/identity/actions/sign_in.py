"""Signing in and out. Unlike other actions these open their own transactions, and several.

A failed attempt has to be remembered although the request is refused, and a password is checked
between transactions, for that takes long and would keep every other writer waiting.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.identity.actions.logins import login_of
from services.identity.actions.passwords import WrongPassword, is_right, renew_hash
from services.identity.models import Account, Attempt, SignIn, table
from services.identity.rules import ATTEMPTS_KEPT, delay_after
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Text, TooSoon


class TooManyAttempts(TooSoon):
    """After several failures the next attempt has to wait; nobody is locked out for good."""

    title = Text("Слишком много попыток", "Too many attempts")
    detail = Text(
        "Подождите {seconds} с и попробуйте снова. Если пароль забыт, его сбросит классный "
        "руководитель или оператор школы.",
        "Wait {seconds} s and try again. If the password is forgotten, the class teacher or the "
        "school's operator can reset it.",
    )


class PasswordExpired(WrongPassword):
    """The one-time password is too old."""

    title = Text("Одноразовый пароль устарел", "The one-time password has expired")
    detail = Text(
        "Попросите классного руководителя или оператора школы выдать новый.",
        "Ask the class teacher or the school's operator for a new one.",
    )


@dataclass(frozen=True)
class SignedIn:
    """A session just begun; the token is told here and stored nowhere."""

    session_token: str
    school_id: UUID
    person_id: UUID
    must_change_password: bool


def sign_in(database: Database, login: str, password: str, memory_kib: int) -> SignedIn:
    """Begin a session, or refuse alike and as slowly whether login or password is wrong."""
    login = login_of(login)
    with database.writing(EVERY_SCHOOL) as session:
        wait = _count_attempt(session, login)
        account = session.scalars(select(Account).where(Account.login == login)).first()
        if account is not None:
            session.expunge(account)
    if wait:
        raise TooManyAttempts(seconds=wait)
    if not is_right(account.password_hash if account else None, password, memory_kib) or not account:
        raise WrongPassword
    if account.expires_at is not None and account.expires_at < now():
        raise PasswordExpired
    with database.writing(account.school_id) as session:
        now_there = session.get(Account, account.person_id, with_for_update=True)
        # While it was checked, the password may have been voided, which ends sessions begun before.
        if now_there is None or now_there.password_hash != account.password_hash:
            raise WrongPassword
        return _begin(session, now_there, password, memory_kib)


def sign_out(database: Database, session_token: str) -> None:
    """End a session; one that is unknown or over is over."""
    with database.writing(EVERY_SCHOOL) as session:
        ended = update(SignIn).where(SignIn.token_sha256 == hashed(session_token), SignIn.ended_at.is_(None))
        session.execute(ended.values(ended_at=now()))


def hashed(token: str) -> bytes:
    """Return what is stored of a random token. It is long enough to need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def forget_attempts(session: SchoolSession, older_than: timedelta = ATTEMPTS_KEPT) -> None:
    """Forget failures a day old: guessing of random logins must not fill the table."""
    session.execute(delete(Attempt).where(Attempt.tried_at < now() - older_than))


def _begin(session: SchoolSession, account: Account, password: str, memory_kib: int) -> SignedIn:
    renew_hash(account, password, memory_kib)
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            school_id=account.school_id,
            person_id=account.person_id,
            token_sha256=hashed(token),
            started_at=now(),
            used_at=now(),
        )
    )
    session.execute(delete(Attempt).where(Attempt.login_sha256 == hashed(account.login)))
    return SignedIn(token, account.school_id, account.person_id, account.must_change)


def _count_attempt(session: SchoolSession, login: str) -> int:
    """Count an attempt as failed before it is judged, so that guesses in parallel count too.

    Returns the seconds to wait when it comes too soon; then it is not counted.
    """
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"login_sha256": hashed(login), "failures": 0, "tried_at": now()}
    counted = build(table(Attempt)).values(row)
    # Locks the row that is there: a sign-in that succeeds meanwhile deletes it.
    known = {"login_sha256": counted.excluded.login_sha256}
    session.execute(counted.on_conflict_do_update(index_elements=["login_sha256"], set_=known))
    attempt = session.get_one(Attempt, hashed(login), with_for_update=True)
    ready_at = attempt.tried_at + timedelta(seconds=delay_after(attempt.failures))
    if attempt.failures and now() < ready_at:
        return max(1, -int((now() - ready_at).total_seconds() // 1))
    attempt.failures, attempt.tried_at = attempt.failures + 1, now()
    return 0
