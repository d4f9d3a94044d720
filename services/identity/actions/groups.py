"""Classes, groups within and across them, parallels; and who leads a class."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.people import grant_role, revoke_role
from services.identity.models import Group, Role
from services.identity.rules import STAFF
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text
from shared.events.identity import GroupChanged
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
) -> Group:
    """Open a class, a group or a parallel."""
    group = Group(school_id=UUID(session.info["school"]), kind=kind, name=name, grade=grade)
    _place(session, group, parent_id)
    _give_to(session, group, class_teacher_id)
    session.add(group)
    session.flush()
    publish(session, group_told(group))
    return group


def change_group(session: SchoolSession, group_id: UUID, seen: int, **values: Any) -> Group:
    """Change a group; `seen` is the version the caller saw. The same again tells nobody."""
    group = find_group(session, group_id, lock=True)
    if group.version != seen:
        raise Stale
    before = group_told(group)
    group.name, group.grade = values.get("name", group.name), values.get("grade", group.grade)
    _place(session, group, values.get("parent_id", group.parent_id))
    _give_to(session, group, values.get("class_teacher_id", group.class_teacher_id))
    if group_told(group) != before:
        session.flush()
        publish(session, group_told(group))
    return group


def group_told(group: Group) -> GroupChanged:
    """Return what the other services are told of a group."""
    return GroupChanged(
        group_id=group.id,
        kind=group.kind,
        name=group.name,
        grade=group.grade,
        parent_id=group.parent_id,
        class_teacher_id=group.class_teacher_id,
    )


def _place(session: SchoolSession, group: Group, parent_id: UUID | None) -> None:
    if parent_id is not None and find_group(session, parent_id).kind not in WITHIN[group.kind]:
        raise WrongParent
    group.parent_id = parent_id


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
