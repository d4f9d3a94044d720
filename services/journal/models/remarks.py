"""What teachers write of a pupil to the family (замечания, рекомендации, благодарности).

The text never enters a page's chain, which keeps its digest: so a person can be erased, and what is
shown is still what was written.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class Remark(SchoolOwned, Base):
    """A remark, a recommendation or a praise: about whom, where it was made, and how often changed."""

    __tablename__ = "remarks"
    __table_args__ = (
        Index("ix_remarks_pupil_id_made_on", "pupil_id", "made_on"),
        Index("ix_remarks_page_id", "page_id"),
        Index("ix_remarks_group_id", "group_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID]
    group_id: Mapped[UUID]  # Of the page; or the class whose class teacher made it.
    page_id: Mapped[UUID | None]
    lesson_id: Mapped[UUID | None]
    number: Mapped[int]  # On its page: the slot of its revisions. 0 where it has none.
    made_on: Mapped[date]  # The lesson's day, or that of the writing.
    made_by: Mapped[UUID]
    version: Mapped[int]  # Of its latest `RemarkVersion`, and its ETag.
    seq: Mapped[int]  # The page's seq after its last change; 0 where it has none.


class RemarkVersion(SchoolOwned, Base):
    """What a remark said at a time; only ever appended. Without a kind: it was withdrawn."""

    __tablename__ = "remark_versions"
    __table_args__ = (PrimaryKeyConstraint("remark_id", "version"),)

    remark_id: Mapped[UUID]
    version: Mapped[int]
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str | None] = mapped_column(String(20))
    audience: Mapped[str] = mapped_column(String(10))  # family | parents
    text: Mapped[str | None] = mapped_column(String(2000))  # None: withdrawn, or the person was erased.
    salt: Mapped[str | None] = mapped_column(String(32))  # So that nobody guesses an erased text.
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    made_by: Mapped[UUID]
    reason: Mapped[str | None] = mapped_column(String(500))


class RemarkReading(SchoolOwned, Base):
    """That a parent or the pupil has read a remark («ознакомлен»), once."""

    __tablename__ = "remark_readings"
    __table_args__ = (PrimaryKeyConstraint("remark_id", "person_id"),)

    remark_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    at: Mapped[datetime]
