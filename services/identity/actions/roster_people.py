"""The people of a roster: found again or entered, renamed, given roles and accounts, in bulk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.logins import made_login, open_accounts
from services.identity.actions.people import person_told, sorted_by
from services.identity.actions.roster import Ids, Report, Roster, RosterPerson, known_ids, remember_ids
from services.identity.models import Account, Person, Role, table
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.events.identity import RoleGranted
from shared.ids import new_id
from shared.names import collated
from shared.outbox import publish

AT_ONCE = 1000


@dataclass
class PeoplePlan:
    """What has to be written so that the people are as the roster says."""

    ids: Ids
    linked: Ids = field(default_factory=dict)
    entered: list[Person] = field(default_factory=list)
    changed: list[Person] = field(default_factory=list)
    roles: list[tuple[UUID, str]] = field(default_factory=list)
    accounts: dict[UUID, str] = field(default_factory=dict)


def plan_people(session: SchoolSession, roster: Roster, report: Report) -> PeoplePlan:
    """Compare the roster with the people there are; nothing is written."""
    plan = PeoplePlan(known_ids(session, roster.source, "person"))
    people = {person.id: person for person in session.scalars(select(Person))}
    staff = _unlinked_staff(session, people, plan.ids.values())
    for external, given in roster.people.items():
        if given.is_gone and external not in plan.ids:
            continue
        person = _found(plan, people, staff, external, given)
        if person is None:
            person = _entered(session, external, given, plan)
            report.created.people += 1
        elif _differs(person, given):
            plan.changed.append(person)
            report.changed.people += 1
        else:
            report.unchanged.people += 1
    _plan_roles(session, roster, plan, report)
    _plan_accounts(session, roster, plan)
    return plan


def _found(
    plan: PeoplePlan,
    people: Mapping[UUID, Person],
    staff: Mapping[tuple[str, ...], UUID],
    external: str,
    given: RosterPerson,
) -> Person | None:
    """Return the person an id stands for; a teacher entered by hand before is known by name."""
    if external not in plan.ids and given.roles & {"teacher", "educator"}:
        same = staff.get(_name(given.family, given.given, given.patronymic))
        if same is not None:
            plan.ids[external] = plan.linked[external] = same
    return people.get(plan.ids[external]) if external in plan.ids else None


def _name(*parts: str) -> tuple[str, ...]:
    return tuple(collated(part) for part in parts)


def _unlinked_staff(
    session: SchoolSession, people: Mapping[UUID, Person], linked: Iterable[UUID]
) -> dict[tuple[str, ...], UUID]:
    """Return teachers whom the program has no id of yet, by full names that only one of them has."""
    teachers = set(session.scalars(select(Role.person_id).where(Role.role == "teacher")))
    by_name: dict[tuple[str, ...], list[UUID]] = {}
    for id_ in teachers - set(linked):
        person = people[id_]
        name = _name(person.family_name, person.given_name, person.patronymic)
        by_name.setdefault(name, []).append(id_)
    return {name: ids[0] for name, ids in by_name.items() if len(ids) == 1}


def _entered(session: SchoolSession, external: str, given: RosterPerson, plan: PeoplePlan) -> Person:
    person = Person(
        id=new_id(),
        school_id=UUID(session.info["school"]),
        version=1,
        family_name=given.family,
        given_name=given.given,
        patronymic=given.patronymic,
        sorted_by=sorted_by(given.family, given.given, given.patronymic),
        email=given.email,
        birth_on=given.birth_on,
        language="ru",
    )
    plan.entered.append(person)
    plan.ids[external] = plan.linked[external] = person.id
    return person


def _differs(person: Person, given: RosterPerson) -> bool:
    """Bring a person up to date and return whether that changed anything.

    What the file leaves empty is not a reason to forget what the school knows.
    """
    wanted = {
        "family_name": given.family,
        "given_name": given.given,
        "patronymic": given.patronymic or person.patronymic,
        "email": given.email or person.email,
        "birth_on": given.birth_on or person.birth_on,
    }
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        person.sorted_by = sorted_by(person.family_name, person.given_name, person.patronymic)
    return bool(changed)


def _plan_roles(session: SchoolSession, roster: Roster, plan: PeoplePlan, report: Report) -> None:
    held = {(row.person_id, row.role) for row in session.execute(select(Role.person_id, Role.role))}
    for external, given in roster.people.items():
        if external not in plan.ids or given.is_gone:
            continue
        for role in sorted(given.roles):
            pair = (plan.ids[external], role)
            if pair in held:
                report.unchanged.roles += 1
            else:
                held.add(pair)
                plan.roles.append(pair)
    report.created.roles += len(plan.roles)


def _plan_accounts(session: SchoolSession, roster: Roster, plan: PeoplePlan) -> None:
    held = set(session.scalars(select(Account.person_id)))
    for external, given in roster.people.items():
        id_ = plan.ids.get(external)
        if id_ is not None and id_ not in held and given.roles and not given.is_gone:
            plan.accounts[id_] = given.login or made_login(given.family, given.given, given.patronymic)


def write_people(session: SchoolSession, roster: Roster, plan: PeoplePlan) -> None:
    """Write the plan in a few statements, and tell of each person once."""
    session.flush()
    insert_rows(session, table(Person), [_row(person) for person in plan.entered])
    remember_ids(session, roster.source, "person", plan.linked)
    for person in (*plan.entered, *plan.changed):
        publish(session, person_told(person))
    write_roles(session, plan.roles)
    open_accounts(session, plan.accounts)


def write_roles(session: SchoolSession, roles: Iterable[tuple[UUID, str]]) -> None:
    """Grant roles that their people do not have yet."""
    school_id = UUID(session.info["school"])
    granted = list(roles)
    rows = [{"person_id": person, "role": role, "school_id": school_id} for person, role in granted]
    upsert_rows(session, table(Role), rows, ("person_id", "role"))
    for person, role in granted:
        publish(session, RoleGranted(person_id=person, role=role))


def _row(person: Person) -> dict[str, Any]:
    return {column.name: getattr(person, column.name) for column in table(Person).columns}
