"""The curriculum (учебный план), and which state of the load was seen."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Curriculum(SchoolOwned, Base):
    """What a parallel, or some of its classes (profile), learns in a year: one edition of the plan.

    Approved it is never changed, its hours of the year included, whatever becomes of the calendar:
    a new edition replaces it, and it stays as history.
    """

    __tablename__ = "curricula"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'approved', 'replaced')", name="status"),
        CheckConstraint("grade BETWEEN 0 AND 12", name="grade"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int]
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int]
    class_ids: Mapped[list[str]]  # Empty: for every class of the parallel without a plan of its own.
    status: Mapped[str] = mapped_column(String(10))
    edition: Mapped[int]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("curricula.id"))
    weeks: Mapped[int | None]  # Of study, as the calendar had them at the approval; None: as it has them.
    order_number: Mapped[str | None] = mapped_column(String(40))
    order_on: Mapped[date | None]
    made_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]

    items: Mapped[list["CurriculumItem"]] = relationship(cascade="all, delete-orphan", lazy="raise")


class CurriculumItem(SchoolOwned, Base):
    """A subject of a curriculum, in its obligatory part or the one the school forms itself."""

    __tablename__ = "curriculum_items"
    __table_args__ = (
        UniqueConstraint("curriculum_id", "subject_id", "part"),
        CheckConstraint("part IN ('required', 'formed')", name="part"),
        CheckConstraint("group_count BETWEEN 1 AND 3", name="group_count"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    curriculum_id: Mapped[UUID] = mapped_column(ForeignKey("curricula.id"))
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"))
    part: Mapped[str] = mapped_column(String(10))
    quarters_per_week: Mapped[int]  # Quarter-hours: half hours are exact, and sums of them, too.
    hours_per_year: Mapped[int | None]  # None: as the weeks of the year make it.
    group_count: Mapped[int]  # Into how many groups a class is divided for it.


class LoadTable(SchoolOwned, Base):
    """How often the load of a group has changed; the sum over a class is the state an editor saw."""

    __tablename__ = "load_tables"

    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]


class Rate(SchoolOwned, Base):
    """How many hours a week a full rate (ставка) of a teacher has, where the school decided otherwise."""

    __tablename__ = "rates"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    quarters_per_week: Mapped[int]
