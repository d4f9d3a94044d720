"""What is written in the journal itself; no rebuild ever touches it.

Everything is keyed by its page, whose row is locked by whoever writes on it: that, and not foreign
keys (which would be checked sixty times in a save of thirty marks), keeps it whole.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class Page(SchoolOwned, Base):
    """The page of a group's subject in a year (страница предмета) and the end of its chain."""

    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("group_id", "subject_id", "year_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    year_id: Mapped[UUID]
    seq: Mapped[int]  # The number of its revisions.
    head: Mapped[str] = mapped_column(String(64))  # The hash of the last one.


class OnPage(SchoolOwned):
    """Something written on a page; always looked for by the page, so the school needs no index."""

    page_id: Mapped[UUID] = mapped_column()
    school_id: Mapped[UUID] = mapped_column()


class Work(OnPage, Base):
    """What marks of one slot of a lesson were given for: its type, weight and title."""

    __tablename__ = "works"
    __table_args__ = (PrimaryKeyConstraint("page_id", "lesson_id", "slot"),)

    lesson_id: Mapped[UUID]
    slot: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    weight: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    seq: Mapped[int]  # The page's seq after its last change.


class Entry(OnPage, Base):
    """What stands in one cell: slot 0 is attendance, slots from 1 are marks. Emptied, never deleted."""

    __tablename__ = "entries"
    __table_args__ = (PrimaryKeyConstraint("page_id", "lesson_id", "slot", "pupil_id"),)

    lesson_id: Mapped[UUID]
    slot: Mapped[int]
    pupil_id: Mapped[UUID]
    value: Mapped[str | None] = mapped_column(String(10))
    seq: Mapped[int]  # The page's seq after its last change.


class Description(OnPage, Base):
    """The topic and the homework of a lesson."""

    __tablename__ = "descriptions"
    __table_args__ = (PrimaryKeyConstraint("page_id", "lesson_id"),)

    lesson_id: Mapped[UUID]
    topic: Mapped[str | None] = mapped_column(String(1000))
    homework: Mapped[str | None] = mapped_column(String(4000))
    seq: Mapped[int]  # The page's seq after its last change.


class Revision(OnPage, Base):
    """One change of one thing on a page: a link of the page's chain. Only ever appended.

    `hash` is made by `rules.link` over the hash before it and all the other columns.
    """

    __tablename__ = "revisions"
    __table_args__ = (PrimaryKeyConstraint("page_id", "seq"),)

    seq: Mapped[int]
    lesson_id: Mapped[UUID]
    pupil_id: Mapped[UUID | None]
    what: Mapped[str] = mapped_column(String(10))  # attendance | mark | work | topic | homework
    slot: Mapped[int | None]
    value: Mapped[str | None] = mapped_column(String(4000))
    was: Mapped[str | None] = mapped_column(String(4000))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    hash: Mapped[str] = mapped_column(String(64))


class Closing(SchoolOwned, Base):
    """A period closed by the deputy, until it is opened again with a reason."""

    __tablename__ = "closings"
    __table_args__ = (
        Index(
            "uq_closings_period_id_standing",
            "period_id",
            unique=True,
            postgresql_where=text("reopened_at IS NULL"),
            sqlite_where=text("reopened_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    period_id: Mapped[UUID]
    closed_at: Mapped[datetime]
    closed_by: Mapped[UUID]
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(500))
