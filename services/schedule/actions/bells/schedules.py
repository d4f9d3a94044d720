"""Bell schedules of a year: the usual one, and those of shifts, weekdays and shortened days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from uuid import UUID

from services.schedule.actions.year_plans import BellTime as Time
from services.schedule.actions.year_plans import wrong_bells
from services.schedule.actions.years import find_year, follow_change
from services.schedule.models import Bell, BellSchedule, BellTime, Year
from services.schedule.models.year_facts import bells_facts
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.ids import new_id

BOTH_SHIFTS = 0

Wrong = Iterator[tuple[str, list[Text]]]


class BellsDoNotFit(Invalid):
    """Bell schedules contradict themselves or one another."""

    title = Text("Звонки не сходятся", "The bells do not fit together")
    detail = Text(
        "Исправьте названные поля: уроки идут друг за другом, расписания различимы.",
        "Correct the fields named: lessons follow one another, schedules differ.",
    )


class BellsInUse(Conflict):
    """A special day rings by a schedule that would be no more."""

    title = Text("Расписание звонков занято", "The bell schedule is in use")
    detail = Text(
        "По «{name}» назначен день {day:%d.%m.%Y}. Сначала измените этот день на странице «Учебный год».",
        "“{name}” rings on {day:%Y-%m-%d}. Change that day on the page of the year first.",
    )


@dataclass(frozen=True)
class SchedulePlan:
    """A bell schedule as the operator wants it; without an id it is new."""

    id: UUID | None
    name: str
    shift: int
    weekdays: str
    bells: Sequence[Time]


@dataclass(frozen=True)
class BellsPlan:
    """All bells of a year."""

    usual: Sequence[Time]
    schedules: Sequence[SchedulePlan]


def plan_bells(session: SchoolSession, plan: BellsPlan, seen: int) -> Year:
    """Make the bells of the current year as planned; lessons to come follow them.

    `seen` is the version of the year the caller saw. The same bells again change nothing.
    """
    year = find_year(session, seen)
    wrong = dict(_contradictions(plan, year))
    if wrong:
        raise BellsDoNotFit(errors=wrong)
    _refuse_in_use(plan, year)
    before = bells_facts(year)
    _take_over(year, plan)
    follow_change(session, year, before, bells_facts, "bells")
    return year


def _contradictions(plan: BellsPlan, year: Year) -> Wrong:
    for field, bells in (
        ("usual", plan.usual),
        *((f"schedules.{number}.bells", one.bells) for number, one in enumerate(plan.schedules)),
    ):
        yield from wrong_bells(bells, field)
        yield from _out_of_order(bells, field)
    known = {one.id for one in year.bell_schedules}
    given = [one.id for one in plan.schedules if one.id]
    for number, one in enumerate(plan.schedules):
        if one.id and (one.id not in known or given.count(one.id) > 1):
            yield f"schedules.{number}.id", [Text("Нет такого расписания.", "There is no such schedule.")]
    for (_, one), (number, other) in combinations(enumerate(plan.schedules), 2):
        if said := _alike(one, other):
            yield f"schedules.{number}", [said]


def _alike(one: SchedulePlan, other: SchedulePlan) -> Text | None:
    if one.shift != other.shift:
        return None
    if one.name == other.name:
        return Text(
            "Для этой смены такое название уже есть: назовите иначе.",
            "The shift has a schedule of this name: name it otherwise.",
        )
    if set(one.weekdays) & set(other.weekdays):
        return Text(
            "В этот день недели той же смене уже звонят по другому: оставьте день у одного из них.",
            "Another schedule rings on that weekday for the same shift: leave the day to one of them.",
        )
    return None


def _out_of_order(bells: Sequence[Time], field: str) -> Wrong:
    timed = sorted((one for one in bells if one.starts), key=lambda one: one.number)
    for before, after in pairwise(timed):
        if (before.ends or before.starts or "") > (after.starts or ""):
            said = Text(
                f"Урок {after.number} начинается до конца урока {before.number}: исправьте время.",
                f"Lesson {after.number} begins before lesson {before.number} ends: correct the times.",
            )
            yield f"{field}.{list(bells).index(after)}", [said]


def _refuse_in_use(plan: BellsPlan, year: Year) -> None:
    kept = {one.id for one in plan.schedules}
    names = {one.id: one.name for one in year.bell_schedules}
    for day in year.special_days:
        if day.bell_schedule_id and day.bell_schedule_id not in kept:
            raise BellsInUse(name=names[day.bell_schedule_id], day=day.day)


def _take_over(year: Year, plan: BellsPlan) -> None:
    own = {"school_id": year.school_id}
    usual = {bell.number: bell for bell in year.bells}
    year.bells = [
        usual.get(one.number) or Bell(**own, year_id=year.id, number=one.number) for one in plan.usual
    ]
    for bell, time in zip(year.bells, plan.usual, strict=True):
        bell.starts, bell.ends = time.starts, time.ends
    known = {one.id: one for one in year.bell_schedules}
    schedules = [
        known[one.id] if one.id else BellSchedule(**own, id=new_id(), year_id=year.id, times=[])
        for one in plan.schedules
    ]
    for schedule, given in zip(schedules, plan.schedules, strict=True):
        schedule.name, schedule.shift, schedule.weekdays = given.name, given.shift, given.weekdays
        times = {time.number: time for time in schedule.times}
        schedule.times = [times.get(at.number) or BellTime(**own, number=at.number) for at in given.bells]
        for rung, at in zip(schedule.times, given.bells, strict=True):
            rung.starts, rung.ends = at.starts, at.ends
    year.bell_schedules = schedules
