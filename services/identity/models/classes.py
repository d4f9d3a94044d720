"""Who led a class when, who answers for which parallels, and which class lists were confirmed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned


class Leadership(SchoolOwned, Base):
    """A class teacher's time with a class, both days included; open while `until_on` is empty."""

    __tablename__ = "leaderships"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    until_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),)


class DeputyArea(SchoolOwned, Base):
    """What a deputy head answers for: parallels, areas of subjects, or both."""

    __tablename__ = "deputy_areas"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    version: Mapped[int] = mapped_column()
    grades: Mapped[list[int]] = mapped_column(JSON().with_variant(postgresql.JSONB(), "postgresql"))
    subjects: Mapped[list[str]]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # As SQLAlchemy declares it.


class Confirmation(SchoolOwned, Base):
    """A class teacher said that the class list is right (4.2.2), that day."""

    __tablename__ = "confirmations"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    confirmed_on: Mapped[date] = mapped_column(primary_key=True)
    confirmed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime]
