"""What was changed once its period had been closed, and may have been printed: the sheet of corrections."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.models.base import Base
from shared.db import SchoolOwned


class Correcting(SchoolOwned):
    """Who changed it, when, and why; nobody and nothing where journal has not told."""

    school_id: Mapped[UUID] = mapped_column()
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    request_number: Mapped[int | None]
    reopened_for: Mapped[str | None] = mapped_column(String(500))  # Why the period was opened again.


class FinalCorrection(Correcting, Base):
    """A term-end mark changed after its period had been closed."""

    __tablename__ = "final_corrections"

    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    period_id: Mapped[UUID]
    slot: Mapped[int]
    was: Mapped[str | None] = mapped_column(String(20))
    value: Mapped[str | None] = mapped_column(String(20))


class LessonCorrection(Correcting, Base):
    """A mark, an absence, a work, a topic or homework changed after the lesson's period had been closed."""

    __tablename__ = "lesson_corrections"

    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)  # Of the last revision of those saved together.
    number: Mapped[int] = mapped_column(primary_key=True)  # Among them.
    lesson_id: Mapped[UUID]
    lesson_on: Mapped[date]
    what: Mapped[str] = mapped_column(String(20))  # mark | attendance | work | topic | homework
    slot: Mapped[int | None]
    pupil_id: Mapped[UUID | None]
    was: Mapped[str | None] = mapped_column(String(4000))
    value: Mapped[str | None] = mapped_column(String(4000))
