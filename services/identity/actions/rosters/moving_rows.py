"""Rows of every table that name a person, given to another: a table of tomorrow moves as well."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    delete,
    exists,
    select,
    update,
)

from services.identity.models import Base
from shared.db import SchoolSession

GONE = frozenset(
    {
        "activation_codes",
        "authorization_codes",
        "grants",
        "passkeys",
        "pending_sign_ins",
        "provider_links",
        "recovery_codes",
        "refresh_families",
        "totp_seeds",
    }
)
"""What opens an account or speaks in its name: it goes with the account it was made for."""


def move_rows(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    """Make every row that refers to a person refer to another; where that one has its like, drop it."""
    tables = Base.metadata.sorted_tables
    for table in reversed(tables):
        for column in _naming(table):
            if table.name in GONE:
                session.execute(delete(table).where(column == drop_id))
    for table in tables:
        for column in _naming(table):
            for unique, where in _uniques(table, column):
                _drop_doubles(session, table, column, unique, where, keep_id, drop_id)
            session.execute(update(table).where(column == drop_id).values({column: keep_id}))


def _naming(table: Table) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if any(key.target_fullname == "people.id" for key in column.foreign_keys)
    ]


def _uniques(table: Table, column: Column[Any]) -> list[tuple[list[Column[Any]], Any]]:
    """Return the other columns of each unique key the column is part of, and what the key is limited to."""
    found: list[tuple[list[Column[Any]], Any]] = []
    for key in (*table.constraints, *table.indexes):
        if isinstance(key, PrimaryKeyConstraint | UniqueConstraint):
            columns, where = list(key.columns), None
        elif isinstance(key, Index) and key.unique:
            columns, where = list(key.columns), key.dialect_options["postgresql"].get("where")
        else:
            continue
        if column in columns:
            found.append(([other for other in columns if other is not column], where))
    return found


def _drop_doubles(
    session: SchoolSession,
    table: Table,
    column: Column[Any],
    others: list[Column[Any]],
    where: Any,
    keep_id: UUID,
    drop_id: UUID,
) -> None:
    kept = select(table).subquery("kept")
    same = and_(kept.c[column.name] == keep_id, *(kept.c[one.name] == table.c[one.name] for one in others))
    doubles = delete(table).where(column == drop_id, exists().where(same))
    session.execute(doubles if where is None else doubles.where(where))
