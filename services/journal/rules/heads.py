"""How the heads of all pages of a school become one digest a day, and the days a chain."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

FORMAT = "parta-heads-1"
START = "0" * 64
"""The digest before a school's first day."""


def digest_of_day(school_id: UUID, day: date, before: str, heads: Iterable[Iterable[Any]]) -> str:
    """Return the SHA-256 of a day's text, which anybody can write down and digest again.

    Its lines, each ended by a line feed: the format, the school, the day, the digest of the day
    before, then for every page its id, group, subject, year, seq and head, parted by a space and in
    the order of these lines.
    """
    lines = sorted(" ".join(map(str, head)) for head in heads)
    text = "".join(f"{line}\n" for line in (FORMAT, school_id, day, before, *lines))
    return hashlib.sha256(text.encode()).hexdigest()
