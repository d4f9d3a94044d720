"""Whose a line of a table of marks is: the pupil by id, or by the name as schools write it."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from services.journal.models.relations import people, run, school
from shared.db import SchoolSession
from shared.errors import Text
from shared.names import collated

_NAMES = select(people.c.id, people.c.family_name, people.c.given_name, people.c.patronymic).where(
    people.c.id.in_(bindparam("pupils", expanding=True)), people.c.school_id == school
)
_WORD = re.compile(r"[^\s.,]+")
Words = tuple[str, ...]


class Pupils:
    """The pupils of a page, to be found by id or by name."""

    def __init__(self, session: SchoolSession, ids: Sequence[UUID]) -> None:
        """Look up how the pupils are called, in full: a page shows no patronymic. One statement."""
        self._ids: dict[str, UUID] = {str(id_): id_ for id_ in ids}
        self._names: list[tuple[UUID, Words, Words, Words]] = [
            (row.id, _words(row.family_name), _words(row.given_name), _words(row.patronymic or ""))
            for row in run(session, _NAMES, pupils=ids)
            if row.family_name
        ]

    def named(self, name: str) -> list[UUID]:
        """Return all whose name this may be: «Ёлкина Мария», «Ёлкина Мария Павловна», «Ёлкина М. П.»."""
        said = _words(name)
        return [id_ for id_, *parts in self._names if _fits(said, *parts)]

    def of(self, id_: str, name: str) -> UUID | Text:
        """Return whose line it is, or why that cannot be told."""
        found = self.named(name)
        known = self._ids.get(id_.lower())
        if known and (known in found or not name):
            return known
        if len(found) == 1 and not id_:
            return found[0]
        if known:  # As when one column alone was sorted: each line would be somebody else's.
            return Text("Имя и ID — разных учеников.", "The name and the ID are of different pupils.")
        if len(found) > 1 and not id_:
            return Text(
                "Таких учеников несколько: укажите имя, отчество или ID.",
                "There are several such: give the name, the patronymic or the ID.",
            )
        if not (id_ or name):
            return Text("Чья это строка? Впишите ученика.", "Whose line is it? Name the pupil.")
        return Text("Такого ученика на странице нет.", "There is no such pupil on the page.")


def _words(name: str) -> Words:
    return tuple(_WORD.findall(collated(name)))


def _fits(said: Words, family: Words, given: Words, patronymic: Words) -> bool:
    """Whether a name is this pupil's: the family name whole, of what follows each word or its initial."""
    called = said[len(family) :][: len(given)]
    fathers = said[len(family) + len(given) :]
    return (
        said[: len(family)] == family
        and len(called) == len(given)
        and _alike(called, given)
        and (not patronymic or (len(fathers) <= len(patronymic) and _alike(fathers, patronymic)))
    )


def _alike(said: Words, known: Words) -> bool:
    words = zip(said, known, strict=False)
    return all(word == whole or (len(word) == 1 and whole.startswith(word)) for word, whole in words)
