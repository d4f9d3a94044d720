"""What is written in the journal itself; no rebuild ever touches it.

Everything is keyed by its page, whose row is locked by whoever writes on it: that, and not foreign
keys (which would be checked sixty times in a save of thirty marks), keeps it whole.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String, UniqueConstraint, false, text, true
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
    """What marks of one slot of a lesson were given for: its type, weight, title, and what it is for."""

    __tablename__ = "works"
    __table_args__ = (PrimaryKeyConstraint("page_id", "lesson_id", "slot"),)

    lesson_id: Mapped[UUID]
    slot: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    weight: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    is_written: Mapped[bool] = mapped_column(server_default=false())  # As its type was when it was set.
    is_monitoring: Mapped[bool] = mapped_column(server_default=false())  # ВМ: due sooner (clause 3.6.4).
    counts: Mapped[bool] = mapped_column(server_default=true())  # In the average.
    seq: Mapped[int]  # The page's seq after its last change.


class Entry(OnPage, Base):
    """What stands in one cell: slot 0 is attendance, slots from 1 are marks. Emptied, never deleted."""

    __tablename__ = "entries"
    __table_args__ = (
        PrimaryKeyConstraint("page_id", "lesson_id", "slot", "pupil_id"),
        Index("ix_entries_pupil_id_page_id", "pupil_id", "page_id"),  # A diary asks for one pupil's.
        Index(  # A board of deadlines asks for all that is awaited.
            "ix_entries_awaited",
            "school_id",
            postgresql_where=text("value = '•'"),
            sqlite_where=text("value = '•'"),
        ),
    )

    lesson_id: Mapped[UUID]
    slot: Mapped[int]
    pupil_id: Mapped[UUID]
    value: Mapped[str | None] = mapped_column(String(10))
    seq: Mapped[int]  # The page's seq after its last change.
    comment: Mapped[str | None] = mapped_column(String(500))
    comment_seq: Mapped[int] = mapped_column(
        server_default="0"
    )  # The page's seq after the comment's last change.
    is_corrected: Mapped[bool] = mapped_column(server_default=false())  # Changed after the lesson's day.
    excuse_id: Mapped[UUID | None]  # The excuse that turned its «н» into a reason.
    due_on: Mapped[date | None]  # Until when its «•» was last to become a mark.
    due_seq: Mapped[int] = mapped_column(server_default="0")  # The page's seq after that day's last change.


class Excuse(SchoolOwned, Base):
    """What excuses a pupil's absence for a span of days: a certificate, an application, an order."""

    __tablename__ = "excuses"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]  # The last day, included.
    sign: Mapped[str] = mapped_column(String(10))  # The reason that stands instead of «н».
    paper: Mapped[str] = mapped_column(String(20))  # rules.excuses.PAPERS
    number: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_for: Mapped[str | None] = mapped_column(String(300))
    became_id: Mapped[UUID | None]  # It says what this excuse said before it was changed.


class Description(OnPage, Base):
    """The topic and the homework of a lesson."""

    __tablename__ = "descriptions"
    __table_args__ = (PrimaryKeyConstraint("page_id", "lesson_id"),)

    lesson_id: Mapped[UUID]
    topic: Mapped[str | None] = mapped_column(String(1000))
    homework: Mapped[str | None] = mapped_column(String(4000))
    topic_id: Mapped[UUID | None]  # Of the thematic plan, when the topic was taken from it.
    seq: Mapped[int]  # The page's seq after its last change.


class FinalMark(OnPage, Base):
    """A mark of a period, of the year, of an exam or the final one (итоговые отметки; `rules.finals`)."""

    __tablename__ = "final_marks"
    __table_args__ = (PrimaryKeyConstraint("page_id", "period_id", "slot", "pupil_id"),)

    period_id: Mapped[UUID]  # In slots from 1, the year.
    slot: Mapped[int]
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    value: Mapped[str | None] = mapped_column(String(10))
    recommended: Mapped[str | None] = mapped_column(String(10))  # When the mark was put.
    reason: Mapped[str | None] = mapped_column(String(500))  # Why it is another than recommended.
    timing: Mapped[str] = mapped_column(String(10))  # early | in_time | late
    seq: Mapped[int]  # The page's seq after its last change.


class Revision(OnPage, Base):
    """One change of one thing on a page: a link of the page's chain. Only ever appended.

    `hash` is made by `rules.chain.link` over the hash before it and all the other columns. Of a link
    whose words were erased (`rules.chain.ERASABLE`) it stays, and holds the chain together.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        PrimaryKeyConstraint("page_id", "seq"),
        Index("ix_revisions_lesson_id", "lesson_id"),
        Index(
            "ix_revisions_period_id",
            "period_id",
            postgresql_where=text("period_id IS NOT NULL"),
            sqlite_where=text("period_id IS NOT NULL"),
        ),
    )

    seq: Mapped[int]
    lesson_id: Mapped[UUID | None]  # None: it is about the period, or about the page itself.
    lesson_on: Mapped[date | None]  # The lesson's day: its copy cannot be moved unseen.
    period_id: Mapped[UUID | None]  # The period, or the year, whose mark it is.
    request_id: Mapped[UUID | None]  # The request that asked for the change (clause 3.9.5).
    pupil_id: Mapped[UUID | None]
    what: Mapped[str] = mapped_column(String(20))  # attendance | mark | due | work | topic | final | …
    slot: Mapped[int | None]
    value: Mapped[str | None] = mapped_column(String(4000))
    was: Mapped[str | None] = mapped_column(String(4000))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    hash: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]


class Closing(SchoolOwned, Base):
    """A period, or the marks of a year, closed by the deputy, until it is opened again with a reason."""

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
    period_id: Mapped[UUID] = mapped_column(index=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[UUID]
    despite: Mapped[str | None] = mapped_column(String(500))  # Why it was closed though something lacked.
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(500))
