"""How long a browser stays signed in (SECURITY 15)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from shared.policy import STAFF


class Life(NamedTuple):
    """How long a session lives unused, and how long at most."""

    idle: timedelta
    whole: timedelta


STAFF_LIFE = Life(timedelta(minutes=30), timedelta(hours=12))
FAMILY_LIFE = Life(timedelta(days=14), timedelta(days=60))


SHARED_LIFE = Life(timedelta(minutes=10), timedelta(hours=12))


def life_of(roles: Iterable[str], *, is_shared: bool = False) -> Life:
    """Return the lifetime for a person's roles: whoever may change marks gets the short one.

    On a computer that others use, too, anybody gets the shortest.
    """
    if is_shared:
        return SHARED_LIFE
    return FAMILY_LIFE if STAFF.isdisjoint(roles) else STAFF_LIFE
