"""All that a service holds of one person: rows of every table that names them (152-ФЗ ст. 14).

Which tables those are is read off their columns, so that a new one is not forgotten.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, MetaData, Text, cast, or_, select

from shared.db import SchoolSession

Json = dict[str, Any]
NAMES = frozenset(
    {
        "person_id",
        "pupil_id",
        "guardian_id",
        "teacher_id",
        "recipient_id",
        "owner_id",
        "about_id",
        "author_id",
        "stand_in_id",
    }
)
LISTS = frozenset({"teacher_ids", "was_teacher_ids"})
"""Columns with the ids of several people."""

SECRETS = ("hash", "sha256", "token", "secret", "seed", "sealed", "key", "credential", "code", "digest")
"""Parts of names of columns that are nobody's to read, not even the person's: they open doors."""

UNTOLD = frozenset({"sorted_by", "school_id"})


def names_person(column: Column[Any]) -> bool:
    """Whether a column says about which person its row is."""
    if column.table.name == "people":
        return column.name == "id"
    is_key = any(key.target_fullname == "people.id" for key in column.foreign_keys)
    return is_key or column.name in NAMES or column.name in LISTS


def _names(column: Column[Any], person_id: UUID) -> ColumnElement[bool]:
    if column.name in LISTS:
        return cast(column, Text).contains(str(person_id))
    return column == person_id


def rows_about(
    session: SchoolSession, metadata: MetaData, person_id: UUID, skip: Collection[str] = ()
) -> dict[str, list[Json]]:
    """Return by table the rows of the session's school that are about a person, without secrets."""
    found = {}
    for of in metadata.sorted_tables:
        columns = [column for column in of.columns if names_person(column)]
        if not columns or of.name in skip:
            continue
        about = select(of).where(or_(*(_names(column, person_id) for column in columns)))
        if "school_id" in of.c:
            about = about.where(of.c.school_id == UUID(session.info["school"]))
        rows = session.execute(about).mappings().all()
        if rows:
            found[str(of.name)] = [told(row) for row in rows]
    return found


def told(row: Mapping[Any, Any]) -> Json:
    """Return a row without what opens doors, and without what only sorts."""
    return {
        str(name): value
        for name, value in row.items()
        if name not in UNTOLD
        and not isinstance(value, bytes)
        and not any(secret in str(name) for secret in SECRETS)
    }
