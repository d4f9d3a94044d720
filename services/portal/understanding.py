"""What the names of a brought timetable mean, between a form of texts and the ids that services know."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

WHAT = ("groups", "teachers", "subjects", "rooms")
FROM_IDENTITY = ("teachers", "groups")
GUESS = "alike"


class Row(NamedTuple):
    """A name of the file in the form: its field, what is written there, and how that came about."""

    field: str
    name: str
    value: str
    how: str  # chosen, remembered, same, alike or new


def labels_of(things: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return ids by what is to be written for them; of those with one name each is numbered."""
    found: dict[str, str] = {}
    for one in things:
        label, number = one["name"], 2
        while label in found:
            label, number = f"{one['name']} ({number})", number + 1
        found[label] = one["id"]
    return found


def rows_of(card: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return by kind of thing the rows of the form, those that ask for a look first."""
    rows: dict[str, list[Row]] = {what: [] for what in WHAT}
    for at, one in enumerate(card["needs"]["names"]):
        what = one["what"]
        written = {id_: label for label, id_ in labels_of(card["things"][what]).items()}
        chosen = card["chosen"].get(what, {})
        is_chosen = one["name"] in chosen
        target = chosen.get(one["name"]) if is_chosen else one["id"]
        how = ("chosen" if target else "new") if is_chosen else one["how"]
        rows[what].append(Row(f"name-{at}", one["name"], written.get(target, ""), how))
    order = {GUESS: 0, "new": 1}
    return {what: sorted(own, key=lambda row: order.get(row.how, 2)) for what, own in rows.items()}


def meanings(card: Mapping[str, Any], form: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return what a form says that names mean (None: something new), and the texts that mean nothing."""
    found: dict[str, dict[str, str | None]] = {what: {} for what in WHAT}
    wrong = []
    labels = {what: labels_of(card["things"][what]) for what in WHAT}
    for at, one in enumerate(card["needs"]["names"]):
        text = form.get(f"name-{at}")
        if text is None:
            continue
        text = text.strip()
        if text and text not in labels[one["what"]]:
            wrong.append(text)
            continue
        found[one["what"]][one["name"]] = labels[one["what"]].get(text)
    return found, wrong


def unknown_to_all(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return the teachers and groups that identity is to find or make, as its names route takes them.

    A group comes with those it stands under, so that it is opened in its place.
    """
    meant = {what: {row.name for row in rows if row.value} for what, rows in known_rows(card).items()}
    by_key = {one["key"]: one for one in card["needs"]["groups"]}
    groups: dict[str, Any] = {}
    for one in by_key.values():
        step = one if one["name"] not in meant["groups"] else None
        while step and step["key"] not in groups:
            groups[step["key"]] = step
            step = by_key.get(step["parent_key"] or "")
    teachers = [name for name in card["needs"]["teachers"] if name not in meant["teachers"]]
    return {
        "teachers": [{"key": name, "name": name} for name in teachers],
        "groups": list(groups.values()),
    }


def known_rows(card: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the rows whose meaning is sure: a guess that nobody confirmed is none."""
    return {what: [row for row in rows if row.how != GUESS] for what, rows in rows_of(card).items()}


def made_ids(card: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the ids that identity gave, for the names that had no meaning before."""
    meant = {what: {row.name for row in rows if row.value} for what, rows in known_rows(card).items()}
    return {
        what: {name: id_ for name, id_ in made[what].items() if name not in meant[what]}
        for what in FROM_IDENTITY
    }
