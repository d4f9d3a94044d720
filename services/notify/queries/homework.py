"""What people read of a day's homework, in the portal."""

from uuid import UUID

from services.notify.models import Notice
from services.notify.models.homework import TOLD_HOMEWORK, homework_rows
from services.notify.rules.homework import HomeworkFacts, facts_of
from shared.db import SchoolSession


def homework_told(
    session: SchoolSession, person_id: UUID, *, unread: bool, before: UUID | None, limit: int
) -> list[HomeworkFacts]:
    """Return a person's newest notices of this kind; what was taken back is left out."""
    asked = TOLD_HOMEWORK.where(Notice.recipient_id == person_id)
    if unread:
        asked = asked.where(Notice.read_at.is_(None))
    if before is not None:
        asked = asked.where(Notice.id < before)
    return facts_of(*homework_rows(session, asked.order_by(Notice.id.desc()).limit(limit)))
