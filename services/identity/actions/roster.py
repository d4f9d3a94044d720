"""A whole school at once: what an import wants to be true, and making it so.

A roster says what another program knows. People and groups are found again by that program's own
ids, so that importing the same file twice changes nothing, and a corrected file changes only what
was corrected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.identity.models import ExternalId, School, table
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.errors import Text

Ids = dict[str, UUID]


@dataclass(frozen=True)
class RosterPerson:
    """A person and the roles the other program gives them; `is_gone` ends all their enrolments."""

    family: str
    given: str
    patronymic: str
    email: str | None
    birth_on: date | None
    login: str
    roles: frozenset[str]
    is_gone: bool


@dataclass(frozen=True)
class RosterGroup:
    """A class or a group; `teacher` is the class teacher by the other program's id."""

    kind: str
    name: str
    grade: int | None
    teacher: str | None


@dataclass(frozen=True)
class RosterStay:
    """A pupil's place in a group; without days it holds from the year's first day and on."""

    group: str
    pupil: str
    from_on: date | None
    until_on: date | None
    is_gone: bool


@dataclass(frozen=True)
class Ignored:
    """Something in the file that was left out on purpose, and why."""

    file: str
    what: str
    why: Text


@dataclass(frozen=True)
class Roster:
    """All that one import has to say of one school."""

    format: str
    source: str
    org: str | None
    people: Mapping[str, RosterPerson]
    groups: Mapping[str, RosterGroup]
    stays: Iterable[RosterStay]
    guardianships: Iterable[tuple[str, str]]  # guardian, pupil
    ignored: Iterable[Ignored]


@dataclass
class Counts:
    """How many of each kind."""

    people: int = 0
    roles: int = 0
    groups: int = 0
    enrolments: int = 0
    guardianships: int = 0


@dataclass
class Report:
    """What an import did, or in a rehearsal would do."""

    format: str
    org: str | None
    created: Counts = field(default_factory=Counts)
    changed: Counts = field(default_factory=Counts)
    unchanged: Counts = field(default_factory=Counts)
    ignored: list[Ignored] = field(default_factory=list)


def lock_school(session: SchoolSession) -> None:
    """Let one import into a school wait for another: both would enter the same people."""
    session.get(School, UUID(session.info["school"]), with_for_update=True)


def known_ids(session: SchoolSession, source: str, kind: str) -> Ids:
    """Return what a program calls the people (or groups) of the session's school."""
    found = select(ExternalId.external, ExternalId.id).where(
        ExternalId.source == source, ExternalId.kind == kind
    )
    return {row.external: row.id for row in session.execute(found)}


def remember_ids(session: SchoolSession, source: str, kind: str, new: Ids) -> None:
    """Keep what a program calls these people or groups."""
    school_id = UUID(session.info["school"])
    insert_rows(
        session,
        table(ExternalId),
        [
            {"school_id": school_id, "source": source, "kind": kind, "external": external, "id": id_}
            for external, id_ in new.items()
        ],
    )
