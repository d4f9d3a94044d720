"""Codes on paper, letters to those who forgot, and when guessing is taken for an attack."""

from datetime import datetime, timedelta

CODE_LASTS = timedelta(days=10)
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # None that is mistaken for another on paper.
CODE_LENGTH = 17  # 31 letters: 84 bits; an 80-bit number never needs more.
CODE_PARTS = (4, 4, 4, 5)
SLIPS_AT_ONCE = 200  # A class with all parents, or the whole staff.

WRONG, EXPIRED_CODE, BLOCKED = "wrong", "expired", "blocked"
"""Why a sign-in failed; whoever tries is told the same, but for an old code they know."""

ADDRESS_WINDOW = timedelta(minutes=5)
ADDRESS_FAILURES = 50
KNOWN_FOR = timedelta(days=30)
"""Who signed in from an address lately is not kept out by others who guess there."""

ALARM_FAILURES = 300
"""So many failures in five minutes in the whole deployment: somebody guesses, from many addresses."""

ALARM_PAUSE = timedelta(hours=1)
FAILURES_KEPT = timedelta(days=90)
SUSPICIOUS_FAILURES = 5
SUSPICIOUS_FOR = timedelta(days=7)

WAITING, SENT, USED, NOBODY, EXPIRED = "waiting", "sent", "used", "nobody", "expired"
"""What became of a request for a letter."""

LINK_LASTS = timedelta(minutes=30)
REQUESTS_KEPT = timedelta(days=1)
RESET_WINDOW = timedelta(hours=1)
RESETS_PER_ADDRESS = 30  # A school's whole staff room shares one.
LETTERS_PER_PERSON = 3
RESET_RETRY = timedelta(seconds=30)


def code_text(number: int) -> str:
    """Write 80 bits as four groups of letters and digits: `k7mz-…`."""
    code = ""
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(CODE_LETTERS))
        code += CODE_LETTERS[digit]
    parts, at = [], 0
    for length in CODE_PARTS:
        parts.append(code[at : at + length])
        at += length
    return "-".join(parts)


def plain_code(typed: str) -> str | None:
    """Return a code as it is hashed, however it was typed; None for what cannot be one."""
    code = "".join(sign for sign in typed.casefold() if sign not in "- –—")
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) else None


STATES = ("none", "issued", "handed_over", "expired", "active", "blocked")


def account_state(
    *,
    is_blocked: bool,
    has_password: bool,
    code_expires_at: datetime | None,
    is_handed_over: bool,
    at: datetime,
) -> str:
    """Return how far somebody has come with the account, one of STATES (3.5.8)."""
    if is_blocked:
        return "blocked"
    if has_password:
        return "active"
    if code_expires_at is None:
        return "none"
    if code_expires_at < at:
        return "expired"
    return "handed_over" if is_handed_over else "issued"
