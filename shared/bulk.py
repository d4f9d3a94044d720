"""Write many rows in one statement, whatever their number: the same text is prepared once.

PostgreSQL gets the rows as one JSON text, which costs a quarter of the time of as many parameters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Dialect, Table, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement whatever their number; all rows name the same columns."""
    _write_rows(session, table, rows, ())


def upsert_rows(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Insert rows, or update those whose `key` columns (a unique key) are there already.

    No two rows may share a key. One statement whatever their number.
    """
    _write_rows(session, table, rows, tuple(key))


def upsert_latest(
    session: Session, table: Table, rows: Iterable[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Upsert rows of which several may share a key; the last of them is kept."""
    latest = {tuple(row[name] for name in key): row for row in rows}
    upsert_rows(session, table, list(latest.values()), key)


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Write all rows inserted or upserted inside by one statement at the end, where PostgreSQL can.

    For hot paths: each statement less saves a round trip. The rows are of different tables, and
    nothing inside reads them.
    """
    waiting: list[tuple[str, str]] = []
    session.info["together"] = waiting
    try:
        yield
    finally:
        del session.info["together"]
    if waiting:
        *first, (last, _) = waiting
        parts = ", ".join(f"part_{number} AS ({sql})" for number, (sql, _) in enumerate(first))
        sql = f"WITH {parts} {last}" if parts else last
        session.connection().exec_driver_sql(sql, tuple(sent for _, sent in waiting))


def _write_rows(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...]
) -> None:
    if not rows:
        return
    columns = tuple(rows[0])
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # One JSON text: it is the same statement for one row and for thirty, so it is prepared once,
        # and it is written and read in C. Arrays, which Python dumps, took four times as long.
        sent = orjson.dumps(_plain(table, rows, connection.dialect), default=_as_text).decode()
        sql = _from_json(table, columns, key)
        if "together" in session.info:
            session.info["together"].append((sql, sent))
        else:
            connection.exec_driver_sql(sql, (sent,))
        return
    binds = [
        (table.c[c].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)) for c in columns
    ]
    values = [
        [bind(row[c]) if bind else row[c] for row in rows] for c, bind in zip(columns, binds, strict=True)
    ]
    connection.exec_driver_sql(_values(table, columns, key), list(zip(*values, strict=True)))


def _plain(table: Table, rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> list[dict[str, Any]]:
    """Return the rows as JSON can say them: what our own types keep differently, as they keep it."""
    own = {c: type_ for c in rows[0] if isinstance(type_ := table.c[c].type, TypeDecorator)}
    return [
        {**row, **{c: type_.process_bind_param(row[c], dialect) for c, type_ in own.items()}} for row in rows
    ]


def _as_text(value: Any) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


@lru_cache(maxsize=256)
def _from_json(table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    # A type may carry its collation, which has no place here.
    types = [table.c[c].type.compile(dialect).partition(" COLLATE")[0] for c in columns]
    named, typed = ", ".join(columns), ", ".join(f"{c} {t}" for c, t in zip(columns, types, strict=True))
    source = f"SELECT {named} FROM json_to_recordset(%s::json) AS sent({typed})"  # noqa: S608  (names of our own tables)
    return f"INSERT INTO {table.name} ({named}) {source}" + _conflict(columns, key)


@lru_cache(maxsize=256)
def _values(table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})" + _conflict(columns, key)  # noqa: S608  (names of our own tables)


def _conflict(columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    if not key:
        return ""
    changes = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)
    action = f"DO UPDATE SET {changes}" if changes else "DO NOTHING"
    return f" ON CONFLICT ({', '.join(key)}) {action}"
