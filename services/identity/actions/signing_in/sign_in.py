"""Signing in and out. Unlike other actions these open their own transactions, and several.

A failed attempt has to be remembered although the request is refused, and a password is checked
between transactions, for that takes long and would keep every other writer waiting.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from services.identity.actions.signing_in.codes import code_typed
from services.identity.actions.signing_in.ending import end_where
from services.identity.actions.signing_in.hashing import hashed as hashed  # noqa: PLC0414  # Where others look for it.
from services.identity.actions.signing_in.limits import (
    SIGN_INS,
    TooManyFailures,
    is_known_at,
    note_failure,
    seconds_kept_out,
)
from services.identity.actions.signing_in.logins import login_of
from services.identity.actions.signing_in.passwords import WrongPassword, is_right, renew_hash
from services.identity.actions.signing_in.sessions import SignedIn, Waiting, first_step, place
from services.identity.actions.signing_in.sessions import forgive as forgive  # noqa: PLC0414  # Where others look for it.
from services.identity.models import Account, ActivationCode, Attempt, SignIn, table
from services.identity.rules.credentials import BLOCKED, EXPIRED_CODE, WRONG
from services.identity.rules.devices import Visit
from services.identity.rules.passwords import ATTEMPTS_KEPT, delay_after
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
    """The one-time code is too old."""

    title = Text("Одноразовый код устарел", "The one-time code has expired")
    detail = Text(
        "Попросите классного руководителя или оператора школы выдать новый.",
        "Ask the class teacher or the school's operator for a new one.",
    )


NOWHERE = Visit()


def sign_in(
    database: Database,
    login: str,
    password: str,
    memory_kib: int,
    visit: Visit = NOWHERE,
    *,
    is_shared: bool = False,
) -> SignedIn | Waiting:
    """Begin a session, or refuse alike and as slowly whatever is wrong: login, password, a blocked account.

    A right one-time code is let in from anywhere: nobody guesses 80 bits. Where a second step is
    needed the session waits for it (`second_step.py`).
    """
    account, code = _admitted(database, login_of(login), password, visit)
    right = code is not None or is_right(account.password_hash if account else None, password, memory_kib)
    why = _fault(account, code) if right else WRONG
    if account is None or why:
        note_failure(database, account, visit, why)
        raise PasswordExpired if why == EXPIRED_CODE else WrongPassword
    with database.writing(account.school_id) as session:
        now_there = session.get(Account, account.person_id, with_for_update=True)
        # While it was checked, it may have been voided or blocked, which ends sessions begun before.
        if now_there is None or not _is_unchanged(session, now_there, account, code):
            raise WrongPassword
        SIGN_INS.labels("done").inc()
        if code is None:
            renew_hash(now_there, password, memory_kib)
        return first_step(session, now_there, "pwd", is_shared=is_shared, visit=visit)


def _admitted(
    database: Database, login: str, typed: str, visit: Visit
) -> tuple[Account | None, ActivationCode | None]:
    """Count the attempt; return whose login it is and the code that was typed, or refuse as too many.

    Who signed in from this address before has a count of their own there: strangers who guess slow
    down themselves alone, and those who share the address with them.
    """
    refused: TooSoon | None = None
    with database.writing(EVERY_SCHOOL) as session:
        account = session.scalars(select(Account).where(Account.login == login)).first()
        code = code_typed(session, account, typed)
        known = is_known_at(session, account, visit.address)
        out = seconds_kept_out(session, visit.address)
        if out and code is None and not known:
            refused = TooManyFailures(seconds=out)
        elif wait := count_attempt(session, place(login, visit.address) if known else login):
            refused = None if code else TooManyAttempts(seconds=wait)
        for found in filter(None, (account, code)):
            session.expunge(found)
    if refused:
        SIGN_INS.labels("slowed").inc()
        raise refused
    return account, code


def _fault(account: Account | None, code: ActivationCode | None) -> str:
    """Say what else is wrong although the password or code is right; empty when nothing is."""
    if account is not None and account.blocked_at is not None:
        return BLOCKED
    return EXPIRED_CODE if code is not None and code.expires_at < now() else ""


def _is_unchanged(
    session: SchoolSession, now_there: Account, before: Account, code: ActivationCode | None
) -> bool:
    if now_there.blocked_at is not None or now_there.password_hash != before.password_hash:
        return False
    if code is None:
        return True
    kept = session.get(ActivationCode, code.id, with_for_update=True)
    if kept is None or kept.ended_at is not None:
        return False
    kept.used_at = kept.used_at or now()
    return True


def sign_out(database: Database, session_token: str) -> None:
    """End a session; one that is unknown or over is over."""
    with database.writing(EVERY_SCHOOL) as session:
        end_where(session, SignIn.token_sha256 == hashed(session_token))


def forget_attempts(session: SchoolSession, older_than: timedelta = ATTEMPTS_KEPT) -> None:
    """Forget failures a day old: guessing of random logins must not fill the table."""
    session.execute(delete(Attempt).where(Attempt.tried_at < now() - older_than))


def count_for(session: SchoolSession, account: Account, visit: Visit) -> None:
    """Count an attempt to prove somebody known, as one to sign in; refuses what comes too soon."""
    known = is_known_at(session, account, visit.address)
    if wait := count_attempt(session, place(account.login, visit.address) if known else account.login):
        raise TooManyAttempts(seconds=wait)


def count_attempt(session: SchoolSession, login: str) -> int:
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
