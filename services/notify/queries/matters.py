"""What people read in the portal of their own matters."""

from uuid import UUID

from services.notify.models import Notice
from services.notify.models.matters import told_matters
from services.notify.rules.matters import MatterFacts
from shared.db import SchoolSession


def matters_told(
    session: SchoolSession, person_id: UUID, *, unread: bool, before: UUID | None, limit: int
) -> list[MatterFacts]:
    """Return a person's newest notices of this kind."""
    asked = told_matters().where(Notice.recipient_id == person_id)
    if unread:
        asked = asked.where(Notice.read_at.is_(None))
    if before is not None:
        asked = asked.where(Notice.id < before)
    rows = session.execute(asked.order_by(Notice.id.desc()).limit(limit))
    return [MatterFacts(*row) for row in rows]
