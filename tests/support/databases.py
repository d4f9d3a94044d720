"""Migrated, empty databases for tests: migrated once, then copied."""

import shutil
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from shared.cli import PROGRAMS
from shared.db import Database
from shared.migrate import upgrade
from tests.support.home import home, once
from tests.support.postgres import Postgres

SEAL_KEY = urlsafe_b64encode(b"the key of the tests of 32 bytes").decode()

Database.info = {"seal_keys": (SEAL_KEY,)}  # Of those that tests open without settings.


def sqlite_url(service: str, folder: Path) -> str:
    """Return the address of a new SQLite file with today's tables of the service."""
    copy = folder / f"{service}.sqlite"
    shutil.copyfile(_migrated(service), copy)
    return f"sqlite:///{copy}"


def school_folder(folder: Path) -> Path:
    """Return the folder with the databases of a school in one process, for to migrate them takes a second."""
    for name in PROGRAMS:
        shutil.copyfile(_migrated(name), folder / f"{name}.db")
    return folder


def _migrated(service: str) -> Path:
    def make() -> dict[str, Any]:
        kept = home() / f"{service}.sqlite"
        _upgrade(service, f"sqlite:///{kept}")
        return {"kept": str(kept)}

    return Path(once(f"sqlite-{service}", make)["kept"])


def postgres_database(service: str, cluster: Postgres) -> str:
    """Return the name of a new PostgreSQL database with today's tables of the service."""
    template = cluster.template(service, lambda url: _upgrade(service, url))
    return cluster.create_database(template)


def _upgrade(service: str, url: str) -> None:
    database = Database(url)
    upgrade(service, database)
    database.close()
