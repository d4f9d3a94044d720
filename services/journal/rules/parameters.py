"""What a school sets for itself holds from a day on; before it, the default does."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

import orjson

V = TypeVar("V")


def dated(told: str | None) -> Iterable[tuple[date, Any]]:
    """Return the values of a parameter with the days they hold from; None when nothing was set."""
    return ((date.fromisoformat(day), value) for day, value in orjson.loads(told or "[]"))


def parameter_on(told: str | None, day: date, default: V) -> V:
    """Return a parameter's value on a day; `told` is what the copy keeps of it, None when nothing was set."""
    held: V = in_force(dated(told), day, default)
    return held


def in_force(values: Iterable[tuple[date, V]], day: date, default: V) -> V:
    """Return the value that holds on a day; the values come in order of their days."""
    held = default
    for from_on, value in values:
        held = value if from_on <= day else held
    return held
