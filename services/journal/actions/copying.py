"""Tools of the reactions that copy what others tell."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Table, bindparam, delete

from shared.db import SchoolSession, upsert_rows

Row = dict[str, Any]


def keep_latest(session: SchoolSession, table: Table, rows: Iterable[Row], *key: str) -> None:
    """Insert or replace rows by their key; of several with one key the last is kept."""
    latest = {tuple(row[name] for name in key): row for row in rows}
    upsert_rows(session, table, list(latest.values()), key)


def forget(session: SchoolSession, *columns: Column[Any], keys: Sequence[tuple[Any, ...]]) -> None:
    """Delete the rows whose columns hold one of the keys."""
    if keys:
        named = [(column, f"gone_{column.name}") for column in columns]
        gone = delete(columns[0].table).where(*(column == bindparam(name) for column, name in named))
        names = [name for _, name in named]
        session.connection().execute(gone, [dict(zip(names, key, strict=True)) for key in keys])
