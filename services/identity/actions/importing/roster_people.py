"""The people of a roster: found again or entered, renamed, given roles and accounts, in bulk."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.importing.roster import (
    Ids,
    Ignored,
    Report,
    Roster,
    RosterPerson,
    known_ids,
    remember_ids,
)
from services.identity.actions.importing.roster_facts import bring_up_to_date, entered, entered_fields
from services.identity.actions.people.known_people import Decisions, Recognition, known_people
from services.identity.actions.people.people import person_told
from services.identity.actions.people.recognition import recognise
from services.identity.actions.signing_in.logins import made_login, open_accounts
from services.identity.models import Account, Person, Role, table
from services.identity.rules.roles import NOT_BY_FILE, STAFF
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.errors import Text
from shared.events.identity import PersonChanged, RoleGranted
from shared.names import full_name
from shared.outbox import publish

BY_HAND = Text("такую роль даёт оператор, а не файл", "an operator gives this role, not a file")
ADDRESS_BY_HAND = Text(
    "почту сотрудника меняют в карточке: по ней сбрасывают пароль",
    "the address of somebody on the staff is changed on the card: passwords are reset by it",
)


@dataclass
class PeoplePlan:
    """What has to be written so that the people are as the roster says."""

    ids: Ids
    linked: Ids = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    entered: list[Person] = field(default_factory=list)
    changed: list[PersonChanged] = field(default_factory=list)
    roles: list[tuple[UUID, str]] = field(default_factory=list)
    accounts: dict[UUID, str] = field(default_factory=dict)


def plan_people(session: SchoolSession, roster: Roster, decisions: Decisions, report: Report) -> PeoplePlan:
    """Compare the roster with the people there are; nothing is written.

    Rows that may mean somebody, and are not decided, are questions of the report and are in no plan.
    """
    known = known_people(session)
    ids = known_ids(session, roster.source, "person")
    before = set(ids)
    found = recognise(roster, known, ids, decisions)
    report.questions.extend(found.questions)
    plan = PeoplePlan(ids, linked={key: id_ for key, id_ in ids.items() if key not in before})
    asked = {question.key for question in found.questions}
    for external, given in roster.people.items():
        if external in asked or external in found.same or (given.is_gone and external not in ids):
            continue
        _plan_person(UUID(session.info["school"]), external, given, found, plan, report)
    for external, other in found.same.items():
        if other in plan.ids:
            plan.ids[external] = plan.ids[other]
    _plan_roles(roster, found, plan, report)
    _plan_accounts(session, roster, plan)
    return plan


def _plan_person(
    school_id: UUID, external: str, given: RosterPerson, found: Recognition, plan: PeoplePlan, report: Report
) -> None:
    person = found.known.people.get(plan.ids[external]) if external in plan.ids else None
    if person is None:
        person = entered(school_id, given)
        plan.entered.append(person)
        plan.ids[external] = plan.linked[external] = person.id
        report.created.people += 1
        roles = ", ".join(sorted(given.roles - NOT_BY_FILE))
        fields = entered_fields(person) | ({"roles": (None, roles)} if roles else {})
        report.note("created", "person", _name(person), fields, file=given.file, line=given.line)
    else:
        told, name = person_told(person), _name(person)
        if _is_moved_by_hand(found.known.roles.get(person.id, set()), person, given):
            report.ignored.append(Ignored(given.file, f"{name}: {given.email}", ADDRESS_BY_HAND))
            given = replace(given, email=None)
        changes = bring_up_to_date(person, given)
        if not changes:
            report.unchanged.people += 1
        else:
            report.changed.people += 1
            report.note("changed", "person", name, changes, file=given.file, line=given.line, id=person.id)
        if person_told(person) != told:
            plan.changed.append(person_told(person))
    plan.names[person.id] = _name(person)


def _is_moved_by_hand(roles: Collection[str], person: Person, given: RosterPerson) -> bool:
    """Whether a file would move an address by which a password of the staff is reset.

    A first address is taken from it, but for those who see or change the whole school.
    """
    if given.email in (None, person.email):
        return False
    return bool(NOT_BY_FILE & set(roles)) or bool(STAFF & set(roles) and person.email)


def _name(person: Person) -> str:
    return full_name(person.family_name, person.given_name, person.patronymic)


def _plan_roles(roster: Roster, found: Recognition, plan: PeoplePlan, report: Report) -> None:
    held = {(id_, role) for id_, roles in found.known.roles.items() for role in roles}
    new = {person.id for person in plan.entered}
    for external, given in roster.people.items():
        if external not in plan.ids or given.is_gone:
            continue
        for role in sorted(given.roles):
            id_ = plan.ids[external]
            if (id_, role) in held:
                report.unchanged.roles += 1
            elif role in NOT_BY_FILE:
                report.ignored.append(Ignored(given.file, f"{plan.names.get(id_, '')}: {role}", BY_HAND))
            else:
                held.add((id_, role))
                plan.roles.append((id_, role))
                if id_ not in new:
                    fields = {"role": (None, role)}
                    where = {"file": given.file, "line": given.line, "id": id_}
                    report.note("created", "role", plan.names.get(id_, ""), fields, **where)
    report.created.roles += len(plan.roles)


def _plan_accounts(session: SchoolSession, roster: Roster, plan: PeoplePlan) -> None:
    held = set(session.scalars(select(Account.person_id)))
    for external, given in roster.people.items():
        id_ = plan.ids.get(external)
        if id_ is not None and id_ not in held and given.roles and not given.is_gone:
            plan.accounts.setdefault(
                id_, given.login or made_login(given.family, given.given, given.patronymic)
            )


def write_people(session: SchoolSession, roster: Roster, plan: PeoplePlan) -> None:
    """Write the plan in a few statements, and tell of each person once."""
    session.flush()
    insert_rows(session, table(Person), [_row(person) for person in plan.entered])
    if roster.has_ids:
        remember_ids(session, roster.source, "person", plan.linked)
    for told in (*map(person_told, plan.entered), *plan.changed):
        publish(session, told)
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
