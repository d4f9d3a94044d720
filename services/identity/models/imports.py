"""Imports rehearsed and done, and people who turned out to be one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id

PARTS = JSON().with_variant(postgresql.JSONB(), "postgresql")

REHEARSED, REFUSED, APPLIED = "rehearsed", "refused", "applied"
"""The states of an import: shown what it would do; wrong in some rows; done."""


class Import(SchoolOwned, Base):
    """A file brought by somebody, what it would do, and whether it was done.

    The file and the names in the report are kept for a day, or until it is done; then the counts
    alone are left.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_school_id_created_at", "school_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column()  # The index above begins with it.
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    options: Mapped[dict[str, Any]] = mapped_column(PARTS)
    digest: Mapped[str | None] = mapped_column(String(64))  # Of what it would do.
    summary: Mapped[dict[str, Any]] = mapped_column(PARTS)  # Format and counts.
    details: Mapped[dict[str, Any]] = mapped_column(PARTS)  # Changes, questions, errors.
    brought_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class Merge(SchoolOwned, Base):
    """Somebody who was entered twice: whoever still knows the old id finds the person kept."""

    __tablename__ = "merges"

    merged_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(index=True)
    merged_at: Mapped[datetime]
    merged_by: Mapped[str] = mapped_column(String(80))
