"""The sheet of corrections (лист исправлений, clause 5.1): how its lines are worded."""

from datetime import date
from typing import NamedTuple

CORRECTED = "*"
"""Put after what was changed once its period had been closed."""

NOTHING = "—"

THINGS = {
    "mark": "отметка",
    "attendance": "посещаемость",
    "work": "вид работы",
    "topic": "тема",
    "homework": "домашнее задание",
}


class Correction(NamedTuple):
    """A line of the sheet, as it is printed."""

    on: str
    by: str
    pupil: str
    what: str
    was: str
    now: str
    why: str
    seq: int


def of_lesson(what: str, on: date) -> str:
    """Return what was changed in a lesson: «тема, 12.10»."""
    return f"{THINGS.get(what, what)}, {on:%d.%m}"


def why(reason: str | None, request_number: int | None, reopened_for: str | None) -> str:
    """Return why it was changed: in words, by which request, or for what the period was opened again."""
    said = [
        reason or "",
        f"обращение № {request_number}" if request_number else "",
        f"период открыт снова: {reopened_for}" if reopened_for else "",
    ]
    return "; ".join(filter(None, said)) or NOTHING


def work_said(kept: str | None, titles: dict[str, str]) -> str | None:
    """Return a work in words from what journal keeps: «control 5 Дроби» is «контрольная, вес 5, Дроби».

    After the weight stands m of internal monitoring, x of a work that does not count in the average.
    """
    if kept is None:
        return None
    kind, weight, *title = kept.split(" ", 2)
    said = [titles.get(kind, kind), f"вес {weight.rstrip('mx')}", *title]
    said += ["внутренний мониторинг"] if "m" in weight else []
    said += ["вне среднего"] if "x" in weight else []
    return ", ".join(said)
