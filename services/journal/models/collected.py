"""What families were told of a class's homework, so that each state of a day is told once."""

from datetime import date
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class CollectedHomework(SchoolOwned, Base):
    """That the homework of a class's day was told, how often, and the digest of what was told last."""

    __tablename__ = "collected_homework"
    __table_args__ = (PrimaryKeyConstraint("group_id", "day"),)

    group_id: Mapped[UUID]
    day: Mapped[date]
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
