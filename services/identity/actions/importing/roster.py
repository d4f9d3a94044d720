"""A whole school at once: what an import wants to be true, and making it so.

A roster says what another program knows. People and groups are found again by that program's own
ids, so that importing the same file twice changes nothing, and a corrected file changes only what
was corrected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import ExternalId, Group, Person, School, table
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Text

Ids = dict[str, UUID]

LIST = "list"
"""The source of a table typed by people, whose rows have no ids."""

PARTA = "parta"
"""The source of our own exports, whose ids are ours."""


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
    file: str = ""
    line: int = 0
    is_whole_name: bool = False  # It came in one cell: where our parts make the same text, they stand.
    code: UUID | None = None  # Our own id, from an export of ours.
    sex: str | None = None
    file_number: str | None = None
    position: str | None = None
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


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
    kinds: Mapping[tuple[str, str], str] = field(default_factory=dict)  # What guardians are to pupils.
    is_complete: bool = False  # Who is not in it has left its classes.

    @property
    def has_ids(self) -> bool:
        """Whether the other program's ids will be met again; lines of a list will not."""
        return self.source != LIST


@dataclass
class Counts:
    """How many of each kind."""

    people: int = 0
    roles: int = 0
    groups: int = 0
    enrolments: int = 0
    guardianships: int = 0


Fields = dict[str, tuple[Any, Any]]
"""What it was and what it becomes, by field."""


@dataclass(frozen=True)
class Change:
    """One thing an import creates, changes or closes, and where the file says so."""

    action: str
    what: str  # person, role, group, enrolment or guardianship
    name: str
    fields: Fields
    file: str = ""
    line: int = 0
    id: UUID | None = None  # Of what is in the school already.


@dataclass(frozen=True)
class Candidate:
    """Somebody of the school, or of the same file, whom a row may mean."""

    id: str
    name: str
    birth_on: date | None
    about: str  # The class or the children, to tell people apart.


@dataclass(frozen=True)
class Question:
    """A row that may mean somebody who is known; an answer names a candidate, or `new`."""

    key: str
    file: str
    line: int
    name: str
    birth_on: date | None
    about: str
    why: Text
    candidates: tuple[Candidate, ...]


@dataclass
class Report:
    """What an import did, or in a rehearsal would do."""

    format: str
    org: str | None
    created: Counts = field(default_factory=Counts)
    changed: Counts = field(default_factory=Counts)
    unchanged: Counts = field(default_factory=Counts)
    closed: Counts = field(default_factory=Counts)
    ignored: list[Ignored] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    people: frozenset[UUID] = frozenset()  # Of whom the file speaks; nobody in a rehearsal.

    def note(self, action: str, what: str, name: str, fields: Fields, **where: Any) -> None:
        """Keep one change: `created`, `changed` or `closed`, of what, and field by field."""
        self.changes.append(Change(action, what, name, fields, **where))


def lock_school(session: SchoolSession) -> None:
    """Let one import into a school wait for another: both would enter the same people."""
    session.get(School, UUID(session.info["school"]), with_for_update=True)


def known_ids(session: SchoolSession, source: str, kind: str) -> Ids:
    """Return what a program calls the people (or groups) of the session's school."""
    own: Ids = {}
    if source == PARTA:
        column = Person.id if kind == "person" else Group.id
        own = {str(id_): id_ for id_ in session.scalars(select(column))}
    found = select(ExternalId.external, ExternalId.id).where(
        ExternalId.source == source, ExternalId.kind == kind
    )
    return own | {row.external: row.id for row in session.execute(found)}


def remember_ids(session: SchoolSession, source: str, kind: str, new: Ids) -> None:
    """Keep what a program calls these people or groups."""
    school_id = UUID(session.info["school"])
    upsert_rows(
        session,
        table(ExternalId),
        [
            {"school_id": school_id, "source": source, "kind": kind, "external": external, "id": id_}
            for external, id_ in new.items()
        ],
        ("school_id", "source", "kind", "external"),
    )
