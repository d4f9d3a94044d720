"""Passwords: argon2id, one-time codes, and what makes a password too weak."""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from services.identity.actions.logins import made_login, open_accounts
from services.identity.models import Account, Person, Role, SignIn
from services.identity.rules import ONE_TIME_BYTES, ONE_TIME_LASTS, weak_because
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Text, Unproven

# A storm of sign-ins must not eat the memory: the rest wait their turn.
_turn = BoundedSemaphore(4)


class WeakPassword(Invalid):
    """The password is too short, too long or too easy."""

    title = Text("Пароль не подходит", "The password will not do")
    detail = Text("{ru}", "{en}")


class WrongPassword(Unproven):
    """Login or password is wrong; which of them is not told."""

    title = Text("Не удалось войти", "You could not sign in")
    detail = Text(
        "Неверный логин или пароль. Проверьте раскладку и регистр; забытый пароль сбросит "
        "классный руководитель или оператор школы.",
        "The login or the password is wrong. Check layout and case; the class teacher or the "
        "school's operator can reset a forgotten password.",
    )


class PresentPasswordWrong(Invalid):
    """The password to be replaced is another; whoever asks is signed in, and stays so."""

    title = Text("Нынешний пароль неверен", "The present password is wrong")
    detail = Text(
        "Введите пароль, с которым вы вошли. Забытый сбросит классный руководитель или оператор школы.",
        "Type the password you signed in with. The class teacher or the school's operator can reset a "
        "forgotten one.",
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
    with _turn:
        try:
            hasher(memory_kib).verify(password_hash or _nobodys_hash(memory_kib), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def hash_password(password: str, memory_kib: int) -> str:
    """Hash a password."""
    with _turn:
        return hasher(memory_kib).hash(password)


def renew_hash(account: Account, password: str, memory_kib: int) -> None:
    """Hash a password that was just right again when it was hashed with other parameters."""
    if account.password_hash and hasher(memory_kib).check_needs_rehash(account.password_hash):
        account.password_hash = hash_password(password, memory_kib)


def issue_passwords(
    session: SchoolSession, person_ids: Sequence[UUID], memory_kib: int
) -> dict[UUID, tuple[str, str]]:
    """Give people one-time passwords: `{person: (login, password)}`; what they had is void.

    Each works for ten days and must be changed at the first sign-in. Their sessions end.
    Hashing is slow on purpose: ask for a class at a time, not for a school.
    """
    accounts = _accounts(session, person_ids)
    issued = {}
    for person_id in person_ids:
        password = _readable_code()
        account = accounts[person_id]
        account.password_hash = hash_password(password, memory_kib)
        account.must_change, account.expires_at = True, now() + ONE_TIME_LASTS
        issued[person_id] = (account.login, password)
    end_sessions(session, person_ids)
    return issued


def set_password(session: SchoolSession, person_id: UUID, password: str, memory_kib: int) -> str:
    """Give a person a lasting password, whatever it is, and return the login; for demonstrations."""
    account = _accounts(session, [person_id])[person_id]
    account.password_hash = hash_password(password, memory_kib)
    account.must_change, account.expires_at = False, None
    return account.login


def change_password(
    session: SchoolSession,
    person_id: UUID,
    password: str,
    new_password: str,
    memory_kib: int,
    *,
    keep: UUID | None = None,
) -> None:
    """Replace the own password and end all sessions but `keep`; refuses a wrong or a weak one."""
    account, person = session.get(Account, person_id), session.get(Person, person_id)
    if account is None or person is None:
        raise NotFound
    if not is_right(account.password_hash, password, memory_kib):
        raise PresentPasswordWrong(errors={"password": [Text("Пароль неверен.", "The password is wrong.")]})
    roles = frozenset(session.scalars(select(Role.role).where(Role.person_id == person_id)))
    words = (person.family_name, person.given_name, person.patronymic, account.login)
    weak = weak_because(new_password, roles, words)
    if weak is None and new_password == password:
        weak = ("Придумайте пароль, отличный от прежнего.", "Take a password other than the old one.")
    if weak:
        raise WeakPassword(ru=weak[0], en=weak[1], errors={"new_password": [Text(*weak)]})
    account.password_hash = hash_password(new_password, memory_kib)
    account.must_change, account.expires_at = False, None
    end_sessions(session, [person_id], but=keep)


def close_account(session: SchoolSession, person_id: UUID) -> None:
    """Void a person's password and end their sessions; new credentials open the account again.

    Access tokens already given out live on for their five minutes.
    """
    account = session.get(Account, person_id, with_for_update=True)
    if account is None:
        raise NotFound
    account.password_hash, account.must_change, account.expires_at = None, False, None
    end_sessions(session, [person_id])


def end_session(session: SchoolSession, person_id: UUID, session_id: UUID) -> None:
    """End one session of a person; refuses one that is not theirs or is over."""
    found = session.get(SignIn, session_id)
    if found is None or found.person_id != person_id or found.ended_at is not None:
        raise NotFound
    found.ended_at = now()


def end_sessions(session: SchoolSession, person_ids: Sequence[UUID], but: UUID | None = None) -> None:
    """End the sessions of people, all but one."""
    ended = update(SignIn).where(SignIn.person_id.in_(person_ids), SignIn.ended_at.is_(None))
    if but is not None:
        ended = ended.where(SignIn.id != but)
    session.execute(ended.values(ended_at=now()), execution_options={"synchronize_session": False})


def _accounts(session: SchoolSession, person_ids: Sequence[UUID]) -> dict[UUID, Account]:
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


def _readable_code() -> str:
    """Return 80 random bits in groups of four letters and digits that nobody mistakes on paper."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"
    number = int.from_bytes(secrets.token_bytes(ONE_TIME_BYTES))
    code = ""
    while number:
        number, digit = divmod(number, len(letters))
        code += letters[digit]
    code = code.ljust(16, letters[0])
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
