"""The screens that hang in staff-rooms."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Screen(SchoolOwned, Base):
    """An address under which a screen shows the school's day without signing in; its digest is kept."""

    __tablename__ = "screens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
