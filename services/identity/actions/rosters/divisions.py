"""Dividing a class or parallel into groups of which a pupil is in one at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.actions.rosters.enrolments import tell_stays
from services.identity.actions.rosters.groups import find_group, open_group
from services.identity.models import Enrolment, Group, table
from services.identity.models.relations import members_of
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.ids import new_id

DAY = timedelta(days=1)


class NothingToDivide(Conflict):
    """A group is part of something; only classes and parallels are divided."""

    title = Text("Группу делить нельзя", "A group is not divided")
    detail = Text("Делят класс или параллель. Выберите класс.", "Choose a class or a parallel to divide.")


class NamedInTwoParts(Invalid):
    """The parts of a division share a pupil, or a name."""

    title = Text("Деление не подходит", "The division will not do")
    detail = Text(
        "Каждый ученик может быть только в одной группе деления, и названия групп различны.",
        "Each pupil may be in one group of the division alone, and the groups' names differ.",
    )


class NotOnTheList(Conflict):
    """Somebody named is not in the class or parallel that day."""

    title = Text("Ученика нет в списке", "A pupil is not on the list")
    detail = Text(
        "На {on:%d.%m.%Y} в «{group}» числятся не все названные. Обновите страницу и разделите снова.",
        "Not all of the pupils named are in “{group}” on {on:%Y-%m-%d}. Reload the page and divide again.",
    )


@dataclass(frozen=True)
class Part:
    """A group of a division by its name, and who is in it."""

    name: str
    pupil_ids: Sequence[UUID]


def divide(
    session: SchoolSession, parent_id: UUID, division: str, from_on: date, parts: Sequence[Part]
) -> list[Group]:
    """Let the groups of a division hold these pupils from a day on, and nobody else.

    Groups are found by their names or opened. Who was in another group of the division leaves it
    the day before; whoever is not named leaves too. The same again changes nothing and tells nobody.
    """
    parent = find_group(session, parent_id, lock=True)
    if parent.kind == "group":
        raise NothingToDivide
    _refuse_shared(parts)
    wanted = {pupil_id: part.name for part in parts for pupil_id in part.pupil_ids}
    if wanted.keys() - {pupil.id for pupil in session.scalars(members_of(parent, from_on))}:
        raise NotOnTheList(group=parent.name, on=from_on)
    groups = _groups(session, parent, division, parts)
    by_name = {group.name: group for group in groups}
    _settle(session, groups, {pupil: by_name[name].id for pupil, name in wanted.items()}, from_on)
    return [by_name[part.name] for part in parts]


def _refuse_shared(parts: Sequence[Part]) -> None:
    named = [pupil_id for part in parts for pupil_id in part.pupil_ids]
    if len(set(named)) < len(named) or len({part.name for part in parts}) < len(parts):
        raise NamedInTwoParts


def _groups(session: SchoolSession, parent: Group, division: str, parts: Sequence[Part]) -> list[Group]:
    """Return all groups of the division, those the parts name among them."""
    found = select(Group).where(Group.parent_id == parent.id, Group.division == division).with_for_update()
    known = {group.name: group for group in session.scalars(found)}
    for part in parts:
        if part.name not in known:
            known[part.name] = open_group(
                session,
                kind="group",
                name=part.name,
                grade=parent.grade,
                parent_id=parent.id,
                division=division,
            )
    return list(known.values())


def _settle(
    session: SchoolSession, groups: Sequence[Group], wanted: Mapping[UUID, UUID], from_on: date
) -> None:
    """End the stays that are no longer wanted, begin the new ones, and tell both."""
    touched: dict[UUID, set[UUID]] = {}
    staying = set()
    for stay in _stays_from(session, groups, from_on):
        if wanted.get(stay.pupil_id) == stay.group_id and stay.from_on <= from_on and stay.until_on is None:
            staying.add(stay.pupil_id)
            continue
        touched.setdefault(stay.group_id, set()).add(stay.pupil_id)
        if stay.from_on < from_on:
            stay.until_on = from_on - DAY
        else:
            session.delete(stay)
    session.flush()
    new = {pupil: group for pupil, group in wanted.items() if pupil not in staying}
    school_id = UUID(session.info["school"])
    rows = [
        {
            "id": new_id(),
            "group_id": group,
            "pupil_id": pupil,
            "from_on": from_on,
            "until_on": None,
            "school_id": school_id,
        }
        for pupil, group in new.items()
    ]
    insert_rows(session, table(Enrolment), rows)
    for pupil, group in new.items():
        touched.setdefault(group, set()).add(pupil)
    if touched:
        tell_stays(session, touched)


def _stays_from(session: SchoolSession, groups: Sequence[Group], day: date) -> Sequence[Enrolment]:
    found = select(Enrolment).where(
        Enrolment.group_id.in_([group.id for group in groups]),
        or_(Enrolment.until_on.is_(None), Enrolment.until_on >= day),
    )
    return session.scalars(found.order_by(Enrolment.from_on)).all()
