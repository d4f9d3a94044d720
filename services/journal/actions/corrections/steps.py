"""One request under the hand of whoever moves it: found, locked, and its steps written down."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from services.journal.models import Correction, CorrectionStep
from services.journal.models.correction_relations import leads_request, on_requests, requests
from services.journal.models.relations import TABLES, run
from services.journal.rules.access import reads_all
from services.journal.rules.corrections import UNSETTLED
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text


class CorrectionOver(Conflict):
    """The request is settled, so nothing more is done about it."""

    title = Text("Обращение уже закрыто", "The request is settled already")
    detail = Text(
        "По обращению № {number} решение принято. Если ошибка осталась, подавший может открыть его снова.",
        "Request No. {number} has been settled. If the error is still there, its reporter may open it again.",
    )


def locked_correction(session: SchoolSession, actor: Actor, request_id: UUID) -> Correction:
    """Return a request the caller may see, locked until the commit; NotFound for any other."""
    found = session.get(Correction, request_id, with_for_update=True, populate_existing=True)
    if found is None or not (actor.person_id == found.author_id or handles(session, actor, found)):
        raise NotFound
    return found


def handles(session: SchoolSession, actor: Actor, correction: Correction) -> bool:
    """Whether the caller is of those who handle the request, and so may know who reported it."""
    is_own = actor.person_id is not None and actor.person_id == correction.assignee_id
    return is_own or reads_all(actor) or leads(session, actor, correction)


def leads(session: SchoolSession, actor: Actor, correction: Correction) -> bool:
    """Whether the caller is the class teacher of the page's class, or of several of the pupil's."""
    asked = select(leads_request).select_from(on_requests).where(requests.c.id == correction.id)
    return bool(run(session, asked, me=actor.person_id).scalar())


def unsettled(correction: Correction) -> Correction:
    """Return the request if it is still to be settled; raises CorrectionOver."""
    if correction.state not in UNSETTLED:
        raise CorrectionOver(number=correction.number)
    return correction


def note_step(
    session: SchoolSession, actor: Actor | None, correction: Correction, step: str, note: str | None = None
) -> None:
    """Write a step of a locked request down, with who is to settle it from now on."""
    before: Any = select(func.count()).where(CorrectionStep.correction_id == correction.id)
    session.add(
        CorrectionStep(
            school_id=correction.school_id,
            correction_id=correction.id,
            number=(session.scalar(before) or 0) + 1,
            step=step,
            actor_id=actor.person_id if actor else None,
            at=now(),
            note=note,
            assignee_id=correction.assignee_id,
        )
    )


def move_requests(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    """Let the requests of a merged person, and what they have done about others, be the kept one's."""
    requests, steps = TABLES["corrections"].c, TABLES["correction_steps"].c
    for column in (
        requests.author_id,
        requests.pupil_id,
        requests.assignee_id,
        steps.actor_id,
        steps.assignee_id,
    ):
        theirs = update(column.table).where(column == merged_id)
        session.execute(theirs.values({column.name: kept_id}))


def forget_requests(session: SchoolSession, person_ids: Sequence[UUID]) -> None:
    """Forget the words of requests by the erased or about them; that there were such stays."""
    requests, steps = TABLES["corrections"], TABLES["correction_steps"]
    theirs = or_(requests.c.author_id.in_(person_ids), requests.c.pupil_id.in_(person_ids))
    said = steps.c.correction_id.in_(select(requests.c.id).where(theirs))
    session.execute(update(steps).where(said).values(note=None))
    session.execute(update(requests).where(theirs).values(text=""))
