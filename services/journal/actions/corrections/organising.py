"""What the deputy does about a request: who is to settle it, and whether a closed cell may be changed.

The deputy organises the correction and never writes on the page (clauses 3.7.2, 3.7.8).
"""

from uuid import UUID

from services.journal.actions.corrections.steps import locked_correction, note_step, unsettled
from services.journal.models import Correction
from services.journal.models.writers import writers_of
from services.journal.rules.corrections import APPROVED, ASSIGNED, WITHDRAWN
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Invalid, Text
from shared.events.journal_corrections import CorrectionApproved, CorrectionAssigned
from shared.outbox import publish


class MayNotSettle(Invalid):
    """Whoever is to settle it has to be able to write there."""

    title = Text("Этот человек не ведёт страницу", "This person does not write on the page")
    detail = Text(
        "Исправить запись может тот, кто дал урок, ведёт предмет или класс. Выберите одного из них.",
        "Whoever gave the lesson, teaches the subject or leads the class can correct it. Choose one of them.",
    )


def assign_correction(
    session: SchoolSession, actor: Actor, request_id: UUID, assignee_id: UUID
) -> Correction:
    """Give an unsettled request to somebody and tell them; giving it to whom it has changes nothing."""
    correction = unsettled(locked_correction(session, actor, request_id))
    if assignee_id not in writers_of(session, correction.page_id, correction.lesson_id, correction.pupil_id):
        raise MayNotSettle
    if correction.assignee_id != assignee_id:
        correction.assignee_id, correction.state = assignee_id, ASSIGNED
        note_step(session, actor, correction, ASSIGNED)
        told = CorrectionAssigned(request_id=correction.id, number=correction.number, assignee_id=assignee_id)
        publish(session, told)
    return correction


def approve_correction(
    session: SchoolSession, actor: Actor, request_id: UUID, *, is_standing: bool
) -> Correction:
    """Approve that the cell may be changed though its period is closed, or take that back.

    It stands until the request is settled, and opens this one cell alone.
    """
    correction = unsettled(locked_correction(session, actor, request_id))
    if (correction.approved_at is not None) != is_standing:
        correction.approved_at = now() if is_standing else None
        note_step(session, actor, correction, APPROVED if is_standing else WITHDRAWN)
        told = CorrectionApproved(
            request_id=correction.id,
            number=correction.number,
            assignee_id=correction.assignee_id,
            is_standing=is_standing,
        )
        publish(session, told)
    return correction
