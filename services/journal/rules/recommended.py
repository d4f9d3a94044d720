"""What mark a pupil's marks speak for, and why, in whole numbers (DOMAIN 2.2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from services.journal.rules.absence import is_absence
from services.journal.rules.marks import AWAITED, POINTS
from services.journal.rules.parameters import parameter_on
from shared.errors import Text

NOT_ATTESTED, EXEMPT = "н/а", "осв"
LOWEST = "2"
"""What is recommended below all thresholds: «1» is put by nobody."""

DEFAULTS = {
    "final_average": "weighted",
    "final_thresholds": {"5": 450, "4": 350, "3": 250},
    "final_least_marks": {"1": 3, "2": 3, "3": 5, "4": 6, "5": 7},
    "final_absent_percent": 50,
    "final_absence_run": 3,
    "final_deviation": 0,
    "period_marks_days": 7,
}
"""The parameters these rules read, and what holds in a school that set none of its own."""


class Rules(NamedTuple):
    """What the school decided: how marks are averaged, where 5 begins, how many marks are enough."""

    is_weighted: bool
    thresholds: Mapping[str, int]  # Each mark's lowest average, in hundredths.
    least_marks: Mapping[str, int]  # By lessons a week.
    absent_percent: int
    absence_run: int  # Lessons missed in a row after which new marks are looked for; 0: never.
    deviation: int  # How far a mark may be from the recommended one without a reason.
    days: int  # Of the window (clause 3.6.5).
    scale: Sequence[str]


def rules_on(told: Mapping[str, str | None], day: date, scale: Sequence[str]) -> Rules:
    """Return the rules of a day; `told` are the school's own parameters as the copy keeps them."""
    held: dict[str, Any] = {
        name: parameter_on(told.get(name), day, default) for name, default in DEFAULTS.items()
    }
    return Rules(
        is_weighted=held["final_average"] == "weighted",
        thresholds=held["final_thresholds"],
        least_marks=held["final_least_marks"],
        absent_percent=held["final_absent_percent"],
        absence_run=held["final_absence_run"],
        deviation=held["final_deviation"],
        days=held["period_marks_days"],
        scale=scale,
    )


class Tally(NamedTuple):
    """What a pupil has in a period: marks as they count, lessons held, and those missed."""

    total: int = 0  # Σ(m·w)
    weights: int = 0  # Σw
    marks: int = 0
    lessons: int = 0
    absent: int = 0
    hours: int = 1  # Lessons a week.
    unmarked_since: Text | None = None  # A long absence, when nothing was marked after it.
    awaited: int = 0  # Works that are to become marks yet («•»).
    brought: int = 0  # How many of the marks are from a former class or group (`rules.brought`).

    @property
    def hundredths(self) -> int:
        """The average in hundredths, rounded half up for show; there has to be a weight."""
        return (200 * self.total + self.weights) // (2 * self.weights)


class Recommended(NamedTuple):
    """A mark with the reason for it; None where the rules know none."""

    value: str | None
    why: Text
    is_disputed: bool = False  # The average lies exactly between two marks: the higher one is proposed.
    warning: Text | None = None


