"""What each deputy head answers for."""

from collections.abc import Iterable
from uuid import UUID

from services.identity.actions.people.people import find_person
from services.identity.models import DeputyArea, Role
from shared.db import SchoolSession
from shared.errors import Conflict, Stale, Text


class NotADeputy(Conflict):
    """Only a deputy head answers for parallels or subjects."""

    title = Text("Это не заместитель директора", "This is no deputy head")
    detail = Text(
        "Сначала дайте этому человеку роль завуча.",
        "Give this person the role of a deputy head first.",
    )


def assign_area(
    session: SchoolSession, person_id: UUID, seen: int, *, grades: Iterable[int], subjects: Iterable[str]
) -> DeputyArea:
    """Let a deputy head answer for these parallels and areas of subjects, and for nothing else.

    `seen` is the version the caller saw, 0 where nothing was assigned yet.
    """
    find_person(session, person_id, lock=True)
    area = session.get(DeputyArea, person_id)
    if (area.version if area else 0) != seen:
        raise Stale
    if session.get(Role, (person_id, "deputy")) is None:
        raise NotADeputy
    wanted = sorted(set(grades)), sorted(set(subjects))
    if area is None:
        area = DeputyArea(person_id=person_id, school_id=UUID(session.info["school"]))
        session.add(area)
    if (area.grades, area.subjects) != wanted:
        area.grades, area.subjects = wanted
    session.flush()
    return area
