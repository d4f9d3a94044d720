"""Classes, groups and parallels, and who is in them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Group(SchoolOwned, Base):
    """A class, a group within it (or across), or a parallel."""

    __tablename__ = "groups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"))
    division: Mapped[str | None] = mapped_column(String(60))  # Of groups that share no pupil: «английский».
    class_teacher_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    # A class is one row a school year, so that old pages keep its name: 5А, then 6А that continues it.
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]  # Before `from_on`: opened by a move to the next year that was undone.
    continues_id: Mapped[UUID | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # As SQLAlchemy declares it.
    __table_args__ = (CheckConstraint("kind IN ('class', 'group', 'parallel')", name="kind"),)


class Enrolment(SchoolOwned, Base):
    """A pupil's stay in a group, both days included; open while `until_on` is empty."""

    __tablename__ = "enrolments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    began_by: Mapped[UUID | None]  # The movement that began it, when an order did; and the one that ended it.
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("group_id", "pupil_id", "from_on"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
    )
