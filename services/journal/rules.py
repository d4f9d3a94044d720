"""What the school decided: signs, works and their weights, the average, and how revisions are chained."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from shared.errors import Text

ATTENDANCE = {
    "н": Text("отсутствовал, причина не указана", "absent, reason unknown"),
    "б": Text("по болезни", "ill"),
    "уп": Text("по уважительной причине", "excused"),
    "нп": Text("без уважительной причины", "unexcused"),
    "оп": Text("опоздал", "late"),
}

SCALE = ("5", "4", "3", "2", "1", "зач", "незач", "осв", "н/а")
"""The marks of a school that has not told its own."""

TIME_ZONE = "Europe/Moscow"
"""Where a school is that has not told."""

MAX_SLOT = 9
MAX_WEIGHT = 10


class WorkType(NamedTuple):
    """A kind of work: its title and the weight it has unless the teacher says otherwise."""

    title: Text
    weight: int


# DOMAIN 2.2: the weights usual in schools' local acts.
WORK_TYPES = {
    "answer": WorkType(Text("ответ", "answer"), 1),
    "homework": WorkType(Text("домашняя работа", "homework"), 1),
    "independent": WorkType(Text("самостоятельная работа", "independent work"), 3),
    "practical": WorkType(Text("практическая работа", "practical work"), 3),
    "laboratory": WorkType(Text("лабораторная работа", "laboratory work"), 3),
    "project": WorkType(Text("проект", "project"), 3),
    "dictation": WorkType(Text("диктант", "dictation"), 3),
    "essay": WorkType(Text("сочинение", "essay"), 3),
    "test": WorkType(Text("тест", "test"), 3),
    "control": WorkType(Text("контрольная работа", "control work"), 5),
}
USUAL_WORK = "answer"


POINTS: dict[str | None, int] = {str(number): number for number in range(101)}
"""What the marks that are numbers count, on whatever scale."""


def average(marks: Iterable[tuple[str | None, int]]) -> str | None:
    """Return the weighted average of (value, weight) pairs, «4.44»; None when nothing counts.

    A = Σ(m·w) / Σw in whole numbers, rounded half up only here, for show (DOMAIN 2.2). Signs
    that are no number (зач, осв, н/а) do not count.
    """
    total = weights = 0
    for value, weight in marks:
        points = POINTS.get(value)
        if points is not None:
            total += points * weight
            weights += weight
    if not weights:
        return None
    hundredths = (200 * total + weights) // (2 * weights)
    return f"{hundredths // 100}.{hundredths % 100:02}"


class Change(NamedTuple):
    """One change of one thing on a page, before it becomes a revision."""

    what: str  # attendance | mark | work | topic | homework
    slot: int | None
    pupil_id: Any
    value: str | None
    was: str | None


START = "0" * 64
"""The hash before a page's first revision."""


def link(before: str, revision: Mapping[str, Any]) -> str:
    """Return a revision's hash: SHA-256 over the hash before it and its own canonical JSON.

    Canonical: keys sorted, no spaces, UTF-8, instants in UTC as RFC 3339; every column except the
    school's, which the page gives, and the hash itself.
    """
    said = {name: value for name, value in revision.items() if name not in ("hash", "school_id")}
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(before.encode() + text).hexdigest()


def work_text(type_: str, weight: int, title: str) -> str:
    """Return a work as revisions keep it: «control 5 Дроби»."""
    return f"{type_} {weight} {title}".rstrip()
