"""What stands in slot 0: signs of absence, and lateness with its minutes."""

import re
from collections.abc import Mapping

from shared.errors import Text

UNRESOLVED = "н"
"""Absent, and nobody has said why yet: the class teacher finds out (clause 4.2.2)."""

ILL = "б"
LATE = "оп"
LATE_BY = re.compile(rf"{LATE} ([1-9]\d?)")
"""Late by so many minutes: «оп 10»."""


def is_sign(value: str, reasons: Mapping[str, Text]) -> bool:
    """Whether a value may stand in slot 0 of a school with these reasons."""
    return value in reasons or (LATE in reasons and bool(LATE_BY.fullmatch(value)))


def is_absence(value: str | None) -> bool:
    """Whether a value says that the pupil was not there; who came late was."""
    return value is not None and not is_late(value)


def is_late(value: str | None) -> bool:
    """Whether a value says that the pupil came late."""
    return value is not None and (value == LATE or value.startswith(f"{LATE} "))


def minutes_late(value: str | None) -> int:
    """Return by how many minutes somebody was late; 0 when nobody has said."""
    found = LATE_BY.fullmatch(value or "")
    return int(found[1]) if found else 0
