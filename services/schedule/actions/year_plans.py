"""What an operator plans for a year, and whether its parts fit together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Group, Lesson, Year
from services.schedule.rules import Span
from services.schedule.rules.days import OFF_CALENDAR, Special
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text

LONGEST_YEAR = timedelta(days=400)
EVERY_GRADE = frozenset(range(13))

Wrong = Iterator[tuple[str, list[Text]]]


class YearDoesNotFit(Invalid):
    """The parts of a year contradict one another."""

    title = Text("Учебный год не сходится", "The year does not fit together")
    detail = Text(
        "Исправьте названные поля: всё лежит внутри года, периоды одной параллели не пересекаются, "
        "номера звонков разные.",
        "Correct the fields named: all lies within the year, periods of one parallel do not overlap, "
        "bells differ.",
    )


class ParallelLeftOut(Conflict):
    """A parallel with lessons to come would be in no period, and lose them all."""

    title = Text("Параллель осталась без периодов", "A parallel is left without periods")
    detail = Text(
        "Впереди уроки параллелей: {grades}, а периода для них нет ни одного. Назначьте им период "
        "или сначала опубликуйте расписание, в котором этих уроков нет.",
        "Parallels with lessons to come, but without a single period: {grades}. Give them a period, or "
        "publish a timetable first that has no such lessons.",
    )


@dataclass(frozen=True, slots=True)
class BellTime:
    """When the lesson of a number begins and ends, HH:MM."""

    number: int
    starts: str | None = None
    ends: str | None = None


@dataclass(frozen=True)
class YearPlan:
    """All that an operator decides about a year.

    Who does not know of parallels (`tells_parallels`) leaves kinds and parallels of what is there as
    they are; who does not tell of special days (None) leaves those.
    """

    name: str
    starts_on: date
    ends_on: date
    school_days: int
    periods: Sequence[Span]
    holidays: Sequence[Span] = ()
    bells: Sequence[BellTime] = ()
    period_ids: Sequence[UUID | None] = ()  # Of periods that exist, to rename them; none: by name.
    period_kinds: Sequence[str] = ()  # None at all: quarters.
    special_days: Sequence[Special] | None = None
    tells_parallels: bool = True


def check(plan: YearPlan, overlapped: Sequence[Year]) -> None:
    """Raise YearDoesNotFit, by field, for a plan that contradicts itself or the years it lies on."""
    wrong = dict(_contradictions(plan, overlapped))
    if wrong:
        raise YearDoesNotFit(errors=wrong)


def share_a_grade(one: Collection[int], other: Collection[int]) -> frozenset[int]:
    """Return the parallels that two things have in common; none told means all."""
    return (frozenset(one) or EVERY_GRADE) & (frozenset(other) or EVERY_GRADE)


def _contradictions(plan: YearPlan, overlapped: Sequence[Year]) -> Wrong:
    if not timedelta() < plan.ends_on - plan.starts_on <= LONGEST_YEAR or len(overlapped) > 1:
        said = Text(
            "Год длится до 400 дней и задевает не больше одного другого.", "Up to 400 days, one year."
        )
        yield "ends_on", [said]
    for field, spans in (("periods", plan.periods), ("holidays", plan.holidays)):
        for number, span in enumerate(spans):
            if not plan.starts_on <= span.starts_on <= span.ends_on <= plan.ends_on:
                yield f"{field}.{number}", [Text("Даты вне года или переставлены.", "Not within the year.")]
    yield from _doubled_periods(plan, {period.id for year in overlapped for period in year.periods})
    yield from wrong_bells(plan.bells)
    if plan.special_days is not None:
        known = {one.id for year in overlapped for one in year.bell_schedules}
        yield from _wrong_days(plan, plan.special_days, known)


def refuse_left_out(session: SchoolSession, year: Year, plan: YearPlan, today: date) -> None:
    """Refuse to leave a parallel without periods while it has lessons to come."""
    taught = (
        select(Group.grade)
        .join(Lesson, Lesson.group_id == Group.id)
        .where(Lesson.year_id == year.id, Lesson.lesson_on > today, ~Lesson.is_cancelled)
        .distinct()
    )
    planned = {grade for span in plan.periods for grade in span.grades or EVERY_GRADE}
    if left := {grade for grade in session.scalars(taught) if grade is not None} - planned:
        raise ParallelLeftOut(grades=", ".join(str(grade) for grade in sorted(left)))


def wrong_bells(bells: Sequence[BellTime], field: str = "bells") -> Wrong:
    """Return what contradicts itself in a bell schedule, by field."""
    numbers = [bell.number for bell in bells]
    for number, bell in enumerate(bells):
        if numbers.count(bell.number) > 1 or (bell.starts and bell.ends and bell.ends <= bell.starts):
            yield f"{field}.{number}", [Text("Номер повторён или конец раньше начала.", "Number or times.")]


def _doubled_periods(plan: YearPlan, own: Collection[UUID]) -> Wrong:
    names = [span.name for span in plan.periods]
    for number, span in enumerate(plan.periods):
        if names.count(span.name) > 1:
            said = Text("Назван так же, как другой период: назовите иначе.", "Has the same name as another.")
            yield f"periods.{number}", [said]
    ordered = sorted(enumerate(plan.periods), key=lambda item: item[1].starts_on)
    for (_, before), (number, span) in combinations(ordered, 2):
        if span.starts_on <= before.ends_on and share_a_grade(before.grades, span.grades):
            said = Text(
                "Период пересекается с другим у той же параллели: сдвиньте даты или разведите параллели.",
                "Overlaps another of the same parallel: move the dates or part the parallels.",
            )
            yield f"periods.{number}", [said]
    given = [id_ for id_ in plan.period_ids if id_]
    for number, id_ in enumerate(plan.period_ids):
        if id_ and (id_ not in own or given.count(id_) > 1):
            yield f"periods.{number}.id", [Text("Нет такого периода.", "There is no such period.")]


def _wrong_days(plan: YearPlan, days: Sequence[Special], bell_schedules: Collection[UUID]) -> Wrong:
    for number, one in enumerate(days):
        if said := _wrong_day(plan, one, bell_schedules):
            yield f"special_days.{number}", [said]
    for (_, one), (number, other) in combinations(enumerate(days), 2):
        if one.day == other.day and share_a_grade(one.grades, other.grades):
            said = Text(
                "На этот день у той же параллели уже есть особый: оставьте один из них.",
                "The parallel has another special day on this date: keep one of them.",
            )
            yield f"special_days.{number}", [said]


def _wrong_day(plan: YearPlan, one: Special, bell_schedules: Collection[UUID]) -> Text | None:
    if not plan.starts_on <= one.day <= plan.ends_on:
        return Text("День вне года.", "The day is not within the year.")
    if one.kind == "moved" and one.weekday is None:
        return Text(
            "Скажите, по расписанию какого дня недели идут уроки.", "Say of which weekday the lessons are."
        )
    if one.kind == "short" and one.bell_schedule_id is None:
        return Text(
            "Выберите расписание звонков; заведите его на странице «Звонки», если его нет.",
            "Choose a bell schedule; make one on the page of bells if there is none.",
        )
    if one.bell_schedule_id and one.bell_schedule_id not in bell_schedules:
        return Text("Нет такого расписания звонков.", "There is no such bell schedule.")
    in_period = any(
        period.holds(one.day) and share_a_grade(period.grades, one.grades) for period in plan.periods
    )
    if one.kind in OFF_CALENDAR and not in_period:
        return Text(
            "День вне учебных периодов: продлите период, чтобы в этот день можно было ставить отметки.",
            "The day is in no period: prolong one, so that marks can be put on that day.",
        )
    return None
