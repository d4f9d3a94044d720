"""First sign-ins, forgotten passwords, and what shows that somebody guesses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class ActivationCode(SchoolOwned, Base):
    """A one-time code given to a person on paper; the row stays as the log of who gave it to whom.

    It opens the account until an own password is set, a newer code is issued, or its time is over.
    """

    __tablename__ = "activation_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]  # None: by a command on the machine itself.
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # The first sign-in with it.
    ended_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    handed_by: Mapped[UUID | None]
    handed_to: Mapped[UUID | None]  # The person, or who answers for a pupil.


class FailedSignIn(SchoolOwned, Base):
    """An attempt that was judged and failed, under whatever login."""

    __tablename__ = "failed_sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID | None] = mapped_column(index=True)  # type: ignore[assignment]  # None: nobody's login.
    person_id: Mapped[UUID | None]
    failed_at: Mapped[datetime] = mapped_column(index=True)
    network: Mapped[str] = mapped_column(String(50))  # What limits count by: an IPv6 home is a /64.
    address: Mapped[str] = mapped_column(String(45))
    device: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(20))  # wrong, expired, blocked

    __table_args__ = (
        Index("ix_failed_sign_ins_network_failed_at", "network", "failed_at"),
        Index("ix_failed_sign_ins_person_id_failed_at", "person_id", "failed_at"),
    )


class ResetRequest(SchoolOwned, Base):
    """Somebody forgot a password and asked for a letter; whose login it is, is found out at sending."""

    __tablename__ = "reset_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID | None] = mapped_column(index=True)  # type: ignore[assignment]  # None: not looked up yet.
    person_id: Mapped[UUID | None]
    login: Mapped[str] = mapped_column(String(254))  # As typed; emptied when it was looked up.
    asked_at: Mapped[datetime]
    network: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(10))  # As rules.resets names them.
    next_at: Mapped[datetime]  # When it may be tried to send.
    token_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_reset_requests_network_asked_at", "network", "asked_at"),
        Index("ix_reset_requests_person_id_asked_at", "person_id", "asked_at"),
        Index("ix_reset_requests_state_next_at", "state", "next_at"),
    )


class Alarm(Base):
    """Many sign-ins failed in the whole deployment, and its operators were told."""

    __tablename__ = "alarms"

    raised_at: Mapped[datetime] = mapped_column(primary_key=True)
    failures: Mapped[int]
