"""Whom of the school the rows of a roster mean: found, new, or to be asked. Nobody is guessed.

A pupil is known by the other program's id, by our own code, by the number of the personal file, by
name and birthday, by name within the class; renamed, by birthday, given name and a parent in common.
Whatever is less than that becomes a question with candidates.
"""

from collections.abc import Mapping
from uuid import UUID

from services.identity.actions.importing.roster import Ids, Roster, RosterPerson
from services.identity.actions.people.doubts import ask_about_doubtful
from services.identity.actions.people.known_people import (
    NEW,
    Decisions,
    Known,
    Recognition,
    in_same_class,
    key_of,
    may_be_born_alike,
    row_key,
)
from services.identity.models import Person
from services.identity.rules.class_names import plain_name
from services.identity.rules.roles import STAFF
from shared.names import collated


def recognise(roster: Roster, known: Known, ids: Ids, decisions: Decisions) -> Recognition:
    """Find out whom each row means; rows that nobody knows are in neither `ids` nor `questions`."""
    found = Recognition(known, roster, ids, decisions, frozenset(ids.values()))
    found.taken.update(ids[external] for external in roster.people if external in ids)
    groups = {external: plain_name(group.name) for external, group in roster.groups.items()}
    for stay in roster.stays:
        if stay.group in groups and roster.groups[stay.group].kind == "class" and not stay.is_gone:
            found.classes[stay.pupil] = groups[stay.group]
    for guardian, pupil in roster.guardianships:
        found.parents.setdefault(pupil, []).append(guardian)
        found.children.setdefault(guardian, []).append(pupil)
    rows = {key: row for key, row in roster.people.items() if key not in ids and not row.is_gone}
    _by_code(found, rows)
    _by_decision(found, rows)
    for step in (_certain_pupils, _certain_parents, _certain_staff, ask_about_doubtful):
        step(found, {key: row for key, row in rows.items() if key not in found.ids})
    return found


def _by_code(found: Recognition, rows: Mapping[str, RosterPerson]) -> None:
    for external, row in rows.items():
        if row.code in found.known.people and row.code not in found.taken:
            found.settle(external, row.code)


def _by_decision(found: Recognition, rows: Mapping[str, RosterPerson]) -> None:
    for external in rows.keys() & found.decisions.keys():
        choice = found.decisions[external]
        if choice in found.roster.people:
            found.same[external] = choice
        elif choice != NEW and (id_ := _id_in(choice, found.known)):
            found.ids[external] = id_
            found.taken.add(id_)


def _id_in(text: str, known: Known) -> UUID | None:
    try:
        id_ = UUID(text)
    except ValueError:
        return None
    return id_ if id_ in known.people else None


PUPIL = frozenset({"pupil"})
PARENT = frozenset({"parent"})


def _certain_pupils(found: Recognition, rows: Mapping[str, RosterPerson]) -> None:
    pupils = {key: row for key, row in rows.items() if "pupil" in row.roles and key not in found.decisions}
    for rule in (_by_file_number, _by_name_and_birth, _by_name_and_class, _renamed):
        for external, row in pupils.items():
            if external in found.ids:
                continue
            candidates = rule(found, external, row)
            if len(candidates) == 1:
                found.settle(external, candidates[0])


def _by_file_number(found: Recognition, _external: str, row: RosterPerson) -> list[UUID]:
    numbered = found.known.files.get(collated(row.file_number or ""), [])
    return [
        id_
        for id_ in found.free(numbered, PUPIL)
        if key_of(found.person(id_)) == row_key(row)
        or collated(found.person(id_).given_name) == collated(row.given)
        or (row.birth_on is not None and found.person(id_).birth_on == row.birth_on)
    ]


def _by_name_and_birth(found: Recognition, _external: str, row: RosterPerson) -> list[UUID]:
    same = found.free(found.known.names.get(row_key(row), []), PUPIL)
    return [id_ for id_ in same if row.birth_on is not None and found.person(id_).birth_on == row.birth_on]


