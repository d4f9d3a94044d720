"""What people read in the portal of decisions about lessons of a day (замены)."""

from uuid import UUID

from sqlalchemy import select

from services.notify.models import DayNews, Notice
from services.notify.models.names import names_behind
from services.notify.rules.days import DayFacts, facts_of
from shared.db import SchoolSession


def days_told(
    session: SchoolSession, person_id: UUID, *, unread: bool, before: UUID | None, limit: int
) -> list[DayFacts]:
    """Return a person's newest notices of this kind, those that newer ones superseded left out."""
    asked = select(Notice, DayNews).join(DayNews, DayNews.event_id == Notice.event_id)
    asked = asked.where(Notice.recipient_id == person_id, ~Notice.is_superseded)
    if unread:
        asked = asked.where(Notice.read_at.is_(None))
    if before is not None:
        asked = asked.where(Notice.id < before)
    rows = session.execute(asked.order_by(Notice.id.desc()).limit(limit)).all()
    return facts_of(rows, names_behind(session, rows))
