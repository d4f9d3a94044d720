"""Term-end marks as journal tells them, and which periods are closed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.models.base import Base
from shared.db import SchoolOwned


class Final(SchoolOwned, Base):
    """What stands in a cell of term-end marks; no value in one that was emptied.

    `period_id` is the period, or the year when the slot is another than that of a period's marks.
    """

    __tablename__ = "finals"

    school_id: Mapped[UUID] = mapped_column()
    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[str | None] = mapped_column(String(20))


class Closing(SchoolOwned, Base):
    """A period, or the marks of a year, that is closed, or was once and then opened again."""

    __tablename__ = "closings"

    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    first_closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
