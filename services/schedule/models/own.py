"""What schedule owns: the year, its directories, the timetable, the lessons."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.schedule.models.base import Base
from services.schedule.models.days import BellSchedule, SpecialDay
from shared.db import SchoolOwned
from shared.grades import GradeList
from shared.ids import new_id


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
    bell_schedules: Mapped[list[BellSchedule]] = relationship(
        order_by=BellSchedule.name, cascade="all, delete-orphan", lazy="raise"
    )
    special_days: Mapped[list[SpecialDay]] = relationship(
        order_by=SpecialDay.day, cascade="all, delete-orphan", lazy="raise"
    )


class Period(SchoolOwned, Base):
    """A quarter, trimester, half-year or module of some parallels (none: of all), both days included."""

    __tablename__ = "periods"
    __table_args__ = (UniqueConstraint("year_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10), server_default="quarter")
    grades: Mapped[tuple[int, ...]] = mapped_column(GradeList(), server_default="")


class Holiday(SchoolOwned, Base):
    """Days without lessons (каникулы, праздники) of some parallels (none: of all), both included."""

    __tablename__ = "holidays"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    grades: Mapped[tuple[int, ...]] = mapped_column(GradeList(), server_default="")


class Bell(SchoolOwned, Base):
    """When a lesson of a number usually begins and ends (звонки), HH:MM, where that is known."""

    __tablename__ = "bells"

    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts: Mapped[str | None] = mapped_column(String(5))
    ends: Mapped[str | None] = mapped_column(String(5))


class Subject(SchoolOwned, Base):
    """A school subject; its name is unique in the school, also among those no longer offered."""

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(30), server_default="")
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("subject_areas.id"))
    closed_on: Mapped[date | None]  # No longer offered since; what is there stays.
    version: Mapped[int] = mapped_column(server_default="1")


class Room(SchoolOwned, Base):
    """A room (кабинет); its name is unique in the school, also among those no longer offered."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(250))
    capacity: Mapped[int | None]
    building: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20), server_default="ordinary")
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default="1")


class Load(SchoolOwned, Base):
    """Who teaches a subject in a group this year, and how many hours a week (нагрузка)."""

    __tablename__ = "loads"
    __table_args__ = (UniqueConstraint("year_id", "group_id", "subject_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"))
    teacher_ids: Mapped[list[str]]
    hours_per_week: Mapped[int]  # Rounded up, as it is told.
    quarters_off: Mapped[int] = mapped_column(server_default="0")  # Quarter-hours less than that: 0 to 3.


class Slot(SchoolOwned, Base):
    """A place in the weekly timetable; lessons are made from it for the days to come."""

    __tablename__ = "slots"

    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0 every, 1 А, 2 В
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # Lessons before it are those of an earlier version, those after `until_on` of a later one.
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]
    timetable_id: Mapped[UUID | None] = mapped_column(ForeignKey("timetables.id"), index=True)
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
    # Others than the load's own teachers give it: they alone write on its page.
    is_substituted: Mapped[bool] = mapped_column(server_default=false())
