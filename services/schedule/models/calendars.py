"""The calendars people subscribe to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class CalendarFeed(SchoolOwned, Base):
    """An address under which somebody's calendar program reads lessons; only its digest is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        UniqueConstraint("owner_id", "kind", "about_id"),
        CheckConstraint("kind IN ('teacher', 'pupil', 'group', 'room')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    about_id: Mapped[UUID]
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    is_for_staff: Mapped[bool]  # Given because the owner works here; ends when that does.
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
