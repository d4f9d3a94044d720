"""Consents, requests of those whose data it is, erasures, and what was changed on cards."""

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ForeignKey, Index, String, event, inspect
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column

from services.identity.models.base import Base
from services.identity.models.people import Person
from shared.clock import now
from shared.db import SchoolOwned, SchoolSession
from shared.ids import new_id


class CardChange(SchoolOwned, Base):
    """What one change made of a person's card: `{field: [before, after]}`; goes with the person."""

    __tablename__ = "card_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(String(80))
    request_id: Mapped[str | None] = mapped_column(String(64), index=True)
    changes: Mapped[dict[str, Any]]

    @property
    def digest(self) -> str:
        """Return the digest by which the access log vouches for the values."""
        return hashlib.sha256(f"{self.id}{sorted(self.changes.items())}".encode()).hexdigest()


class Consent(SchoolOwned, Base):
    """Somebody's leave to do with a person's data more than the law asks of the school.

    One of a kind at a time; a withdrawn one stays, as proof of what was allowed when.
    """

    __tablename__ = "consents"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    form_version: Mapped[str] = mapped_column(String(20))
    text_sha256: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(500))
    given_on: Mapped[date]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))  # The person, or who answers for them.
    method: Mapped[str] = mapped_column(String(10))  # paper | electronic
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]


_LIVE = Consent.withdrawn_at.is_(None)
Index("uq_consents_live", Consent.person_id, Consent.kind, unique=True, postgresql_where=_LIVE,
      sqlite_where=_LIVE)  # fmt: skip


class SubjectRequest(SchoolOwned, Base):
    """Somebody asks what is known of them, or that it be erased; the law gives the school some days."""

    __tablename__ = "subject_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # access | erasure
    asked_by: Mapped[UUID | None]
    asked_on: Mapped[date]
    due_on: Mapped[date]
    recorded_by: Mapped[UUID | None]
    done_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(300))


class Erasure(SchoolOwned, Base):
    """An erasure proposed by one and carried out by another; without the name, which it erased."""

    __tablename__ = "erasures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    ground: Mapped[str] = mapped_column(String(20))
    kept: Mapped[list[str]]  # What the law says must stay, as `rules.retention` names it.
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    done_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    destroyed: Mapped[dict[str, Any]]  # How many rows of which table.


@event.listens_for(SchoolSession, "before_flush")
def _note_changed_cards(session: SchoolSession, _context: UOWTransaction, _instances: object) -> None:
    """Keep what a card was and became, whoever changes it."""
    for person in [one for one in session.dirty if isinstance(one, Person)]:
        changes = _changes_of(person)
        if changes:
            context = structlog.contextvars.get_contextvars()
            session.add(
                CardChange(
                    school_id=person.school_id,
                    person_id=person.id,
                    at=now(),
                    actor=session.info.get("actor"),
                    request_id=context.get("request_id"),
                    changes=changes,
                )
            )


def _changes_of(person: Person) -> dict[str, Any]:
    changes = {}
    for attribute in inspect(person).attrs:
        history = attribute.history
        if attribute.key not in ("sorted_by", "version") and history.has_changes():
            before, after = (side[0] if side else None for side in (history.deleted, history.added))
            if before != after:
                changes[attribute.key] = [_plain(before), _plain(after)]
    return changes


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
