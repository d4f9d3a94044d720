"""The tables of notify: small copies of what others tell, and what is its own: notices and letters."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, SchoolOwned, naming_metadata

ENTRIES = JSON().with_variant(postgresql.JSONB(), "postgresql")

WAITING, TAKEN, NONE, EXPIRED = "waiting", "taken", "none", "expired"
"""What becomes of a notice by mail: it waits, a letter has taken it, it goes by none, it came too late."""

SENDING, RETRYING, SENT, REFUSED = "sending", "retrying", "sent", "refused"
"""A letter's states, beside EXPIRED."""


class Base(DeclarativeBase):
    """All tables of this service."""

    metadata = naming_metadata()
    type_annotation_map = TYPES


class School(SchoolOwned, Base):
    """A school's time zone (identity)."""

    __tablename__ = "schools"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    time_zone: Mapped[str] = mapped_column(String(60))


class Person(SchoolOwned, Base):
    """A person's name and address (identity)."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_name: Mapped[str] = mapped_column(String(120))
    given_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))


class Guardianship(SchoolOwned, Base):
    """Who is told about a pupil, and since when (identity)."""

    __tablename__ = "guardianships"

    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    guardian_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    since: Mapped[datetime]


class Subject(SchoolOwned, Base):
    """A subject's name (schedule)."""

    __tablename__ = "subjects"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))


class News(SchoolOwned, Base):
    """What one event of journal means for one pupil.

    News are kept beside the notices made of them, for guardians may become known later than marks.
    A rebuild leaves them alone: what was told once is not told again.
    """

    __tablename__ = "news"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    subject_id: Mapped[UUID]
    lesson_id: Mapped[UUID]
    lesson_on: Mapped[date]
    entries: Mapped[list[Any]] = mapped_column(ENTRIES)  # [[slot, value, was, work], …]
    told_at: Mapped[datetime]


class Notice(SchoolOwned, Base):
    """A piece of news told to one person, once."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_recipient_id_id", "recipient_id", "id"),
        Index("ix_notices_letter_id", "letter_id"),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(String(10))
    letter_id: Mapped[UUID | None]


# A table of years is searched every other second for the few that wait.
Index("ix_notices_waiting", Notice.recipient_id, postgresql_where=Notice.mail == WAITING,
      sqlite_where=Notice.mail == WAITING)  # fmt: skip


class Preference(SchoolOwned, Base):
    """How a person wants to be told; whoever has none gets letters in the language identity knows."""

    __tablename__ = "preferences"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    email_enabled: Mapped[bool]
    language: Mapped[str] = mapped_column(String(2))


class Letter(SchoolOwned, Base):
    """A letter to one person. Its Message-ID is its own id, however often it has to be sent."""

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_state_next_at", "state", "next_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]  # When it may be tried again; while it is being sent, when it counts as lost.
    sent_at: Mapped[datetime | None]


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that need no objects."""
    return Base.metadata.tables[model.__tablename__]


PROJECTIONS = {
    "identity": (table_of(School), table_of(Person), table_of(Guardianship)),
    "schedule": (table_of(Subject),),
}
"""What can be made anew from a log. Notices and letters are not among it: they are facts of our own."""
