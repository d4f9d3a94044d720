"""Whether the rows of a set of files fit together."""

from dataclasses import dataclass, field

from services.identity.imports.parsed import Parsed, Place
from shared.imports import Row


@dataclass(frozen=True)
class Known:
    """Ids of people and groups met in earlier imports."""

    people: frozenset[str] = field(default_factory=frozenset)
    groups: frozenset[str] = field(default_factory=frozenset)


def check_references(parsed: Parsed, known: Known) -> None:
    """Add an error for each row that refers to nothing, or contradicts another."""
    _check_orgs(parsed)
    _check_places(parsed, known)
    _check_relations(parsed, known)
    _check_days(parsed)
    _check_one_class_each(parsed)


def _missing(parsed: Parsed, row: Row, column: str, value: str, file: str) -> None:
    parsed.errors.append(
        row.error(
            column,
            f"«{value}» нет в файле {file}. Добавьте строку туда или исправьте идентификатор.",
            f"“{value}” is not in {file}. Add a row there or correct the id.",
        )
    )


def _check_orgs(parsed: Parsed) -> None:
    for class_ in parsed.classes.values():
        if class_.org and class_.org not in parsed.orgs:
            _missing(parsed, class_.row, "schoolSourcedId", class_.org, "orgs.csv")
    for user in parsed.users.values():
        for org in sorted(user.orgs - parsed.orgs.keys() - {""}):
            _missing(parsed, user.row, "orgSourcedIds", org, "orgs.csv")


def _check_places(parsed: Parsed, known: Known) -> None:
    for place in parsed.places:
        if place.class_id and place.class_id not in parsed.classes and place.class_id not in known.groups:
            _missing(parsed, place.row, "classSourcedId", place.class_id, "classes.csv")
        if place.user_id and place.user_id not in parsed.users and place.user_id not in known.people:
            _missing(parsed, place.row, "userSourcedId", place.user_id, "users.csv")


def _check_relations(parsed: Parsed, known: Known) -> None:
    for relation in parsed.relations:
        for person in (relation.pupil_id, relation.guardian_id):
            if person and person not in parsed.users and person not in known.people:
                _missing(parsed, relation.row, "agentSourcedIds", person, "users.csv")
        if relation.pupil_id and relation.pupil_id == relation.guardian_id:
            parsed.errors.append(
                relation.row.error("", "Человек назван представителем самого себя.", "One's own guardian.")
            )


def _check_days(parsed: Parsed) -> None:
    for place in parsed.places:
        if place.from_on and place.until_on and place.until_on < place.from_on:
            parsed.errors.append(
                place.row.error(
                    "endDate",
                    f"Последний день раньше первого ({place.from_on}).",
                    f"The last day is before the first ({place.from_on}).",
                )
            )


def _check_one_class_each(parsed: Parsed) -> None:
    held: dict[str, Place] = {}
    for place in parsed.places:
        class_ = parsed.classes.get(place.class_id)
        if class_ is None or class_.kind != "class" or class_.is_gone:
            continue
        if place.role != "pupil" or place.is_gone:
            continue
        other = held.setdefault(place.user_id, place)
        if other.class_id != place.class_id and _overlap(other, place):
            parsed.errors.append(
                place.row.error(
                    "classSourcedId",
                    f"Ученик уже записан в другой класс (строка {other.row.line}). Оставьте один.",
                    f"The pupil is in another class already (line {other.row.line}). Keep one.",
                )
            )


def _overlap(one: Place, other: Place) -> bool:
    first, second = sorted((one, other), key=lambda place: (place.from_on is not None, str(place.from_on)))
    return first.until_on is None or second.from_on is None or first.until_on >= second.from_on
