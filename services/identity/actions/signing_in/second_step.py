"""The second step of signing in, and signing in by a passkey, which is both steps at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.signing_in.challenges import SECOND_STEP, SIGN_IN
from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.limits import SIGN_INS, note_failure
from services.identity.actions.signing_in.passkeys import (
    PasskeyRefused,
    Site,
    answered_passkey,
    copies_reported,
    credential_id,
    request_options,
)
from services.identity.actions.signing_in.security import tell_security
from services.identity.actions.signing_in.sessions import SignedIn, begin_session, may_sign_in
from services.identity.actions.signing_in.sign_in import count_for
from services.identity.actions.signing_in.totp import spend_recovery_code, spend_totp
from services.identity.models import Account, Passkey, PendingSignIn
from services.identity.rules.devices import Visit
from services.identity.rules.factors import (
    AMR,
    PASSKEY,
    PENDING_LASTS,
    PENDING_TRIES,
    RECOVERY,
    RECOVERY_USED,
    SECOND_STEP_FAILED,
    TOTP,
    WRONG_FACTOR,
)
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Text, Unproven


class SecondStepOver(Unproven):
    """The sign-in waited too long for its second step, or that failed too often."""

    title = Text("Начните вход заново", "Begin signing in anew")
    detail = Text(
        "Второй шаг занял больше пяти минут или пять раз не удался. Введите логин и пароль ещё раз.",
        "The second step took more than five minutes or failed five times. Type login and password again.",
    )


class SecondStepWrong(Unproven):
    """The code is wrong, old or used."""

    title = Text("Код не подошёл", "The code was not accepted")
    detail = Text(
        "Введите код, который приложение показывает сейчас: каждый действует один раз. Нет телефона — "
        "возьмите запасной код.",
        "Type the code that the app shows now: each serves once. Without the phone, take a spare code.",
    )


@dataclass(frozen=True)
class Shown:
    """What was shown to prove somebody: a code of this kind, or a passkey's answer."""

    way: str
    code: str = ""
    credential: Mapping[str, Any] | None = None


def second_step(database: Database, site: Site, pending_token: str, shown: Shown, visit: Visit) -> SignedIn:
    """Finish a sign-in that waits; a wrong code counts as a wrong password does.

    The token serves once: of several requests in parallel one begins a session.
    """
    school_id = _school_of(database, pending_token)
    with copies_reported(database), database.writing(school_id) as session:
        pending = session.get(PendingSignIn, hashed(pending_token), with_for_update=True)
        if pending is None:
            raise SecondStepOver
        account = session.get_one(Account, pending.person_id, with_for_update=True)
        count_for(session, account, visit)
        if may_sign_in(account) and is_right_factor(session, site, account.person_id, shown):
            session.delete(pending)
            SIGN_INS.labels("done").inc()
            ways = ("pwd", *AMR[shown.way], "mfa")
            _tell_of_paper(session, account.person_id, shown, visit)
            return begin_session(session, account, *ways, is_shared=pending.is_shared, visit=visit)
        _note_wrong(session, pending, visit)
        session.flush()
        session.expunge(account)
    note_failure(database, account, visit, WRONG_FACTOR)
    raise SecondStepWrong


def is_right_factor(
    session: SchoolSession, site: Site, person_id: UUID, shown: Shown, purpose: str = SECOND_STEP
) -> bool:
    """Whether what was shown proves the person; it is spent by that."""
    if shown.way == TOTP:
        return spend_totp(session, person_id, shown.code)
    if shown.way == RECOVERY:
        return spend_recovery_code(session, person_id, shown.code)
    answered_passkey(session, site, shown.credential or {}, purpose, person_id)
    return True


def second_step_options(database: Database, site: Site, pending_token: str) -> dict[str, Any]:
    """Return what a browser needs to take the second step with a passkey."""
    with database.reading(_school_of(database, pending_token)) as session:
        pending = session.get_one(PendingSignIn, hashed(pending_token))
        return request_options(session, site, SECOND_STEP, pending.person_id)


def sign_in_options(database: Database, site: Site) -> dict[str, Any]:
    """Return what a browser needs to sign in with whichever passkey it holds."""
    with database.reading(EVERY_SCHOOL) as session:
        return request_options(session, site, SIGN_IN)


def sign_in_by_passkey(
    database: Database, site: Site, credential: Mapping[str, Any], visit: Visit, *, is_shared: bool = False
) -> SignedIn:
    """Begin a session by a passkey alone: the device, and who unlocked it, are two factors."""
    known = select(Passkey.school_id).where(Passkey.credential_id == credential_id(credential))
    with database.reading(EVERY_SCHOOL) as session:
        school_id = session.scalar(known)
    if school_id is None:
        raise PasskeyRefused
    with copies_reported(database), database.writing(school_id) as session:
        passkey = answered_passkey(session, site, credential, SIGN_IN)
        account = session.get_one(Account, passkey.person_id, with_for_update=True)
        if not may_sign_in(account):
            raise PasskeyRefused
        SIGN_INS.labels("done").inc()
        return begin_session(session, account, *AMR[PASSKEY], "mfa", is_shared=is_shared, visit=visit)


def _school_of(database: Database, pending_token: str) -> UUID:
    with database.reading(EVERY_SCHOOL) as session:
        pending = session.get(PendingSignIn, hashed(pending_token))
    if pending is None or pending.made_at < now() - PENDING_LASTS:
        raise SecondStepOver
    return pending.school_id


def _note_wrong(session: SchoolSession, pending: PendingSignIn, visit: Visit) -> None:
    """Burn the token after five wrong codes, and tell the person that somebody knows their password."""
    pending.failures += 1
    if pending.failures >= PENDING_TRIES:
        session.delete(pending)
        tell_security(session, pending.person_id, SECOND_STEP_FAILED, visit)


def _tell_of_paper(session: SchoolSession, person_id: UUID, shown: Shown, visit: Visit) -> None:
    if shown.way == RECOVERY:
        tell_security(session, person_id, RECOVERY_USED, visit)
