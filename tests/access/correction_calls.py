"""Valid requests about errors reported, and the errors everybody has reported before."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.journal.actions.corrections.reported_cells import Cell
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.corrections.settling import settle_correction
from shared.auth import Actor
from tests.access.stage import Stage, Things

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]
REPORTERS = ("teacher", "class_teacher", "deputy", "pupil", "parent")


def report_errors(stage: Stage, things: Things) -> dict[str, UUID]:
    """Let each of those who may have reported the mark of the class's first pupil."""
    cell = Cell("mark", things.lesson_id, slot=1, pupil_id=things.pupil_id)
    reported = {}
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        for role in REPORTERS:
            who = _somebody(things, role)
            reported[role] = report_error(session, who, cell, things.school.text("Ошибка")).id
    return reported


def _somebody(things: Things, role: str) -> Actor:
    own = things.of
    ids = {
        "teacher": own.teacher_id,
        "class_teacher": own.leader_id,
        "deputy": things.school.people["deputy"],
        "pupil": own.pupils[0],
        "parent": own.guardian_id,
    }
    return Actor(role, things.school.id, ids[role], frozenset({role}))


def settle(stage: Stage, things: Things) -> None:
    """Let the teacher have declined whatever was reported."""
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        for correction_id in things.corrections.values():
            settle_correction(session, _somebody(things, "teacher"), correction_id, "declined", "Всё верно")


def _report(_stage: Stage, _caller: str, things: Things) -> Given:
    about = {"lesson_id": str(things.lesson_id), "pupil_id": str(things.pupil_id)}
    return {"json": about | {"what": "homework", "text": "Задание не то"}}


OF_CORRECTIONS: dict[str, Maker] = {
    "journal POST /corrections": _report,
    "journal PUT /corrections/<uuid:correction_id>/assignment": lambda _, __, things: {
        "json": {"assignee_id": str(things.of.leader_id)}
    },
    "journal PUT /corrections/<uuid:correction_id>/settlement": lambda *_: {
        "json": {"outcome": "declined", "note": "Верно"}
    },
    "journal PUT /corrections/<uuid:correction_id>/answer": lambda *_: {"json": {"is_confirmed": True}},
    "portal POST /corrections": lambda *given: {"data": _report(*given)["json"]},
    "portal POST /corrections/<uuid:correction_id>/assignment": lambda _, __, things: {
        "data": {"assignee_id": str(things.of.leader_id)}
    },
    "portal POST /corrections/<uuid:correction_id>/settlement": lambda *_: {
        "data": {"outcome": "declined", "note": "Верно"}
    },
    "portal POST /corrections/<uuid:correction_id>/answer": lambda *_: {"data": {"confirm": "1"}},
    "portal POST /corrections/<uuid:correction_id>/change": lambda _, __, things: {
        "data": {"value": "4", "seen": f'"{things.seq}"'}
    },
}
