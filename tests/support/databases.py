"""Migrated, empty databases for tests: migrated once, then copied."""

import shutil
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from shared.db import Database
from shared.migrate import upgrade
from tests.support.home import home, once
from tests.support.postgres import Postgres

SEAL_KEY = urlsafe_b64encode(b"the key of the tests of 32 bytes").decode()

Database.info = {"seal_keys": (SEAL_KEY,)}  # Of those that tests open without settings.


def sqlite_url(service: str, folder: Path) -> str:
    """Return the address of a new SQLite file with today's tables of the service."""

    def make() -> dict[str, Any]:
        kept = home() / f"{service}.sqlite"
        _upgrade(service, f"sqlite:///{kept}")
        return {"kept": str(kept)}

    kept = once(f"sqlite-{service}", make)["kept"]
    copy = folder / f"{service}.sqlite"
    shutil.copyfile(kept, copy)
    return f"sqlite:///{copy}"


def postgres_database(service: str, cluster: Postgres) -> str:
    """Return the name of a new PostgreSQL database with today's tables of the service."""
    template = cluster.template(service, lambda url: _upgrade(service, url))
    return cluster.create_database(template)


def _upgrade(service: str, url: str) -> None:
    database = Database(url)
    upgrade(service, database)
    database.close()
