"""Valid requests about term-end marks."""

from collections.abc import Callable
from typing import Any

from tests.access.stage import Stage, Things

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]


def _finals(_stage: Stage, _caller: str, things: Things) -> Given:
    entries = [{"pupil_id": str(things.of.pupils[1]), "value": "5"}]
    return {
        "json": {"entries": entries, "reason": "Олимпиада"},
        "headers": {"If-Match": f'"{things.seq}"'},
    }


def _reason(_stage: Stage, _caller: str, _things: Things) -> Given:
    return {"json": {"reason": "Остальное допишут."}}


def _form(_stage: Stage, _caller: str, _things: Things) -> Given:
    return {"data": {"reason": "Остальное допишут."}}


OF_FINALS: dict[str, Maker] = {
    "journal POST /pages/<uuid:page_id>/finals/<column>": _finals,
    "journal POST /periods/<uuid:period_id>/closing": _reason,
    "portal POST /periods/<uuid:period_id>/closing": _form,
    "portal POST /journal/<uuid:page_id>/finals/<column>": _finals,
}
