"""What proves a person besides the password, and sign-ins on their way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id


class TotpSeed(SchoolOwned, Base):
    """The seed of a person's one-time codes, sealed; `next_seed` was shown and not confirmed yet."""

    __tablename__ = "totp_seeds"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    seed: Mapped[str | None] = mapped_column(String(400))
    next_seed: Mapped[str | None] = mapped_column(String(400))
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger)  # Of the newest code used: none serves twice.


class RecoveryCode(SchoolOwned, Base):
    """A code on paper that stands in for a lost phone, once."""

    __tablename__ = "recovery_codes"

    code_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(SchoolOwned, Base):
    """A device's key to sign in with (WebAuthn)."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]]
    name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PendingSignIn(SchoolOwned, Base):
    """The password was right and the second step is awaited; the token serves once."""

    __tablename__ = "pending_sign_ins"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    failures: Mapped[int]
    is_shared: Mapped[bool]


class UsedChallenge(Base):
    """A challenge a passkey has answered: no answer is taken twice."""

    __tablename__ = "used_challenges"

    challenge_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)
