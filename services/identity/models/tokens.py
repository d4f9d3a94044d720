"""The keys that sign tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class SigningKey(Base):
    """A key for access tokens: the lowest number not retired signs, the next one stands ready."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    private_jwk: Mapped[dict[str, Any]]
    signs_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]
