"""Versions of the timetable: drafts, what was published, and the cards they consist of."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Timetable(SchoolOwned, Base):
    """A version of a year's timetable, or of a part of it: that of the groups it names.

    Once published it is not changed any more; until it begins, it may be withdrawn.
    """

    __tablename__ = "timetables"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'withdrawn')", name="status"),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(10))
    from_on: Mapped[date | None]  # None until it is published
    until_on: Mapped[date | None]  # None: to the end of the year
    source: Mapped[str] = mapped_column(String(10))
    group_ids: Mapped[list[str]]  # Whose timetable it is; other groups keep theirs.
    version: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    published_on: Mapped[date | None]  # The school's day then: what was in force until it stays so.
    published_by: Mapped[UUID | None]
    report: Mapped[dict[str, Any] | None]  # The conflicts known when it was published.


class Card(SchoolOwned, Base):
    """One lesson hour of a version: several groups are a joint lesson, several teachers give it together.

    A card without weekday and number has no place yet.
    """

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint("week BETWEEN 0 AND 2", name="week"),
        CheckConstraint("(weekday IS NULL) = (number IS NULL)", name="place"),
        Index("ix_cards_school_id_timetable_id", "school_id", "timetable_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column()  # The index above begins with it.
    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("timetables.id"), index=True)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"))
    group_ids: Mapped[list[str]]
    teacher_ids: Mapped[list[str]]
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    week: Mapped[int]  # 0 every, 1 А, 2 В
    weekday: Mapped[int | None]
    number: Mapped[int | None]
    starts: Mapped[str | None] = mapped_column(String(5))  # Where it is not the bell's.
    is_locked: Mapped[bool] = mapped_column(server_default=false())


class TimetableLimits(SchoolOwned, Base):
    """What the school takes for too much in a timetable, from a day on."""

    __tablename__ = "timetable_limits"
    __table_args__ = (UniqueConstraint("school_id", "from_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    from_on: Mapped[date]
    grades: Mapped[dict[str, Any]]  # By parallel: lessons a day, longer days, hours of 5 and of 6 days.
    severities: Mapped[dict[str, Any]]  # By kind of conflict: error, warning, off.
    version: Mapped[int]
