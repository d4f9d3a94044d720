"""The school's load or a version of its timetable, read into what the solver is given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from services.schedule.actions.calendar import school_today
from services.schedule.actions.composing.day_rules import keep_days_in_shape
from services.schedule.actions.composing.hours import FIRST_SHIFT, hours_of
from services.schedule.actions.composing.problem import (
    WEEK_A,
    WEEK_B,
    Activity,
    Named,
    Place,
    Problem,
    Slot,
    StudentsGroup,
    activities_of,
    activities_of_weeks,
    as_name,
    named,
    parts_of,
    told_apart,
)
from services.schedule.actions.versions.drafts import CardFacts, cards_of
from services.schedule.actions.versions.surroundings import school_around
from services.schedule.models import (
    Enrolment,
    Group,
    Load,
    Person,
    Room,
    School,
    Subject,
    Timetable,
    Year,
    table,
)
from services.schedule.models import Slot as Slots
from services.schedule.rules.conflicts.facts import School as Around
from shared.db import SchoolSession

DAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота", "Воскресенье")


def cards_of_load(session: SchoolSession, year: Year) -> list[CardFacts]:
    """Return a card for each hour of the load.

    Half an hour a week is a lesson every other week: in weeks А, and the next one of that group in
    weeks В. What is left of a quarter of an hour gets a lesson every other week, of three a weekly one.
    """
    own = table(Load).c
    found = select(table(Load)).where(own.school_id == year.school_id, own.year_id == year.id)
    cards: list[CardFacts] = []
    halves: dict[UUID, int] = {}
    for row in session.execute(found.order_by(own.group_id, own.subject_id)):
        teachers = [UUID(one) for one in row.teacher_ids]
        is_half = row.quarters_off in (2, 3)
        whole = row.hours_per_week - is_half
        cards += [CardFacts(row.subject_id, [row.group_id], teachers)] * whole
        if is_half:
            halves[row.group_id] = halves.get(row.group_id, 0) + 1
            week = WEEK_A if halves[row.group_id] % 2 else WEEK_B
            cards.append(CardFacts(row.subject_id, [row.group_id], teachers, week=week))
    return cards


def problem_of_load(session: SchoolSession, year: Year) -> Problem:
    """Return the year's load, none of it placed."""
    return problem_of(session, year, activities_of(cards_of_load(session, year), keeps_places=False))


def problem_of_version(
    session: SchoolSession, year: Year, version: Timetable, *, keeps_locked: bool
) -> Problem:
    """Return a version's lessons to be placed anew, all but those that are locked, if these are kept."""
    cards = cards_of(session, version)
    activities = activities_of(cards, keeps_places=False, keeps_locked=keeps_locked)
    return problem_of(session, year, activities)


def version_as_it_is(session: SchoolSession, year: Year, version: Timetable) -> Problem:
    """Return a version's lessons in their places: of two weeks, where weeks А and В differ."""
    cards = cards_of(session, version)
    if not any(card.week for card in cards):
        return problem_of(session, year, activities_of(cards, keeps_places=True))
    problem = problem_of(session, year, activities_of_weeks(cards))
    problem.days = [f"{week}-{day}" for week in "АВ" for day in problem.days]
    problem.has_two_weeks = True
    return problem


def problem_of(session: SchoolSession, year: Year, activities: Sequence[Activity]) -> Problem:
    """Return what the solver needs to know to place these activities, in a constant number of statements."""
    cards = [card for activity in activities for card in activity.cards]
    on = min(max(school_today(session), year.starts_on), year.ends_on)
    known = {one.id: one for one in session.scalars(select(Group).order_by(Group.grade, Group.name))}
    parents = {one.id: one.parent_id for one in known.values()}
    needed = {step for card in cards for one in card.group_ids for step in _up(one, parents)}
    around = school_around(session, year, on, needed)
    shifts = {one: around.groups[one].shift if one in around.groups else FIRST_SHIFT for one in needed}
    last = max((card.weekday or 0 for card in cards), default=0)
    placed = [(shifts[card.group_ids[0]], card.number) for card in cards if card.number is not None]
    days = DAYS[: max(year.school_days, last)]
    bells = {at: rung for at, rung in around.bells.items() if at[1] <= len(days)}
    problem = Problem(
        name=session.scalar(select(School.name)) or "",
        days=days,
        hours=hours_of(bells, shifts.values(), placed),
        subjects=_named(session, Subject, {card.subject_id for card in cards}),
        teachers=_teachers(session, {one for card in cards for one in card.teacher_ids}),
        rooms=_rooms(session),
        groups=_groups(known, needed, parts_of(needed, parents, _rosters(session, needed, on)), shifts),
        activities=activities,
        bells=bells,
    )
    problem.busy = _busy(session, year, on, problem, around)
    keep_days_in_shape(problem, around)
    return problem


