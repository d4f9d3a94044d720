"""Movements of one pupil, each by an order: enrolment, transfer, departure, return; and its reversal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.people.people import NotAPupil
from services.identity.actions.rosters.enrolments import refuse_unless_open
from services.identity.actions.rosters.groups import find_group
from services.identity.actions.rosters.movement_refusals import (
    AlreadyReversed,
    LaterMovement,
    NeverHere,
    NotAGroupOfTheClass,
    NotInAClass,
    OnlyIntoAClass,
    SameClass,
    StillInAClass,
    TwoParts,
)
from services.identity.actions.rosters.moving import Move, carry_out, last_movements, lock_pupils, stays_of
from services.identity.actions.rosters.taking_back import take_back
from services.identity.models import Group, Movement, Role
from services.identity.rules.divisions import exclude_each_other
from services.identity.rules.movements import Stay, effective_on
from shared.db import SchoolSession
from shared.errors import NotFound


@dataclass(frozen=True)
class Order:
    """What an order of the director says: its number and day, where from or where to, and why."""

    number: str
    on: date
    place: str | None = None
    reason: str | None = None


def enrol_by_order(
    session: SchoolSession,
    actor_id: UUID | None,
    pupil_id: UUID,
    class_id: UUID,
    on: date,
    order: Order,
    groups: Sequence[UUID] = (),
) -> UUID:
    """Enrol a pupil who is in no class (зачисление): into a class, and groups of it, from a day on."""
    return _arrive(session, actor_id, "enrolment", pupil_id, class_id, on, order, groups)


def return_by_order(
    session: SchoolSession,
    actor_id: UUID | None,
    pupil_id: UUID,
    class_id: UUID,
    on: date,
    order: Order,
    groups: Sequence[UUID] = (),
) -> UUID:
    """Let a pupil who left come back (возвращение); refuses one who never was here."""
    return _arrive(session, actor_id, "return", pupil_id, class_id, on, order, groups)


def _arrive(
    session: SchoolSession,
    actor_id: UUID | None,
    kind: str,
    pupil_id: UUID,
    class_id: UUID,
    on: date,
    order: Order,
    groups: Sequence[UUID],
) -> UUID:
    stays = _begin(session, pupil_id, on)
    classes = _classes(session, stays)
    for stay in stays:
        if stay.group_id in classes and stay.reaches(on):
            raise StillInAClass(group=classes[stay.group_id], from_on=f"{stay.from_on:%d.%m.%Y}")
    if kind == "return" and not classes:
        raise NeverHere
    joins = _joined(session, class_id, groups, on, stays)
    move = Move(kind, pupil_id, on, order.number, order.on, None, class_id, frozenset(joins), joins)
    return _record(session, actor_id, move, order, stays)


def transfer(
    session: SchoolSession,
    actor_id: UUID | None,
    pupil_id: UUID,
    class_id: UUID,
    on: date,
    order: Order,
    groups: Sequence[UUID] = (),
) -> UUID:
    """Move a pupil to another class; `on` is the first day there.

    The groups of the old class end with it; those of the new one may be named.
    """
    stays = _begin(session, pupil_id, on)
    classes = _classes(session, stays)
    left = _class_on(stays, classes, on)
    if left == class_id:
        raise SameClass(group=classes[left])
    inside = session.scalars(select(Group.id).where(Group.parent_id == left))
    leaves = frozenset({left, *classes, *inside})
    joins = _joined(session, class_id, groups, on, [s for s in stays if s.group_id not in leaves])
    leaves |= frozenset(joins)
    move = Move("transfer", pupil_id, on, order.number, order.on, left, class_id, leaves, joins)
    return _record(session, actor_id, move, order, stays)


def depart(session: SchoolSession, actor_id: UUID | None, pupil_id: UUID, on: date, order: Order) -> UUID:
    """Let a pupil leave the school (выбытие): all stays end; `on` is the last day here."""
    stays = _begin(session, pupil_id, effective_on("departure", on))
    left = _class_on(stays, _classes(session, stays), on)
    move = Move("departure", pupil_id, on, order.number, order.on, left)
    return _record(session, actor_id, move, order, stays)


def reverse(
    session: SchoolSession,
    actor_id: UUID | None,
    pupil_id: UUID,
    movement_id: UUID,
    reason: str,
    order: tuple[str | None, date | None] = (None, None),
) -> UUID:
    """Take back a pupil's last movement: every stay is again as it was before; both stay recorded."""
    lock_pupils(session, [pupil_id])
    movement = session.get(Movement, movement_id)
    if movement is None or movement.pupil_id != pupil_id or movement.reverses_id is not None:
        raise NotFound
    if session.scalars(select(Movement.id).where(Movement.reverses_id == movement_id)).first():
        raise AlreadyReversed
    last = last_movements(session, [pupil_id])[pupil_id]
    if last.id != movement_id:
        raise LaterMovement.than(last)
    return take_back(session, [movement], actor_id, reason=reason, order=order)[0]


