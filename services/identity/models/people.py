"""People, their roles, and who answers for whom."""

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import SORTED, Base
from shared.db import SchoolOwned
from shared.ids import new_id

Contact = dict[str, str]
"""One way to reach somebody: kind (phone, email, address), value and note."""

CONTACTS = JSON().with_variant(postgresql.JSONB(), "postgresql")


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
    sex: Mapped[str | None] = mapped_column(String(1))  # m | f
    file_number: Mapped[str | None] = mapped_column(String(30))  # № личного дела, of pupils
    position: Mapped[str | None] = mapped_column(String(120))  # должность, of staff
    contacts: Mapped[list[Contact]] = mapped_column(CONTACTS, default=list, server_default="[]")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # As SQLAlchemy declares it.
    __table_args__ = (Index("ix_people_school_id_sorted_by", "school_id", "sorted_by", "id"),)


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
    kind: Mapped[str] = mapped_column(String(20), server_default="representative")


class ExternalId(SchoolOwned, Base):
    """What another program calls a person or a group of ours."""

    __tablename__ = "external_ids"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # person or group
    external: Mapped[str] = mapped_column(String(300), primary_key=True)
    id: Mapped[UUID] = mapped_column(index=True)
