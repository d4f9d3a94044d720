"""Replacing the own password. Opens its own transactions: argon2 is slow, and failures must be kept."""

from dataclasses import dataclass
from uuid import UUID

from services.identity.actions.signing_in.limits import SIGN_INS
from services.identity.actions.signing_in.new_passwords import check_new_password, weak
from services.identity.actions.signing_in.passwords import end_sessions, hash_password, is_right, put_password
from services.identity.actions.signing_in.security import PASSWORD_CHANGED, tell_security
from services.identity.actions.signing_in.sessions import forgive
from services.identity.actions.signing_in.sign_in import TooManyAttempts, count_attempt
from services.identity.models import Account
from services.identity.rules.devices import Visit
from shared.db import Database
from shared.errors import Invalid, NotFound, Stale, Text

OTHER = (
    "Придумайте пароль, отличный от прежнего.",
    "Take a password other than the old one.",
)


class PresentPasswordWrong(Invalid):
    """The password to be replaced is another; whoever asks is signed in, and stays so."""

    title = Text("Нынешний пароль неверен", "The present password is wrong")
    detail = Text(
        "Введите пароль, с которым вы вошли. Забытый сбросит классный руководитель или оператор школы.",
        "Type the password you signed in with. The class teacher or the school's operator can reset a "
        "forgotten one.",
    )


@dataclass(frozen=True)
class Owner:
    """Who replaces the own password, in which of their sessions, and whence."""

    school_id: UUID
    person_id: UUID
    session_id: UUID | None
    visit: Visit


def change_password(
    database: Database, owner: Owner, password: str, new_password: str, memory_kib: int
) -> None:
    """Replace the own password, end all other sessions and tell its owner.

    Who came in with a one-time code need not type it again. A wrong present password is counted and
    slowed down as a failed sign-in is; a weak new one is refused.
    """
    with database.writing(owner.school_id) as session:
        account = session.get(Account, owner.person_id)
        if account is None:
            raise NotFound
        wait = 0 if account.must_change else count_attempt(session, account.login)
        session.flush()
        session.expunge(account)
    if wait:
        SIGN_INS.labels("slowed").inc()
        raise TooManyAttempts(seconds=wait)
    if not account.must_change:
        _compare(account, password, memory_kib)
    with database.writing(owner.school_id) as session:
        forgive(session, account.login)  # The present one was right, whatever becomes of the new one.
    if new_password == password:
        raise weak(*OTHER)
    with database.reading(owner.school_id) as session:
        check_new_password(session, account, new_password)
    _replace(database, owner, account, hash_password(new_password, memory_kib))


def _compare(account: Account, password: str, memory_kib: int) -> None:
    if not is_right(account.password_hash, password, memory_kib):
        raise PresentPasswordWrong(errors={"password": [Text("Пароль неверен.", "The password is wrong.")]})


def _replace(database: Database, owner: Owner, before: Account, password_hash: str) -> None:
    with database.writing(owner.school_id) as session:
        account = session.get(Account, owner.person_id, with_for_update=True)
        if account is None or account.password_hash != before.password_hash or account.blocked_at:
            raise Stale  # Reset or blocked meanwhile by somebody else.
        put_password(session, account, password_hash)
        end_sessions(session, [owner.person_id], but=owner.session_id)
        tell_security(session, owner.person_id, PASSWORD_CHANGED, owner.visit)
