"""What a person does with the own notices: reads them, and says how to be told."""

from uuid import UUID

from sqlalchemy import select, update

from services.notify.models import Notice, Preference, Warned, table_of
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
    if (
        not own
        and not _owns(session, person_id, notice_id)
        and not _read_warning(session, person_id, notice_id)
    ):
        raise NotFound


def _owns(session: SchoolSession, person_id: UUID, notice_id: UUID) -> bool:
    own = select(Notice.id).where(Notice.id == notice_id, Notice.recipient_id == person_id)
    return session.scalar(own) is not None


def _read_warning(session: SchoolSession, person_id: UUID, warning_id: UUID) -> bool:
    found = session.scalars(
        select(Warned).where(Warned.id == warning_id, Warned.person_id == person_id)
    ).first()
    if found is not None:
        found.read_at = found.read_at or now()
    return found is not None


def mark_all_read(session: SchoolSession, person_id: UUID) -> None:
    """Mark all of one's notices as read."""
    unread = (Notice.recipient_id == person_id, Notice.read_at.is_(None))
    session.execute(update(Notice).where(*unread).values(read_at=now()))
    warned = (Warned.person_id == person_id, Warned.read_at.is_(None))
    session.execute(update(Warned).where(*warned).values(read_at=now()))


def choose(
    session: SchoolSession,
    person_id: UUID,
    *,
    email_enabled: bool,
    language: str,
    mail_substitutions: bool = True,
    mail_homework: bool = False,
) -> None:
    """Keep how a person wants to be told; letters of substitutions and homework are chosen by themselves."""
    row = {
        "school_id": UUID(session.info["school"]),
        "person_id": person_id,
        "email_enabled": email_enabled,
        "mail_substitutions": mail_substitutions,
        "mail_homework": mail_homework,
        "language": language,
    }
    upsert_rows(session, table_of(Preference), [row], ("person_id",))
