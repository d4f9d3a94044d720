"""What the school is at the end of its year: what the move to the next one is planned from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.actions.rosters.moving import last_movements, stays_of
from services.identity.models import Enrolment, Group, Person, YearMove
from services.identity.rules.movements import DAY, DEPARTURES, Stay, effective_on
from services.identity.rules.new_year import OLDEST, plan_year
from services.identity.rules.new_year_plan import ClassNow, Plan, Question, Wishes
from services.identity.rules.school import first_school_day
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text

Members = Mapping[UUID, frozenset[UUID]]  # By group.

LATEST = timedelta(days=400)
HALF_A_YEAR = timedelta(days=180)


class NotAFirstDay(Invalid):
    """A school year cannot begin then."""

    title = Text("Такого начала года быть не может", "A year cannot begin then")
    detail = Text(
        "Укажите первый день нового учебного года: не раньше двух месяцев назад и не позже чем через год.",
        "Give the new year's first day: no more than two months ago, and within a year.",
    )


class Overlaid(Invalid):
    """Who finishes school leaves before the new year begins, and in the old one."""

    title = Text("День выпуска не в этом году", "The day of graduation is not in this year")
    detail = Text("Укажите день до {on}.", "Give a day before {on}.")


class AlreadyMoved(Conflict):
    """The school has moved to that year already."""

    title = Text("Школа уже перешла в этот год", "The school has moved to this year already")
    detail = Text(
        "Переход с {on} уже записан приказом № {order}. Отмените его или исправьте отдельных учеников.",
        "The move as of {on} is on record by order № {order}. Undo it, or correct single pupils.",
    )


class NothingToMove(Conflict):
    """There is no class that could go on."""

    title = Text("Переводить некого", "There is nobody to move")
    detail = Text("В школе нет классов. Загрузите списки.", "The school has no classes. Import its lists.")


def planned(session: SchoolSession, zone: str, wishes: Wishes) -> tuple[Plan, dict[UUID, list[Stay]]]:
    """Return the plan that these wishes lead to today, and the stays of the pupils it moves."""
    on = today(zone)
    if not on - OLDEST <= wishes.starts_on <= on + LATEST:
        raise NotAFirstDay
    if not first_school_day(wishes.starts_on - DAY) <= wishes.leave_on < wishes.starts_on:
        raise Overlaid(on=f"{wishes.starts_on:%d.%m.%Y}")
    _refuse_second(session, wishes.starts_on)
    classes = _classes(session, wishes)
    _refuse_strangers(session, classes, wishes)
    plan = plan_year(classes, wishes)
    if not plan.ended and not plan.classes and not plan.questions:
        raise NothingToMove
    stays = stays_of(session, plan.pupils.keys())
    plan.questions += _in_the_way(session, plan, stays)
    return plan, stays


def _refuse_second(session: SchoolSession, starts_on: date) -> None:
    near = select(YearMove).where(YearMove.undone_at.is_(None), YearMove.starts_on > starts_on - HALF_A_YEAR)
    move = session.scalars(near.limit(1)).first()
    if move is not None:
        raise AlreadyMoved(on=f"{move.starts_on:%d.%m.%Y}", order=move.order_number)


def _refuse_strangers(session: SchoolSession, classes: Sequence[ClassNow], wishes: Wishes) -> None:
    """Refuse wishes about classes, pupils and teachers that the school does not have."""
    teachers = [one.teacher_id for one in wishes.classes.values()] + [one.teacher_id for one in wishes.opened]
    named = set(wishes.pupils) | {one for one in teachers if one}
    known = session.scalars(select(Person.id).where(Person.id.in_(named))).all()
    if len(known) < len(named) or not wishes.classes.keys() <= {one.id for one in classes}:
        raise NotFound


def _classes(session: SchoolSession, wishes: Wishes) -> list[ClassNow]:
    """Return the classes of the old year, each with its pupils and groups on the last day."""
    old = or_(Group.from_on.is_(None), Group.from_on < wishes.starts_on)
    groups = session.scalars(select(Group).where(Group.until_on.is_(None), old)).all()
    members = _members(session, wishes)
    inside: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for group in groups:
        if group.kind == "group" and group.parent_id:
            inside[group.parent_id][group.id] = group.name
    return [
        ClassNow(
            group.id,
            group.name,
            group.grade,
            group.class_teacher_id,
            tuple(sorted(members.get(group.id, ()))),
            inside[group.id],
            {id_: members.get(id_, frozenset()) for id_ in inside[group.id]},
        )
        for group in groups
        if group.kind == "class"
    ]


def _members(session: SchoolSession, wishes: Wishes) -> Members:
    """Return who was in which group on the last day; a stay that a file let end in summer counts.

    Other programs close their classes with the lessons; only an order lets a pupil leave the school.
    """
    last, ended = wishes.starts_on - DAY, Enrolment.until_on
    in_summer = (ended >= last.replace(month=5, day=15)) & Enrolment.ended_by.is_(None)
    rows = select(Enrolment.group_id, Enrolment.pupil_id).where(
        Enrolment.from_on <= last, or_(ended.is_(None), ended >= last, in_summer)
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in session.execute(rows):
        found[row.group_id].add(row.pupil_id)
    return {group_id: frozenset(pupils) for group_id, pupils in found.items()}


def _in_the_way(session: SchoolSession, plan: Plan, stays: Mapping[UUID, Sequence[Stay]]) -> list[Question]:
    """Ask about pupils whose place in the new year is on record already."""
    starts_on = plan.wishes.starts_on
    last = last_movements(session, plan.pupils.keys())
    classes = set(session.scalars(select(Group.id).where(Group.kind == "class")))
    said = Text(
        "У ученика уже есть движение или класс в новом году. Сначала отмените его.",
        "The pupil has a movement or a class in the new year already. Reverse that first.",
    )
    return [
        Question("later-movement", said, place.source, pupil_id)
        for pupil_id, place in plan.pupils.items()
        if (pupil_id in last and last[pupil_id].effective_on > _effective_on(plan, pupil_id))
        or any(stay.group_id in classes and stay.from_on >= starts_on for stay in stays[pupil_id])
    ]


def _effective_on(plan: Plan, pupil_id: UUID) -> date:
    days = plan.wishes
    kind = plan.pupils[pupil_id].kind
    return effective_on(kind, days.leave_on if kind in DEPARTURES else days.starts_on)
