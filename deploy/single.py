"""The whole school in one process: six applications behind one port, workers as threads.

SQLite files and kombu's in-memory transport; nothing that matters lives in memory, so the process
may be killed at any moment.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from services.identity.actions.programs.clients import ensure_client
from shared.assembly import application_of, assemble
from shared.auth import SPEAKS_FOR_VISITORS
from shared.db import EVERY_SCHOOL
from shared.migrate import upgrade
from shared.operating import rebuild_passed_over
from shared.peers import Peers
from shared.service import SERVICES, Runtime
from shared.settings import Settings
from shared.worker import Worker

PROGRAMS = (*SERVICES, "portal")
SECRETS = "secrets.json"
ADDRESS = "address"
FIRST = ("identity", "schedule", "journal")
"""Whose workers a first fill waits for; the others would only take the processor from it."""
CLI = "cli"
CLI_CLIENT = "parta-cli"
PORTAL_CLIENT = "portal-client"
SEAL = "identity-seal"
FILES_URL = "PARTA_JOURNAL_FILES_URL"
SECRET_NAMES = (*PROGRAMS, CLI, PORTAL_CLIENT, SEAL)

log = structlog.get_logger()


class AlreadyRunning(SystemExit):
    """Another process serves this folder."""


@dataclass
class School:
    """The programs of one deployment at work in this process."""

    data: Path
    peers: Peers
    secrets: dict[str, str]
    runtimes: dict[str, Runtime]
    apps: dict[str, Any]
    workers: list[Worker] = field(default_factory=list)

    @property
    def wsgi(self) -> Any:
        """One application for all: the services under their prefixes, the portal for the rest."""
        mounts = {f"/api/{name}": _whole_path(self.apps[name], f"/api/{name}") for name in SERVICES}
        mounts["/verify"] = _whole_path(self.apps["reporting"], "/verify")
        return DispatcherMiddleware(self.apps["portal"], mounts)

    def start_workers(self, names: Iterable[str] = SERVICES) -> None:
        """Start relaying, consuming and the timed jobs of these services."""
        for name in names:
            worker = Worker(self.runtimes[name])
            self.workers.append(worker)
            worker.start()

    def stop(self) -> None:
        """Stop the workers and close the databases."""
        for worker in self.workers:
            worker.ask_to_stop()  # All before the first is waited for, so that they end together.
        for worker in self.workers:
            worker.stop()
        for runtime in self.runtimes.values():
            runtime.database.close()


def _whole_path(app: Any, prefix: str) -> Any:
    """Call an application that expects its prefix in the path, under a dispatcher that cut it off."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = prefix + environ["PATH_INFO"]
        environ["SCRIPT_NAME"] = environ["SCRIPT_NAME"].removesuffix(prefix)
        return app(environ, start_response)

    return call


def environment(data: Path) -> dict[str, str]:
    """Return the settings of a school in this folder, as variables of the environment."""
    kept = _secrets(data)
    made = {f"PARTA_{name.upper()}_DATABASE_URL": _database_url(data, name) for name in PROGRAMS}
    made |= {f"PARTA_{name.upper()}_CLIENT_SECRET": kept[name] for name in SERVICES}
    made["PARTA_PORTAL_CLIENT_SECRET"] = kept[PORTAL_CLIENT]
    made["PARTA_IDENTITY_SEAL_KEYS"] = kept[SEAL]
    made[FILES_URL] = os.environ.get(FILES_URL) or (data.absolute() / "files").as_uri()
    return made | {"PARTA_BROKER_URL": "memory://", "PARTA_SECRET_KEY": kept["portal"]}


def _database_url(data: Path, name: str) -> str:
    return f"sqlite:///{data.absolute() / name}.db"


def _secrets(data: Path) -> dict[str, str]:
    """Return the folder's own secrets, made on their first use."""
    data.mkdir(parents=True, exist_ok=True)
    kept = kept_secrets(data)
    if any(name not in kept for name in SECRET_NAMES):
        with _alone(data):
            made = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES}
            kept = made | kept_secrets(data)
            write_private(data / SECRETS, json.dumps(kept))
    return kept


def kept_secrets(data: Path) -> dict[str, str]:
    """Return the secrets of a folder as they stand; none in an untouched one."""
    path = data / SECRETS
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return kept


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner only: whole or not at all, whatever ends the process."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


@contextmanager
def open_school(data: Path, **settings: str) -> Iterator[School]:
    """Put all programs to work on a folder; AlreadyRunning when another process has it.

    `settings` are further variables, `PARTA_…`, that win over those of the environment.
    """
    kept = _secrets(data)
    with _alone(data):
        (data / ADDRESS).unlink(missing_ok=True)  # Of the process before; this one may never have any.
        peers = Peers({})
        environ = os.environ | environment(data) | settings
        runtimes = {name: _runtime(name, environ, peers) for name in PROGRAMS}
        for name, runtime in runtimes.items():
            upgrade(name, runtime.database)
            _hear_what_was_passed_over(runtime)
        apps = {name: application_of(runtime) for name, runtime in runtimes.items()}
        for name in SERVICES:
            peers.put_in_process(name, apps[name])
        _admit_services(runtimes["identity"], kept)
        school = School(data, peers, kept, runtimes, apps)
        try:
            yield school
        finally:
            school.stop()


def _hear_what_was_passed_over(runtime: Runtime) -> None:
    """Hear again, after an upgrade, the streams with events that the code before did not listen to."""
    for stream, types in rebuild_passed_over(runtime.service, runtime.database).items():
        log.warning("single.rebuilt", service=runtime.service.name, stream=stream, types=types)


def _admit_services(identity: Runtime, kept: dict[str, str]) -> None:
    with identity.database.writing(EVERY_SCHOOL) as session:
        for name in SERVICES:
            ensure_client(session, f"service-{name}", kept[name], scopes=("events:read",))
        ensure_client(session, "service-portal", kept[PORTAL_CLIENT], scopes=(SPEAKS_FOR_VISITORS,))


def _runtime(name: str, environ: Mapping[str, str], peers: Peers) -> Runtime:
    return assemble(name, Settings.from_env(name, environ), peers)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the folder: two processes on one SQLite file would each believe to be the only relay."""
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = running_at(data)
            instead = f"open {address}" if address else "wait until it prints its address"
            raise AlreadyRunning(
                f"The school in {data} is running already. Stop it first, or {instead}."
            ) from None
        yield


def running_at(data: Path) -> str:
    """Return the address that the process serving this folder printed; empty while it opens."""
    address = data / ADDRESS
    return address.read_text() if address.exists() else ""
