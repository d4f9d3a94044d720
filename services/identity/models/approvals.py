"""What is too grave for one person: proposed by one, decided by another."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Approval(SchoolOwned, Base):
    """A proposal and what became of it; it stays, as proof of who decided what and why."""

    __tablename__ = "approvals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    arguments: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # None: at the machine.
    proposed_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("state IN ('waiting', 'approved', 'declined')", name="state"),)