def _by_name_and_class(found: Recognition, external: str, row: RosterPerson) -> list[UUID]:
    same = found.free(found.known.names.get(row_key(row), []), PUPIL)
    return [id_ for id_ in same if may_be_born_alike(found, id_, row) and in_same_class(found, external, id_)]


def _renamed(found: Recognition, external: str, row: RosterPerson) -> list[UUID]:
    """Return those born that day under the given name who share a parent, or class and patronymic."""
    if row.birth_on is None or not row.given:
        return []
    parents = {
        row_key(found.roster.people[key])
        for key in found.parents.get(external, ())
        if key in found.roster.people
    }
    return [
        id_
        for id_ in found.free(found.known.births.get(row.birth_on, []), PUPIL)
        if collated(found.person(id_).given_name) == collated(row.given)
        and (
            parents & {key_of(found.person(one)) for one in found.known.guardians.get(id_, {})}
            or (
                in_same_class(found, external, id_)
                and row.patronymic
                and collated(found.person(id_).patronymic) == collated(row.patronymic)
            )
        )
    ]


def _certain_parents(found: Recognition, rows: Mapping[str, RosterPerson]) -> None:
    """Know a parent among the child's own, by name or as renamed; or by name and a way to reach them."""
    for external, row in rows.items():
        if "parent" not in row.roles or external in found.decisions or external in found.same:
            continue
        own = {
            guardian
            for child in found.children.get(external, ())
            if child in found.ids
            for guardian in found.known.guardians.get(found.ids[child], {})
        }
        beside = _beside(found, external) | found.linked
        free = sorted(own - beside)
        same = [id_ for id_ in free if key_of(found.person(id_)) == row_key(row)]
        other_name = [] if same else [id_ for id_ in free if _is_renamed_parent(found, external, id_, row)]
        reached = [
            id_
            for id_ in found.known.names.get(row_key(row), [])
            if id_ not in beside
            and found.known.roles.get(id_, set()) & (PARENT | STAFF)
            and _shares_contact(found.person(id_), row)
        ]
        for candidates in (same[:1], other_name, reached):
            if len(candidates) == 1:
                found.settle(external, candidates[0])
                break


def _beside(found: Recognition, external: str) -> set[UUID]:
    """Return the parents known already of the same children: a second one is somebody else."""
    keys = {key for child in found.children.get(external, ()) for key in found.parents.get(child, ())}
    return {found.ids[key] for key in keys - {external} if key in found.ids}


def _is_renamed_parent(found: Recognition, external: str, id_: UUID, row: RosterPerson) -> bool:
    person = found.person(id_)
    kinds = {found.roster.kinds.get((external, child)) for child in found.children.get(external, ())}
    held = {
        found.known.guardians[found.ids[c]].get(id_)
        for c in found.children.get(external, ())
        if c in found.ids and found.ids[c] in found.known.guardians
    }
    return bool(
        row.patronymic
        and collated(person.given_name) == collated(row.given)
        and collated(person.patronymic) == collated(row.patronymic)
        and kinds & held & {"mother", "father"}
    )


def _shares_contact(person: Person, row: RosterPerson) -> bool:
    phones = {_digits(one["value"]) for one in person.contacts if one["kind"] == "phone"}
    mails = {person.email.casefold()} if person.email else set()
    return bool(phones & {_digits(phone) for phone in row.phones} or (row.email or "").casefold() in mails)


def _digits(phone: str) -> str:
    return "".join(sign for sign in phone if sign.isdigit())[-10:]


def _certain_staff(found: Recognition, rows: Mapping[str, RosterPerson]) -> None:
    for external, row in rows.items():
        if "pupil" in row.roles or "parent" in row.roles or external in found.decisions:
            continue
        same = found.free(found.known.names.get(row_key(row), []), STAFF)
        alike = [id_ for id_ in same if may_be_born_alike(found, id_, row)]
        if len(alike) == 1:
            found.settle(external, alike[0])
