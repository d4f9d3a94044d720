"""A service's database: PostgreSQL or SQLite, its transactions, and the walls between schools.

The first wall is here: sessions see only rows of the school they were opened for. The second is
row-level security (`shared.migrate.protect`), told the school at the start of each transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, LiteralString, cast
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.pool import ConnectionPoolEntry

EVERY_SCHOOL = "*"
"""Opens a session across schools: for relays, feeds and sign-in, never for a person's request."""

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# lock_timeout and the rest keep a frozen writer from holding a school up (PROTOCOL C3).
POSTGRES_OPTIONS = (
    "-c lock_timeout=3s -c idle_in_transaction_session_timeout=5s -c statement_timeout=15s -c timezone=UTC"
)


def naming_metadata() -> MetaData:
    """Return metadata whose constraints are named by rule, so that migrations can name them."""
    return MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC; SQLite, which knows no zones, gives it back aware as well."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Refuse naive instants: they are a mistake waiting for a time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Return an aware instant in UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


COUNTED_ROWS = 1000  # Of each index of SQLite: enough for an estimate, and quick whatever the school's size.

TYPES: Mapping[Any, Any] = {
    datetime: Instant(),
    dict[str, Any]: JSON().with_variant(postgresql.JSONB(), "postgresql"),
    list[str]: JSON().with_variant(postgresql.JSONB(), "postgresql"),
}


class SchoolOwned:
    """Mixed into every model that belongs to a school; the session filters by it."""

    school_id: Mapped[UUID] = mapped_column(index=True)


class _Connection(psycopg.Connection[Any]):
    """A connection that can send a transaction's last statements in one go with its COMMIT.

    Between two statements Python waits for its turn, and others for what the first of them locked.
    """

    last_words: Sequence[tuple[LiteralString, Mapping[str, Any]]] = ()

    def commit(self) -> None:
        """Say what was left for the last, and commit; when a part of it fails, nothing is committed."""
        words, self.last_words = self.last_words, ()
        if not words:
            super().commit()
            return
        with self.pipeline():
            for sql, given in words:
                self.execute(sql, given)
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, and leave unsaid what was to be said last."""
        self.last_words = ()
        super().rollback()


class SchoolSession(Session):
    """A session opened for one school (or for every school); `info["school"]` says which."""


@event.listens_for(SchoolSession, "do_orm_execute")
def _only_own_school(state: ORMExecuteState) -> None:
    if not state.is_orm_statement:
        return  # It names tables, not models: nothing to filter by, and time to save.
    school = state.session.info["school"]
    if school != EVERY_SCHOOL and not state.is_column_load and not state.is_relationship_load:
        owner = UUID(school)
        state.statement = state.statement.options(
            with_loader_criteria(SchoolOwned, lambda cls: cls.school_id == owner, include_aliases=True)
        )


@event.listens_for(SchoolSession, "after_begin")
def _tell_the_second_wall(session: Session, _: Any, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT set_config('parta.school', %s, true)", (session.info["school"],))


class Database:
    """One service's database by URL (`postgresql://…` or `sqlite:////…`)."""

    info: Mapping[str, Any] = MappingProxyType({})
    """What its sessions know besides their school; the service's settings decide it."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = _engine(url, pool_size)
        self.is_postgres = self.engine.dialect.name == "postgresql"
        # Made once: for each transaction anew, an engine with options costs as much as a statement.
        self._reads = self.engine.execution_options(postgresql_readonly=True)
        self._writes = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        self._notes = (
            self.engine.execution_options(isolation_level="AUTOCOMMIT")
            if self.is_postgres
            else self.engine.execution_options(sqlite_begin="IMMEDIATE", sqlite_synchronous="NORMAL")
        )

    @contextmanager
    def writing(self, school: UUID | str) -> Iterator[SchoolSession]:
        """Open the one transaction of an action: commits at the end, rolls back on any error."""
        with SchoolSession(self._writes, info=self._told(school)) as session, session.begin():
            yield session

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """Open a write of single statements that no process can lose, and that wait for no disk.

        What it commits may be lost when the machine itself loses its power: on SQLite for this
        reason alone, on PostgreSQL when the statement says so. It knows no school.
        """
        opened: AbstractContextManager[Connection] = (
            self._notes.connect() if self.is_postgres else self._notes.begin()
        )
        with opened as connection:
            yield connection

    @contextmanager
    def reading(self, school: UUID | str) -> Iterator[SchoolSession]:
        """Open a consistent read; nothing done in it is kept."""
        with SchoolSession(self._reads, expire_on_commit=False, info=self._told(school)) as session:
            yield session
            if self.is_postgres:
                # It was read-only. A rollback would make psycopg forget all its prepared statements.
                session.commit()

    @contextmanager
    def snapshot(self, school: UUID | str) -> Iterator[SchoolSession]:
        """Open a read of many statements that all see the database as it was at the first of them."""
        engine = self.engine
        if self.is_postgres:  # On SQLite every read is one.
            engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with SchoolSession(engine, expire_on_commit=False, info=self._told(school)) as session:
            yield session

    def count(self) -> None:
        """Let SQLite count what its indexes tell apart; PostgreSQL does so by itself.

        Uncounted, it takes the index by school, whose rows are all of one, for as good as a key, and reads
        whole tables for each row of a join.
        """
        if self.is_postgres:
            return
        with self._writes.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit={COUNTED_ROWS}")
            # Only when the table is made anew do other connections read it again.
            connection.exec_driver_sql("DROP TABLE IF EXISTS sqlite_stat1")
            connection.exec_driver_sql("ANALYZE")

    def _told(self, school: UUID | str) -> dict[str, Any]:
        return {**self.info, "school": str(school)}

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _engine(url: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            connect_args={"timeout": 10, "isolation_level": None, "check_same_thread": False},
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            hide_parameters=True,  # An error is logged, and what is written is people's.
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 5},
    )
    event.listen(
        engine, "do_connect", lambda _dialect, _record, given, named: _Connection.connect(*given, **named)
    )
    return engine


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    # FULL: an acknowledged write survives the loss of power, not only of the process.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A write that starts as a read could fail at its first change; IMMEDIATE waits its turn instead.
    options = connection.get_execution_options()
    kind, wanted = options.get("sqlite_begin", "DEFERRED"), options.get("sqlite_synchronous", "FULL")
    if connection.info.get("synchronous", "FULL") != wanted:  # It cannot be changed after BEGIN.
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted
    connection.exec_driver_sql(f"BEGIN {kind}")


def say_last(session: Session, sql: LiteralString, given: Mapping[str, Any]) -> None:
    """Let a statement whose answer nobody needs go with the COMMIT (PostgreSQL); its errors come then."""
    connection = cast("_Connection", session.connection().connection.dbapi_connection)
    connection.last_words = (*connection.last_words, (sql, given))


def take_time(session: Session) -> None:
    """Let the present transaction work a while without a word to the database.

    PostgreSQL ends one that idles for 5 s (above); reading a large file may take that long.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '120s'"))


def check_safe(database: Database) -> None:
    """Refuse a database that may lose what it acknowledged (PROTOCOL C4)."""
    if not database.is_postgres:
        return
    with database.engine.connect() as connection:
        for name in ("fsync", "synchronous_commit"):
            if connection.execute(text(f"SHOW {name}")).scalar_one() == "off":
                raise SystemExit(
                    f"The database runs with {name}=off and may lose acknowledged marks. "
                    f"Set {name}=on in postgresql.conf and start again."
                )
