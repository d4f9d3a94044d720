"""Second factors: who has to have one, and how long what belongs to them lasts."""

from datetime import timedelta

from services.identity.rules.roles import STAFF

LEADERS = frozenset({"operator", "director", "deputy"})
"""Whoever sees or changes the data of all (SECURITY 6)."""

WHO_MUST = {"leaders": LEADERS, "staff": STAFF, "offered": frozenset[str]()}
"""By PARTA_SECOND_FACTOR."""

PASSWORD, TOTP, RECOVERY, PASSKEY = "password", "totp", "recovery", "passkey"
"""The ways to prove oneself; all but the first are second steps, too."""

AMR = {PASSWORD: ("pwd",), TOTP: ("otp",), RECOVERY: ("otp",), PASSKEY: ("pop", "user")}
"""What a token says of them (RFC 8176)."""

FACTOR_ADDED, FACTOR_REMOVED, FACTORS_RESET = "factor_added", "factor_removed", "factors_reset"
CODES_RENEWED, RECOVERY_USED = "recovery_codes_renewed", "recovery_code_used"
SECOND_STEP_FAILED, PASSKEY_COPIED = "second_step_failed", "passkey_copied"
"""What people are told of their second factors, in `identity.security.noticed`."""

WRONG_FACTOR = "second step"
"""Why a sign-in failed whose password was right."""

STEP_SECONDS = 30
STEPS_OFF = 1  # How far a phone's clock may be off, in steps, either way.
PENDING_LASTS = timedelta(minutes=5)
PENDING_TRIES = 5
CHALLENGE_LASTS = timedelta(minutes=5)
RECOVERY_CODES = 10
PASSKEYS_MOST = 20
TRIES_SHOWN = 20


def must_have_factor(roles: frozenset[str], who: str) -> bool:
    """Whether people with these roles have to have a second factor."""
    return not roles.isdisjoint(WHO_MUST[who])
