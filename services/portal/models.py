"""Browser sessions: who is signed in where. No names, and no token that a thief could use."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, SchoolOwned, naming_metadata


class Base(DeclarativeBase):
    """The portal's tables."""

    metadata = naming_metadata()
    type_annotation_map = TYPES


class BrowserSession(SchoolOwned, Base):
    """One browser in which a person is signed in.

    The cookie itself is kept nowhere: `id` is its digest, and the session token of identity is
    sealed with a key made of it. Whoever copies this table can be nobody with it.
    """

    __tablename__ = "browser_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID]
    roles: Mapped[list[str]]
    sealed_token: Mapped[str] = mapped_column(String(600))
    must_change_password: Mapped[bool]
    must_enrol_factor: Mapped[bool] = mapped_column(server_default=false())
    is_shared: Mapped[bool] = mapped_column(server_default=false())  # On a computer of many people.
    opened_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
