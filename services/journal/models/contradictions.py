"""Contradictions that a class teacher or a deputy has looked into and found to be right (clause 4.2.1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned

STANDING = text("withdrawn_at IS NULL")


class AcceptedContradiction(SchoolOwned, Base):
    """«Проверено»: why what contradicts itself is right all the same, until it is withdrawn."""

    __tablename__ = "accepted_contradictions"
    __table_args__ = (
        Index(
            "uq_accepted_contradictions_standing",
            "lesson_id",
            "pupil_id",
            "kind",
            unique=True,
            postgresql_where=STANDING,
            sqlite_where=STANDING,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lesson_id: Mapped[UUID]
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))  # rules.sentinel.KINDS
    note: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
