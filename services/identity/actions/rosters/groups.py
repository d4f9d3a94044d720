"""Classes, groups within and across them, parallels; and who leads a class."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import aliased

from services.identity.actions.people.people import grant_role, revoke_role
from services.identity.actions.school.leadership import keep_leaders
from services.identity.models import Enrolment, Group, Leadership, Person, Role, School
from services.identity.rules.class_names import is_of_no_grade
from services.identity.rules.roles import STAFF
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text
from shared.events.identity import GroupChanged
from shared.names import list_name
from shared.outbox import publish

# What each kind may lie within: a class in its parallel, a group in a class or in a parallel.
WITHIN: dict[str, tuple[str, ...]] = {"parallel": (), "class": ("parallel",), "group": ("class", "parallel")}


class WrongParent(Invalid):
    """A group cannot lie within that one."""

    title = Text("Так вложить нельзя", "It cannot lie within that")
    detail = Text(
        "Класс входит в параллель, группа — в класс или параллель, параллель — никуда. Выберите другое.",
        "A class lies in a parallel, a group in a class or parallel, a parallel in none. Choose another.",
    )


class NotStaff(Conflict):
    """Somebody who is not of the staff cannot lead a class."""

    title = Text("Это не сотрудник школы", "This is no member of staff")
    detail = Text(
        "Классным руководителем может быть учитель. Сначала дайте человеку роль учителя.",
        "A teacher leads a class. Give the person the role of a teacher first.",
    )


class OnlyAClassIsLed(Invalid):
    """Groups and parallels have no class teacher."""

    title = Text("Классный руководитель бывает только у класса", "Only a class has a class teacher")
    detail = Text("Уберите классного руководителя или создайте класс.", "Leave the class teacher out.")


class NoSuchGrade(Invalid):
    """A class is of a parallel from 1 to 12."""

    title = Text("Такой параллели нет", "There is no such grade")
    detail = Text("Классы бывают с 1 по 12. Исправьте название.", "Grades go from 1 to 12. Correct the name.")


class NothingDivided(Invalid):
    """A division is of a class or parallel, into groups."""

    title = Text("Делить нечего", "There is nothing to divide")
    detail = Text(
        "Деление есть только у групп внутри класса или параллели. Уберите деление или укажите класс.",
        "Only groups within a class or parallel have a division. Leave it out, or name the class.",
    )


class DivisionShared(Conflict):
    """A pupil would be in two groups of one division."""

    title = Text("Группы пересекаются", "The groups overlap")
    detail = Text(
        "Ученик «{pupil}» состоит и в группе «{group}» того же деления. Сначала выведите его из одной.",
        "{pupil} is in “{group}” of the same division as well. Take the pupil out of one first.",
    )


class LedLater(Invalid):
    """A class teacher begins today or has begun, after the one before."""

    title = Text("Так назначить нельзя", "It cannot begin then")
    detail = Text(
        "Укажите сегодняшний день или более ранний, но не раньше {since:%d.%m.%Y}.",
        "Give today or an earlier day, though none before {since:%Y-%m-%d}.",
    )


def find_group(session: SchoolSession, group_id: UUID, *, lock: bool = False) -> Group:
    """Return a group of the session's school, or refuse."""
    group = session.get(Group, group_id, with_for_update=lock or None)
    if group is None:
        raise NotFound
    return group


def open_group(
    session: SchoolSession,
    *,
    kind: str,
    name: str,
    grade: int | None = None,
    parent_id: UUID | None = None,
    class_teacher_id: UUID | None = None,
    division: str | None = None,
    class_teacher_from: date | None = None,
) -> Group:
    """Open a class, a group or a parallel."""
    group = Group(school_id=UUID(session.info["school"]), kind=kind, name=name, grade=grade)
    _place(session, group, parent_id, division)
    _give_to(session, group, class_teacher_id)
    session.add(group)
    session.flush()
    if class_teacher_id is not None:
        _keep_leader(session, group, class_teacher_from)
    publish(session, group_told(group))
    return group


