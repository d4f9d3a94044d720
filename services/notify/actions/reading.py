"""What a person does with the own notices: reads them, and says how to be told."""

from uuid import UUID

from sqlalchemy import select, update

from services.notify.models import Notice, Preference, table_of
from shared.bulk import upsert_rows
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound


def mark_read(session: SchoolSession, person_id: UUID, notice_id: UUID) -> None:
    """Mark one's own notice as read; again changes nothing. NotFound for anybody else's."""
    own = session.scalars(
        update(Notice)
        .where(Notice.id == notice_id, Notice.recipient_id == person_id, Notice.read_at.is_(None))
        .values(read_at=now())
        .returning(Notice.id)
    ).all()
    if not own and not _owns(session, person_id, notice_id):
        raise NotFound


def _owns(session: SchoolSession, person_id: UUID, notice_id: UUID) -> bool:
    own = select(Notice.id).where(Notice.id == notice_id, Notice.recipient_id == person_id)
    return session.scalar(own) is not None


def mark_all_read(session: SchoolSession, person_id: UUID) -> None:
    """Mark all of one's notices as read."""
    unread = (Notice.recipient_id == person_id, Notice.read_at.is_(None))
    session.execute(update(Notice).where(*unread).values(read_at=now()))


def choose(session: SchoolSession, person_id: UUID, *, email_enabled: bool, language: str) -> None:
    """Keep how a person wants to be told."""
    row = {
        "school_id": UUID(session.info["school"]),
        "person_id": person_id,
        "email_enabled": email_enabled,
        "language": language,
    }
    upsert_rows(session, table_of(Preference), [row], ("person_id",))
