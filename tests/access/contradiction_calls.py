"""Valid requests about contradictions, and one in every class to ask about."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import update

from services.journal.actions.contradictions import About, accept_contradiction
from services.journal.models import Entry
from services.journal.rules.sentinel import ABSENT
from shared.auth import Actor
from tests.access.stage import Stage, Things

Given = dict[str, Any]


def contradict(stage: Stage, things: Things) -> None:
    """Let the pupil who has a mark be absent from the lesson."""
    cell = update(Entry).where(
        Entry.lesson_id == things.lesson_id, Entry.pupil_id == things.pupil_id, Entry.slot == 0
    )
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        session.execute(cell.values(value="н"))


def accept(stage: Stage, things: Things) -> UUID:
    """Let the class teacher have found that to be right."""
    contradict(stage, things)
    leader = things.of.leader_id
    actor = Actor(str(leader), things.school.id, leader, frozenset({"class_teacher"}))
    about = About(ABSENT, things.lesson_id, things.pupil_id)
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        return accept_contradiction(session, actor, about, things.school.text("Проверено"))


def _about(_stage: Stage, _caller: str, things: Things) -> Given:
    about = {"kind": ABSENT, "lesson_id": str(things.lesson_id), "pupil_id": str(things.pupil_id)}
    return {"json": about | {"note": "Писал работу позже"}}


def _form(*given: Any) -> Given:
    return {"data": _about(*given)["json"]}


OF_CONTRADICTIONS: dict[str, Callable[[Stage, str, Things], Given]] = {
    "journal POST /contradictions/acceptances": _about,
    "portal POST /contradictions/acceptances": _form,
}
