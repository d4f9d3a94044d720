"""A pupil's portfolio: achievements by section; it belongs to no class and outlives each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class PortfolioEntry(SchoolOwned, Base):
    """An achievement as it now stands: proposed, verified, declined or removed."""

    __tablename__ = "portfolio_entries"
    __table_args__ = (Index("ix_portfolio_entries_pupil_id_held_on", "pupil_id", "held_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    section: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    result: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    description: Mapped[str] = mapped_column(String(2000))
    made_by: Mapped[UUID]
    changed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(500))  # Why it was declined or removed.


class PortfolioVersion(SchoolOwned, Base):
    """An entry as it stood at a time, and who made it so; only ever appended."""

    __tablename__ = "portfolio_versions"
    __table_args__ = (PrimaryKeyConstraint("entry_id", "version"),)

    entry_id: Mapped[UUID]
    version: Mapped[int]
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10))
    facts: Mapped[str] = mapped_column(Text())  # As JSON.
    made_by: Mapped[UUID]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
