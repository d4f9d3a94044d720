"""How long sessions, tokens and keys last."""

from datetime import timedelta

from services.identity.rules.roles import STAFF

TOKEN_LASTS = timedelta(minutes=5)
USE_NOTED_EVERY = timedelta(minutes=1)
TOKEN_MAY_LIVE = TOKEN_LASTS + 2 * USE_NOTED_EVERY  # After the use that was noted last.
KEY_SIGNS = timedelta(days=90)
RETIRED_KEY_SHOWN = timedelta(hours=1)  # Longer than a token lives and a key ring is kept.


def session_limits(roles: frozenset[str], *, is_shared: bool = False) -> tuple[timedelta, timedelta]:
    """Return how long a session may lie idle and how long it may last in all (SECURITY 15).

    `is_shared` is one on a computer that others use, too.
    """
    if is_shared:
        return timedelta(minutes=10), timedelta(hours=12)
    if roles & STAFF:
        return timedelta(minutes=30), timedelta(hours=12)
    return timedelta(days=14), timedelta(days=60)
