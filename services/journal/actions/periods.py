"""Closing a period, after which its lessons take no changes, and opening it again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from services.journal.actions.turning import turn
from services.journal.models import Closing, Page, Period, Year
from services.journal.models.relations import lessons, pages
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text
from shared.events.journal import PeriodClosed, PeriodReopened
from shared.ids import new_id
from shared.outbox import publish


class PeriodOpen(Conflict):
    """The period is not closed, so it cannot be opened again."""

    title = Text("Период не закрыт", "The period is open")
    detail = Text(
        "Период «{period}» и так открыт: отметки можно ставить.",
        "The period “{period}” is open already: marks can be put.",
    )


def close_period(
    session: SchoolSession, actor: Actor, period_id: UUID, despite: str | None = None
) -> datetime:
    """Close a period, or a year's own marks by its id, and tell the school; again changes nothing."""
    standing = standing_closing(session, period_id)
    if standing:
        return standing.closed_at
    at = now()
    session.add(
        Closing(
            id=new_id(),
            school_id=actor.school_id,
            period_id=period_id,
            closed_at=at,
            closed_by=actor.person_id,
            despite=despite,
        )
    )
    publish(session, PeriodClosed(period_id=period_id))
    return at


def reopen_period(session: SchoolSession, actor: Actor, period_id: UUID, reason: str) -> None:
    """Open a closed period again and tell the school why; the closing stays in the history.

    Absences that were excused while it was closed get their reasons, or lose them (clause 4.2.2).
    """
    period = _locked_period(session, period_id)
    standing = _standing(session, period_id)
    if standing is None:
        raise PeriodOpen(period=period.name)
    standing.reopened_at, standing.reopened_by, standing.reason = now(), actor.person_id, reason
    publish(session, PeriodReopened(period_id=period.id, reason=reason))
    session.flush()
    if isinstance(period, Period):  # What is closed with the year has no lessons.
        days = lessons.c.held_on.between(period.starts_on, period.ends_on)
        turn(session, actor, and_(pages.c.year_id == period.year_id, days))


def _locked_period(session: SchoolSession, period_id: UUID) -> Period | Year:
    period = session.scalar(select(Period).where(Period.id == period_id))
    found = period or session.scalar(select(Year).where(Year.id == period_id))
    if found is None:
        raise NotFound
    year_id = period.year_id if period else period_id
    # In the order of ids, so that two deputies cannot each wait for the other's pages.
    session.execute(select(Page.id).where(Page.year_id == year_id).order_by(Page.id).with_for_update())
    return found


def standing_closing(session: SchoolSession, period_id: UUID) -> Closing | None:
    """Return what keeps a period closed, None while it is open; its year's pages are locked until the commit.

    Whoever is writing on one of them finishes first: nothing is written after a closing, and what was
    counted before it is still so. Raises NotFound.
    """
    _locked_period(session, period_id)
    return _standing(session, period_id)


def _standing(session: SchoolSession, period_id: UUID) -> Closing | None:
    return session.scalar(
        select(Closing).where(Closing.period_id == period_id, Closing.reopened_at.is_(None))
    )
