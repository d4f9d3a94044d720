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


def refuse_reversed(starts_on: date | None, ends_on: date | None) -> None:
    """Raise LastDayFirst for a span that ends before it begins; one without an end is none such."""
    if starts_on is not None and ends_on is not None and starts_on > ends_on:
        raise LastDayFirst
