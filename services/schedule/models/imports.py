"""Timetables brought from other programs: a batch for each file, and what its names mean."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id

PARTS = JSON().with_variant(postgresql.JSONB(), "postgresql")

KEPT = timedelta(days=1)
"""How long a file that nobody takes over is kept."""

BROUGHT, TAKEN, UNDONE = "brought", "taken", "undone"
"""The states of a batch: read and shown; taken over; taken back."""


class ImportBatch(SchoolOwned, Base):
    """A file with a timetable, and what became of it.

    The file and what was chosen for its names are kept for a day, or until it is taken over; what
    undoing it needs, until it is undone.
    """

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint("state IN ('brought', 'taken', 'undone')", name="state"),
        Index("ix_import_batches_school_id_brought_at", "school_id", "brought_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column()  # The index above begins with it.
    kind: Mapped[str] = mapped_column(String(10))
    file: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    choices: Mapped[dict[str, Any]] = mapped_column(PARTS)
    report: Mapped[dict[str, Any]] = mapped_column(PARTS)  # Counts alone: no names.
    undo: Mapped[dict[str, Any] | None] = mapped_column(PARTS)
    timetable_id: Mapped[UUID | None]  # A version that may have been thrown away since.
    timetable_version: Mapped[int | None]  # As it was made; another one was changed.
    brought_by: Mapped[UUID | None]
    brought_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    @property
    def kept_until(self) -> datetime:
        """Until when the file is kept if nobody takes it over."""
        return self.brought_at + KEPT


class ImportName(SchoolOwned, Base):
    """What a name in files of a kind stands for: a teacher, a group, a subject or a room."""

    __tablename__ = "import_names"
    __table_args__ = (CheckConstraint("what IN ('teachers', 'groups', 'subjects', 'rooms')", name="what"),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(250), primary_key=True)
    target_id: Mapped[UUID] = mapped_column(index=True)
