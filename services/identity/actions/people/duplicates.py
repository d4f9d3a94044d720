"""People who may be in the school twice, the likeliest first, and what merging two would do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.people.known_people import Known, known_people
from services.identity.actions.people.merging import check_mergeable
from services.identity.actions.people.people import find_person
from services.identity.models import Account, Enrolment, Group, Person
from services.identity.rules.likeness import is_one_slip_off, is_short_for, name_key
from services.identity.rules.roles import STAFF
from shared.db import SchoolSession
from shared.errors import Conflict, Text
from shared.names import full_name

Json = dict[str, Any]
SHOWN = 200
ALL_CHECKED = 100  # A name alone is held by so many at most before it says nothing.

SAME = Text("имя и дата рождения совпадают", "same name and birthday")
SAME_YO = Text("имя отличается только Ё и Е, дата рождения та же", "names differ by Ё and Е, same birthday")
HALF = Text(
    "отчество есть лишь в одной записи, дата рождения та же", "one entry has no patronymic, same birthday"
)
SAME_CONTACT = Text("одинаковое имя и телефон или почта", "same name and telephone or mail")
RENAMED = Text("то же имя и дата рождения, другая фамилия", "same given name and birthday, other family name")
SLIP = Text("имена отличаются одной буквой, дата рождения та же", "names one letter apart, same birthday")
SAME_NAME = Text("имена совпадают, дата рождения неизвестна", "same name, birthday unknown")
SHORT = Text("одно имя — сокращение другого", "one name is short for the other")


class Pair(NamedTuple):
    """Two people who may be one, and why."""

    score: int
    why: Text
    one: UUID
    other: UUID


def duplicates(session: SchoolSession) -> list[Json]:
    """Return pairs of people who may be one, the likeliest first; five statements."""
    known = known_people(session)
    logins = {row.person_id: row.login for row in session.execute(select(Account.person_id, Account.login))}
    best: dict[frozenset[UUID], Pair] = {}
    for pair in _pairs(known):
        both = frozenset((pair.one, pair.other))
        if _may_be_one(known, pair) and (both not in best or best[both].score < pair.score):
            best[both] = pair
    ordered = sorted(
        best.values(), key=lambda pair: (-pair.score, known.people[pair.one].sorted_by, pair.one)
    )
    return [
        {
            "score": pair.score,
            "why": pair.why,
            "one": _shown(known, logins, pair.one),
            "other": _shown(known, logins, pair.other),
        }
        for pair in ordered[:SHOWN]
    ]


def _pairs(known: Known) -> Iterator[Pair]:
    for ids in known.names.values():
        for one, other in combinations(sorted(ids)[:ALL_CHECKED], 2):
            yield _of_one_name(known, one, other)
    for ids in known.births.values():
        for one, other in combinations(sorted(ids)[:ALL_CHECKED], 2):
            yield from _of_one_birthday(known.people[one], known.people[other])
    families: dict[str, list[UUID]] = defaultdict(list)
    for id_, roles in known.roles.items():
        if roles & STAFF:
            families[name_key(known.people[id_].family_name, "", "")].append(id_)
    for ids in families.values():
        for one, other in combinations(sorted(ids), 2):
            if is_short_for(_parts(known.people[one]), _parts(known.people[other])):
                yield Pair(50, SHORT, one, other)


def _of_one_name(known: Known, one: UUID, other: UUID) -> Pair:
    first, second = known.people[one], known.people[other]
    if first.birth_on and first.birth_on == second.birth_on:
        is_same = [part.casefold() for part in _parts(first)] == [part.casefold() for part in _parts(second)]
        return Pair(100 if is_same else 95, SAME if is_same else SAME_YO, one, other)
    if _reached(first) & _reached(second):
        return Pair(90, SAME_CONTACT, one, other)
    return Pair(60 if first.patronymic else 40, SAME_NAME, one, other)


def _of_one_birthday(first: Person, second: Person) -> Iterator[Pair]:
    keys = name_key(*_parts(first)), name_key(*_parts(second))
    if is_one_slip_off(*keys):
        yield Pair(80, SLIP, first.id, second.id)
    elif name_key(*_parts(first)[:2], "") == name_key(*_parts(second)[:2], "") and not all(
        one.patronymic for one in (first, second)
    ):
        yield Pair(85, HALF, first.id, second.id)
    elif keys[0] != keys[1] and _parts(first)[1:] == _parts(second)[1:] and first.patronymic:
        yield Pair(70, RENAMED, first.id, second.id)


def _may_be_one(known: Known, pair: Pair) -> bool:
    """Whether neither birthdays nor roles tell them apart; brothers and sisters are not one."""
    one, other = known.people[pair.one], known.people[pair.other]
    if one.birth_on and other.birth_on and one.birth_on != other.birth_on:
        return False
    are_pupils = ["pupil" in known.roles.get(id_, ()) for id_ in (pair.one, pair.other)]
    has_roles = all(known.roles.get(id_) for id_ in (pair.one, pair.other))
    return are_pupils[0] == are_pupils[1] or not has_roles


def _parts(person: Person) -> tuple[str, str, str]:
    return person.family_name, person.given_name, person.patronymic


def _reached(person: Person) -> set[str]:
    digits = {
        "".join(sign for sign in one["value"] if sign.isdigit())[-10:]
        for one in person.contacts
        if one["kind"] == "phone"
    }
    return (digits | ({person.email.casefold()} if person.email else set())) - {""}


def _shown(known: Known, logins: dict[UUID, str], id_: UUID) -> Json:
    person = known.people[id_]
    return {
        "id": id_,
        "name": full_name(*_parts(person)),
        "birth_on": person.birth_on,
        "roles": sorted(known.roles.get(id_, ())),
        "class_name": known.classes.get(id_),
        "file_number": person.file_number,
        "email": person.email,
        "phones": [one["value"] for one in person.contacts if one["kind"] == "phone"],
        "login": logins.get(id_),
        "children": _names(known, known.children(id_)),
        "guardians": _names(known, known.guardians.get(id_, ())),
    }


def _names(known: Known, ids: Iterable[UUID]) -> list[str]:
    return sorted(full_name(*_parts(known.people[id_])) for id_ in ids)


def merge_preview(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> Json:
    """Return both entries side by side, whether they can be one, and where they were together."""
    kept, dropped = find_person(session, keep_id), find_person(session, drop_id)
    known = known_people(session)
    logins = {row.person_id: row.login for row in session.execute(select(Account.person_id, Account.login))}
    told = {"keep": _shown(known, logins, keep_id), "drop": _shown(known, logins, drop_id)}
    try:
        check_mergeable(session, kept, dropped)
    except Conflict as refusal:
        return {
            **told,
            "refusal": Text(*(". ".join(refusal.say(name)) for name in ("ru", "en"))),
            "together": [],
        }
    return {**told, "refusal": None, "together": _together(session, keep_id, drop_id)}


def _together(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> list[str]:
    """Return the groups both are in on the same days: both may have marks of one lesson there."""
    stays = select(Enrolment, Group.name).join(Group, Group.id == Enrolment.group_id)
    found = session.execute(stays.where(Enrolment.pupil_id.in_([keep_id, drop_id]))).all()
    groups: dict[str, set[UUID]] = defaultdict(set)
    for stay, name in found:
        groups[name].add(stay.pupil_id)
    return sorted(name for name, ids in groups.items() if len(ids) == 2)
