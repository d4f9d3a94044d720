"""Sessions begun, at once or when the second step was taken."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete

from services.identity.actions.signing_in.factors import due_at_first_sign_in, second_step_ways
from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.security import NEW_DEVICE, is_new_device, tell_security
from services.identity.models import Account, Attempt, PendingSignIn, SignIn
from services.identity.rules.devices import Visit
from services.identity.rules.factors import PENDING_LASTS
from shared.clock import now
from shared.db import SchoolSession


@dataclass(frozen=True)
class SignedIn:
    """A session just begun; the token is told here and stored nowhere."""

    session_token: str
    school_id: UUID
    person_id: UUID
    must_change_password: bool


@dataclass(frozen=True)
class Waiting:
    """The password was right; one of these ways has to follow, with the token, which serves once."""

    pending_token: str
    school_id: UUID
    person_id: UUID
    ways: tuple[str, ...]


def first_step(
    session: SchoolSession, account: Account, *amr: str, is_shared: bool = False, visit: Visit | None = None
) -> SignedIn | Waiting:
    """Begin the session of somebody who has taken the first step, or ask for the second.

    Whatever stands for a password comes here: a code on paper and a letter bypass no second factor.
    """
    ways = second_step_ways(session, account.person_id)
    if not ways:
        return begin_session(session, account, *amr, is_shared=is_shared, visit=visit)
    token = secrets.token_urlsafe(32)
    session.add(
        PendingSignIn(
            token_sha256=hashed(token),
            school_id=account.school_id,
            person_id=account.person_id,
            made_at=now(),
            failures=0,
            is_shared=is_shared,
        )
    )
    return Waiting(token, account.school_id, account.person_id, ways)


def begin_session(
    session: SchoolSession, account: Account, *amr: str, is_shared: bool = False, visit: Visit | None = None
) -> SignedIn:
    """Begin a session of somebody who has proven themselves in full; failures so far are forgotten."""
    token, at, visit = secrets.token_urlsafe(32), now(), visit or Visit()
    if is_new_device(session, account.person_id, visit):
        tell_security(session, account.person_id, NEW_DEVICE, visit)
    due_at_first_sign_in(session, account)
    session.add(
        SignIn(
            school_id=account.school_id,
            person_id=account.person_id,
            token_sha256=hashed(token),
            started_at=at,
            used_at=at,
            proven_at=at,
            amr=list(dict.fromkeys(amr)),
            is_shared=is_shared,
            address=visit.address,
            device=visit.device,
        )
    )
    forgive(session, account.login, visit.address)
    return SignedIn(token, account.school_id, account.person_id, account.must_change)


def may_sign_in(account: Account) -> bool:
    """Whether an account is open: neither blocked nor closed."""
    return account.blocked_at is None and (account.password_hash is not None or account.must_change)


def place(login: str, address: str) -> str:
    """Return under what attempts of a login are counted at an address where it is known."""
    return f"{login}\n{address}"


def forgive(session: SchoolSession, login: str, address: str = "") -> None:
    """Forget the failures under a login, everywhere and here: its owner was here."""
    counted = [hashed(login), hashed(place(login, address))]
    session.execute(delete(Attempt).where(Attempt.login_sha256.in_(counted)))


def forget_pending(session: SchoolSession) -> None:
    """Forget sign-ins whose second step never came."""
    session.execute(delete(PendingSignIn).where(PendingSignIn.made_at < now() - PENDING_LASTS))
