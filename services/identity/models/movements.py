"""Movements of pupils (движение учащихся) with their orders, and moves of the school to a next year."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class YearMove(SchoolOwned, Base):
    """The school's move to its next year: one reviewed operation, undone at most once."""

    __tablename__ = "year_moves"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    starts_on: Mapped[date]  # The first day of the new year.
    undo_until: Mapped[date]
    order_number: Mapped[str] = mapped_column(String(40))
    order_on: Mapped[date]
    applied_at: Mapped[datetime]
    applied_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class YearMoveGroup(SchoolOwned, Base):
    """A group that a move to the next year ended (`old_id`), began (`new_id`), or continued as another."""

    __tablename__ = "year_move_groups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_move_id: Mapped[UUID] = mapped_column(ForeignKey("year_moves.id"), index=True)
    old_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"), index=True)
    new_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"), index=True)


class Movement(SchoolOwned, Base):
    """What an order did to a pupil's place in the school. Never changed: a reversal corrects it.

    `moved_on` is the day the order names: the last one in the school of who leaves, else the
    first one in the new class; `effective_on` is the first day on which things are as ordered.
    """

    __tablename__ = "movements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    moved_on: Mapped[date]
    effective_on: Mapped[date]
    from_class_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"), index=True)
    to_class_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"), index=True)
    order_number: Mapped[str | None] = mapped_column(String(40))
    order_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(String(300))  # Where from, or where to.
    reason: Mapped[str | None] = mapped_column(String(300))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("movements.id"), unique=True)
    year_move_id: Mapped[UUID | None] = mapped_column(ForeignKey("year_moves.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('enrolment', 'transfer', 'departure', 'return', 'promotion', 'repeat', 'graduation',"
            " 'reversal')",
            name="kind",
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        Index("ix_movements_pupil_id", "pupil_id", "effective_on"),
        Index("ix_movements_school_id_moved_on", "school_id", "moved_on", "id"),
    )


class MovementStay(SchoolOwned, Base):
    """What a movement did to one stay in a group: opened, ended or dropped it; enough to take it back.

    A stay that would have begun on the day or later is dropped: it never came to be.
    """

    __tablename__ = "movement_stays"

    movement_id: Mapped[UUID] = mapped_column(ForeignKey("movements.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(String(8), primary_key=True)
    until_was: Mapped[date | None]
    began_by_was: Mapped[UUID | None]
    ended_by_was: Mapped[UUID | None]

    __table_args__ = (CheckConstraint("did IN ('opened', 'ended', 'dropped')", name="did"),)
