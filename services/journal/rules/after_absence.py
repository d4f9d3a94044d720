"""Whether a pupil was marked since the last long absence: a period's mark may rest on what was before it."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby

from shared.errors import Text


def not_marked_since(
    held: Sequence[date], absent: Collection[date], marked: Collection[date], least: int
) -> Text | None:
    """Return a warning that a pupil who came back after a long absence has no mark since; else None.

    `held` are the days of the pupil's lessons in a period, in order, a day as often as it has lessons;
    `absent` those on which the pupil was away, `marked` those with a mark. Long is an absence from
    `least` lessons in a row, 0 of no number; who has not come back is not warned of here.
    """
    runs = [(is_absent, list(run)) for is_absent, run in groupby(held, lambda day: day in absent)]
    long = [n for n, (is_absent, run) in enumerate(runs) if is_absent and len(run) >= least > 0]
    if not long or long[-1] + 1 == len(runs):
        return None
    missed = runs[long[-1]][1]
    first, last = missed[0], missed[-1]
    if any(day > last for day in marked):
        return None
    return Text(
        f"пропущено уроков подряд: {len(missed)} ({first:%d.%m}–{last:%d.%m}), после этого отметок нет",
        f"lessons missed in a row: {len(missed)} ({first} to {last}), no mark since",
    )
