"""Copies of identity's facts."""

from datetime import date
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned


class School(SchoolOwned, Base):
    """Identity's school: schedule needs its time zone to know which lessons are past."""

    __tablename__ = "schools"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))


class Person(SchoolOwned, Base):
    """Identity's person, by name only."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_name: Mapped[str] = mapped_column(String(120))
    given_name: Mapped[str] = mapped_column(String(120))
    patronymic: Mapped[str] = mapped_column(String(120))


class Group(SchoolOwned, Base):
    """Identity's parallel, class or group."""

    __tablename__ = "groups"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int | None]
    parent_id: Mapped[UUID | None]


class Enrolment(SchoolOwned, Base):
    """Identity's enrolment of a pupil in a group, both days included."""

    __tablename__ = "enrolments"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]


class Guardianship(SchoolOwned, Base):
    """Identity's tie between a representative and a pupil."""

    __tablename__ = "guardianships"

    guardian_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
