"""A tool of the reactions that copy what others tell."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, bindparam, delete

from shared.db import SchoolSession


def forget(session: SchoolSession, *columns: Column[Any], keys: Sequence[tuple[Any, ...]]) -> None:
    """Delete the rows whose columns hold one of the keys."""
    if keys:
        named = [(column, f"gone_{column.name}") for column in columns]
        gone = delete(columns[0].table).where(*(column == bindparam(name) for column, name in named))
        names = [name for _, name in named]
        session.connection().execute(gone, [dict(zip(names, key, strict=True)) for key in keys])
