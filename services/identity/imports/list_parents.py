"""The parents named in a pupil's row; those of brothers and sisters are one person, not several."""

import re
from collections.abc import Iterator

from services.identity.imports.list_cells import Reader
from services.identity.imports.parsed import Relation, User
from services.identity.imports.values import digits_of, name_parts
from shared.names import collated, full_name

KINDS = {"mother": "mother", "father": "father"}
REPRESENTATIVE = "representative"
_FAMILY_ENDS = re.compile(r"(ская|цкая|ский|цкий|ая|яя|ый|ий|ой|а)$")
_PATRONYMIC_ENDS = re.compile(r"(ич|на)$")

Parts = tuple[str, str, str, bool]


def enter_parents(reader: Reader, pupil: User) -> None:
    """Enter those who answer for a pupil, each once in the whole file."""
    sides = dict.fromkeys(side for side, _ in reader.cells.texts if side)
    named = [(side, parts) for side in sides for parts in _named(reader, side)]
    for number, (side, parts) in enumerate(named):
        alone = sum(side == other for other, _ in named) == 1
        parent = _parent(reader, f"{pupil.id}:{number}", side, parts, has_contacts=alone)
        parent = _met_before(reader, parent, pupil)
        kind = KINDS.get(side, REPRESENTATIVE)
        reader.parsed.relations.append(Relation(reader.cells.row, pupil.id, parent.id, kind))
    for side in sides.keys() - {side for side, _ in named}:
        _give_to_only_parent(reader, side, named)


def _named(reader: Reader, side: str) -> Iterator[Parts]:
    """Return the people named in a column; «Родители» may name two at once."""
    text = reader.cells.get("name", side) if side == REPRESENTATIVE else ""
    several = [part for part in re.split(r"[,;/]", text) if part.strip()]
    words = text.split()
    if len(several) == 1 and len(words) == 6:
        several = [" ".join(words[:3]), " ".join(words[3:])]
    if len(several) > 1:
        for part in several:
            yield (*name_parts(part.strip()), True)
    elif names := reader.names(side):
        yield names


def _parent(reader: Reader, id_: str, side: str, parts: Parts, *, has_contacts: bool) -> User:
    family, given, patronymic, is_whole = parts
    return User(
        id=id_,
        row=reader.cells.row,
        family=family,
        given=given,
        patronymic=patronymic,
        login="",
        email=reader.email(side) if has_contacts else None,
        roles={"parent"},
        is_whole_name=is_whole,
        phones=reader.phones(side) if has_contacts else (),
    )


def _met_before(reader: Reader, parent: User, pupil: User) -> User:
    """Return the parent as entered with another child, or enter them.

    The same name with the same telephone, address of mail, or with a child of the same family name
    and father's name is the same person. The same name alone is not.
    """
    for key in _keys(parent, pupil):
        met = reader.parsed.parents.get(key)
        if met is not None:
            met.phones = tuple(dict.fromkeys((*met.phones, *parent.phones)))
            met.email = met.email or parent.email
            parent = met
            break
    reader.parsed.users[parent.id] = parent
    for key in _keys(parent, pupil):
        reader.parsed.parents.setdefault(key, parent)
    return parent


def _keys(parent: User, pupil: User) -> Iterator[tuple[str, ...]]:
    name = collated(full_name(parent.family, parent.given, parent.patronymic))
    if not parent.given:
        return
    for phone in parent.phones:
        yield name, "phone", digits_of(phone)
    if parent.email:
        yield name, "email", parent.email.casefold()
    if pupil.patronymic and parent.patronymic:
        family = _FAMILY_ENDS.sub("", collated(pupil.family))
        yield name, "family", family, _PATRONYMIC_ENDS.sub("", collated(pupil.patronymic))


def _give_to_only_parent(reader: Reader, side: str, named: list[tuple[str, Parts]]) -> None:
    """«Телефон родителя» beside a mother alone is hers; beside two parents it is nobody's."""
    texts = [text for (whose, _), text in reader.cells.texts.items() if whose == side and text]
    if not texts:
        return
    if len(named) != 1:
        reader.left_out(", ".join(texts)[:60], "неясно, чей это контакт", "unclear whose contact this is")
        return
    parent = reader.parsed.users[reader.parsed.relations[-1].guardian_id]
    parent.phones = tuple(dict.fromkeys((*parent.phones, *reader.phones(side))))
    parent.email = parent.email or reader.email(side)
