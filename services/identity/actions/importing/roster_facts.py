"""What a roster says of one person, compared with what the school knows."""

from typing import Any
from uuid import UUID

from services.identity.actions.importing.roster import Fields, RosterPerson
from services.identity.actions.people.people import sorted_by
from services.identity.models import Person
from services.identity.rules.likeness import without_yo_lost
from shared.ids import new_id
from shared.names import full_name

NAMES = ("family_name", "given_name", "patronymic")


def entered(school_id: UUID, given: RosterPerson) -> Person:
    """Return a new person as the roster has them."""
    person = Person(
        id=new_id(),
        school_id=school_id,
        version=1,
        family_name=given.family,
        given_name=given.given,
        patronymic=given.patronymic,
        sorted_by=sorted_by(given.family, given.given, given.patronymic),
        email=given.email,
        birth_on=given.birth_on,
        language="ru",
        sex=given.sex,
        file_number=given.file_number,
        position=given.position,
        contacts=[],
    )
    person.contacts = _contacts(person, given)
    return person


def bring_up_to_date(person: Person, given: RosterPerson) -> Fields:
    """Make a person as the roster has them and return what changed, field by field.

    What the file leaves empty is not a reason to forget what the school knows, nor is a telephone
    more a reason to forget the others. Ё written as Е does not undo it.
    """
    wanted: dict[str, Any] = _names(person, given) | {
        "email": given.email or person.email,
        "birth_on": given.birth_on or person.birth_on,
        "sex": given.sex or person.sex,
        "file_number": given.file_number or person.file_number,
        "position": given.position or person.position,
    }
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    fields: Fields = {name: (getattr(person, name), value) for name, value in changed.items()}
    contacts = _contacts(person, given)
    if contacts != person.contacts:
        for kind in ("phone", "address"):
            before, after = shown_contacts(person.contacts, kind), shown_contacts(contacts, kind)
            fields |= {kind: (before or None, after)} if before != after else {}
        changed["contacts"] = contacts
    for name, value in changed.items():
        setattr(person, name, value)
    if fields.keys() & set(NAMES):
        person.sorted_by = sorted_by(person.family_name, person.given_name, person.patronymic)
    return fields


def entered_fields(person: Person) -> Fields:
    """Return what is known of a new person, field by field."""
    names = ("birth_on", "sex", "email", "file_number", "position")
    fields = {name: (None, value) for name in names if (value := getattr(person, name))}
    for kind in ("phone", "address"):
        if shown := shown_contacts(person.contacts, kind):
            fields[kind] = (None, shown)
    return fields


def _names(person: Person, given: RosterPerson) -> dict[str, Any]:
    known = {name: getattr(person, name) for name in NAMES}
    if given.is_whole_name:
        # Only we parted the text; where the parts of the school make the same, it knows better.
        parts = (full_name(*known.values()), full_name(given.family, given.given, given.patronymic))
        if len({" ".join(part.split()).casefold() for part in parts}) == 1:
            return known
    written = dict(
        zip(NAMES, (given.family, given.given, given.patronymic or person.patronymic), strict=True)
    )
    return {name: without_yo_lost(text, known[name]) for name, text in written.items()}


def shown_contacts(contacts: list[dict[str, str]], kind: str) -> str:
    """Return the ways of a kind to reach somebody as one cell of a list has them."""
    return "; ".join(one["value"] for one in contacts if one["kind"] == kind)


def _contacts(person: Person, given: RosterPerson) -> list[dict[str, str]]:
    known = list(person.contacts)
    for kind, values in (("phone", given.phones), ("address", given.addresses)):
        if "; ".join(values) == shown_contacts(known, kind):
            continue
        have = {_same(kind, one["value"]) for one in known if one["kind"] == kind}
        for value in values:
            if _same(kind, value) not in have:
                have.add(_same(kind, value))
                known.append({"kind": kind, "value": value, "note": ""})
    return known


def _same(kind: str, value: str) -> str:
    """Return what makes two telephones, or two addresses, one."""
    if kind == "phone":
        digits = "".join(sign for sign in value if sign.isdigit())
        return digits[-10:] or value
    return "".join(sign for sign in value.casefold() if sign.isalnum())