def _begin(session: SchoolSession, pupil_id: UUID, effective: date) -> list[Stay]:
    """Lock the pupil and return the stays; a movement is refused that an order of a later day stands on."""
    lock_pupils(session, [pupil_id])
    if session.get(Role, (pupil_id, "pupil")) is None:
        raise NotAPupil
    last = last_movements(session, [pupil_id]).get(pupil_id)
    if last is not None and last.effective_on > effective:
        raise LaterMovement.than(last)
    return stays_of(session, [pupil_id]).get(pupil_id, [])


def _classes(session: SchoolSession, stays: Sequence[Stay]) -> dict[UUID, str]:
    """Return the names of the classes among the groups of these stays."""
    ids = {stay.group_id for stay in stays}
    rows = session.execute(select(Group.id, Group.name).where(Group.id.in_(ids), Group.kind == "class"))
    return {row.id: row.name for row in rows}


def _class_on(stays: Sequence[Stay], classes: dict[UUID, str], day: date) -> UUID:
    found = next((stay.group_id for stay in stays if stay.group_id in classes and stay.covers(day)), None)
    if found is None:
        raise NotInAClass(on=f"{day:%d.%m.%Y}")
    return found


def _joined(
    session: SchoolSession, class_id: UUID, groups: Sequence[UUID], on: date, stays: Sequence[Stay]
) -> tuple[UUID, ...]:
    """Return the groups a pupil joins: the class and its groups, but for those where they are already.

    A stay there that begins later or comes to an end gives way to the one that begins now.
    """
    into = find_group(session, class_id)
    if into.kind != "class":
        raise OnlyIntoAClass(group=into.name)
    chosen = [into, *(find_group(session, group_id) for group_id in dict.fromkeys(groups))]
    for group in chosen:
        refuse_unless_open(group, on)
        if group is not into and (group.kind != "group" or group.parent_id not in (class_id, into.parent_id)):
            raise NotAGroupOfTheClass(group=group.name, into=into.name)
    reached = {stay.group_id for stay in stays if stay.reaches(on)}
    _refuse_two_parts(chosen, [find_group(session, group_id) for group_id in sorted(reached)])
    held = {stay.group_id for stay in stays if stay.covers(on) and stay.until_on is None}
    return tuple(group.id for group in chosen if group.id not in held)


def _refuse_two_parts(chosen: Sequence[Group], held: Sequence[Group]) -> None:
    """Refuse two groups of one division: of the class joined, or of a parallel one stays in."""
    for number, group in enumerate(chosen):
        for other in (*held, *chosen[:number]):
            if group.kind == "group" and other.id != group.id and exclude_each_other(group, other):
                raise TwoParts(group=group.name, other=other.name)


def _record(
    session: SchoolSession, actor_id: UUID | None, move: Move, order: Order, stays: Sequence[Stay]
) -> UUID:
    ordered = replace(move, place=order.place, reason=order.reason)
    return carry_out(session, [ordered], {move.pupil_id: stays}, actor_id)[0]
