"""Other identity providers (ЕСИА and its like) by which people may sign in here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned


class Provider(Base):
    """Another identity provider, spoken to by OpenID Connect; what we prove ourselves by is sealed."""

    __tablename__ = "providers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("schools.id"), index=True)  # None: all schools
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(200))
    auth_method: Mapped[str] = mapped_column(String(30))  # client_secret_basic or private_key_jwt
    sealed_secret: Mapped[str] = mapped_column(String(4000))
    scopes: Mapped[list[str]]
    counts_as: Mapped[list[str]]  # amr of a sign-in by it, whatever the provider says
    is_enabled: Mapped[bool]


class ProviderLink(SchoolOwned, Base):
    """Whom a provider's subject is here. It was made by the person, or by a code given to the person."""

    __tablename__ = "provider_links"

    provider_id: Mapped[str] = mapped_column(ForeignKey("providers.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(300), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    linked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderVisit(Base):
    """A browser sent to a provider: what it must bring back, and then whom the provider named.

    It belongs to no school, for until the provider has answered it is nobody's.
    """

    __tablename__ = "provider_visits"

    state_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    browser_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    provider_id: Mapped[str] = mapped_column(ForeignKey("providers.id"))
    person_id: Mapped[UUID | None]  # Who wants to be linked; nobody when it is to sign in.
    nonce: Mapped[str] = mapped_column(String(100))
    verifier: Mapped[str] = mapped_column(String(128))
    made_at: Mapped[datetime] = mapped_column(index=True)
    is_back: Mapped[bool]
    subject: Mapped[str] = mapped_column(String(300))
