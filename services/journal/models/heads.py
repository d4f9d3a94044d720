"""What was sealed of the ends of all chains, day by day, and the statement that reads a day of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint, Row, String, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned, SchoolSession


class HeadSeal(SchoolOwned, Base):
    """The digest over the heads of all pages of a school as a day ended; each names the one before."""

    __tablename__ = "head_seals"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sealed_at: Mapped[datetime]
    pages: Mapped[int]
    before: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class SealedHead(SchoolOwned, Base):
    """A page's head on the day it was first sealed so; days on which it stood still have no row."""

    __tablename__ = "sealed_heads"
    __table_args__ = (PrimaryKeyConstraint("school_id", "page_id", "day"),)

    school_id: Mapped[UUID] = mapped_column()
    page_id: Mapped[UUID]
    day: Mapped[date]
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    year_id: Mapped[UUID]
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))


HEAD = ("page_id", "group_id", "subject_id", "year_id", "seq", "head")
"""What a sealed head says, in the order of its line in the digest."""


def sealed_until(session: SchoolSession, school_id: UUID, day: date) -> list[Row[Any]]:
    """Return the heads of a school's pages as they were sealed on a day."""
    later = aliased(SealedHead)
    latest = (
        select(func.max(later.day))
        .where(
            later.school_id == SealedHead.school_id,
            later.page_id == SealedHead.page_id,
            later.day <= day,
        )
        .scalar_subquery()
    )
    heads = select(*(getattr(SealedHead, name) for name in HEAD))
    return list(session.execute(heads.where(SealedHead.school_id == school_id, SealedHead.day == latest)))
