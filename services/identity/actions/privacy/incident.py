"""After a theft: whose data a stolen account, session or program had to do with (SECURITY 55)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.signing_in.logins import login_of
from services.identity.models import AccessRecord, Account, Circle, Person
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.names import full_name


@dataclass(frozen=True)
class Stolen:
    """What was stolen: one of the three, and between which instants it may have been used."""

    since: datetime
    until: datetime
    login: str | None = None
    session_id: UUID | None = None
    client_id: str | None = None


@dataclass
class Touched:
    """A person whose data was seen or changed."""

    person_id: UUID
    school_id: UUID
    name: str
    first: datetime
    last: datetime
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    addresses: set[str] = field(default_factory=set)


class NobodyByThatLogin(LookupError):
    """The login is nobody's."""


def people_touched(database: Database, stolen: Stolen) -> list[Touched]:
    """Return everybody whose data was seen or changed, the first touched first; lists taken apart.

    Refused requests are left out: nothing was seen by them.
    """
    found: dict[UUID, Touched] = {}
    with database.reading(EVERY_SCHOOL) as session:
        for record, person_id in _records(session, stolen):
            if record.school_id is None:
                continue
            one = found.get(person_id) or Touched(person_id, record.school_id, "", record.at, record.at)
            one.last = record.at
            one.done[f"{record.service}.{record.endpoint}"] += 1
            one.addresses.add(record.address)
            found[person_id] = one
        _name(session, found)
    return list(found.values())


def _records(session: SchoolSession, stolen: Stolen) -> Iterator[tuple[AccessRecord, UUID]]:
    asked = select(AccessRecord).where(
        AccessRecord.at >= stolen.since,
        AccessRecord.at < stolen.until,
        AccessRecord.status < 400,
        AccessRecord.about.is_not(None),
    )
    if stolen.login:
        whose = select(Account.person_id).where(Account.login == login_of(stolen.login))
        person_id = session.scalars(whose).first()
        if person_id is None:
            raise NobodyByThatLogin(stolen.login)
        asked = asked.where(AccessRecord.actor_id == person_id)
    if stolen.session_id:
        asked = asked.where(AccessRecord.session_id == stolen.session_id)
    if stolen.client_id:
        asked = asked.where(AccessRecord.client_id == stolen.client_id)
    records = session.scalars(asked.order_by(AccessRecord.at, AccessRecord.id)).all()
    members = _members(session, {one.about for one in records if one.about and one.persons > 1})
    for record in records:
        for person_id in members.get(record.about, [record.about]) if record.about else ():
            yield record, person_id


def _members(session: SchoolSession, circles: set[UUID]) -> dict[UUID | None, list[UUID]]:
    members: dict[UUID | None, list[UUID]] = defaultdict(list)
    asked = select(Circle.id, Circle.person_id).where(Circle.id.in_(circles))
    for circle, person_id in session.execute(asked):
        members[circle].append(person_id)
    return members


def _name(session: SchoolSession, found: dict[UUID, Touched]) -> None:
    names = select(Person.id, Person.family_name, Person.given_name, Person.patronymic)
    for row in session.execute(names.where(Person.id.in_(found))):
        found[row.id].name = full_name(*row[1:])
