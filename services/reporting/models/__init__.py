"""The read model: copies of what identity, schedule and journal tell, each table from one log alone.

There are no foreign keys: the logs arrive independently of one another, and what has not come yet
is simply not there to be joined.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.models.base import Base as Base
from services.reporting.models.corrections import FinalCorrection as FinalCorrection
from services.reporting.models.corrections import LessonCorrection as LessonCorrection
from services.reporting.models.finals import Closing as Closing
from services.reporting.models.finals import Final as Final
from shared.db import SchoolOwned
from shared.grades import GradeList


class School(SchoolOwned, Base):
    """A school's name and time zone (identity)."""

    __tablename__ = "schools"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))


class Person(SchoolOwned, Base):
    """A person's name (identity)."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_name: Mapped[str] = mapped_column(String(120))
    given_name: Mapped[str] = mapped_column(String(120))
    patronymic: Mapped[str] = mapped_column(String(120))


class MergedPerson(SchoolOwned, Base):
    """Somebody who was entered twice: what is about `merged_id` is about `kept_id` (identity)."""

    __tablename__ = "merged_people"

    merged_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(index=True)


class Group(SchoolOwned, Base):
    """A class, a group within it or a parallel (identity)."""

    __tablename__ = "groups"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int | None]
    parent_id: Mapped[UUID | None] = mapped_column(index=True)
    class_teacher_id: Mapped[UUID | None]


class Enrolment(SchoolOwned, Base):
    """A pupil's stay in a group, both days included, and the order that ended it (identity)."""

    __tablename__ = "enrolments"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]
    ended_as: Mapped[str | None] = mapped_column(String(20))
    order_number: Mapped[str | None] = mapped_column(String(40))
    order_on: Mapped[date | None]


class Year(SchoolOwned, Base):
    """An academic year (schedule)."""

    __tablename__ = "years"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Period(SchoolOwned, Base):
    """A quarter, trimester, half-year or module of some parallels, or of all (schedule)."""

    __tablename__ = "periods"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    year_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10), server_default="quarter")
    grades: Mapped[tuple[int, ...]] = mapped_column(GradeList(), server_default="")


class Subject(SchoolOwned, Base):
    """A subject's name (schedule)."""

    __tablename__ = "subjects"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))


class Load(SchoolOwned, Base):
    """Who teaches a subject in a group this year (schedule)."""

    __tablename__ = "loads"

    year_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_ids: Mapped[list[str]]


class Lesson(SchoolOwned, Base):
    """A dated lesson (schedule)."""

    __tablename__ = "lessons"
    __table_args__ = (Index("ix_lessons_group_id_subject_id_held_on", "group_id", "subject_id", "held_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    year_id: Mapped[UUID]
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    held_on: Mapped[date]
    number: Mapped[int]
    teacher_ids: Mapped[list[str]]
    is_cancelled: Mapped[bool]


class Page(SchoolOwned, Base):
    """A class-subject page of a year (journal). The state of its chain is its last `PageHead`."""

    __tablename__ = "pages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    year_id: Mapped[UUID]
    group_id: Mapped[UUID]
    subject_id: Mapped[UUID]


class PageHead(SchoolOwned, Base):
    """A state a page has or had: what a digest on paper is held against (journal).

    The one with the highest `seq` is the page's state now; it is entered together with the marks
    it stands for.
    """

    __tablename__ = "page_heads"

    school_id: Mapped[UUID] = mapped_column()  # Not indexed: too many rows, always found by the page.
    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    head: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]


class PageLesson(SchoolOwned, Base):
    """A lesson as the page knows it: its day, topic and homework (journal)."""

    __tablename__ = "page_lessons"

    school_id: Mapped[UUID] = mapped_column()
    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    lesson_id: Mapped[UUID] = mapped_column(primary_key=True)
    held_on: Mapped[date]
    number: Mapped[int | None]
    topic: Mapped[str | None] = mapped_column(Text)
    homework: Mapped[str | None] = mapped_column(Text)


class Work(SchoolOwned, Base):
    """A work of a lesson: its type, weight and title (journal)."""

    __tablename__ = "works"

    school_id: Mapped[UUID] = mapped_column()
    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    lesson_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    work: Mapped[str] = mapped_column(String(40))
    weight: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(300))


class Entry(SchoolOwned, Base):
    """What stands in a cell; no value in one that was emptied (journal)."""

    __tablename__ = "entries"

    school_id: Mapped[UUID] = mapped_column()
    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    lesson_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str | None] = mapped_column(String(20))


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that need no objects."""
    return Base.metadata.tables[model.__tablename__]


PROJECTIONS = {
    "identity": tuple(map(table_of, (School, Person, MergedPerson, Group, Enrolment))),
    "schedule": tuple(map(table_of, (Year, Period, Subject, Load, Lesson))),
    "journal": tuple(
        map(
            table_of,
            (Page, PageHead, PageLesson, Work, Entry, Final, FinalCorrection, LessonCorrection, Closing),
        )
    ),
}
"""Which tables are made from which log, and so can be made anew from it."""
