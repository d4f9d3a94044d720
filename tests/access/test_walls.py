"""The second wall: on PostgreSQL, SQL of any kind sees and changes rows of its own school alone.

Whatever the code forgets. Every table of every database takes part, by what the database says of
itself: a new table is either behind the wall or in OPEN, with the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from psycopg import sql

from shared import migrate
from shared.db import Database
from tests.access.world import PROGRAMS
from tests.support.databases import postgres_database
from tests.support.postgres import Postgres
from tests.support.seeding import hear, small_school

# What belongs to no school.
OPEN = {
    "attempts": "failed sign-ins, under the digest of a login that may be nobody's",
    "signing_keys": "the deployment's own keys",
    "used_assertions": "digests of proofs that programs have used up",
    "provider_visits": "browsers on their way to a provider, nobody's until they are back",
    "used_challenges": "digests of what passkeys have answered",
    "alarms": "that many sign-ins failed in the whole deployment",
    "work_lease": "which process is at work",
    "bus_version": "which migrations have run",
    "schema_version": "which migrations have run",
}
FIRST, SECOND, ALL = str(uuid4()), str(uuid4()), "*"

VALUES: dict[str, Any] = {
    "bigint": 5,  # It also is how many days a week has lessons, and a grade.
    "integer": 5,
    "smallint": 5,
    "boolean": False,
    "date": date(2026, 9, 1),
    "json": "[]",
    "jsonb": "[]",
    "timestamp with time zone": datetime(2026, 9, 1, tzinfo=UTC),
}
LATER = date(2027, 5, 31)
CHOSEN = re.compile(r"\((\w+)\)::text = (?:ANY \(\(?ARRAY\[)?'(\w+)'")
LEAST = re.compile(r"\((\w+) >= (\d+)\)")
WORDS = {"kind": "class", "language": "ru"}


@dataclass(frozen=True)
class Walled:
    """A table, its columns with their types, and which of them says whose a row is."""

    name: str
    columns: dict[str, str]
    words: dict[str, Any]  # Of columns that take only certain ones, or numbers within bounds, the first.

    @property
    def owner(self) -> str:
        """The column that names the school, alone or within a stream's name."""
        if self.name == "schools" and "school_id" not in self.columns:
            return "id"
        return "school_id" if "school_id" in self.columns else "stream"

    def row(self, school: str) -> dict[str, Any]:
        """Return a row of a school, valid but for what it refers to."""
        made = {name: self._value(name, kind) for name, kind in self.columns.items()}
        made[self.owner] = f"journal/{school}" if self.owner == "stream" else school
        return made

    def _value(self, name: str, kind: str) -> Any:
        if kind == "uuid":
            return str(uuid4())
        if kind == "bytea":
            return uuid4().bytes * 2
        if kind in VALUES:
            if kind.endswith("int") or kind == "integer":
                return self.words.get(name, VALUES[kind])
            return LATER if name in ("ends_on", "until_on") else VALUES[kind]
        word = self.words.get(name) or WORDS.get(name) or uuid4().hex[:5]
        return word if kind in ("text", "character varying") else None


@pytest.fixture(scope="module", params=PROGRAMS)
def walled(request: pytest.FixtureRequest, postgres_server: Postgres) -> Iterator[str]:
    """A database of each program in turn, a row of two schools in every table."""
    name = postgres_database(request.param, postgres_server)
    for table in tables(postgres_server, name):
        if table.name not in OPEN:
            for school in (FIRST, SECOND):
                insert(postgres_server.url(name, "postgres"), table, school, unchecked=True)
    yield name
    postgres_server.drop_database(name)


def tables(cluster: Postgres, database: str) -> list[Walled]:
    """Return all tables the database has."""
    found: dict[str, dict[str, str]] = {}
    words: dict[str, dict[str, Any]] = {}
    for table, column, kind, length in cluster.execute(
        "SELECT table_name, column_name, data_type, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
        database,
    ):
        found.setdefault(table, {})[column] = kind
        if length and length < 5:
            words.setdefault(table, {})[column] = WORDS.get(column, "f")
    checks = (
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
    )
    for table, check in cluster.execute(checks, database):
        for column, word in CHOSEN.findall(check):
            words.setdefault(table, {})[column] = word
        for column, least in LEAST.findall(check):
            words.setdefault(table, {})[column] = int(least)
    return [Walled(name, columns, words.get(name, {})) for name, columns in found.items()]


def insert(url: str, table: Walled, school: str, *, acting: str = "", unchecked: bool = False) -> None:
    """Insert a row of a school; unchecked, as a superuser, whatever it refers to need not exist."""
    row = table.row(school)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    with psycopg.connect(url) as connection:
        if unchecked:
            connection.execute("SET session_replication_role = replica")
        _act_for(connection, acting)
        connection.execute(statement, list(row.values()))


def _act_for(connection: psycopg.Connection, school: str) -> None:
    if school:
        connection.execute("SELECT set_config('parta.school', %s, false)", (school,))


