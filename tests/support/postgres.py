"""A private PostgreSQL cluster: started, stopped, killed and copied as a test likes.

It is durable (fsync stays on, as the services demand); only its size is small.
"""

import os
import re
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.support.home import home, once
from tests.support.ports import free_port
from tests.support.processes import Child, children
from tests.support.waiting import eventually

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(found, key=lambda initdb: int(re.sub(r"\D", "", initdb.parts[-3]) or 0))
    if newest:
        return newest[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


class Postgres:
    """One cluster in a folder of its own, on a port of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._server: Child | None = None

    @classmethod
    def create(cls) -> "Postgres":
        """Make a new cluster and start it."""
        folder = home() / f"pg-{uuid4().hex[:6]}"
        folder.mkdir()
        if user := _server_user():
            shutil.chown(folder, user, user)
        cluster = cls(folder, free_port())
        cluster._run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        cluster.start()
        # The services run as a role that is no superuser: the walls between schools hold for it.
        cluster.execute("CREATE ROLE parta LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
        return cluster

    @property
    def pid(self) -> int:
        """The process below which all sessions run."""
        assert self._server
        return self._server.pid

    def url(self, database: str, user: str = "parta") -> str:
        """Return the address of a database, for the services' role unless another is named."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        command = [str(_program("postgres")), "-D", str(self.folder / "data"), "-p", str(self.port),
                   f"-cunix_socket_directories={self.folder}", *settings]  # fmt: skip
        log = self.folder / "server.log"
        # SIGQUIT ends it at once, yet removes its shared memory.
        self._server = Child(command, log=log, end_signal=signal.SIGQUIT, cwd="/", **_identity())
        eventually(self._answers, within=60)

    def stop(self) -> None:
        """Stop the server in order: sessions are cut, everything is written."""
        self._signal(signal.SIGINT)

    def crash(self) -> None:
        """Stop the server at once (immediate shutdown); the next start recovers from its log."""
        self._signal(signal.SIGQUIT)

    def kill(self) -> None:
        """Kill the server and all its sessions with SIGKILL."""
        assert self._server
        for session in children(self._server.pid):
            with suppress(ProcessLookupError):
                os.kill(session, signal.SIGKILL)
        self._server.kill()

    def execute(self, statement: str | sql.Composed, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the superuser, outside a transaction, and return its rows."""
        with psycopg.connect(self.url(database, "postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def create_database(self, template: str = "template1") -> str:
        """Make a database that the services' role owns, and return its name."""
        name = f"{template.removeprefix('template_')[:30]}_{uuid4().hex[:10]}"
        self.execute(
            sql.SQL("CREATE DATABASE {} OWNER parta TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def template(self, name: str, fill: Callable[[str], object]) -> str:
        """Return a database to be copied, which `fill` prepared once, given its address."""

        def make() -> dict[str, Any]:
            template = f"template_{name}"
            self.drop_database(template)
            self.execute(sql.SQL("CREATE DATABASE {} OWNER parta").format(sql.Identifier(template)))
            fill(self.url(template))
            return {"name": template}

        found: str = once(f"{self.folder.name}-{name}", make)["name"]
        return found

    def _answers(self) -> bool:
        assert self._server
        if not self._server.running:
            raise RuntimeError(f"PostgreSQL did not start:\n{self._server.log()[-3000:]}")
        try:
            return self.execute("SELECT 1") == [(1,)]
        except psycopg.OperationalError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        server = self._server
        assert server
        os.kill(server.pid, number)
        eventually(lambda: not server.running, within=30)
        server.kill()

    def _run(self, program: str, *arguments: str | Path) -> None:
        child = Child([_program(program), *arguments], cwd="/", **_identity())
        eventually(lambda: not child.running, within=60)
        assert child.stop() == 0, child.log()


def shared_postgres() -> Postgres:
    """Return the cluster that all workers share; whoever needs it first starts it."""

    def make() -> dict[str, Any]:
        cluster = Postgres.create()
        return {"folder": str(cluster.folder), "port": cluster.port}

    known = once("postgres", make)
    return Postgres(Path(known["folder"]), known["port"])


def _program(name: str) -> Path:
    folder = programs()
    assert folder, "PostgreSQL is not installed."
    return folder / name


def _server_user() -> str | None:
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    return "postgres" if os.geteuid() == 0 else None


def _identity() -> dict[str, Any]:
    user = _server_user()
    return {"user": user, "group": user, "extra_groups": []} if user else {}
