"""Accounts and their passwords: argon2id, and the sessions that end with a password."""

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from services.identity.actions.signing_in.ending import end_where
from services.identity.actions.signing_in.logins import made_login, open_accounts
from services.identity.models import Account, ActivationCode, PendingSignIn, Person, ResetRequest, SignIn
from services.identity.rules.credentials import EXPIRED, SENT
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound, Text, Unproven

# A storm of sign-ins must not eat the memory: the rest wait their turn. The same four threads do all
# the work, for the C library keeps what was freed for the thread that used it.
_hashers = ThreadPoolExecutor(4, thread_name_prefix="argon2")


class WrongPassword(Unproven):
    """Login or password is wrong; which of them is not told."""

    title = Text("Не удалось войти", "You could not sign in")
    detail = Text(
        "Неверный логин или пароль. Проверьте раскладку и регистр. Если пароль забыт или доступ "
        "закрыт, поможет классный руководитель или оператор школы.",
        "The login or the password is wrong. Check layout and case. If the password is forgotten or "
        "the account is blocked, ask the class teacher or the school's operator.",
    )


@lru_cache
def hasher(memory_kib: int) -> PasswordHasher:
    """Return the hasher: argon2id with t=2, p=1 and this much memory (OWASP: 19456 KiB)."""
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


@lru_cache
def _nobodys_hash(memory_kib: int) -> str:
    return hasher(memory_kib).hash(secrets.token_hex())


def is_right(password_hash: str | None, password: str, memory_kib: int) -> bool:
    """Whether the password is right; takes as long where there is no hash to compare with."""
    compare = hasher(memory_kib).verify
    try:
        _hashers.submit(compare, password_hash or _nobodys_hash(memory_kib), password).result()
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def hash_password(password: str, memory_kib: int) -> str:
    """Hash a password."""
    return _hashers.submit(hasher(memory_kib).hash, password).result()


def renew_hash(account: Account, password: str, memory_kib: int) -> None:
    """Hash a password that was just right again when it was hashed with other parameters."""
    if account.password_hash and hasher(memory_kib).check_needs_rehash(account.password_hash):
        account.password_hash = hash_password(password, memory_kib)


def set_password(session: SchoolSession, person_id: UUID, password: str, memory_kib: int) -> str:
    """Give a person a lasting password, whatever it is, and return the login; for demonstrations."""
    account = accounts_of(session, [person_id])[person_id]
    put_password(session, account, hash_password(password, memory_kib))
    return account.login


def put_password(session: SchoolSession, account: Account, password_hash: str) -> None:
    """Let an own password open the account from now on; a code on paper opens it no more."""
    account.password_hash, account.must_change = password_hash, False
    end_codes(session, [account.person_id])


def close_account(session: SchoolSession, person_id: UUID) -> None:
    """Void a person's password and code and end their sessions; a new code opens the account again.

    Access tokens already given out are refused as soon as a service has heard of it.
    """
    account = session.get(Account, person_id, with_for_update=True)
    if account is None:
        raise NotFound
    account.password_hash, account.must_change = None, False
    end_codes(session, [person_id])
    end_sessions(session, [person_id])


def end_session(session: SchoolSession, person_id: UUID, session_id: UUID) -> None:
    """End one session of a person; refuses one that is not theirs or is over."""
    found = session.get(SignIn, session_id)
    if found is None or found.person_id != person_id or found.ended_at is not None:
        raise NotFound
    end_where(session, SignIn.id == session_id)


def end_sessions(session: SchoolSession, person_ids: Sequence[UUID], but: UUID | None = None) -> None:
    """End the sessions of people, all but one, and the sign-ins that wait for a second step."""
    spared = () if but is None else (SignIn.id != but,)
    end_where(session, SignIn.person_id.in_(person_ids), *spared)
    session.execute(delete(PendingSignIn).where(PendingSignIn.person_id.in_(person_ids)))


def end_codes(session: SchoolSession, person_ids: Sequence[UUID]) -> None:
    """Void people's codes, and the links in letters to them; the log of who got codes stays."""
    unsynchronized = {"synchronize_session": False}
    ended = update(ActivationCode).where(
        ActivationCode.person_id.in_(person_ids), ActivationCode.ended_at.is_(None)
    )
    session.execute(ended.values(ended_at=now()), execution_options=unsynchronized)
    sent = update(ResetRequest).where(ResetRequest.person_id.in_(person_ids), ResetRequest.state == SENT)
    session.execute(sent.values(state=EXPIRED), execution_options=unsynchronized)


def accounts_of(session: SchoolSession, person_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Return people's accounts, opened where there are none; refuses a person who is not there."""
    named = select(Person).where(Person.id.in_(person_ids)).order_by(Person.id).with_for_update()
    people = {person.id: person for person in session.scalars(named)}
    if len(people) < len(set(person_ids)):
        raise NotFound
    found = select(Account).where(Account.person_id.in_(person_ids))
    known = {a.person_id: a for a in session.scalars(found)}
    wanted = {
        p.id: made_login(p.family_name, p.given_name, p.patronymic)
        for p in people.values()
        if p.id not in known
    }
    if wanted:
        open_accounts(session, wanted)
        known = {a.person_id: a for a in session.scalars(found)}
    return known
