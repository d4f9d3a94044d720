"""Why a mark is recommended, and what to mind about it, in words."""

from services.journal.rules.scales import NOT_ATTESTED
from services.journal.rules.tallies import Tally
from shared.errors import Text


def average_said(tally: Tally, near: int, value: str, *, is_weighted: bool) -> Text:
    """Say the average, of how many marks it is, the threshold it is measured by and what it comes to."""
    shown = tally.hundredths
    if shown >= near and tally.total * 100 < near * tally.weights:
        shown = near - 1  # 4,496 is shown as 4,49: as 4,50 it would have reached its threshold.
    ru, en = ("средний взвешенный", "weighted average") if is_weighted else ("средний", "average")
    average, threshold = decimal_said(shown, places=2), decimal_said(near)
    marks = tally.marks - tally.passed - tally.failed
    of_ru, of_en = f"{marks} {_of_marks(marks)}", f"{marks} {_marks(marks)}"
    if tally.brought:  # Of a class or of a group of one: «до перевода» is true of both.
        of_ru += f" (до перевода {tally.brought})"
        of_en += f" ({tally.brought} before the move)"
    return Text(
        f"{ru} {average.ru} по {of_ru}, порог {threshold.ru} → {value}",
        f"{en} {average.en} of {of_en}, threshold {threshold.en} → {value}",
    )


def missed_said(tally: Tally, least: int) -> Text:
    """Say why a pupil is not attested."""
    missed = f"{tally.absent}/{tally.lessons}"
    return Text(
        f"пропущено уроков: {missed}, отметок {tally.marks}, нужно {least} → {NOT_ATTESTED}",
        f"lessons missed: {missed}, marks: {tally.marks}, needed: {least} → {NOT_ATTESTED}",
    )


def few_said(tally: Tally, least: int) -> Text:
    """Say that there are fewer marks than the school wants."""
    return Text(
        f"слишком мало отметок: {tally.marks}, нужно не меньше {least}",
        f"too few marks: {tally.marks}, at least {least} are needed",
    )


def awaited_said(tally: Tally) -> Text | None:
    """Say how many works are awaited, None for none."""
    if not tally.awaited:
        return None
    return Text(f"ещё ждём работ («•»): {tally.awaited}", f"works still awaited (“•”): {tally.awaited}")


def both_said(one: Text | None, other: Text | None) -> Text | None:
    """Join two sayings of which either may be missing."""
    return Text(f"{one.ru}; {other.ru}", f"{one.en}; {other.en}") if one and other else one or other


def absences_said(tally: Tally) -> Text:
    """Say how many lessons were missed."""
    return Text(
        f"пропущено уроков: {tally.absent} из {tally.lessons}",
        f"lessons missed: {tally.absent} of {tally.lessons}",
    )


def decimal_said(hundredths: int, *, places: int = 0) -> Text:
    """Write hundredths as a decimal number, without zeros at its end unless `places` are wanted."""
    whole, rest = divmod(hundredths, 100)
    digits = f"{rest:02}" if places else f"{rest:02}".rstrip("0")
    return Text(f"{whole},{digits}".rstrip(","), f"{whole}.{digits}".rstrip("."))


def _of_marks(number: int) -> str:
    return "отметке" if number % 10 == 1 and number % 100 != 11 else "отметкам"


def _marks(number: int) -> str:
    return "mark" if number == 1 else "marks"
