"""How changes become revisions, and revisions a chain."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson


class Change(NamedTuple):
    """One change of one thing on a page, before it becomes a revision."""

    what: str  # attendance | mark | due | work | comment | topic | homework | task | final
    slot: int | None
    pupil_id: Any
    value: str | None
    was: str | None
    period_id: Any = None


START = "0" * 64
"""The hash before a page's first revision."""

LATER = ("period_id", "request_id", "erased_at", "lesson_on")
"""Columns that the first revisions did not have: where they are empty, the hash does not know them."""


ERASABLE = ("comment", "task")
"""Kinds that are words about one pupil: they go when the pupil is erased. Marks and absences never do."""


def link(before: str, revision: Mapping[str, Any]) -> str:
    """Return a revision's hash: SHA-256 over the hash before it and its own canonical JSON.

    Canonical: keys sorted, no spaces, UTF-8, instants in UTC as RFC 3339; every column except the
    school's, which the page gives, the hash itself, and those of `LATER` that are empty.
    """
    said = {
        name: value
        for name, value in revision.items()
        if name not in ("hash", "school_id") and not (value is None and name in LATER)
    }
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(before.encode() + text).hexdigest()


def work_text(
    type_: str, weight: int, title: str, *, is_monitoring: bool = False, counts: bool = True
) -> str:
    """Return a work as revisions keep it: «control 5 Дроби»; «5m» is of monitoring, «5x» does not count."""
    signs = ("m" if is_monitoring else "") + ("" if counts else "x")
    return f"{type_} {weight}{signs} {title}".rstrip()


def is_erased(revision: Any) -> bool:
    """Whether a revision's words are gone rightly: its hash can be taken on trust, and is by the next one."""
    is_empty = revision.value is None and revision.was is None and revision.pupil_id is not None
    return revision.erased_at is not None and revision.what in ERASABLE and is_empty