def weekly_hours(lessons: int, starts_on: date, ends_on: date) -> int:
    """Return how many lessons a week a period has, at least one."""
    days = (ends_on - starts_on).days + 1
    return max(1, (lessons * 14 + days) // (2 * days))


def cell_sums(value: str, weight: int | None, *, is_weighted: bool) -> tuple[int, int, int, int, int]:
    """Return what a cell adds to a tally: total, weights, marks, absences, works awaited.

    Attendance has no `weight`; where the school weighs nothing every mark weighs 1.
    """
    if weight is None:
        return 0, 0, 0, int(is_absence(value)), 0
    points = POINTS.get(value)
    if points is None:
        return 0, 0, 0, 0, int(value == AWAITED)
    counted = weight if is_weighted else 1
    return points * counted, counted, 1, 0, 0


def least_marks(rules: Rules, hours: int) -> int:
    """Return how many marks are enough for a subject of so many lessons a week."""
    known = max((int(key) for key in rules.least_marks if int(key) <= hours), default=None)
    return 0 if known is None else rules.least_marks[str(known)]


def is_missing(tally: Tally, rules: Rules) -> bool:
    """Whether a pupil missed so much that few marks do not attest (DOMAIN 2.2)."""
    return tally.absent * 100 > rules.absent_percent * tally.lessons


def recommend_for_period(tally: Tally, rules: Rules) -> Recommended:
    """Return the mark of a period: its average against the school's thresholds."""
    least = least_marks(rules, tally.hours)
    few, missed = tally.marks < least, is_missing(tally, rules)
    if few and missed:
        return Recommended(NOT_ATTESTED, _not_attested(tally, least), warning=_awaited(tally))
    if not tally.weights:
        none = Text("нет отметок, которые считаются", "no marks that count")
        return Recommended(None, none, warning=_awaited(tally))
    value, near = _by_thresholds(tally, rules)
    if value not in rules.scale:
        return Recommended(None, Text("на шкале школы такой отметки нет", "not on the school's scale"))
    warning = _few(tally, least) if few else _missed(tally) if missed else tally.unmarked_since
    warning = _both(_awaited(tally), warning)
    why = _average_said(tally, rules, near, value)
    return Recommended(value, why, tally.total * 100 == near * tally.weights, warning)


@lru_cache(maxsize=64)  # It is asked for each pupil of a class.
def best_of(scale: tuple[str, ...]) -> str | None:
    """Return the highest mark of a scale that is a number."""
    return max((sign for sign in scale if sign.isdigit()), key=int, default=None)


def _has_table(rules: Rules) -> bool:
    """Whether the thresholds are about the scale: of ten or of percents they are not."""
    return best_of(tuple(rules.scale)) in rules.thresholds


def lowest_averages(rules: Rules) -> Mapping[str, int]:
    """Return the marks that an average may come to, each with the lowest one that does, in hundredths."""
    if _has_table(rules):
        return {mark: lowest for mark, lowest in rules.thresholds.items() if mark in rules.scale}
    return {mark: 100 * int(mark) - 50 for mark in rules.scale if mark.isdigit()}


def _by_thresholds(tally: Tally, rules: Rules) -> tuple[str, int]:
    """Return the mark and the threshold nearest to the average, in hundredths."""
    average, weights = tally.total * 100, tally.weights
    if not _has_table(rules):
        return str((average + 50 * weights) // (100 * weights)), average // weights // 100 * 100 + 50
    near = min(rules.thresholds.values(), key=lambda one: (abs(average - one * weights), one))
    reached = (mark for mark, from_ in rules.thresholds.items() if average >= from_ * weights)
    return max(reached, key=int, default=LOWEST), near


def _average_said(tally: Tally, rules: Rules, near: int, value: str) -> Text:
    shown = tally.hundredths
    if shown >= near and tally.total * 100 < near * tally.weights:
        shown = near - 1  # 4,496 is shown as 4,49: as 4,50 it would have reached its threshold.
    ru, en = ("средний взвешенный", "weighted average") if rules.is_weighted else ("средний", "average")
    average, threshold = _decimal(shown, places=2), _decimal(near)
    of_ru, of_en = f"{tally.marks} {_of_marks(tally.marks)}", f"{tally.marks} {_marks(tally.marks)}"
    if tally.brought:  # Of a class or of a group of one: «до перевода» is true of both.
        of_ru += f" (до перевода {tally.brought})"
        of_en += f" ({tally.brought} before the move)"
    return Text(
        f"{ru} {average.ru} по {of_ru}, порог {threshold.ru} → {value}",
        f"{en} {average.en} of {of_en}, threshold {threshold.en} → {value}",
    )


def _not_attested(tally: Tally, least: int) -> Text:
    missed = f"{tally.absent}/{tally.lessons}"
    return Text(
        f"пропущено уроков: {missed}, отметок {tally.marks}, нужно {least} → {NOT_ATTESTED}",
        f"lessons missed: {missed}, marks: {tally.marks}, needed: {least} → {NOT_ATTESTED}",
    )


def _few(tally: Tally, least: int) -> Text:
    return Text(
        f"слишком мало отметок: {tally.marks}, нужно не меньше {least}",
        f"too few marks: {tally.marks}, at least {least} are needed",
    )


def _awaited(tally: Tally) -> Text | None:
    if not tally.awaited:
        return None
    return Text(f"ещё ждём работ («•»): {tally.awaited}", f"works still awaited (“•”): {tally.awaited}")


def _both(one: Text | None, other: Text | None) -> Text | None:
    return Text(f"{one.ru}; {other.ru}", f"{one.en}; {other.en}") if one and other else one or other


def _missed(tally: Tally) -> Text:
    return Text(
        f"пропущено уроков: {tally.absent} из {tally.lessons}",
        f"lessons missed: {tally.absent} of {tally.lessons}",
    )


def recommend_for_year(of_periods: Sequence[tuple[str, str | None]], rules: Rules) -> Recommended:
    """Return the mark of a year: the mean of the marks of its periods, half up (DOMAIN 2.2).

    `of_periods` are the names of the periods the pupil was there for, each with its mark.
    """
    missing = [name for name, value in of_periods if value is None]
    if missing or not of_periods:
        named = ", ".join(missing)
        return Recommended(None, Text(f"нет отметки: {named}", f"no mark yet: {named}"))
    values = [value for _, value in of_periods if value is not None]
    if NOT_ATTESTED in values:
        return Recommended(
            None, Text("не аттестован в одном из периодов", "not attested in one of the periods")
        )
    if set(values) == {EXEMPT}:
        return Recommended(EXEMPT, Text("освобождён весь год", "exempt all year"))
    return _mean_of(values, rules, Text("среднее за периоды", "mean of the periods"))


def recommend_final(year: str | None, exam: str | None, rules: Rules) -> Recommended:
    """Return the final mark: the year's, or with an exam the mean of both, half up (DOMAIN 2.2)."""
    if year is None:
        return Recommended(None, Text("нет годовой отметки", "no mark of the year yet"))
    if exam is None:
        return Recommended(year, Text(f"как годовая → {year}", f"as the year's → {year}"))
    return _mean_of([year, exam], rules, Text("среднее годовой и экзамена", "mean of year and exam"))


def _mean_of(values: Sequence[str], rules: Rules, of: Text) -> Recommended:
    points = [POINTS[value] for value in values if value in POINTS]
    if not points:
        return Recommended(None, Text("нет отметок, которые считаются", "no marks that count"))
    total, count = sum(points), len(points)
    value = str((2 * total + count) // (2 * count))
    is_disputed = 2 * (total % count) == count
    listed = ", ".join(value for value in values if value in POINTS)
    mean = _decimal((200 * total + count) // (2 * count), places=2)
    disputed = Text(", спорная" if is_disputed else "", ", disputed" if is_disputed else "")
    why = Text(
        f"{of.ru} ({listed}) {mean.ru} → {value}{disputed.ru}",
        f"{of.en} ({listed}) {mean.en} → {value}{disputed.en}",
    )
    return Recommended(value if value in rules.scale else None, why, is_disputed)


def differs(value: str | None, recommended: str | None, rules: Rules) -> bool:
    """Whether a mark is further from the recommended one than it may be without a reason (clause 2.1)."""
    if value is None or recommended is None or value == recommended:
        return False
    mark, wanted = POINTS.get(value), POINTS.get(recommended)
    return mark is None or wanted is None or abs(mark - wanted) > rules.deviation


def _decimal(hundredths: int, *, places: int = 0) -> Text:
    whole, rest = divmod(hundredths, 100)
    digits = f"{rest:02}" if places else f"{rest:02}".rstrip("0")
    return Text(f"{whole},{digits}".rstrip(","), f"{whole}.{digits}".rstrip("."))


def _of_marks(number: int) -> str:
    return "отметке" if number % 10 == 1 and number % 100 != 11 else "отметкам"


def _marks(number: int) -> str:
    return "mark" if number == 1 else "marks"
