"""Valid requests about term-end marks."""

from collections.abc import Callable
from typing import Any

from services.journal.models import FinalMark
from services.journal.rules.finals import PERIOD
from tests.access.stage import Stage, Things

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]


def attest(stage: Stage, things: Things) -> None:
    """Let the pupil have a mark of the period."""
    place = {"page_id": things.page_id, "period_id": things.period_id, "slot": PERIOD}
    own = {"school_id": things.school.id, "pupil_id": things.pupil_id}
    mark = FinalMark(**place, **own, value="5", timing="in_time", seq=1)
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        session.add(mark)


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