def _busy(
    session: SchoolSession, year: Year, on: date, problem: Problem, around: Around
) -> dict[UUID, set[Slot]]:
    """Return when teachers and rooms are with groups that keep the timetable they have."""
    own = table(Slots).c
    found = select(own.group_id, own.weekday, own.number, own.teacher_ids, own.room_id).where(
        own.school_id == year.school_id,
        own.year_id == year.id,
        own.from_on <= on,
        or_(own.until_on.is_(None), own.until_on >= on),
        own.group_id.not_in(list(problem.groups)),
    )
    labels = {(shift, number): hour.label for hour in problem.hours for shift, number in hour.numbers.items()}
    busy: dict[UUID, set[Slot]] = {}
    for row in session.execute(found):
        shift = around.groups[row.group_id].shift if row.group_id in around.groups else FIRST_SHIFT
        label = labels.get((shift, row.number))
        taken = [UUID(one) for one in row.teacher_ids] + ([row.room_id] if row.room_id else [])
        for one in taken if label else ():
            busy.setdefault(one, set()).add((row.weekday, str(label)))
    return busy


def _named(session: SchoolSession, model: type[Subject], ids: Iterable[UUID]) -> dict[UUID, Named]:
    found = select(model.id, model.name).where(model.id.in_(list(ids))).order_by(model.name)
    return named(Named, {row.id: row.name for row in session.execute(found)})


def _teachers(session: SchoolSession, ids: set[UUID]) -> dict[UUID, Named]:
    found = select(Person).where(Person.id.in_(ids)).order_by(Person.family_name, Person.id)
    known = {one.id: f"{one.family_name} {one.given_name} {one.patronymic}" for one in session.scalars(found)}
    return named(Named, known | {one: str(one) for one in sorted(ids - known.keys())})


def _rooms(session: SchoolSession) -> dict[UUID, Place]:
    rooms = session.scalars(select(Room).order_by(Room.name)).all()
    names = told_apart({room.id: room.name for room in rooms})
    return {room.id: Place(room.id, names[room.id], room.capacity, as_name(room.building)) for room in rooms}


def _groups(
    known: Mapping[UUID, Group],
    needed: Iterable[UUID],
    parts: Mapping[UUID, tuple[str, ...]],
    shifts: Mapping[UUID, int],
) -> dict[UUID, StudentsGroup]:
    """Return the groups that have lessons, with all they belong to."""
    wanted = set(needed)
    strangers = {one: str(one) for one in sorted(wanted) if one not in known}  # Not told of by identity yet.
    names = told_apart({one: known[one].name for one in known if one in wanted} | strangers)
    groups = {}
    for id_, name in names.items():
        own = known.get(id_)
        parent = own.parent_id if own and own.parent_id in names else None
        kind = own.kind if own else "class"
        groups[id_] = StudentsGroup(id_, name, kind, parent, parts[id_], shifts[id_])
    return groups


def _up(group_id: UUID, parents: Mapping[UUID, UUID | None]) -> list[UUID]:
    found: list[UUID] = []
    step: UUID | None = group_id
    while step is not None and step not in found:
        found.append(step)
        step = parents.get(step)
    return found


def _rosters(session: SchoolSession, groups: set[UUID], on: date) -> dict[UUID, list[UUID]]:
    own = table(Enrolment).c
    found = select(own.group_id, own.pupil_id).where(
        own.school_id == UUID(session.info["school"]),
        own.group_id.in_(groups),
        own.from_on <= on,
        or_(own.until_on.is_(None), own.until_on >= on),
    )
    rosters: dict[UUID, list[UUID]] = {}
    for group_id, pupil_id in session.execute(found):
        rosters.setdefault(group_id, []).append(pupil_id)
    return rosters
