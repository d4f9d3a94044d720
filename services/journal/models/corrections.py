"""Requests to correct what stands in the journal (clauses 3.7.8, 3.9.4, 3.9.5), and every step of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class Correction(SchoolOwned, Base):
    """An error somebody reported in one cell, a topic or homework, and how far it has come."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        Index("ix_corrections_state", "state"),
        Index("ix_corrections_author_id", "author_id"),
        Index("ix_corrections_assignee_id", "assignee_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]  # Within the school, from 1.
    page_id: Mapped[UUID] = mapped_column(index=True)
    lesson_id: Mapped[UUID | None]
    period_id: Mapped[UUID | None]
    what: Mapped[str] = mapped_column(String(20))  # As `Revision.what`.
    slot: Mapped[int | None]
    pupil_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(String(1000))
    author_id: Mapped[UUID]
    asked_at: Mapped[datetime]  # From when the clock runs: of the report, or of its being opened again.
    state: Mapped[str] = mapped_column(String(10))
    assignee_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]  # While it stands, a closed cell may be changed.
    settled_at: Mapped[datetime | None]
    is_reopened: Mapped[bool] = mapped_column(server_default=false())
    warned: Mapped[str | None] = mapped_column(String(4))  # Of what the deputy was told: near, late.


class CorrectionStep(SchoolOwned, Base):
    """One step of a request: who did what, when, and what they said. Only ever appended."""

    __tablename__ = "correction_steps"
    __table_args__ = (PrimaryKeyConstraint("correction_id", "number"),)

    correction_id: Mapped[UUID]
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[UUID | None]  # None: the clock.
    at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(String(1000))
    assignee_id: Mapped[UUID | None]
