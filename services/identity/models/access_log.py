"""The access log: who saw or changed whose data, and the chain that shows when it was tampered with.

It holds ids and no names, so that erasing a person leaves it as it is. The database itself refuses
to change it, and to delete from it before a year is over (migration 0008).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned


class AccessRecord(SchoolOwned, Base):
    """One request by somebody known: who, when, from where, what, about whom, with what result."""

    __tablename__ = "access_log"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column()  # type: ignore[assignment]  # None: of no school.
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    client_id: Mapped[str | None] = mapped_column(String(80))
    session_id: Mapped[UUID | None] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(45))
    action: Mapped[str] = mapped_column(String(60))  # As the policy calls it.
    endpoint: Mapped[str] = mapped_column(String(120))
    about: Mapped[UUID | None]  # A person, or a circle of several.
    persons: Mapped[int]
    group_id: Mapped[UUID | None]
    status: Mapped[int] = mapped_column(SmallInteger)
    request_id: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]]
    service: Mapped[str] = mapped_column(String(20), server_default="identity")  # That answered it.
    arrived_at: Mapped[datetime | None]  # When another service told of it; None: noted here.

    __table_args__ = (
        Index("ix_access_log_arrived_at", "arrived_at"),
        Index("ix_access_log_school_id_at_id", "school_id", "at", "id"),
        Index("ix_access_log_about_at", "about", "at"),
        Index("ix_access_log_actor_id_at", "actor_id", "at"),
        Index("ix_access_log_at", "at"),
    )


class Circle(SchoolOwned, Base):
    """Somebody among several people seen in one answer; a list that stays the same is kept once.

    A circle's id is a digest of its members, so that it cannot be changed unnoticed either.
    """

    __tablename__ = "access_circles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    at: Mapped[datetime]  # When it was seen for the first time.


class AccessLink(SchoolOwned, Base):
    """A record's place in the chain of its school: each digest covers the one before it."""

    __tablename__ = "access_links"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(index=True)  # type: ignore[assignment]
    chain: Mapped[str] = mapped_column(String(36))  # The school, or `_`.
    number: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]  # On which it was sealed, in UTC.
    at: Mapped[datetime] = mapped_column(index=True)  # When the record came here.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_access_links_chain_day", "chain", "day"),
    )


class AccessRoot(SchoolOwned, Base):
    """The last digest of a day: printed or kept elsewhere, it vouches for all that lies before it.

    Roots stay when the records of their day are gone.
    """

    __tablename__ = "access_roots"

    chain: Mapped[str] = mapped_column(String(36), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(index=True)  # type: ignore[assignment]
    number: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
