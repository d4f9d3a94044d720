"""Rows that may mean somebody who is known: what is asked about them, and whom it may be."""

from collections.abc import Mapping
from uuid import UUID

from services.identity.actions.importing.roster import Candidate, Question, RosterPerson
from services.identity.actions.people.known_people import (
    NEW,
    Known,
    Recognition,
    in_same_class,
    key_of,
    may_be_born_alike,
    row_key,
)
from services.identity.models import Person
from services.identity.rules.likeness import is_one_slip_off, is_short_for
from services.identity.rules.roles import STAFF
from shared.errors import Text
from shared.names import collated, full_name

PUPIL = frozenset({"pupil"})
ANYBODY: frozenset[str] = frozenset()

SAME_NAME = Text("такое же имя, но этого мало", "the name is the same, which is not enough")
SAME_BIRTHDAY = Text("та же дата рождения, имя похоже", "the same birthday and a name alike")
TWICE_IN_FILE = Text("то же имя уже есть в файле", "the same name is in the file already")


def ask_about_doubtful(found: Recognition, rows: Mapping[str, RosterPerson]) -> None:
    """Ask about rows that may mean somebody; the others are new."""
    people = found.roster.people
    entered = {row_key(row): key for key, row in people.items() if "parent" in row.roles and key in found.ids}
    for external, row in rows.items():
        if external in found.same or found.decisions.get(external) == NEW:
            entered.setdefault(row_key(row), external)
            continue
        why, ids = _candidates(found, external, row)
        candidates = [_candidate(found.known, id_) for id_ in ids]
        twin = entered.get(row_key(row)) if not found.roster.has_ids and "parent" in row.roles else None
        if twin and row.patronymic and not _are_told_apart(people[twin], row):
            why = why if candidates else TWICE_IN_FILE
            candidates.append(_in_file(found, twin))
        if candidates:
            about = _about(found, external)
            name = full_name(row.family, row.given, row.patronymic)
            found.questions.append(
                Question(external, row.file, row.line, name, row.birth_on, about, why, tuple(candidates))
            )
        else:
            entered.setdefault(row_key(row), external)


def _are_told_apart(one: RosterPerson, other: RosterPerson) -> bool:
    """Whether two parents of one name can be reached, and by nothing in common: then they are two."""
    return bool(one.phones or one.email) and bool(other.phones or other.email)


def _candidates(found: Recognition, external: str, row: RosterPerson) -> tuple[Text, list[UUID]]:
    same = found.free(found.known.names.get(row_key(row), []), ANYBODY)
    if "pupil" in row.roles:
        named = [
            id_
            for id_ in found.free(same, PUPIL)
            if may_be_born_alike(found, id_, row) or in_same_class(found, external, id_)
        ]
        born = found.free(found.known.births.get(row.birth_on, []) if row.birth_on else [], PUPIL)
        alike = [id_ for id_ in born if id_ not in named and _is_alike(found.person(id_), row)]
        return (SAME_NAME if named else SAME_BIRTHDAY), named + alike
    adults = [id_ for id_ in same if "pupil" not in found.known.roles.get(id_, set())]
    if row.roles & STAFF:
        name = (row.family, row.given, row.patronymic)
        adults += [
            id_
            for id_ in found.free(found.known.people, STAFF)
            if id_ not in adults and is_short_for(name, _parts(found.person(id_)))
        ]
    return SAME_NAME, adults


def _is_alike(person: Person, row: RosterPerson) -> bool:
    return collated(person.given_name) == collated(row.given) or is_one_slip_off(key_of(person), row_key(row))


def _parts(person: Person) -> tuple[str, str, str]:
    return person.family_name, person.given_name, person.patronymic


def _candidate(known: Known, id_: UUID) -> Candidate:
    person = known.people[id_]
    children = [known.people[child] for child in known.children(id_)]
    about = known.classes.get(id_) or ", ".join(f"{one.family_name} {one.given_name}" for one in children)
    return Candidate(str(id_), full_name(*_parts(person)), person.birth_on, about or (person.position or ""))


def _in_file(found: Recognition, external: str) -> Candidate:
    row = found.roster.people[external]
    name = full_name(row.family, row.given, row.patronymic)
    return Candidate(external, name, row.birth_on, f"{row.file}:{row.line} {_about(found, external)}")


def _about(found: Recognition, external: str) -> str:
    children = [
        found.roster.people[key] for key in found.children.get(external, ()) if key in found.roster.people
    ]
    said = ", ".join(f"{one.family} {one.given}" for one in children)
    return said or found.classes.get(external, "").upper()
