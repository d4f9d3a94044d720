"""The school around a timetable: who clashes with whom, how large groups and rooms are, when bells ring."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select

from services.schedule.actions.bells.timing import Timing, ringing_on
from services.schedule.actions.versions.limits import limits_on
from services.schedule.models import Bell, BellTime, Enrolment, Group, Room, Year
from services.schedule.rules.conflicts.facts import (
    USUAL_LESSON,
    WEEKDAYS,
    GroupFacts,
    Hour,
    Placed,
    Profile,
    School,
)
from shared.db import SchoolSession

SHIFTS = (1, 2)


class _Kin(NamedTuple):
    """A group of the school and the ids of all it is part of."""

    kind: str
    above: tuple[UUID, ...]


def school_around(session: SchoolSession, year: Year, on: date, used: Collection[UUID]) -> School:
    """Return the school on a day as a timetable of the groups `used` meets it.

    In seven statements whatever its size. Groups of one class clash when they share pupils, not by
    their names; where identity has told no pupils, groups of one class are held not to clash.
    """
    kin = _kin(session)
    enrolled = _enrolled(session, on)
    timing = Timing(session, year)
    sizes: dict[UUID, int] = {}
    for groups, count in enrolled.items():
        for group_id in groups:
            sizes[group_id] = sizes.get(group_id, 0) + count
    clashing = _clashing(kin, enrolled)
    return School(
        days=year.school_days,
        bells=_bells(year),
        groups={
            one: GroupFacts(
                timing.grade(one), timing.shift(one, on), sizes.get(one, 0), frozenset(clashing[one])
            )
            for one in kin
        },
        profiles=list(_profiles(timing, kin, enrolled, set(used))),
        capacities={row.id: row.capacity for row in session.execute(select(Room.id, Room.capacity))},
        limits=limits_on(session, on),
    )


def clashing_groups(session: SchoolSession, on: date) -> Mapping[UUID, Collection[UUID]]:
    """Return with which groups each cannot have lessons at the same time on a day, itself among them."""
    return _clashing(_kin(session), _enrolled(session, on))


def placed(school: School, card_id: UUID, card: Any) -> Placed:
    """Return a card that has a place as the check sees it; `card` has the facts of one."""
    groups = tuple(sorted(_ids(card.group_ids)))
    first = school.groups.get(groups[0]) if groups else None
    shift = first.shift if first else SHIFTS[0]
    hour = school.hour(shift, card.weekday, card.number)
    if card.starts:
        begins = _minutes(card.starts)
        hour = Hour(begins, begins + (hour.ends - hour.begins if hour else USUAL_LESSON))
    return Placed(
        card_id, card.subject_id, groups, tuple(sorted(map(str, card.teacher_ids))), card.room_id,
        card.week, card.weekday, card.number, shift, hour, bool(card.starts),
    )  # fmt: skip


@lru_cache(maxsize=8192)
def as_id(text: str) -> UUID:
    """Return an id from its text; few stand on many cards, and making one takes time."""
    return UUID(text)


def _ids(named: Iterable[Any]) -> Iterator[UUID]:
    return (one if isinstance(one, UUID) else as_id(one) for one in named)


def _kin(session: SchoolSession) -> dict[UUID, _Kin]:
    rows = {row.id: row for row in session.execute(select(Group.id, Group.kind, Group.parent_id))}
    found = {}
    for row in rows.values():
        above: list[UUID] = []
        step = row.parent_id
        while step is not None and step not in above and step != row.id:
            above.append(step)
            step = rows[step].parent_id if step in rows else None
        found[row.id] = _Kin(row.kind, tuple(above))
    return found


def _enrolled(session: SchoolSession, on: date) -> dict[frozenset[UUID], int]:
    """Return in which groups pupils are together, and how many of them."""
    held = Enrolment.from_on <= on, or_(Enrolment.until_on.is_(None), Enrolment.until_on >= on)
    of_pupil = (
        select(func.aggregate_strings(cast(Enrolment.group_id, String), " ").label("groups"))
        .where(*held)
        .group_by(Enrolment.pupil_id)
        .subquery()
    )
    found: dict[frozenset[UUID], int] = {}
    for groups, count in session.execute(select(of_pupil.c.groups, func.count()).group_by(of_pupil.c.groups)):
        ids = frozenset(_ids(groups.split()))
        found[ids] = found.get(ids, 0) + count
    return found


def _clashing(kin: Mapping[UUID, _Kin], enrolled: Iterable[frozenset[UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {one: {one, *of.above} for one, of in kin.items()}
    for one, of in kin.items():
        for above in of.above:
            found.setdefault(above, {above}).add(one)
    for groups in enrolled:
        for one in groups:
            found.setdefault(one, {one}).update(groups)
    return found


def _profiles(
    timing: Timing, kin: Mapping[UUID, _Kin], enrolled: Iterable[frozenset[UUID]], used: set[UUID]
) -> Iterator[Profile]:
    """Return the groups that pupils of each class have lessons in; of whom nothing is known, all of its."""
    with_pupils = {one for groups in enrolled for one in groups}
    below: dict[UUID, set[UUID]] = {}
    for one, of in kin.items():
        for above in of.above if one not in with_pupils else ():
            below.setdefault(above, set()).add(one)
    known = {(_class_of(kin, groups), groups) for groups in enrolled if any(one in kin for one in groups)}
    known |= {
        (one, frozenset({one})) for one, of in kin.items() if of.kind == "class" and one not in with_pupils
    }
    found: dict[tuple[UUID, frozenset[UUID]], None] = {}
    for class_id, groups in known:
        wider = {up for one in groups if one in kin for up in kin[one].above}
        own = frozenset((groups | wider | below.get(class_id, set())) & used)
        if own:
            found[class_id, own] = None
    return (Profile(class_id, timing.grade(class_id), own) for class_id, own in found)


def _class_of(kin: Mapping[UUID, _Kin], groups: frozenset[UUID]) -> UUID:
    classes = sorted(one for one in groups if one in kin and kin[one].kind == "class")
    return classes[0] if classes else min(groups)


def _bells(year: Year) -> dict[tuple[int, int], dict[int, Hour | None]]:
    found = {}
    for shift in SHIFTS:
        for weekday in WEEKDAYS:
            rung = ringing_on(year.bell_schedules, weekday, shift)
            found[shift, weekday] = _hours(rung.times if rung else year.bells)
    return found


def _hours(bells: Sequence[Bell] | Sequence[BellTime]) -> dict[int, Hour | None]:
    return {bell.number: _hour(bell.starts, bell.ends) for bell in bells}


def _hour(starts: str | None, ends: str | None) -> Hour | None:
    if starts is None:
        return None
    begins = _minutes(starts)
    return Hour(begins, _minutes(ends) if ends else begins + USUAL_LESSON)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
