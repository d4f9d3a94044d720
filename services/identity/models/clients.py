"""Programs that ask for tokens, in their own name or in a person's, and what they were given."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned
from shared.ids import new_id

URI = String(1000)


class Client(Base):
    """A program with an identity of its own: a service, an importer, or what people sign in to with us.

    A public one (of a browser or a phone) can keep no secret and has none. The others prove
    themselves by a secret, or by a key of which we know the public half.
    """

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("schools.id"))  # None: all schools
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200), default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    is_preapproved: Mapped[bool] = mapped_column(default=False)  # People are not asked for consent.
    secret_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    public_keys: Mapped[dict[str, Any]] = mapped_column(default=dict)  # A JWK set, or nothing.
    scopes: Mapped[list[str]]
    redirect_uris: Mapped[list[str]] = mapped_column(default=list)
    post_logout_uris: Mapped[list[str]] = mapped_column(default=list)
    logout_uri: Mapped[str] = mapped_column(URI, default="")  # Is told when a person signs out.


class Grant(SchoolOwned, Base):
    """What a person allowed a program to see and do."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("person_id", "client_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), index=True)
    scopes: Mapped[list[str]]
    given_at: Mapped[datetime]


class AuthorizationCode(SchoolOwned, Base):
    """A code on its way through the browser; kept after its use, to know a second one."""

    __tablename__ = "authorization_codes"

    code_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    session_id: Mapped[UUID]
    redirect_uri: Mapped[str] = mapped_column(URI)
    scopes: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(String(20))
    nonce: Mapped[str] = mapped_column(String(500))
    code_challenge: Mapped[str] = mapped_column(String(128))
    made_at: Mapped[datetime] = mapped_column(index=True)
    family_id: Mapped[UUID | None]  # What was given for it; none while it is unused.


class RefreshFamily(SchoolOwned, Base):
    """All tokens that came of one sign-in to a program; of its refresh tokens only the newest is good.

    `key_sha256` finds the family by any of its refresh tokens, `token_sha256` knows the newest.
    """

    __tablename__ = "refresh_families"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(index=True)
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    generation: Mapped[int]
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_for: Mapped[str] = mapped_column(String(20))  # reuse, revoked, session; empty while it lives


class UsedAssertion(Base):
    """A proof (RFC 7523) that a client has used up."""

    __tablename__ = "used_assertions"

    proof_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # Of client and jti.
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LogoutNotice(SchoolOwned, Base):
    """A program yet to be told that a session is over (back-channel logout)."""

    __tablename__ = "logout_notices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"))
    person_id: Mapped[UUID]
    session_id: Mapped[UUID]
    made_at: Mapped[datetime]
    tries: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
