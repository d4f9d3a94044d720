"""What people read of their notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from services.notify.models import News, Notice, Period, Person, Preference, Subject, Warned
from services.notify.queries.days import days_told
from services.notify.queries.homework import homework_told
from services.notify.queries.matters import matters_told
from services.notify.rules import LANGUAGES, Entry, entries_of
from services.notify.rules.days import DayFacts
from services.notify.rules.homework import HomeworkFacts
from services.notify.rules.matters import MatterFacts
from shared.db import SchoolSession
from shared.names import list_name

PAGE_SIZE = 50

_NOTICES = (
    select(
        Notice.id,
        Notice.pupil_id,
        News.told_at,
        Notice.read_at,
        News.lesson_on,
        News.entries,
        Subject.name,
        Period.name.label("period"),
        Person.family_name,
        Person.given_name,
    )
    .select_from(Notice)
    .join(News, (News.event_id == Notice.event_id) & (News.pupil_id == Notice.pupil_id))
    .outerjoin(Subject, Subject.id == News.subject_id)
    .outerjoin(Period, Period.id == News.lesson_id)
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
    told_at: datetime  # When it was put, not when it was heard here.
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class WarningFacts:
    """A warning as its reader sees it."""

    id: UUID
    what: str
    happened_at: datetime
    device: str
    address: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person is told."""

    email_enabled: bool
    mail_substitutions: bool
    mail_homework: bool
    language: str


Facts = NoticeFacts | DayFacts | HomeworkFacts | MatterFacts | WarningFacts


def notices_of(
    session: SchoolSession, person_id: UUID, *, unread: bool, before: UUID | None
) -> tuple[Sequence[Facts], UUID | None]:
    """Return a person's newest notices and warnings, and where the next page begins; None at the end."""
    asked = _NOTICES.where(Notice.recipient_id == person_id)
    if unread:
        asked = asked.where(Notice.read_at.is_(None))
    if before is not None:
        asked = asked.where(Notice.id < before)
    found = session.execute(asked.order_by(Notice.id.desc()).limit(PAGE_SIZE + 1)).all()
    days = days_told(session, person_id, unread=unread, before=before, limit=PAGE_SIZE + 1)
    matters = matters_told(session, person_id, unread=unread, before=before, limit=PAGE_SIZE + 1)
    homework = homework_told(session, person_id, unread=unread, before=before, limit=PAGE_SIZE + 1)
    warned = _warnings_of(session, person_id, unread=unread, before=before)
    known: list[Facts] = [*map(_shown, found), *days, *homework, *matters, *warned]
    known.sort(key=lambda one: one.id, reverse=True)
    shown = known[:PAGE_SIZE]
    return shown, shown[-1].id if len(known) > PAGE_SIZE else None


def _warnings_of(
    session: SchoolSession, person_id: UUID, *, unread: bool, before: UUID | None
) -> list[WarningFacts]:
    asked = select(Warned).where(Warned.person_id == person_id)
    if unread:
        asked = asked.where(Warned.read_at.is_(None))
    if before is not None:
        asked = asked.where(Warned.id < before)
    names = WarningFacts.__dataclass_fields__
    found = session.scalars(asked.order_by(Warned.id.desc()).limit(PAGE_SIZE + 1))
    return [WarningFacts(**{name: getattr(one, name) for name in names}) for one in found]


def _shown(row: Row[Any]) -> NoticeFacts:
    return NoticeFacts(
        id=row.id,
        pupil_id=row.pupil_id,
        pupil=list_name(row.family_name or "", row.given_name or ""),
        subject=row.name or "",
        lesson_on=row.lesson_on,
        entries=entries_of(row.entries, row.period),
        told_at=row.told_at,
        read_at=row.read_at,
    )


def unread_count(session: SchoolSession, person_id: UUID) -> int:
    """Count what a person has not read."""
    notices = select(func.count()).select_from(Notice)
    notices = notices.where(Notice.recipient_id == person_id, Notice.read_at.is_(None), ~Notice.is_superseded)
    warned = select(func.count()).select_from(Warned)
    warned = warned.where(Warned.person_id == person_id, Warned.read_at.is_(None))
    return (session.scalar(notices) or 0) + (session.scalar(warned) or 0)


def wishes_of(session: SchoolSession, person_id: UUID) -> Wishes:
    """Return how a person is told: as they wish, else by mail in the language identity knows."""
    wish = session.get(Preference, person_id)
    if wish is not None:
        return Wishes(wish.email_enabled, wish.mail_substitutions, wish.mail_homework, wish.language)
    person = session.get(Person, person_id)
    language = person.language if person is not None else LANGUAGES[0]
    return Wishes(email_enabled=True, mail_substitutions=True, mail_homework=False, language=language)
