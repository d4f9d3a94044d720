"""The clock over requests: a deputy is told of one that comes near its deadline, and of one over it."""

from uuid import UUID

from sqlalchemy import select

from services.journal.actions.corrections.steps import note_step
from services.journal.actions.schools import in_each_school
from services.journal.models import Correction
from services.journal.models.terms import term_rows_since
from services.journal.rules.corrections import ESCALATED, UNSETTLED
from services.journal.rules.deadlines import LATE, NEAR, Owed, Terms, statuses
from shared.clock import now
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.events.journal_corrections import CorrectionEscalated
from shared.outbox import publish
from shared.service import Runtime


def escalate_all(runtime: Runtime) -> None:
    """Look through the unsettled requests of every school."""
    with runtime.database.reading(EVERY_SCHOOL) as session:
        asked = select(Correction.school_id).where(Correction.state.in_(UNSETTLED)).distinct()
        schools = sorted(session.scalars(asked))
    in_each_school(runtime.database, schools, escalate)


def escalate(session: SchoolSession, school_id: UUID) -> None:
    """Tell of each unsettled request of a school that is near or late, of each state once."""
    asked = select(Correction).where(Correction.state.in_(UNSETTLED)).order_by(Correction.id)
    waiting = {one.id: one for one in session.scalars(asked.with_for_update())}
    if not waiting:
        return
    terms = Terms.of(*term_rows_since(session, [one.asked_at for one in waiting.values()]))
    for status in statuses((Owed("D5", one.id, one.asked_at) for one in waiting.values()), terms, now()):
        correction = waiting[status.about]
        if status.state in (NEAR, LATE) and correction.warned != status.state:
            correction.warned = status.state
            note_step(session, None, correction, ESCALATED, status.state)
            publish(session, _escalated(correction), school=school_id)


def _escalated(correction: Correction) -> CorrectionEscalated:
    return CorrectionEscalated(
        request_id=correction.id,
        number=correction.number,
        assignee_id=correction.assignee_id,
        state=correction.warned or "",
    )
