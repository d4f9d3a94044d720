"""Who has opened whose diary on which day (clause 3.5.3)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class DiaryView(SchoolOwned, Base):
    """That somebody opened a pupil's diary on a day, however often."""

    __tablename__ = "diary_views"
    __table_args__ = (
        PrimaryKeyConstraint("pupil_id", "person_id", "on"),
        Index(
            "ix_diary_views_untold",
            "at",
            postgresql_where=text("NOT is_told"),
            sqlite_where=text("NOT is_told"),
        ),
    )

    pupil_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    on: Mapped[date]  # In the school's time zone.
    at: Mapped[datetime]  # Of the day's first opening.
    is_told: Mapped[bool]
