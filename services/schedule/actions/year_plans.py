"""What an operator plans for a year, and whether its parts fit together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from services.schedule.models import Year
from services.schedule.rules import Span
from shared.errors import Invalid, Text

LONGEST_YEAR = timedelta(days=400)


class YearDoesNotFit(Invalid):
    """The parts of a year contradict one another."""

    title = Text("Учебный год не сходится", "The year does not fit together")
    detail = Text(
        "Исправьте названные поля: всё лежит внутри года, периоды не пересекаются, номера звонков разные.",
        "Correct the fields named: all lies within the year, periods do not overlap, bells differ.",
    )


@dataclass(frozen=True, slots=True)
class BellTime:
    """When the lesson of a number begins and ends, HH:MM."""

    number: int
    starts: str | None = None
    ends: str | None = None


@dataclass(frozen=True)
class YearPlan:
    """All that an operator decides about a year."""

    name: str
    starts_on: date
    ends_on: date
    school_days: int
    periods: Sequence[Span]
    holidays: Sequence[Span] = ()
    bells: Sequence[BellTime] = ()
    period_ids: Sequence[UUID | None] = ()  # Of periods that exist, to rename them; none: by name.


def check(plan: YearPlan, overlapped: Sequence[Year]) -> None:
    """Raise YearDoesNotFit, by field, for a plan that contradicts itself or the years it lies on."""
    wrong = dict(_contradictions(plan, overlapped))
    if wrong:
        raise YearDoesNotFit(errors=wrong)


def _contradictions(plan: YearPlan, overlapped: Sequence[Year]) -> Iterator[tuple[str, list[Text]]]:
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
    numbers = [bell.number for bell in plan.bells]
    for number, bell in enumerate(plan.bells):
        if numbers.count(bell.number) > 1 or (bell.starts and bell.ends and bell.ends <= bell.starts):
            yield f"bells.{number}", [Text("Номер повторён или конец раньше начала.", "Number or times.")]


def _doubled_periods(plan: YearPlan, own: Collection[UUID]) -> Iterator[tuple[str, list[Text]]]:
    ordered = sorted(enumerate(plan.periods), key=lambda item: item[1].starts_on)
    names = [span.name for span in plan.periods]
    for (_, before), (number, span) in pairwise(ordered):
        if span.starts_on <= before.ends_on or names.count(span.name) > 1:
            said = Text("Период пересекается с другим или назван так же.", "Overlaps, or has the same name.")
            yield f"periods.{number}", [said]
    given = [id_ for id_ in plan.period_ids if id_]
    for number, id_ in enumerate(plan.period_ids):
        if id_ and (id_ not in own or given.count(id_) > 1):
            yield f"periods.{number}.id", [Text("Нет такого периода.", "There is no such period.")]
