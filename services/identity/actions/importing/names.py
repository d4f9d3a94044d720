"""Find teachers and groups by the names a timetable calls them, or make them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from services.identity.actions.importing.roster import Ids, known_ids, lock_school, remember_ids
from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.rosters.groups import WITHIN, WrongParent, change_group, open_group
from services.identity.actions.signing_in.logins import made_login, open_accounts
from services.identity.models import Account, Enrolment, Group, Person, Role
from services.identity.rules.class_names import plain_name
from services.identity.rules.roles import STAFF
from shared.db import SchoolSession
from shared.errors import Invalid, Text
from shared.ids import new_id
from shared.names import collated, full_name, list_name, short_name, split_name

SOURCE = "timetable"


class UnknownParent(Invalid):
    """A group names a parent that is not in the list."""

    title = Text("Родительская группа не указана", "The parent group is not given")
    detail = Text(
        "Группа «{key}» ссылается на «{parent}», но такой нет в запросе. Добавьте её или уберите ссылку.",
        "Group “{key}” refers to “{parent}”, which is not in the request. Add it or drop the reference.",
    )


class NamedTwice(Invalid):
    """A key is in the list twice."""

    title = Text("Ключ указан дважды", "A key is given twice")
    detail = Text("Оставьте один «{key}».", "Keep one “{key}”.")


@dataclass(frozen=True)
class GroupName:
    """A group as a timetable names it; `parent` is the key of another one."""

    key: str
    name: str
    kind: str
    grade: int | None = None
    parent: str | None = None


def find_or_enter_teachers(
    session: SchoolSession, named: Sequence[tuple[str, str]], *, dry_run: bool = False
) -> tuple[Ids, int]:
    """Return whom each (key, name) means, and how many teachers had to be entered.

    A name met before stands for the same person for ever; a new one is compared with full and
    short names of the staff. A rehearsal enters nobody and gives ids that mean nothing.
    """
    _check_keys([key for key, _ in named])
    if not dry_run:
        lock_school(session)
    known, linked, made = known_ids(session, SOURCE, "person"), {}, 0
    staff = _staff_by_name(session)
    for key, name in named:
        if key in known:
            continue
        found = staff.get(collated(name).replace(" ", ""))
        if found is None:
            found, made = (new_id() if dry_run else _enter_teacher(session, name)), made + 1
        known[key] = linked[key] = found
    if not dry_run:
        remember_ids(session, SOURCE, "person", linked)
    return {key: known[key] for key, _ in named}, made


def _check_keys(keys: Sequence[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise NamedTwice(key=key)
        seen.add(key)


def _staff_by_name(session: SchoolSession) -> dict[str, UUID]:
    """Return the staff by every way to write a name that means only one of them."""
    staff = select(Role.person_id).where(Role.role.in_(STAFF))
    found: dict[str, set[UUID]] = {}
    for person in session.scalars(select(Person).where(Person.id.in_(staff))):
        parts = (person.family_name, person.given_name, person.patronymic)
        forms = (full_name(*parts), short_name(*parts), list_name(*parts[:2]), " ".join(reversed(parts[:2])))
        for form in (*forms, *(form.replace(".", "") for form in forms)):
            found.setdefault(collated(form).replace(" ", ""), set()).add(person.id)
    return {form: next(iter(ids)) for form, ids in found.items() if len(ids) == 1}


def _enter_teacher(session: SchoolSession, name: str) -> UUID:
    family, given, patronymic = (part[:120] for part in split_name(name))
    person = enter_person(session, family_name=family, given_name=given, patronymic=patronymic)
    grant_role(session, person.id, "teacher")
    if session.get(Account, person.id) is None:
        open_accounts(session, {person.id: made_login(family, given, patronymic)})
    return person.id


def find_or_open_groups(
    session: SchoolSession, named: Sequence[GroupName], *, dry_run: bool = False
) -> tuple[Ids, int]:
    """Return which group each name means, and how many had to be opened.

    5А, 5 «А» and 5-А are the same class. Parents are found first, whatever their order.
    """
    _check_keys([group.key for group in named])
    if not dry_run:
        lock_school(session)
    by_key = {group.key: group for group in named}
    known, linked, made = known_ids(session, SOURCE, "group"), {}, 0
    existing = _groups_by_name(session)
    placed: dict[UUID, UUID] = {}
    for group in sorted(named, key=lambda group: len(WITHIN[group.kind])):
        _check_parent(group, by_key)
        if group.key in known:
            continue
        parent = known[group.parent] if group.parent else None
        found = existing.get((group.kind, plain_name(group.name), parent)) or existing.get(
            (group.kind, plain_name(group.name), None)
        )
        if found is None:
            found, made = (new_id() if dry_run else _open(session, group, parent)), made + 1
        elif group.kind == "group" and parent is not None:
            placed[found] = parent
        known[group.key] = linked[group.key] = found
    if not dry_run:
        _place_within(session, placed)
        remember_ids(session, SOURCE, "group", linked)
    return {group.key: known[group.key] for group in named}, made


def _place_within(session: SchoolSession, parents: Mapping[UUID, UUID]) -> None:
    """Put groups that lie nowhere into the class the timetable divides, unless a pupil is not of it."""
    mine, theirs = aliased(Enrolment), aliased(Enrolment)
    lost = select(Group).where(Group.id.in_(parents), Group.parent_id.is_(None))
    for group in session.scalars(lost).all():
        beside = select(mine.pupil_id).where(
            mine.group_id == group.id,
            mine.until_on.is_(None),
            ~exists().where(theirs.group_id == parents[group.id], theirs.pupil_id == mine.pupil_id),
        )
        if session.scalar(beside.limit(1)) is None:
            change_group(session, group.id, group.version, parent_id=parents[group.id])


def _groups_by_name(session: SchoolSession) -> dict[tuple[str, str, UUID | None], UUID]:
    found: dict[tuple[str, str, UUID | None], UUID] = {}
    present = select(Group).where(Group.until_on.is_(None))  # Not the classes of past years.
    for group in session.scalars(present.order_by(Group.id)):
        found.setdefault((group.kind, plain_name(group.name), group.parent_id), group.id)
        if group.kind != "group":
            found.setdefault((group.kind, plain_name(group.name), None), group.id)
    return found


def _check_parent(group: GroupName, by_key: Mapping[str, GroupName]) -> None:
    if group.parent is None:
        return
    if group.parent not in by_key:
        raise UnknownParent(key=group.key, parent=group.parent)
    if by_key[group.parent].kind not in WITHIN[group.kind]:
        raise WrongParent


def _open(session: SchoolSession, group: GroupName, parent: UUID | None) -> UUID:
    opened = open_group(session, kind=group.kind, name=group.name, grade=group.grade, parent_id=parent)
    return opened.id
