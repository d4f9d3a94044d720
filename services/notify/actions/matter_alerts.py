"""People are told of what is asked of them or answered to them: corrections, and answers to tasks.

As in `mark_alerts.py` a reaction only writes notices, and each is written once. Mail says no more
than that it happened: what was reported or replied is read in the journal.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from services.notify.actions.mark_alerts import notice_row, time_zone
from services.notify.actions.merging import kept_people
from services.notify.models import Deputy, Matter, Notice, table_of
from services.notify.rules import is_news
from shared.bulk import insert_rows, upsert_latest
from shared.clock import now, today
from shared.db import SchoolSession
from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.journal_corrections import (
    CorrectionAnswered,
    CorrectionApproved,
    CorrectionAssigned,
    CorrectionEscalated,
    CorrectionRequested,
    CorrectionSettled,
)
from shared.events.journal_diary import AnswerReplied
from shared.service import Received

DEPUTY = "deputy"


class _Told(NamedTuple):
    """What an event says, and to whom."""

    event: Received[Any]
    what: str
    about_id: UUID
    recipients: Iterable[UUID]
    number: int | None = None
    subject_id: UUID | None = None


def alert_of_assignments(
    session: SchoolSession, received: Sequence[Received[CorrectionRequested] | Received[CorrectionAssigned]]
) -> None:
    """Tell whoever is to settle a request, be it found by the journal or chosen by a deputy."""
    _tell(session, [_request(one, "assigned", one.told.assignee_id) for one in received])


def alert_of_approvals(session: SchoolSession, received: Sequence[Received[CorrectionApproved]]) -> None:
    """Tell whoever is to settle a request that its closed cell may be changed now."""
    standing = [one for one in received if one.told.is_standing]
    _tell(session, [_request(one, "approved", one.told.assignee_id) for one in standing])


def alert_of_reopenings(session: SchoolSession, received: Sequence[Received[CorrectionAnswered]]) -> None:
    """Tell whoever settled a request that it is open again."""
    reopened = [one for one in received if not one.told.is_confirmed]
    _tell(session, [_request(one, "reopened", one.told.assignee_id) for one in reopened])


def alert_of_settlements(session: SchoolSession, received: Sequence[Received[CorrectionSettled]]) -> None:
    """Tell whoever reported an error what came of it."""
    _tell(session, [_request(one, one.told.outcome, one.told.reporter_id) for one in received])


def alert_of_escalations(session: SchoolSession, received: Sequence[Received[CorrectionEscalated]]) -> None:
    """Tell the deputies of a request that comes near its deadline or is over it (clause 3.7.8)."""
    deputies = session.scalars(select(Deputy.person_id)).all()
    _tell(session, [_request(one, one.told.state, *deputies) for one in received])


def alert_of_replies(session: SchoolSession, received: Sequence[Received[AnswerReplied]]) -> None:
    """Tell a pupil that an answer was accepted or is to be done again."""
    told = [
        _Told(
            one,
            "answer.returned" if one.told.is_returned else "answer.accepted",
            one.told.task_id,
            [one.told.pupil_id],
            subject_id=one.told.subject_id,
        )
        for one in received
    ]
    _tell(session, told)


def _request(one: Received[Any], what: str, *recipients: UUID | None) -> _Told:
    known = [who for who in recipients if who is not None]
    return _Told(one, f"correction.{what}", one.told.request_id, known, number=one.told.number)


def _tell(session: SchoolSession, told: Sequence[_Told]) -> None:
    zone = time_zone(session)
    current, school_zone = today(zone), ZoneInfo(zone)
    recent = [one for one in told if is_news(one.event.time.astimezone(school_zone).date(), current)]
    heard = select(Matter.event_id).where(Matter.event_id.in_([one.event.id for one in recent]))
    known = set(session.scalars(heard))
    fresh = [one for one in recent if one.event.id not in known]
    kept = kept_people(session, {who for one in fresh for who in one.recipients})
    insert_rows(session, table_of(Matter), [_row(one) for one in fresh])
    at = now()
    notices = [
        notice_row(one.event.school_id, one.event.id, who, who, at)
        for one in fresh
        for who in sorted({kept[who] for who in one.recipients})
    ]
    insert_rows(session, table_of(Notice), notices)


def _row(one: _Told) -> dict[str, Any]:
    return {
        "school_id": one.event.school_id,
        "event_id": one.event.id,
        "what": one.what,
        "about_id": one.about_id,
        "number": one.number,
        "subject_id": one.subject_id,
        "told_at": one.event.time,
    }


def enter_deputies(session: SchoolSession, received: Sequence[Received[RoleGranted]]) -> None:
    """Keep who is a deputy."""
    granted = [one for one in received if one.told.role == DEPUTY]
    kept = kept_people(session, {one.told.person_id for one in granted})
    rows = [{"school_id": one.school_id, "person_id": kept[one.told.person_id]} for one in granted]
    upsert_latest(session, table_of(Deputy), rows, ("person_id",))


def dismiss_deputies(session: SchoolSession, received: Sequence[Received[RoleRevoked]]) -> None:
    """Tell former deputies nothing more."""
    former = [one.told.person_id for one in received if one.told.role == DEPUTY]
    session.execute(delete(Deputy).where(Deputy.person_id.in_(former)))
