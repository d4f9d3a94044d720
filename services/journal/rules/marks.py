"""Signs, works and their weights, the average."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from services.journal.rules.parameters import dated, in_force
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

AWAITED = "•"
"""No mark yet: a work is awaited (задолженность), to be marked before a day (DOMAIN 2.1)."""

TIME_ZONE = "Europe/Moscow"
"""Where a school is that has not told."""

MAX_SLOT = 9
MAX_WEIGHT = 10


class WorkType(NamedTuple):
    """A kind of work: its title, the weight unless the teacher says otherwise, whether it is written."""

    title: Text
    weight: int
    is_written: bool = True


# DOMAIN 2.2: the weights usual in schools' local acts. What is written is due some days later (clause 3.6.4).
WORK_TYPES = {
    "answer": WorkType(Text("ответ", "answer"), 1, is_written=False),
    "homework": WorkType(Text("домашняя работа", "homework"), 1, is_written=False),
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


def works_on(told: str | None, day: date) -> Mapping[str, WorkType]:
    """Return the types of work a school has on a day; `told` is its own as the copy keeps them."""
    return in_force(_works(told), day, WORK_TYPES)


def reasons_on(told: str | None, day: date) -> Mapping[str, Text]:
    """Return the signs of attendance a school has on a day, with what they mean."""
    return in_force(_reasons(told), day, ATTENDANCE)


def work_titles(told: str | None) -> Mapping[str, Text]:
    """Return what every type of work is called that a school has, had or is to have."""
    own = {name: kind.title for _, kinds in _works(told) for name, kind in kinds.items()}
    return {name: kind.title for name, kind in WORK_TYPES.items()} | own


@lru_cache(maxsize=256)  # A page is opened far more often than a parameter is set.
def _works(told: str | None) -> Sequence[tuple[date, Mapping[str, WorkType]]]:
    return [(from_on, {row["type"]: _work_type(row) for row in rows}) for from_on, rows in dated(told)]


def _work_type(row: Mapping[str, Any]) -> WorkType:
    # A row may say nothing of being written: then it is what its type usually is.
    usual = WORK_TYPES.get(row["type"], WORK_TYPES[USUAL_WORK]).is_written
    return WorkType(Text(row["ru"], row["en"]), row["weight"], row.get("written", usual))


@lru_cache(maxsize=256)
def _reasons(told: str | None) -> Sequence[tuple[date, Mapping[str, Text]]]:
    return [
        (from_on, {row["sign"]: Text(row["ru"], row["en"]) for row in rows}) for from_on, rows in dated(told)
    ]


POINTS: dict[str | None, int] = {str(number): number for number in range(101)}
"""What the marks that are numbers count, on whatever scale."""


def simple_average(marks: Iterable[tuple[str | None, int]]) -> str | None:
    """Return the average of the same pairs in which each mark that counts counts alike."""
    return average((value, 1) for value, weight in marks if weight)


def average(marks: Iterable[tuple[str | None, int]]) -> str | None:
    """Return the weighted average of (value, weight) pairs, «4.44»; None when nothing counts.

    A = Σ(m·w) / Σw in whole numbers, rounded half up only here, for show (DOMAIN 2.2). Signs
    that are no number (зач, осв, н/а, •) do not count.
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
