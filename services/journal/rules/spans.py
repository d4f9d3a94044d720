"""Spans of days as they are asked for."""

from datetime import date

from shared.errors import Invalid, Text


class LastDayFirst(Invalid):
    """No day lies between a first day and a last one before it; an empty answer would look like a result."""

    title = Text("Первый день позже последнего", "The first day is after the last")
    detail = Text(
        "Поменяйте дни местами или выберите другие.",
        "Change the days over or choose others.",
    )


class BeforeTheYear(Invalid):
    """A last day alone is counted to from the beginning of its year, and no year had begun by that day."""

    title = Text("Учебный год ещё не начался", "The school year had not begun yet")
    detail = Text(
        "Без первого дня считаем с начала учебного года, {on:%d.%m.%Y}. "
        "Выберите последний день не раньше или укажите первый.",
        "Without a first day we count from the beginning of the year, {on:%Y-%m-%d}. "
        "Choose a last day no earlier, or name the first.",
    )


def refuse_reversed(starts_on: date | None, ends_on: date | None) -> None:
    """Raise LastDayFirst for a span that ends before it begins; one without an end is none such."""
    if starts_on is not None and ends_on is not None and starts_on > ends_on:
        raise LastDayFirst
