"""The tables of notify: small copies of what others tell, and what is its own: notices and letters."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Table, false, true
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
    patronymic: Mapped[str] = mapped_column(String(120), server_default="")
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))


class MergedPerson(SchoolOwned, Base):
    """Somebody who was entered twice: what is about `merged_id` is about `kept_id` (identity)."""

    __tablename__ = "merged_people"

    merged_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(index=True)


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


class Period(SchoolOwned, Base):
    """A period's name (schedule)."""

    __tablename__ = "periods"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Deputy(SchoolOwned, Base):
    """Who holds the role of deputy (завуч), and is told of what comes late (identity)."""

    __tablename__ = "deputies"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)


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
    entries: Mapped[list[Any]] = mapped_column(ENTRIES)  # [[slot, value, was, work, due], …]
    told_at: Mapped[datetime]


class DayNews(SchoolOwned, Base):
    """All that is decided about one class's lessons of one day, as an event of schedule left it.

    Each event makes a row of its own and a notice that takes the place of the former one.
    """

    __tablename__ = "day_news"
    __table_args__ = (Index("ix_day_news_group_id_lesson_on", "group_id", "lesson_on"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    group_name: Mapped[str] = mapped_column(String(120))
    lesson_on: Mapped[date]
    lessons: Mapped[list[Any]] = mapped_column(ENTRIES)  # As `Change` reads and writes them.
    told_at: Mapped[datetime]


class Matter(SchoolOwned, Base):
    """What one event of journal means for those whom it asks or answers; they are told about themselves."""

    __tablename__ = "matters"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(30))
    about_id: Mapped[UUID]  # The request for correction, or the task answered.
    number: Mapped[int | None]  # Of the request.
    subject_id: Mapped[UUID | None]  # Of the task.
    told_at: Mapped[datetime | None]  # None: heard before this was kept.


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
    # A newer notice of the same class and day says it all; its letter may still be on its way.
    is_superseded: Mapped[bool] = mapped_column(server_default=false())


# A table of years is searched every other second for the few that wait.
Index("ix_notices_waiting", Notice.recipient_id, postgresql_where=Notice.mail == WAITING,
      sqlite_where=Notice.mail == WAITING)  # fmt: skip


class Warned(SchoolOwned, Base):
    """What somebody has to hear at once about their own account; nobody can switch it off.

    It is kept with what becomes of its letter: each goes by one of its own, without waiting.
    """

    __tablename__ = "warnings"
    __table_args__ = (
        Index("ix_warnings_person_id_id", "person_id", "id"),
        Index("ix_warnings_mail_next_at", "mail", "next_at"),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID]
    what: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(String(10))  # WAITING, then a letter's states.
    attempts: Mapped[int]
    next_at: Mapped[datetime]


class Preference(SchoolOwned, Base):
    """How a person wants to be told; whoever has none gets letters in the language identity knows."""

    __tablename__ = "preferences"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    email_enabled: Mapped[bool]
    mail_substitutions: Mapped[bool] = mapped_column(server_default=true())
    mail_homework: Mapped[bool] = mapped_column(
        server_default=false()
    )  # Every day one: who wants it says so.
    language: Mapped[str] = mapped_column(String(2))


class MailConsent(SchoolOwned, Base):
    """Whether a person lets the school write to them by mail, or took it back (identity)."""

    __tablename__ = "mail_consents"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_given: Mapped[bool]


class MailRule(SchoolOwned, Base):
    """When a school writes letters: «day value», one for each day it was set from (identity)."""

    __tablename__ = "mail_rules"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    dated: Mapped[list[str]]


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
    "identity": (
        table_of(School),
        table_of(Person),
        table_of(MergedPerson),
        table_of(Guardianship),
        table_of(MailConsent),
        table_of(MailRule),
        table_of(Deputy),
    ),
    "schedule": (table_of(Subject), table_of(Period)),
}
"""What can be made anew from a log. Notices and letters are not among it: they are facts of our own."""