def change_group(session: SchoolSession, group_id: UUID, seen: int, **values: Any) -> Group:
    """Change a group; `seen` is the version the caller saw. The same again tells nobody."""
    group = find_group(session, group_id, lock=True)
    if group.version != seen:
        raise Stale
    before = group_told(group)
    if "name" in values and values["name"] != group.name:
        refuse_no_grade(group.kind, values["name"])
    group.name, group.grade = values.get("name", group.name), values.get("grade", group.grade)
    place = (values.get("parent_id", group.parent_id), values.get("division", group.division))
    if place != (group.parent_id, group.division):
        _place(session, group, *place)
        _refuse_shared(session, group)
    _give_to(session, group, values.get("class_teacher_id", group.class_teacher_id))
    if group.class_teacher_id != before.class_teacher_id:
        _keep_leader(session, group, values.get("class_teacher_from"))
    session.flush()
    if group_told(group) != before:
        publish(session, group_told(group))
    return group


def refuse_no_grade(kind: str, name: str) -> None:
    """Refuse «77Я», a slip of the finger. Files of other systems have names of their own: not theirs."""
    if kind == "class" and is_of_no_grade(name):
        raise NoSuchGrade(errors={"name": [NoSuchGrade.title]})


def group_told(group: Group) -> GroupChanged:
    """Return what the other services are told of a group."""
    return GroupChanged(
        group_id=group.id,
        kind=group.kind,
        name=group.name,
        grade=group.grade,
        parent_id=group.parent_id,
        class_teacher_id=group.class_teacher_id,
        from_on=group.from_on,
        until_on=group.until_on,
        continues_id=group.continues_id,
    )


def _place(session: SchoolSession, group: Group, parent_id: UUID | None, division: str | None) -> None:
    if parent_id is not None and find_group(session, parent_id).kind not in WITHIN[group.kind]:
        raise WrongParent
    if division is not None and (group.kind != "group" or parent_id is None):
        raise NothingDivided
    group.parent_id, group.division = parent_id, division


def _refuse_shared(session: SchoolSession, group: Group) -> None:
    """Refuse a division in which one of the group's pupils is in another of its groups at the same time."""
    if group.division is None:
        return
    mine, theirs, other = aliased(Enrolment), aliased(Enrolment), aliased(Group)
    apart = or_(mine.until_on < theirs.from_on, theirs.until_on < mine.from_on)
    shared = (
        select(Person, other.name)
        .join(mine, mine.pupil_id == Person.id)
        .join(theirs, theirs.pupil_id == Person.id)
        .join(other, other.id == theirs.group_id)
        .where(mine.group_id == group.id, other.id != group.id, func.coalesce(apart, false()).is_(false()))
        .where(other.parent_id == group.parent_id, other.division == group.division)
    )
    found = session.execute(shared.limit(1)).first()
    if found is not None:
        raise DivisionShared(pupil=list_name(found[0].family_name, found[0].given_name), group=found[1])


def _keep_leader(session: SchoolSession, group: Group, from_on: date | None) -> None:
    """Keep from which day the class has its teacher: today, or an earlier day that an order names."""
    school = session.get_one(School, group.school_id)
    day = today(school.time_zone)
    led = select(func.max(Leadership.from_on)).where(Leadership.group_id == group.id)
    since = session.scalar(led) or date.min
    if from_on is not None and not since <= from_on <= day:
        raise LedLater(since=since)
    keep_leaders(session, {group.id: group.class_teacher_id}, from_on or day)


def _give_to(session: SchoolSession, group: Group, teacher_id: UUID | None) -> None:
    """Set who leads a class; the role goes with it."""
    before = group.class_teacher_id
    if teacher_id == before:
        return
    if teacher_id is not None:
        # Before it is set: a query would send a stranger's id on to the database.
        _check_leader(session, group, teacher_id)
        grant_role(session, teacher_id, "class_teacher")
    group.class_teacher_id = teacher_id
    if before is not None:
        release_class_teacher(session, before)


def _check_leader(session: SchoolSession, group: Group, teacher_id: UUID) -> None:
    if group.kind != "class":
        raise OnlyAClassIsLed
    roles = select(Role.role).where(Role.person_id == teacher_id)
    if STAFF.isdisjoint(session.scalars(roles)):
        raise NotStaff


def release_class_teacher(session: SchoolSession, person_id: UUID) -> None:
    """Take the role of a class teacher from somebody who leads no class any more."""
    session.flush()
    led = select(Group.id).where(Group.class_teacher_id == person_id).limit(1)
    if session.scalars(led).first() is None:
        revoke_role(session, person_id, "class_teacher")
