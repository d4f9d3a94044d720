"""Who has which second factors, and who has to have one."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update

from services.identity.models import Account, Passkey, RecoveryCode, Role, TotpSeed
from services.identity.rules.factors import PASSKEY, RECOVERY, TOTP, must_have_factor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Text


class LastFactor(Conflict):
    """Who has to have a second factor cannot take the last one away."""

    title = Text("Это последний второй шаг", "This is the last second step")
    detail = Text(
        "Вашей роли без второго шага нельзя. Сначала добавьте другой: приложение с кодами или ключ доступа.",
        "Your role needs a second step. Add another one first: an app with codes or a passkey.",
    )


def has_factor(session: SchoolSession, person_id: UUID) -> bool:
    """Whether somebody has a second factor."""
    seed = exists().where(TotpSeed.person_id == person_id, TotpSeed.seed.is_not(None))
    passkey = exists().where(Passkey.person_id == person_id)
    return bool(session.scalar(select(seed | passkey)))


def second_step_ways(session: SchoolSession, person_id: UUID) -> tuple[str, ...]:
    """Return by what somebody takes the second step after the password; nothing when they need none.

    Codes from an app are always asked for. Passkeys alone are a convenience to families: a password
    goes on to open what they had before. Of those who have to have a factor a passkey is asked for.
    """
    codes = session.scalar(
        select(func.count()).where(TotpSeed.person_id == person_id, TotpSeed.seed.is_not(None))
    )
    passkeys = session.scalar(select(func.count()).where(Passkey.person_id == person_id))
    if not codes and not (passkeys and is_bound(session, person_id)):
        return ()
    spare = session.scalar(
        select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    found = ((TOTP, codes), (PASSKEY, passkeys), (RECOVERY, spare))
    return tuple(way for way, number in found if number)


def is_bound(session: SchoolSession, person_id: UUID) -> bool:
    """Whether somebody has to have a second factor."""
    roles = frozenset(session.scalars(select(Role.role).where(Role.person_id == person_id)))
    return must_have_factor(roles, _policy(session)[0])


def due_at_first_sign_in(session: SchoolSession, account: Account) -> None:
    """Let the grace begin in which somebody without a second factor may put it off."""
    if account.factor_due_at is None and is_bound(session, account.person_id):
        account.factor_due_at = now() + _policy(session)[1]


def due_at(session: SchoolSession, person_id: UUID) -> datetime | None:
    """Return until when somebody may put off a second factor; None for those who need none or have one."""
    if not is_bound(session, person_id) or has_factor(session, person_id):
        return None
    account = session.get(Account, person_id)
    return account.factor_due_at if account else None


def is_due(session: SchoolSession, person_id: UUID, roles: frozenset[str], due: datetime | None) -> bool:
    """Whether somebody with these roles may do nothing more until they have a second factor."""
    if due is None or due > now() or not must_have_factor(roles, _policy(session)[0]):
        return False
    return not has_factor(session, person_id)


def keep_a_factor(session: SchoolSession, person_id: UUID) -> None:
    """Refuse what has just taken the last factor of somebody who has to have one."""
    session.flush()
    if is_bound(session, person_id) and not has_factor(session, person_id):
        raise LastFactor
    if not has_factor(session, person_id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def drop_factors(session: SchoolSession, person_id: UUID) -> None:
    """Take away all second factors; who has to have one enrols at the next sign-in."""
    for model in (TotpSeed, Passkey, RecoveryCode):
        session.execute(delete(model).where(model.person_id == person_id))
    due = update(Account).where(Account.person_id == person_id)
    session.execute(due.values(factor_due_at=now()))


def _policy(session: SchoolSession) -> tuple[str, timedelta]:
    policy: tuple[str, timedelta] = session.info.get("second_factor", ("offered", timedelta()))
    return policy
