"""The tables of identity."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, SchoolOwned, naming_metadata
from shared.ids import new_id

# Sorted by code point: the key is folded already, and every database then sorts alike.
SORTED = String(400).with_variant(String(400, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """All tables of this service."""

    metadata = naming_metadata()
    type_annotation_map = TYPES


class School(Base):
    """A school and its parameters."""

    __tablename__ = "schools"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))
    scale: Mapped[list[str]]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # As SQLAlchemy declares it.


class Person(SchoolOwned, Base):
    """A pupil, a parent or one of the staff."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    family_name: Mapped[str] = mapped_column(String(120))
    given_name: Mapped[str] = mapped_column(String(120))
    patronymic: Mapped[str] = mapped_column(String(120))
    sorted_by: Mapped[str] = mapped_column(SORTED)
    email: Mapped[str | None] = mapped_column(String(254))
    birth_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(2))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # As SQLAlchemy declares it.
    __table_args__ = (Index("ix_people_school_id_sorted_by", "school_id", "sorted_by", "id"),)


class Account(SchoolOwned, Base):
    """What a person signs in with; no hash until a password was given out."""

    __tablename__ = "accounts"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)  # In the whole deployment.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change: Mapped[bool]
    expires_at: Mapped[datetime | None]  # Of a one-time password.


class Attempt(Base):
    """Failed sign-ins under a login, whether anybody has it or not."""

    __tablename__ = "attempts"

    login_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    tried_at: Mapped[datetime] = mapped_column(index=True)


class Role(SchoolOwned, Base):
    """A role a person has in the school."""

    __tablename__ = "roles"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Guardianship(SchoolOwned, Base):
    """A parent or other lawful representative, and the pupil."""

    __tablename__ = "guardianships"

    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class Group(SchoolOwned, Base):
    """A class, a group within it (or across), or a parallel."""

    __tablename__ = "groups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"))
    class_teacher_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

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

    __table_args__ = (
        UniqueConstraint("group_id", "pupil_id", "from_on"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
    )


class SignIn(SchoolOwned, Base):
    """A session: somebody signed in, on one device."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    started_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Client(Base):
    """A program with an identity of its own: a service, or an importer of one school."""

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("schools.id"))  # None: all schools
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]]


class SigningKey(Base):
    """A key for access tokens: the lowest number not retired signs, the next one stands ready."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    private_jwk: Mapped[dict[str, Any]]
    signs_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ExternalId(SchoolOwned, Base):
    """What another program calls a person or a group of ours."""

    __tablename__ = "external_ids"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # person or group
    external: Mapped[str] = mapped_column(String(300), primary_key=True)
    id: Mapped[UUID] = mapped_column(index=True)


def table(model: type[Base]) -> Table:
    """Return the table of a model, for bulk writes."""
    found = model.__table__
    assert isinstance(found, Table)  # noqa: S101  # Each model here maps one table.
    return found
