"""Teachers away, and what was decided about their lessons (замены)."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.schedule.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Absence(SchoolOwned, Base):
    """Days on which a teacher is away, both included."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("from_on <= until_on", name="days"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    teacher_id: Mapped[UUID] = mapped_column(index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300))


def away_on(absences: Iterable[Absence], day: date) -> set[str]:
    """Return who is away on a day, as lessons name their teachers."""
    return {str(one.teacher_id) for one in absences if one.from_on <= day <= one.until_on}


class Substitution(SchoolOwned, Base):
    """What was decided about one lesson: how it stands now, and how it stood before.

    It is never changed or deleted: withdrawn, it stays in the register of substituted lessons.
    """

    __tablename__ = "substitutions"
    __table_args__ = (
        CheckConstraint("kind IN ('teacher', 'joint', 'subject', 'room', 'cancel', 'move')", name="kind"),
        Index(
            "uq_substitutions_lesson_id", "lesson_id", unique=True,
            postgresql_where=text("withdrawn_at IS NULL"), sqlite_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_substitutions_school_id_lesson_on", "school_id", "lesson_on"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column()  # The index above begins with it.
    year_id: Mapped[UUID] = mapped_column(ForeignKey("years.id"))
    kind: Mapped[str] = mapped_column(String(10))
    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id"))
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id"))
    lesson_on: Mapped[date]
    number: Mapped[int]
    was_starts: Mapped[str | None] = mapped_column(String(5))
    was_room_id: Mapped[UUID | None]
    was_teacher_ids: Mapped[list[str]]
    teacher_ids: Mapped[list[str]]  # Of the lesson as it is held; empty where it is not.
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))  # Where another was chosen.
    stand_in_id: Mapped[UUID | None]  # Who came in somebody's stead, to whom the hour is paid.
    absence_id: Mapped[UUID | None] = mapped_column(ForeignKey("absences.id"))
    # The lesson held in its stead: another subject at the same hour, or the same one at another.
    to_subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("subjects.id"))
    to_on: Mapped[date | None]
    to_number: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300))
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
