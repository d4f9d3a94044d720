"""What the journal copies from the events of identity and schedule, to be rebuilt at any time.

Streams overtake one another, so a copy may name what has not come yet: no foreign keys, and a
reader takes a missing row for a stub without a name.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned
from shared.grades import GradeList


class School(SchoolOwned, Base):
    """A school's parameters (identity)."""

    __tablename__ = "schools"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    time_zone: Mapped[str]
    scale: Mapped[list[str]]
    # As JSON, each with the first day it holds; None while the school has not set its own.
    work_types: Mapped[str | None] = mapped_column(Text())
    attendance: Mapped[str | None] = mapped_column(Text())


class Parameter(SchoolOwned, Base):
    """A parameter that a school has set itself (identity)."""

    __tablename__ = "parameters"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    told: Mapped[str] = mapped_column(Text())  # All its values as JSON, each with the first day it holds.


class Person(SchoolOwned, Base):
    """A person's name (identity)."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_name: Mapped[str]
    given_name: Mapped[str]
    patronymic: Mapped[str]


class MergedPerson(SchoolOwned, Base):
    """Somebody who was entered twice: what is about `merged_id` is about `kept_id` (identity)."""

    __tablename__ = "merged_people"

    merged_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(index=True)


class Guardianship(SchoolOwned, Base):
    """Whose diary a parent may read (identity)."""

    __tablename__ = "guardianships"

    guardian_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)


class Group(SchoolOwned, Base):
    """A class, a group within it or a parallel, and its class teacher (identity)."""

    __tablename__ = "groups"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    grade: Mapped[int | None]
    parent_id: Mapped[UUID | None] = mapped_column(index=True)
    class_teacher_id: Mapped[UUID | None] = mapped_column(index=True)


class Enrolment(SchoolOwned, Base):
    """A pupil's stay in a group, both days included (identity)."""

    __tablename__ = "enrolments"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]


class Year(SchoolOwned, Base):
    """An academic year (schedule)."""

    __tablename__ = "years"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Period(SchoolOwned, Base):
    """A quarter, trimester, half-year or module of some parallels, or of all (schedule)."""

    __tablename__ = "periods"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    year_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind: Mapped[str] = mapped_column(server_default="quarter")
    grades: Mapped[tuple[int, ...]] = mapped_column(GradeList(), server_default="")


class Holiday(SchoolOwned, Base):
    """Days without lessons of some parallels, or of all (schedule); `number` orders those of a year."""

    __tablename__ = "holidays"

    year_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    grades: Mapped[tuple[int, ...]] = mapped_column(GradeList(), server_default="")


class Subject(SchoolOwned, Base):
    """A subject's name (schedule)."""

    __tablename__ = "subjects"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class PageTeacher(SchoolOwned, Base):
    """Who teaches a page's subject in its group by the load (нагрузка; schedule)."""

    __tablename__ = "page_teachers"

    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class Lesson(SchoolOwned, Base):
    """A dated lesson, planned or cancelled (schedule)."""

    __tablename__ = "lessons"
    __table_args__ = (
        Index("ix_lessons_page_id_held_on", "page_id", "held_on"),
        Index("ix_lessons_school_id_held_on", "school_id", "held_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    page_id: Mapped[UUID]
    held_on: Mapped[date]
    number: Mapped[int]  # The label on the bell schedule, which may be 0.
    starts: Mapped[str | None]  # HH:MM, the school's time
    state: Mapped[str]  # planned | cancelled
    # Given in another's stead (замена): the load's own teachers may read it, and no more.
    is_substituted: Mapped[bool] = mapped_column(server_default=false())


class LessonTeacher(SchoolOwned, Base):
    """Who gives a lesson, which on a substitution (замена) is not whom the load names (schedule)."""

    __tablename__ = "lesson_teachers"

    lesson_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class PlannedHours(SchoolOwned, Base):
    """What the curriculum in force (учебный план) gives a subject in a parallel (schedule)."""

    __tablename__ = "planned_hours"

    curriculum_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    year_id: Mapped[UUID]
    grade: Mapped[int]
    class_ids: Mapped[str] = mapped_column(Text())  # Parted by spaces; none: every class without an own one.
    quarters_per_week: Mapped[int]  # Of what is not given by the year.
    hours_per_year: Mapped[int]  # Of what is.


class PageLoad(SchoolOwned, Base):
    """How many quarter-hours a week the load (нагрузка) gives a page (schedule)."""

    __tablename__ = "page_loads"

    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    quarters_per_week: Mapped[int]


class LostLesson(SchoolOwned, Base):
    """Why a lesson does not take place on its page: by a decision of the deputy (замена; schedule)."""

    __tablename__ = "lost_lessons"

    lesson_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # cancel | subject (another was taught) | move
    # Where a moved one takes place instead; None for those heard of before this was kept.
    to_on: Mapped[date | None] = mapped_column(index=True)
    to_number: Mapped[int | None]
