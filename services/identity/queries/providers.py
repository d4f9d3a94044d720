"""By which providers a person signs in."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import Provider, ProviderLink
from shared.db import SchoolSession


def links(session: SchoolSession, person_id: UUID) -> list[dict[str, Any]]:
    """Return the providers there are for somebody, and since when they are linked where they are.

    The session is one across schools; providers of other schools are not for them.
    """
    linked = select(ProviderLink).where(ProviderLink.person_id == person_id)
    known = {link.provider_id: link for link in session.scalars(linked.order_by(ProviderLink.linked_at))}
    asked = select(Provider).where(Provider.is_enabled | Provider.id.in_(known)).order_by(Provider.title)
    return [
        {
            "provider_id": provider.id,
            "title": provider.title,
            "school_id": provider.school_id,
            "linked_at": known[provider.id].linked_at if provider.id in known else None,
            "used_at": known[provider.id].used_at if provider.id in known else None,
        }
        for provider in session.scalars(asked)
    ]
