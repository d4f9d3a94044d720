"""Imports as lists and cards show them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import Import, Person
from shared.db import SchoolSession
from shared.errors import Text
from shared.names import short_name

Json = dict[str, Any]
COUNTS = ("created", "changed", "closed", "unchanged")


def bringers(session: SchoolSession, imports: Iterable[Import]) -> Mapping[str, str]:
    """Return the names of those who brought files; a program goes by its own."""
    ids = {UUID(one.brought_by): one.brought_by for one in imports if _is_id(one.brought_by)}
    found = session.scalars(select(Person).where(Person.id.in_(ids)))
    return {
        ids[person.id]: short_name(person.family_name, person.given_name, person.patronymic)
        for person in found
    }


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def shown_import(kept: Import, names: Mapping[str, str]) -> Json:
    """Return an import as a list shows it."""
    columns = ("id", "file", "state", "created_at", "applied_at")
    return {name: getattr(kept, name) for name in columns} | {
        "on": kept.options["on"],
        "is_complete": kept.options.get("is_complete", False),
        "brought_by": names.get(kept.brought_by, kept.brought_by),
        "format": kept.summary.get("format"),
        "org": kept.summary.get("org"),
        **{name: kept.summary.get(name) for name in COUNTS},
    }


def import_card(session: SchoolSession, kept: Import) -> Json:
    """Return an import with its questions, errors and what was left out."""
    details = kept.details
    return shown_import(kept, bringers(session, [kept])) | {
        "is_kept": kept.content is not None,
        "digest": kept.digest,
        "decisions": kept.options.get("decisions", {}),
        "change_count": len(details.get("changes", ())),
        "questions": [_said(one, "why") for one in details.get("questions", ())],
        "errors": [_said(one, "reason") for one in details.get("errors", ())],
        "ignored": [_said(one, "why") for one in details.get("ignored", ())],
    }


def _said(thing: Json, name: str) -> Json:
    """Return a thing with its text ready to be said in the caller's language."""
    return {**thing, name: Text(**thing[name])}
