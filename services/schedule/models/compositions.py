"""Runs of the timetable solver: what was asked, how far it has come, what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Composition(SchoolOwned, Base):
    """One run of FET's solver for a school; a worker holds it while it runs, under a lease."""

    __tablename__ = "compositions"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'running', 'done', 'failed', 'stopped')", name="status"),
        Index("ix_compositions_status", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # In order of time
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    name: Mapped[str] = mapped_column(String(120))  # Of the draft that comes of it
    source_id: Mapped[UUID | None]  # The version whose cards are placed; None: the load. It may be gone.
    keeps_locked: Mapped[bool]
    limit_seconds: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    placed: Mapped[int]
    log: Mapped[str] = mapped_column(String(4000))  # The end of what the solver said
    failure: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(100))
    leased_until: Mapped[datetime | None]
    tries: Mapped[int]
    is_stopped: Mapped[bool]  # Somebody wants it to end.
    timetable_id: Mapped[UUID | None]  # The draft; it may be gone.
