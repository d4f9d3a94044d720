"""What makes a day differ from another: bell schedules, shifts, special days; and who changed it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.grades import GradeList
from shared.ids import new_id


class BellSchedule(SchoolOwned, Base):
    """A bell schedule beside the usual one: of a shift, of a weekday, or for shortened days.

    Schedules of one name are one for both shifts: a shortened day rings for each by its own.
    """

    __tablename__ = "bell_schedules"
    __table_args__ = (UniqueConstraint("year_id", "name", "shift"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    name: Mapped[str] = mapped_column(String(60))
    shift: Mapped[int]  # 1 or 2; 0: of both
    weekdays: Mapped[str] = mapped_column(String(7))  # On which it rings, Monday 1; none: when a day says.

    times: Mapped[list["BellTime"]] = relationship(
        order_by="BellTime.number", cascade="all, delete-orphan", lazy="raise"
    )


class BellTime(SchoolOwned, Base):
    """When a lesson of a number begins and ends by a bell schedule, HH:MM."""

    __tablename__ = "bell_times"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("bell_schedules.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts: Mapped[str | None] = mapped_column(String(5))
    ends: Mapped[str | None] = mapped_column(String(5))


class ClassShift(SchoolOwned, Base):
    """In which shift (смена) a class learns from a day on; without a word, in the first."""

    __tablename__ = "class_shifts"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[int]


class SpecialDay(SchoolOwned, Base):
    """A day unlike the others, of some parallels (none: of all)."""

    __tablename__ = "special_days"
    __table_args__ = (
        CheckConstraint("kind IN ('moved', 'working', 'free', 'short', 'remote')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), index=True)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    weekday: Mapped[int | None]  # Whose lessons are held; its own, unless said
    week: Mapped[int | None]  # 1 is А, 2 is В; that of the wall calendar, unless said
    bell_schedule_id: Mapped[UUID | None] = mapped_column(ForeignKey("bell_schedules.id"))
    grades: Mapped[tuple[int, ...]] = mapped_column(GradeList())


class SubjectArea(SchoolOwned, Base):
    """A subject area (предметная область) of the curriculum."""

    __tablename__ = "subject_areas"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    closed_on: Mapped[date | None]
    version: Mapped[int]


class YearChange(SchoolOwned, Base):
    """A change of the year or of a directory: who, when, what, before and after; never altered."""

    __tablename__ = "year_changes"
    __table_args__ = (Index("ix_year_changes_school_id_id", "school_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # In order of time
    school_id: Mapped[UUID] = mapped_column()  # The index above begins with it.
    what: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(250))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]  # None: a program, by an import
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
