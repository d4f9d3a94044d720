"""What people read of their notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from services.notify.models import News, Notice, Person, Preference, Subject
from services.notify.rules import LANGUAGES, Entry
from shared.db import SchoolSession
from shared.names import list_name

PAGE_SIZE = 50


_NOTICES = (
    select(
        Notice.id,
        Notice.pupil_id,
        Notice.created_at,
        Notice.read_at,
        News.lesson_on,
        News.entries,
        Subject.name,
        Person.family_name,
        Person.given_name,
    )
    .select_from(Notice)
    .join(News, (News.event_id == Notice.event_id) & (News.pupil_id == Notice.pupil_id))
    .outerjoin(Subject, Subject.id == News.subject_id)
    .outerjoin(Person, Person.id == Notice.pupil_id)
)


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice as its reader sees it."""

    id: UUID
    pupil_id: UUID
    pupil: str
    subject: str
    lesson_on: date
    entries: tuple[Entry, ...]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person is told."""

    email_enabled: bool
    language: str


def notices_of(
    session: SchoolSession, person_id: UUID, *, unread: bool, before: UUID | None
) -> tuple[Sequence[NoticeFacts], UUID | None]:
    """Return a person's newest notices, and where the next page begins; None at the end."""
    asked = _NOTICES.where(Notice.recipient_id == person_id)
    if unread:
        asked = asked.where(Notice.read_at.is_(None))
    if before is not None:
        asked = asked.where(Notice.id < before)
    found = session.execute(asked.order_by(Notice.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = [_shown(row) for row in found[:PAGE_SIZE]]
    return shown, shown[-1].id if len(found) > PAGE_SIZE else None


def _shown(row: Row[Any]) -> NoticeFacts:
    return NoticeFacts(
        id=row.id,
        pupil_id=row.pupil_id,
        pupil=list_name(row.family_name or "", row.given_name or ""),
        subject=row.name or "",
        lesson_on=row.lesson_on,
        entries=tuple(Entry(*entry) for entry in row.entries),
        created_at=row.created_at,
        read_at=row.read_at,
    )


def unread_count(session: SchoolSession, person_id: UUID) -> int:
    """Count what a person has not read."""
    asked = select(func.count()).select_from(Notice)
    return session.scalar(asked.where(Notice.recipient_id == person_id, Notice.read_at.is_(None))) or 0


def wishes_of(session: SchoolSession, person_id: UUID) -> Wishes:
    """Return how a person is told: as they wish, else by mail in the language identity knows."""
    wish = session.get(Preference, person_id)
    if wish is not None:
        return Wishes(wish.email_enabled, wish.language)
    person = session.get(Person, person_id)
    return Wishes(email_enabled=True, language=person.language if person is not None else LANGUAGES[0])