def owners(url: str, table: Walled, acting: str) -> list[str]:
    """Return whose rows a session sees, by raw SQL, as the role of the services."""
    seen = sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(table.owner), sql.Identifier(table.name))
    with psycopg.connect(url) as connection:
        _act_for(connection, acting)
        return sorted(row[0].removeprefix("journal/") for row in connection.execute(seen))


def behind_the_wall(cluster: Postgres, database: str) -> list[Walled]:
    return [table for table in tables(cluster, database) if table.name not in OPEN]


def test_every_table_is_behind_the_wall_or_belongs_to_no_school(postgres_server, walled):
    forced = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
    guarded = "SELECT tablename FROM pg_policies WHERE schemaname = 'public'"
    behind = {name for (name,) in postgres_server.execute(forced, walled)}
    named = {table.name for table in tables(postgres_server, walled)}

    assert named - behind <= set(OPEN)
    assert behind == {name for (name,) in postgres_server.execute(guarded, walled)}
    assert not {
        table.name
        for table in tables(postgres_server, walled)
        if table.name in OPEN and table.owner in table.columns
    }


def test_the_services_role_is_no_superuser_and_cannot_step_over_the_wall(postgres_server, walled):
    asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'parta'"

    assert postgres_server.execute(asked, walled) == [(False,)]


def test_raw_sql_sees_rows_of_the_school_it_was_told_and_none_when_it_was_told_none(postgres_server, walled):
    """SECURITY 25: the second fence."""
    url = postgres_server.url(walled)
    for table in behind_the_wall(postgres_server, walled):
        assert owners(url, table, "") == [], table.name
        assert owners(url, table, FIRST) == [FIRST], table.name
        assert owners(url, table, str(uuid4())) == [], table.name
        assert owners(url, table, ALL) == sorted([FIRST, SECOND]), table.name


def test_raw_sql_puts_no_row_into_another_school(postgres_server, walled):
    url = postgres_server.url(walled)
    for table in behind_the_wall(postgres_server, walled):
        for acting in (FIRST, ""):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                insert(url, table, SECOND, acting=acting)
        assert owners(url, table, ALL) == sorted([FIRST, SECOND]), table.name


def test_raw_sql_moves_and_deletes_no_row_of_another_school(postgres_server, walled):
    url = postgres_server.url(walled)
    for table in behind_the_wall(postgres_server, walled):
        name, owner = sql.Identifier(table.name), sql.Identifier(table.owner)
        stolen = table.row(SECOND)[table.owner]
        with psycopg.connect(url) as connection:
            _act_for(connection, FIRST)
            theirs = sql.SQL("UPDATE {} SET {} = {} WHERE {}::text = %s").format(name, owner, owner, owner)
            assert connection.execute(theirs, (stolen,)).rowcount == 0, table.name
            gone = sql.SQL("DELETE FROM {} WHERE {}::text = %s").format(name, owner)
            assert connection.execute(gone, (stolen,)).rowcount == 0, table.name
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("UPDATE {} SET {} = %s").format(name, owner), (stolen,))


def test_the_values_of_a_table_name_its_school(postgres_server, walled):
    """The rows of this test are told apart by their owner, or it would prove nothing."""
    for table in behind_the_wall(postgres_server, walled):
        assert table.owner in table.columns, table.name
        assert UUID(table.row(FIRST)[table.owner].removeprefix("journal/")) == UUID(FIRST)


def policies(cluster: Postgres, database: str) -> dict[str, str]:
    found = cluster.execute("SELECT tablename, qual FROM pg_policies WHERE schemaname = 'public'", database)
    return dict(found)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_wall_built_of_texts_is_built_anew_of_ids(postgres_server: Postgres, program: str) -> None:
    name = postgres_database(program, postgres_server)
    built = policies(postgres_server, name)
    database = Database(postgres_server.url(name))
    with database.engine.connect() as connection:
        bus = next(iter(migrate._configs(program, connection)))
        command.downgrade(bus, "0006_note_access")
        connection.commit()
        of_texts = policies(postgres_server, name)
        command.upgrade(bus, "head")
        connection.commit()
    database.close()

    assert not any("::uuid" in rule for rule in of_texts.values())
    assert policies(postgres_server, name) == built
    assert all("::uuid" in rule or "split_part" in rule for rule in built.values())
    postgres_server.drop_database(name)


def test_postgresql_knows_how_much_a_school_sees(postgres_server: Postgres) -> None:
    """Else it takes a school for a handful of rows and reads all of them for each of them."""
    name = postgres_database("journal", postgres_server)
    school = small_school(pupils=200, lessons=1)
    database = Database(postgres_server.url(name))
    hear(database, "journal", school.school_id, school.told["identity"])
    database.close()
    with psycopg.connect(postgres_server.url(name)) as connection:
        connection.execute("ANALYZE")
        _act_for(connection, str(school.school_id))
        [(plan,)] = connection.execute("EXPLAIN (FORMAT JSON) SELECT * FROM people").fetchall()

    assert 150 <= plan[0]["Plan"]["Plan Rows"] <= 250
    postgres_server.drop_database(name)
