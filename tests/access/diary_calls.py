"""Valid requests about remarks."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from services.journal.actions.portfolio import Facts, add_to_portfolio
from services.journal.actions.remarks import Said, remark_on_page
from shared.auth import Actor
from tests.access.stage import Stage, Things

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]

ENTRY = {"section": "sport", "level": "school", "title": "Кросс", "held_on": "2026-04-01"}
PRAISE = {"kind": "praise", "audience": "family", "text": "Помог убрать класс."}


def write_remark(stage: Stage, things: Things) -> UUID:
    """Let the teacher have written to the pupil's family."""
    school, own = things.school, things.of
    teacher = Actor(str(own.teacher_id), school.id, own.teacher_id, frozenset({"teacher"}))
    said = Said("remark", "family", school.text("Не принёс тетрадь"))
    with stage.world.runtimes["journal"].database.writing(school.id) as session:
        return remark_on_page(session, teacher, things.page_id, own.pupils[0], said, None).id


def propose_entry(stage: Stage, things: Things) -> UUID:
    """Let the pupil have proposed an achievement."""
    school, pupil_id = things.school, things.pupil_id
    pupil = Actor(str(pupil_id), school.id, pupil_id, frozenset({"pupil"}))
    facts = Facts("olympiad", "school", school.text("Олимпиада"), "", date(2026, 3, 1), "")
    with stage.world.runtimes["journal"].database.writing(school.id) as session:
        return add_to_portfolio(session, pupil, pupil_id, facts, ()).id


def _new(_: Stage, __: str, things: Things) -> Given:
    return {"json": PRAISE | {"pupil_id": str(things.pupil_id)}}


def _form(_: Stage, __: str, things: Things) -> Given:
    return {"data": PRAISE | {"pupil_id": str(things.pupil_id)}}


def _seen(**body: str) -> Maker:
    return lambda *_: {"json": {**body, "reason": "описка"}, "headers": {"If-Match": '"1"'}}


OF_DIARIES: dict[str, Maker] = {
    "journal POST /pages/<uuid:page_id>/remarks": _new,
    "journal POST /groups/<uuid:group_id>/remarks": _new,
    "journal PUT /remarks/<uuid:remark_id>": _seen(**PRAISE),
    "journal DELETE /remarks/<uuid:remark_id>": _seen(),
    "journal POST /portfolio": lambda _, __, things: {"json": ENTRY | {"pupil_id": str(things.pupil_id)}},
    "journal PUT /portfolio/<uuid:entry_id>": lambda *_: {"json": ENTRY, "headers": {"If-Match": '"1"'}},
    "journal DELETE /portfolio/<uuid:entry_id>": _seen(),
    "journal POST /portfolio/<uuid:entry_id>/decision": lambda *_: {
        "json": {"is_verified": True},
        "headers": {"If-Match": '"1"'},
    },
    "portal POST /diary/portfolio": lambda *_: {"data": ENTRY},
    "portal POST /diary/portfolio/<uuid:entry_id>": lambda *_: {"data": {**ENTRY, "seen": "1"}},
    "portal POST /diary/portfolio/<uuid:entry_id>/removal": lambda *_: {
        "data": {"seen": "1", "reason": "ошибка"}
    },
    "portal POST /diary/portfolio/<uuid:entry_id>/decision": lambda *_: {
        "data": {"seen": "1", "verified": "1"}
    },
    "portal POST /journal/<uuid:page_id>/remarks": _form,
    "portal POST /classes/<uuid:group_id>/remarks": _form,
    "portal POST /remarks/<uuid:remark_id>": lambda *_: {"data": {**PRAISE, "reason": "описка", "seen": "1"}},
}
