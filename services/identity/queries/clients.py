"""Which programs a person let in."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.identity.models import Client, Grant, RefreshFamily
from shared.clock import now
from shared.db import SchoolSession


def connected(session: SchoolSession, person_id: UUID) -> list[dict[str, Any]]:
    """Return the programs a person allowed something, by name; the session is one across schools.

    A program of all schools belongs to none, and a session of one school would not see its name.
    """
    used = (
        select(RefreshFamily.client_id, func.max(RefreshFamily.used_at).label("used_at"))
        .where(RefreshFamily.person_id == person_id)
        .group_by(RefreshFamily.client_id)
        .subquery()
    )
    live = select(RefreshFamily.client_id).where(
        RefreshFamily.person_id == person_id,
        RefreshFamily.revoked_at.is_(None),
        RefreshFamily.expires_at > now(),
    )
    asked = (
        select(Client.id, Client.name, Grant.scopes, Grant.given_at, used.c.used_at, Client.id.in_(live))
        .join(Grant, Grant.client_id == Client.id)
        .outerjoin(used, used.c.client_id == Client.id)
        .where(Grant.person_id == person_id)
        .order_by(Client.name, Client.id)
    )
    names = ("client_id", "name", "scopes", "given_at", "used_at", "is_active")
    return [dict(zip(names, row, strict=True)) for row in session.execute(asked)]
