"""How people are reached: kept by the operator, corrected by the class teacher (3.5.2, 4.2.2)."""

from collections.abc import Sequence
from uuid import UUID

from services.identity.actions.people.people import find_person
from services.identity.models import Person
from services.identity.models.people import Contact
from shared.db import SchoolSession
from shared.errors import Stale


def correct_contacts(
    session: SchoolSession, person_id: UUID, seen: int, contacts: Sequence[Contact]
) -> Person:
    """Replace the ways to reach a person; `seen` is the version of the card the caller saw.

    Nobody is told: contacts never leave identity. The address for letters is not among them, for
    whoever could change it could take the account over.
    """
    person = find_person(session, person_id, lock=True)
    if person.version != seen:
        raise Stale
    if person.contacts != [*contacts]:
        person.contacts = [*contacts]
        session.flush()
    return person
