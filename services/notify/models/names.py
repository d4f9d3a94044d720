"""The names behind the ids of what is decided about lessons of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notify.models import MergedPerson, Person, Subject
from shared.db import SchoolSession
from shared.names import list_name, short_name


@dataclass(frozen=True)
class Names:
    """Names by id as a text; `kept` says of people entered twice by whom they are known now."""

    subjects: Mapping[str, str]
    people: Mapping[str, str]
    pupils: Mapping[UUID, str]
    kept: Mapping[str, str]


def names_behind(session: SchoolSession, rows: Sequence[Any]) -> Names:
    """Return the names behind notices and their days, in four statements whatever their number."""
    known = [one for _, of in rows for one in of.lessons]
    subjects = {UUID(id_) for one in known for id_ in (one["subject_id"], one["to_subject_id"]) if id_}
    teachers = {UUID(who) for one in known for who in (*one["was"], *one["now"])}
    merged = select(MergedPerson).where(MergedPerson.merged_id.in_(teachers))
    kept = {str(one.merged_id): str(one.kept_id) for one in session.scalars(merged)}
    people = select(Person).where(Person.id.in_(teachers | {UUID(one) for one in kept.values()}))
    pupils = select(Person).where(Person.id.in_({notice.pupil_id for notice, _ in rows}))
    named = session.execute(select(Subject.id, Subject.name).where(Subject.id.in_(subjects)))
    return Names(
        subjects={str(id_): name for id_, name in named},
        people={
            str(one.id): short_name(one.family_name, one.given_name, one.patronymic)
            for one in session.scalars(people)
        },
        pupils={one.id: list_name(one.family_name, one.given_name) for one in session.scalars(pupils)},
        kept=kept,
    )
