"""What the services tell of requests about people, each in a log of its own: identity keeps them all.

Ids only. A log apart (`journal-access`), because there are many and nobody else has to hear them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.events import event, row


@row
class NotedRequest:
    """One answered request: who, when, from where, what, about whom, with what result."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    client_id: str | None
    session_id: UUID | None
    address: str
    action: str  # As the policy calls it.
    endpoint: str
    about: UUID | None  # A person, or a circle of several.
    persons: int
    group_id: UUID | None
    status: int
    request_id: str
    facts: str  # JSON: further ids the request named, counts.


@row
class NotedCircle:
    """Several people seen in one answer, told once for all notes of the event that name them."""

    id: UUID
    person_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class RequestsNoted:
    """A service answered requests about people; each is told once, some seconds afterwards."""

    school_id: UUID
    notes: list[NotedRequest]
    circles: list[NotedCircle]


@event("schedule-access.requests.noted", subject="school:school_id", personal=True)
class ScheduleRequestsNoted(RequestsNoted):
    """Requests that schedule answered: a pupil's lessons, absences, calendars."""


@event("journal-access.requests.noted", subject="school:school_id", personal=True)
class JournalRequestsNoted(RequestsNoted):
    """Requests that the journal answered: pages, diaries, marks."""


@event("reporting-access.requests.noted", subject="school:school_id", personal=True)
class ReportingRequestsNoted(RequestsNoted):
    """Requests that reporting answered: pages and their print."""


@event("notify-access.requests.noted", subject="school:school_id", personal=True)
class NotifyRequestsNoted(RequestsNoted):
    """Requests that notify answered: notices and wishes."""


NOTED: dict[str, type[RequestsNoted]] = {
    "schedule": ScheduleRequestsNoted,
    "journal": JournalRequestsNoted,
    "reporting": ReportingRequestsNoted,
    "notify": NotifyRequestsNoted,
}
"""By the service that tells it."""
