"""Files that people hand in: what is known of them. Their contents are kept outside the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class FileContent(SchoolOwned, Base):
    """A content that is kept, or about to be: the row comes first, and goes with the content."""

    __tablename__ = "file_contents"
    __table_args__ = (PrimaryKeyConstraint("school_id", "digest"),)

    school_id: Mapped[UUID] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256, in hexadecimal.
    kept_at: Mapped[datetime] = mapped_column()  # When it was last handed in.


class StoredFile(SchoolOwned, Base):
    """A file as somebody handed it in; it belongs to one thing, once it is used in it.

    Two files of one content share it. Unused for a day, it is swept away.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "digest"], ["file_contents.school_id", "file_contents.digest"],
            name="fk_stored_files_digest_file_contents",
        ),
        Index("ix_stored_files_school_id_digest", "school_id", "digest"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column()
    owner_id: Mapped[UUID] = mapped_column(index=True)  # Who handed it in.
    name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(10))  # shared.file_kinds
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    used_as: Mapped[str | None] = mapped_column(String(20))  # What the thing is: queries.files.READERS.
    used_in: Mapped[UUID | None] = mapped_column(index=True)
