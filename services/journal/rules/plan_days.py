"""The days that topics of a thematic plan are planned on."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date


def out_of_order(days: Sequence[date | None]) -> list[int]:
    """Return the numbers, from 1, of the topics whose days are the fewest to mend for all to be in order.

    One day mistyped is one topic, not all that come after it. Topics without a day do not count.
    """
    dated = [(day, number) for number, day in enumerate(days, 1) if day]
    ends: list[date] = []  # The earliest day that so many in order can end on,
    last: list[int] = []  # and where in `dated` that one stands.
    before: list[int | None] = []
    for at, (day, _) in enumerate(dated):
        size = bisect_right(ends, day)
        ends[size : size + 1], last[size : size + 1] = [day], [at]
        before.append(last[size - 1] if size else None)
    ordered, at_end = set(), last[-1] if last else None
    while at_end is not None:
        ordered.add(at_end)
        at_end = before[at_end]
    return [number for at, (_, number) in enumerate(dated) if at not in ordered]
