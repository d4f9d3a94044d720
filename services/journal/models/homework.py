"""Tasks beside the homework everybody writes by one field, what pupils hand in, and what they are told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from services.journal.models.own import OnPage
from shared.db import SchoolOwned


class Task(OnPage, Base):
    """A task of a lesson for the whole page, a group or one pupil (clause 3.9.6). Never deleted."""

    __tablename__ = "tasks"
    __table_args__ = (PrimaryKeyConstraint("page_id", "lesson_id", "slot"), UniqueConstraint("id"))

    id: Mapped[UUID]
    lesson_id: Mapped[UUID]  # In which it was set.
    slot: Mapped[int]  # Its number in the lesson, by which the chain knows it.
    group_id: Mapped[UUID | None]  # A part of the page's class; None with no pupil: everybody of the page.
    pupil_id: Mapped[UUID | None] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(String(2000))
    minutes: Mapped[int | None]  # How long it takes, as the teacher expects.
    due_lesson_id: Mapped[UUID | None]  # None: the next lesson of the page, whichever that turns out to be.
    links: Mapped[list[str]]
    files: Mapped[str] = mapped_column(String(200))  # Beginnings of their digests, as the chain keeps them.
    is_withdrawn: Mapped[bool]
    seq: Mapped[int]  # The page's seq after its last change.


class Answer(SchoolOwned, Base):
    """What a pupil handed in to a task: one version of it. Never changed."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("task_id", "pupil_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    pupil_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text())
    links: Mapped[list[str]]
    given_at: Mapped[datetime]
    is_late: Mapped[bool]


class Reply(SchoolOwned, Base):
    """What a teacher said of a version of an answer, and whether it is to be done again. Never changed."""

    __tablename__ = "replies"
    __table_args__ = (Index("ix_replies_answer_id", "answer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(String(2000))
    is_returned: Mapped[bool]
    given_at: Mapped[datetime]
