"""Who guesses: failures by address, and the alarm when the whole deployment is tried.

Accounts are slowed in `sign_in.py`. Successes are not limited: a school's classes sign in together
from one address.
"""

from datetime import datetime
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, func, select

from services.identity.actions.signing_in.security import ATTACK, tell_security
from services.identity.models import Account, Alarm, FailedSignIn, Role, SignIn
from services.identity.rules.credentials import (
    ADDRESS_FAILURES,
    ADDRESS_WINDOW,
    ALARM_FAILURES,
    ALARM_PAUSE,
    FAILURES_KEPT,
    KNOWN_FOR,
)
from services.identity.rules.devices import Visit, network_of
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Text, TooSoon
from shared.ids import new_id

SIGN_INS = Counter(
    "parta_sign_ins_total",
    "Sign-ins by result: done, failed, slowed (too soon for the account), kept_out (the address). "
    "Worry when failed grows faster than done: somebody guesses.",
    ("result",),
)

log = structlog.get_logger()


class TooManyFailures(TooSoon):
    """Too many sign-ins failed at one address; others there who have signed in before are let in."""

    title = Text("Слишком много неудачных входов", "Too many failed sign-ins")
    detail = Text(
        "С этого адреса много раз ввели неверный пароль. Подождите {seconds} с и попробуйте снова.",
        "Wrong passwords were typed many times from this address. Wait {seconds} s and try again.",
    )


def is_known_at(session: SchoolSession, account: Account | None, address: str) -> bool:
    """Whether somebody signed in from an address lately; asks alike for a login nobody has."""
    asked = select(SignIn.id).where(
        SignIn.person_id == (account.person_id if account else None),
        SignIn.address == address,
        SignIn.started_at > now() - KNOWN_FOR,
    )
    return session.scalar(asked.limit(1)) is not None and address != ""


def seconds_kept_out(session: SchoolSession, address: str) -> int:
    """Return for how long an address is refused: until less than fifty failures are five minutes old."""
    asked = (
        select(FailedSignIn.failed_at)
        .where(FailedSignIn.network == network_of(address), FailedSignIn.failed_at > now() - ADDRESS_WINDOW)
        .order_by(FailedSignIn.failed_at.desc())
        .offset(ADDRESS_FAILURES - 1)
        .limit(1)
    )
    fiftieth = session.scalar(asked)
    if fiftieth is None or not address:
        return 0
    return max(1, int((fiftieth + ADDRESS_WINDOW - now()).total_seconds()))


def note_failure(database: Database, account: Account | None, visit: Visit, why: str) -> None:
    """Write down an attempt that was judged and failed; the same for a login nobody has."""
    SIGN_INS.labels("failed").inc()
    with database.writing(EVERY_SCHOOL) as session:
        session.add(
            FailedSignIn(
                id=new_id(),
                school_id=account.school_id if account else None,
                person_id=account.person_id if account else None,
                failed_at=now(),
                network=network_of(visit.address),
                address=visit.address,
                device=visit.device,
                why=why,
            )
        )


def raise_alarm(database: Database) -> bool:
    """Tell every operator when failures pass the threshold, once an hour; returns whether it was raised."""
    with database.writing(EVERY_SCHOOL) as session:
        at = now()
        recent = select(func.count()).select_from(FailedSignIn)
        failures = session.scalar(recent.where(FailedSignIn.failed_at > at - ADDRESS_WINDOW)) or 0
        last = session.scalar(select(func.max(Alarm.raised_at)))
        if failures < ALARM_FAILURES or (last is not None and at - last < ALARM_PAUSE):
            return False
        session.add(Alarm(raised_at=at, failures=failures))
        for person_id, school_id in _operators(session):
            tell_security(session, person_id, ATTACK, school=school_id)
    log.warning("sign_ins.attacked", failures=failures, minutes=ADDRESS_WINDOW.seconds // 60)
    return True


def _operators(session: SchoolSession) -> list[tuple[UUID, UUID]]:
    found = select(Role.person_id, Role.school_id).where(Role.role == "operator")
    return [(person_id, school_id) for person_id, school_id in session.execute(found)]


def forget_failures(session: SchoolSession, at: datetime) -> None:
    """Forget failures of a quarter of a year ago."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.failed_at < at - FAILURES_KEPT))
