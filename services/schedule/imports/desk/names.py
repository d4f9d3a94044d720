"""What the names of a file mean here: as they were understood before, or as they are written."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.schedule.imports.timetable import Timetable
from services.schedule.models import (
    Enrolment,
    Group,
    Guardianship,
    ImportName,
    Load,
    Person,
    Room,
    Subject,
    table,
)
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Invalid, Text
from shared.names import collated, full_name, list_name, short_name

WHAT = ("teachers", "groups", "subjects", "rooms")

MOST_GUESSES = 100_000
"""So many pairs of names are compared at most: a guess is a help, not worth making anybody wait."""

Choices = Mapping[str, Mapping[str, UUID | None]]
"""For kinds of things, what their names mean; None is something new. What is not there was not asked."""

# A class is written 5А or 5-«A», and its letter is now Cyrillic, now Latin.
_LATIN = str.maketrans("abcehkmoptxy", "авсенкмортху")
_SIGNS = re.compile(r"[\s.,«»\"“”'’()–—-]+")


class NotHere(Invalid):
    """A name is to mean something that the school does not have."""

    title = Text("Выбрано то, чего нет в школе", "Something chosen is not of this school")
    detail = Text(
        "Для «{name}» выбрано то, чего в школе нет. Откройте загрузку заново и выберите из списка.",
        "What “{name}” is to mean is not of this school. Open the import again and choose from its list.",
    )


class Known(NamedTuple):
    """Something of the school that a name may mean: its id, its own name, and how else it is written."""

    id: UUID
    name: str
    forms: tuple[str, ...]


def known_things(session: SchoolSession) -> dict[str, list[Known]]:
    """Return all that names may mean, by kind, in order of their names; five statements."""
    rows = {
        "groups": session.execute(select(Group.id, Group.name)),
        "subjects": session.execute(select(Subject.id, Subject.name)),
        "rooms": session.execute(select(Room.id, Room.name)),
    }
    found = {what: [Known(row.id, row.name, (row.name,)) for row in those] for what, those in rows.items()}
    found["teachers"] = list(_teachers(session))
    return {what: sorted(found[what], key=lambda one: collated(one.name)) for what in WHAT}


def _teachers(session: SchoolSession) -> Iterator[Known]:
    """Return those who teach, and all who are neither pupils nor somebody's representatives."""
    teaching = {UUID(one) for ids in session.scalars(select(Load.teacher_ids)) for one in ids}
    families = select(Enrolment.pupil_id).union(select(Guardianship.guardian_id))
    own = select(Person).where(Person.id.not_in(families) | Person.id.in_(teaching))
    for one in session.scalars(own):
        parts = (one.family_name, one.given_name, one.patronymic)
        forms = (full_name(*parts), short_name(*parts), list_name(*parts[:2]), f"{parts[1]} {parts[0]}")
        yield Known(one.id, full_name(*parts), tuple(dict.fromkeys(forms)))


def names_in(timetable: Timetable) -> dict[str, list[str]]:
    """Return the names that a timetable uses, by kind."""
    return {
        "teachers": list(timetable.teachers),
        "groups": [one.name for one in timetable.needed_sets()],
        "subjects": list(timetable.subjects),
        "rooms": [one.name for one in timetable.rooms],
    }


def understood(session: SchoolSession, kind: str, timetable: Timetable) -> list[dict[str, Any]]:
    """Return each name with what it means: remembered, of the same name, or alike, which is a guess.

    `how` is "remembered", "same", "alike" or "new"; only a guess needs an answer. Nobody is guessed
    whose name two have.
    """
    things = known_things(session)
    remembered = _remembered(session, kind)
    found = []
    for what, names in names_in(timetable).items():
        own = {one.id: one.name for one in things[what]}
        find = _finder(things[what], may_guess=len(names) * len(own) <= MOST_GUESSES)
        for name in names:
            target, how = remembered.get((what, name)), "remembered"
            if target not in own:
                target, how = find(name)
            found.append(
                {"what": what, "name": name, "how": how, "id": target, "means": own[target] if target else ""}
            )
    return found


def _remembered(session: SchoolSession, kind: str) -> dict[tuple[str, str], UUID]:
    rows = session.scalars(select(ImportName).where(ImportName.kind == kind))
    return {(row.what, row.name): row.target_id for row in rows}


def _finder(things: Iterable[Known], *, may_guess: bool) -> Callable[[str], tuple[UUID | None, str]]:
    """Return what finds a thing by a way to write it that only one has."""
    by_form: dict[str, set[UUID]] = {}
    for one in things:
        for form in one.forms:
            by_form.setdefault(_plain(form), set()).add(one.id)
    alone = {form: next(iter(ids)) for form, ids in by_form.items() if len(ids) == 1}

    def find(name: str) -> tuple[UUID | None, str]:
        plain = _plain(name)
        if plain in by_form:
            return alone.get(plain), "same" if plain in alone else "new"
        close = get_close_matches(plain, alone, n=1, cutoff=0.84) if may_guess and len(plain) > 4 else []
        return (alone[close[0]], "alike") if close else (None, "new")

    return find


def _plain(name: str) -> str:
    return _SIGNS.sub("", collated(name)).translate(_LATIN)


def chosen(session: SchoolSession, kind: str, timetable: Timetable, choices: Choices) -> dict[str, Any]:
    """Return by kind the ids that names mean: as chosen, else as understood without a guess.

    Raises NotHere for what the school does not have; identity may have made teachers and groups a
    moment ago, so of those any id passes that is not another school's.
    """
    found: dict[str, dict[str, UUID]] = {what: {} for what in WHAT}
    for one in understood(session, kind, timetable):
        given = choices.get(one["what"], {})
        meant = one["id"] if one["how"] != "alike" else None
        target = given.get(one["name"], meant)
        if target:
            found[one["what"]][one["name"]] = target
    for what, model in (("subjects", Subject), ("rooms", Room)):
        ids = set(session.scalars(select(model.id)))
        for name, target in found[what].items():
            if target not in ids:
                raise NotHere(name=name)
    return found


def to_be_named(session: SchoolSession, meanings: Mapping[str, Mapping[str, UUID]]) -> dict[str, Any]:
    """Return the meanings without subjects and rooms of the very name: what a file tells of them counts."""
    found: dict[str, Any] = dict(meanings)
    for what, model in (("subjects", Subject), ("rooms", Room)):
        own: dict[UUID, str] = {row.id: row.name for row in session.execute(select(model.id, model.name))}
        found[what] = {name: id_ for name, id_ in meanings[what].items() if own[id_] != name}
    return found


def remember(session: SchoolSession, kind: str, meanings: Mapping[str, Mapping[str, UUID]]) -> None:
    """Remember what names of a kind of file mean, for the next one."""
    own = {"school_id": UUID(session.info["school"]), "kind": kind}
    rows = [
        {**own, "what": what, "name": name, "target_id": target}
        for what, names in meanings.items()
        for name, target in names.items()
    ]
    upsert_rows(session, table(ImportName), rows, ["school_id", "kind", "what", "name"])
