"""Ids that came from outside, held against what is known of other schools."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Group, Person
from shared.db import SchoolSession
from shared.errors import Invalid, Text


class IdsOfAnotherSchool(Invalid):
    """Some of the ids belong to people or groups of another school."""

    title = Text("Чужие идентификаторы", "Ids of another school")
    detail = Text(
        "Названные в ids люди или группы — не этой школы. Получите id запросом identity /imports/names.",
        "People or groups in “ids” are not of this school. Get the ids from identity's /imports/names.",
    )


def refuse_strangers(
    everywhere: SchoolSession, school: UUID, people: Mapping[str, UUID], groups: Mapping[str, UUID]
) -> None:
    """Raise IdsOfAnotherSchool for ids known to be another school's; needs a session across schools.

    Ids that are not known at all pass: identity may have told of them a moment ago.
    """
    wrong: dict[str, list[str]] = {}
    for kind, model, given in (("teachers", Person, people), ("groups", Group, groups)):
        foreign = _foreign(everywhere, model, school, set(given.values()))
        if names := sorted(name for name, id_ in given.items() if id_ in foreign):
            wrong[f"ids.{kind}"] = names
    if wrong:
        raise IdsOfAnotherSchool(errors=wrong)


def _foreign(
    everywhere: SchoolSession, model: type[Person | Group], school: UUID, ids: Collection[UUID]
) -> set[UUID]:
    found = select(model.id).where(model.id.in_(ids), model.school_id != school)
    return set(everywhere.scalars(found))
