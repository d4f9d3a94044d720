"""What mark a pupil's marks speak for, and why, in whole numbers (DOMAIN 2.2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from services.journal.rules.marks import POINTS
from services.journal.rules.parameters import parameter_on
from services.journal.rules.recommended_said import (
    absences_said,
    average_said,
    awaited_said,
    both_said,
    decimal_said,
    few_said,
    missed_said,
)
from services.journal.rules.scales import EXEMPT, FAILED, NOT_ATTESTED, PASS, PASSED
from services.journal.rules.tallies import Tally
from shared.errors import Text

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


class Recommended(NamedTuple):
    """A mark with the reason for it; None where the rules know none."""

    value: str | None
    why: Text
    is_disputed: bool = False  # The average lies exactly between two marks: the higher one is proposed.
    warning: Text | None = None


def least_marks(rules: Rules, hours: int) -> int:
    """Return how many marks are enough for a subject of so many lessons a week."""
    known = max((int(key) for key in rules.least_marks if int(key) <= hours), default=None)
    return 0 if known is None else rules.least_marks[str(known)]


def is_missing(tally: Tally, rules: Rules) -> bool:
    """Whether a pupil missed so much that few marks do not attest (DOMAIN 2.2)."""
    return tally.absent * 100 > rules.absent_percent * tally.lessons


def recommend_for_period(tally: Tally, rules: Rules) -> Recommended:
    """Return the mark of a period: its average against the school's thresholds.

    Where nothing but «зач» and «незач» was put, the one of which there are more.
    """
    if not rules.scale:
        return Recommended(None, Text("здесь отметок не ставят", "no marks are put here"))
    least = least_marks(rules, tally.hours)
    few, missed = tally.marks < least, is_missing(tally, rules)
    if few and missed:
        return Recommended(NOT_ATTESTED, missed_said(tally, least), warning=awaited_said(tally))
    few = few and tally.lessons > 0  # Before the first lesson there is nothing to lack.
    warning = few_said(tally, least) if few else absences_said(tally) if missed else tally.unmarked_since
    warning = both_said(awaited_said(tally), warning)
    if not tally.weights or best_of(tuple(rules.scale)) is None:
        return _by_passes(tally.passed, tally.failed)._replace(warning=warning)
    value, near = _by_thresholds(tally, rules)
    if value not in rules.scale:
        return Recommended(None, Text("на шкале школы такой отметки нет", "not on the school's scale"))
    why = average_said(tally, near, value, is_weighted=rules.is_weighted)
    return Recommended(value, why, tally.total * 100 == near * tally.weights, warning)


def _by_passes(passed: int, failed: int) -> Recommended:
    """Return «зач» unless more are «незач»; of as many the better is proposed, as on a tie of an average.

    Schools that assess by «зачёт» count the works passed against those failed; no work weighs more.
    """
    if not passed + failed:
        return Recommended(None, Text("нет отметок, которые считаются", "no marks that count"))
    value = PASSED if passed >= failed else FAILED
    disputed = Text(", спорный" if passed == failed else "", ", disputed" if passed == failed else "")
    why = Text(
        f"зачётов {passed}, незачётов {failed} → {value}{disputed.ru}",
        f"passed {passed}, failed {failed} → {value}{disputed.en}",
    )
    return Recommended(value, why, passed == failed)


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


def recommend_for_year(of_periods: Sequence[tuple[str, str | None]], rules: Rules) -> Recommended:
    """Return the mark of a year: the mean of the marks of its periods, half up (DOMAIN 2.2).

    Where no period has a number, «зач» or «незач» as in a period itself.
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
    if not any(value in POINTS for value in values):
        return _by_passes(values.count(PASSED), values.count(FAILED))
    return _mean_of(values, rules, Text("среднее за периоды", "mean of the periods"))


def recommend_final(year: str | None, exam: str | None, rules: Rules) -> Recommended:
    """Return the final mark: the year's, or with an exam the mean of both, half up (DOMAIN 2.2).

    There is no mean with «зач» or «незач»: an exam that ends so decides.
    """
    if year is None:
        return Recommended(None, Text("нет годовой отметки", "no mark of the year yet"))
    if exam is None:
        return Recommended(year, Text(f"как годовая → {year}", f"as the year's → {year}"))
    if exam in PASS:
        return Recommended(exam, Text(f"как на экзамене → {exam}", f"as in the exam → {exam}"))
    return _mean_of([year, exam], rules, Text("среднее годовой и экзамена", "mean of year and exam"))


def _mean_of(values: Sequence[str], rules: Rules, of: Text) -> Recommended:
    points = [POINTS[value] for value in values if value in POINTS]
    if not points:
        return Recommended(None, Text("нет отметок, которые считаются", "no marks that count"))
    total, count = sum(points), len(points)
    value = str((2 * total + count) // (2 * count))
    is_disputed = 2 * (total % count) == count
    listed = ", ".join(value for value in values if value in POINTS)
    mean = decimal_said((200 * total + count) // (2 * count), places=2)
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
