"""The school's own card, as its documents name it."""

from typing import Any

from sqlalchemy import select

from services.identity.models import Person, Role
from services.identity.queries.people import own_school
from shared.db import SchoolSession

CARD = ("id", "version", "name", "time_zone", "scale", "short_name", "address", "phone", "email")


def school_card(session: SchoolSession) -> dict[str, Any]:
    """Return the school with its director, who is whoever has that role."""
    school = own_school(session)
    directors = (
        select(Person)
        .where(Person.id.in_(select(Role.person_id).where(Role.role == "director")))
        .order_by(Person.sorted_by, Person.id)
        .limit(1)
    )
    director = session.scalars(directors).first()
    names = ("id", "family_name", "given_name", "patronymic")
    return {name: getattr(school, name) for name in CARD} | {
        "director": {name: getattr(director, name) for name in names} if director else None
    }
