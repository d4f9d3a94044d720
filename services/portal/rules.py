"""How long a browser stays signed in (SECURITY 15), and how staff is told from families."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

STAFF = frozenset({"operator", "teacher", "educator", "class_teacher", "deputy", "director"})
FAMILY = frozenset({"pupil", "parent"})


class Life(NamedTuple):
    """How long a session lives unused, and how long at most."""

    idle: timedelta
    whole: timedelta


STAFF_LIFE = Life(timedelta(minutes=30), timedelta(hours=12))
FAMILY_LIFE = Life(timedelta(days=14), timedelta(days=60))


def life_of(roles: Iterable[str]) -> Life:
    """Return the lifetime for a person's roles: whoever may change marks gets the short one."""
    return FAMILY_LIFE if STAFF.isdisjoint(roles) else STAFF_LIFE
