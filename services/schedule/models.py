"""The tables of schedule: what it owns, and its copies of identity's facts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.db import TYPES, SchoolOwned, naming_metadata
from shared.ids import new_id


class IdList(TypeDecorator[list[str]]):
    """Ids as text, joined by spaces: a year of lessons is written twice as fast as with JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Any) -> str | None:  # noqa: ARG002
        """Join them."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Any) -> list[str] | None:  # noqa: ARG002
        """Part them."""
        return None if value is None else value.split()


class Base(DeclarativeBase):
    """All tables of this service."""

    metadata = naming_metadata()
    type_annotation_map = {**TYPES, list[str]: IdList()}  # noqa: RUF012  # SQLAlchemy reads it.


class Year(SchoolOwned, Base):
    """An academic year (учебный год) and the length of its week."""

    __tablename__ = "years"
    __table_args__ = (
        UniqueConstraint("school_id", "starts_on"),
        CheckConstraint("starts_on < ends_on", name="days"),
        CheckConstraint("school_days IN (5, 6)", name="school_days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    school_days: Mapped[int]  # 5 or 6, from Monday

    periods: Mapped[list["Period"]] = relationship(
        order_by="Period.starts_on", cascade="all, delete-orphan", lazy="raise"
    )
    holidays: Mapped[list["Holiday"]] = relationship(
        order_by="Holiday.starts_on", cascade="all, delete-orphan", lazy="raise"
    )
    bells: Mapped[list["Bell"]] = relationship(
        order_by="Bell.number", cascade="all, delete-orphan", lazy="raise"
    )


class Period(SchoolOwned, Base):
    """A quarter, trimester or half-year, both days included."""

    __tablename__ = "periods"
    __table_args__ = (UniqueConstraint("year_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Holiday(SchoolOwned, Base):
    """Days without lessons (каникулы, праздники), both included."""

    __tablename__ = "holidays"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Bell(SchoolOwned, Base):
    """When a lesson of a number begins and ends (звонки), HH:MM, where that is known."""

    __tablename__ = "bells"

    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts: Mapped[str | None] = mapped_column(String(5))
    ends: Mapped[str | None] = mapped_column(String(5))


class Subject(SchoolOwned, Base):
    """A school subject; its name is unique in the school."""

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))


class Room(SchoolOwned, Base):
    """A room (кабинет); its name is unique in the school."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(250))
    capacity: Mapped[int | None]
    building: Mapped[str] = mapped_column(String(120))


class Load(SchoolOwned, Base):
    """Who teaches a subject in a group this year, and how many hours a week (нагрузка)."""

    __tablename__ = "loads"
    __table_args__ = (UniqueConstraint("year_id", "group_id", "subject_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"))
    teacher_ids: Mapped[list[str]]
    hours_per_week: Mapped[int]


class Slot(SchoolOwned, Base):
    """A place in the weekly timetable; lessons are made from it for the days to come."""

    __tablename__ = "slots"

    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0 every, 1 А, 2 В
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_on: Mapped[date]  # Lessons before it are those of an earlier timetable.
    starts: Mapped[str | None] = mapped_column(String(5))  # Where it is not the bell's, as in a second shift.
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    teacher_ids: Mapped[list[str]]


class Lesson(SchoolOwned, Base):
    """A dated lesson. Once its day has come it stays as it was, whatever the timetable becomes."""

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("group_id", "subject_id", "lesson_on", "number"),
        Index("ix_lessons_school_id_lesson_on", "school_id", "lesson_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column()  # The index above begins with it.
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"))
    lesson_on: Mapped[date]
    number: Mapped[int]
    starts: Mapped[str | None] = mapped_column(String(5))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    teacher_ids: Mapped[list[str]]
    is_cancelled: Mapped[bool]


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


def table(model: type[Base]) -> Table:
    """Return the table of a model, for bulk writes."""
    found = model.__table__
    assert isinstance(found, Table)  # noqa: S101  # Each model here maps one table.
    return found
