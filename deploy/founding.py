"""Found a school in a folder, and give commands the way to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from deploy.single import (
    CLI,
    CLI_CLIENT,
    AlreadyRunning,
    School,
    kept_secrets,
    open_school,
    running_at,
    write_private,
)
from services.identity.actions.programs.clients import ensure_client
from services.identity.actions.school.schools import Founded, found_school
from services.identity.models import School as FoundedSchool
from shared.db import EVERY_SCHOOL
from shared.ids import new_id
from shared.peers import Peers
from shared.service import SERVICES
from shared.settings import Settings

FIRST_LOGIN = "operator.login"  # What the operator of a new school was not told yet.


def found(school: School, name: str = "Школа", time_zone: str = "Europe/Moscow") -> Founded | None:
    """Found a school in an empty folder; None when there is one.

    Each step may be the last before a kill; the next start does those that are missing.
    """
    identity = school.runtimes["identity"]
    founded, school_id = None, _school_id(school)
    if school_id is None:
        school_id = new_id()
        with identity.database.writing(school_id) as session:
            founded = found_school(session, name, time_zone)
            # Before the commit: a school whose operator nobody knows could never be used.
            write_private(school.data / FIRST_LOGIN, f"{founded.login} {founded.one_time_password}")
    with identity.database.writing(EVERY_SCHOOL) as session:
        ensure_client(session, CLI_CLIENT, school.secrets[CLI], scopes=("import",), school_id=school_id)
    return founded


class SchoolNeeded(SystemExit):
    """A folder holds no school, or another one than was meant."""


def found_as(school: School, name: str, time_zone: str) -> None:
    """Found a school of this name in an untouched folder; refuse to guess it, or to mean another."""
    with school.runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        known = session.scalars(select(FoundedSchool).limit(1)).first()
    if known is None and not name:
        raise SchoolNeeded(
            f"There is no school in {school.data} yet. Say --name (and --time-zone) after `import`, "
            "or found it with `parta up --name`."
        )
    if known is not None and ((name and name != known.name) or (time_zone and time_zone != known.time_zone)):
        raise SchoolNeeded(
            f"The school in {school.data} is “{known.name}”, {known.time_zone}. Leave --name and --time-zone "
            "out, or change them in the portal: Школа — Параметры."
        )
    found(school, name or (known.name if known else ""), time_zone or "Europe/Moscow")


def _school_id(school: School) -> UUID | None:
    with school.runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        return session.scalar(select(FoundedSchool.id).limit(1))


@contextmanager
def cli_peers(data: Path | None, name: str = "", time_zone: str = "") -> Iterator[tuple[Peers, str, str]]:
    """Give a command the ways to the services and its credentials.

    A school in a folder is called over HTTP when it runs, and opened here when it does not; without
    a folder the services are those of the environment. An untouched folder gets a school of this
    name; without one the command is refused, for a name and a time zone are not guessed.
    """
    if data is None:
        settings = Settings.from_env("identity")
        yield Peers(settings.peers), CLI_CLIENT, os.environ.get("PARTA_CLI_CLIENT_SECRET", "")
        return
    try:
        with open_school(data) as school:
            found_as(school, name, time_zone)
            yield school.peers, CLI_CLIENT, school.secrets[CLI]
    except AlreadyRunning:
        address = running_at(data)
        if not address:
            raise
        yield Peers(dict.fromkeys(SERVICES, address)), CLI_CLIENT, kept_secrets(data)[CLI]
