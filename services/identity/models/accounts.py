"""What people sign in with, and the sessions they have begun."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class Account(SchoolOwned, Base):
    """What a person signs in with; no hash until a password was given out."""

    __tablename__ = "accounts"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)  # In the whole deployment.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change: Mapped[bool]  # A code was issued, and no own password is set yet.
    blocked_at: Mapped[datetime | None]
    blocked_by: Mapped[UUID | None]
    blocked_reason: Mapped[str | None] = mapped_column(String(300))
    factor_due_at: Mapped[datetime | None]  # Until when a second factor may be put off; see rules.factors.


class Attempt(Base):
    """Failed sign-ins under a login, whether anybody has it or not."""

    __tablename__ = "attempts"

    login_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    tried_at: Mapped[datetime] = mapped_column(index=True)


class SignIn(SchoolOwned, Base):
    """A session: somebody signed in, on one device."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    started_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45), server_default="")
    device: Mapped[str] = mapped_column(String(200), server_default="")
    proven_at: Mapped[datetime | None]  # When they last showed who they are; None of old sessions.
    amr: Mapped[list[str]] = mapped_column(server_default=text("'[\"pwd\"]'"))  # By what (RFC 8176).
    is_shared: Mapped[bool] = mapped_column(server_default=false())  # On a computer of many people.
