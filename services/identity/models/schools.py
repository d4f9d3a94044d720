"""Schools."""

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.ids import new_id


class School(Base):
    """A school, as its documents name it; time zone and scale are those of today (see ParameterValue)."""

    __tablename__ = "schools"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))
    scale: Mapped[list[str]]
    short_name: Mapped[str] = mapped_column(String(120), server_default="")
    address: Mapped[str] = mapped_column(String(300), server_default="")
    phone: Mapped[str] = mapped_column(String(60), server_default="")
    email: Mapped[str] = mapped_column(String(254), server_default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # As SQLAlchemy declares it.
