"""How people are shown in lists."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row

from shared.names import list_name, short_name, sort_key

NAMES = ("family_name", "given_name", "patronymic")
STUB = "…"
"""Shown for a name that has not come yet, or is forgotten."""


def shown_name(person: Any) -> str:
    """Return a pupil's name as a class list shows it: «Иванова Мария»."""
    return list_name(person.family_name, person.given_name) if person.family_name else STUB


def signed_name(person: Any) -> str:
    """Return a teacher's name as it is signed: «Иванова М. П.»."""
    if not person.family_name:
        return STUB
    return short_name(person.family_name, person.given_name, person.patronymic or "")


def named(row: Row[Any], who: str) -> SimpleNamespace:
    """Return a person who is among the columns of a row: `<who>_family_name` and so on."""
    return SimpleNamespace(**{name: getattr(row, f"{who}_{name}") for name in NAMES})


def in_order(people: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Return people as Russian lists sort them."""
    return sorted(
        people, key=lambda one: sort_key(one.family_name or "", one.given_name or "", one.patronymic or "")
    )
