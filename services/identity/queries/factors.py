"""What people see of their own second factors and sign-ins."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.identity.models import FailedSignIn, Passkey, RecoveryCode, SignIn, TotpSeed
from services.identity.rules.devices import device_title
from services.identity.rules.factors import PASSKEY, PASSWORD, TOTP, TRIES_SHOWN
from shared.db import SchoolSession


def factors(session: SchoolSession, person_id: UUID) -> dict[str, Any]:
    """Return somebody's second factors; of secrets nothing."""
    since = select(TotpSeed.confirmed_at).where(TotpSeed.person_id == person_id, TotpSeed.seed.is_not(None))
    passkeys = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.made_at)
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return {
        "totp_since": session.scalar(since),
        "passkeys": session.scalars(passkeys).all(),
        "recovery_codes_left": session.scalar(left),
    }


def proof_ways(session: SchoolSession, person_id: UUID) -> list[str]:
    """Return by what somebody can prove again who they are."""
    known = factors(session, person_id)
    ways = ((PASSWORD, True), (TOTP, known["totp_since"]), (PASSKEY, known["passkeys"]))
    return [way for way, there in ways if there]


def sign_in_tries(session: SchoolSession, person_id: UUID) -> list[dict[str, Any]]:
    """Return the last sign-ins and failures under somebody's login, the latest first."""
    begun = select(SignIn.started_at, SignIn.device, SignIn.address).where(SignIn.person_id == person_id)
    failed = select(FailedSignIn.failed_at, FailedSignIn.device, FailedSignIn.address, FailedSignIn.why)
    tries = [
        (at, "done", device, address)
        for at, device, address in session.execute(
            begun.order_by(SignIn.started_at.desc()).limit(TRIES_SHOWN)
        )
    ]
    tries += [
        (at, why, device, address)
        for at, device, address, why in session.execute(
            failed.where(FailedSignIn.person_id == person_id)
            .order_by(FailedSignIn.failed_at.desc())
            .limit(TRIES_SHOWN)
        )
    ]
    return [
        {"at": at, "outcome": outcome, "device": device_title(device), "address": address}
        for at, outcome, device, address in sorted(tries, reverse=True)[:TRIES_SHOWN]
    ]
