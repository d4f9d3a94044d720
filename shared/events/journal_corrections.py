"""What journal tells of errors reported and corrected, and of contradictions found to be right."""

from uuid import UUID

from shared.events import event


@event("journal.correction.requested", subject="correction:request_id")
class CorrectionRequested:
    """Somebody reported an error in a cell, a topic or homework (clause 3.9.5)."""

    request_id: UUID
    number: int
    page_id: UUID
    lesson_id: UUID | None
    period_id: UUID | None
    pupil_id: UUID | None  # None: it is about the whole lesson.
    what: str
    assignee_id: UUID | None  # None: the deputy has to find somebody.


@event("journal.correction.assigned", subject="correction:request_id")
class CorrectionAssigned:
    """A deputy gave the request to somebody."""

    request_id: UUID
    number: int
    assignee_id: UUID


@event("journal.correction.approved", subject="correction:request_id")
class CorrectionApproved:
    """A deputy approved that a closed cell is changed, or took the approval back."""

    request_id: UUID
    number: int
    assignee_id: UUID | None
    is_standing: bool


@event("journal.correction.settled", subject="correction:request_id")
class CorrectionSettled:
    """The request was settled: the cell was put right, or the request was declined."""

    request_id: UUID
    number: int
    reporter_id: UUID
    outcome: str  # corrected | declined


@event("journal.correction.answered", subject="correction:request_id")
class CorrectionAnswered:
    """Who reported the error agreed to the outcome, or opened the request again, once."""

    request_id: UUID
    number: int
    assignee_id: UUID | None
    is_confirmed: bool


@event("journal.correction.escalated", subject="correction:request_id")
class CorrectionEscalated:
    """A request is near its deadline or over it (clause 3.7.8)."""

    request_id: UUID
    number: int
    assignee_id: UUID | None
    state: str  # near | late


@event("journal.contradiction.accepted", subject="contradiction:acceptance_id")
class ContradictionAccepted:
    """A class teacher found a contradiction to be right, or took that back (clause 4.2.1)."""

    acceptance_id: UUID
    lesson_id: UUID
    pupil_id: UUID
    kind: str
    is_standing: bool
