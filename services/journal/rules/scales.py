"""Scales: what marks may be; a school has one of its own, and others for some subjects."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from services.journal.rules.finals import WITHOUT_MARKS
from services.journal.rules.marks import AWAITED, SCALE
from services.journal.rules.parameters import parameter_on
from shared.names import tidy

PASS = PASSED, FAILED = ("зач", "незач")
NO_MARK = EXEMPT, NOT_ATTESTED = ("осв", "н/а")  # DOMAIN 2.1: excused from the subject; not attested.

SCALES: Mapping[str, Sequence[str]] = {
    "five": SCALE,
    "pass": (*PASS, *NO_MARK),
    "ten": (*(str(number) for number in range(10, 0, -1)), *PASS, *NO_MARK),
    "none": (),  # Courses without marks (безотметочные).
    "percent": (*(str(number) for number in range(100, -1, -1)), *NO_MARK),
}
"""The scales a subject may be given; identity offers them by these names."""


def scale_on(page: Any, day: date) -> Sequence[str]:
    """Return the marks a page takes on a day: of its subject's scale, or else the school's.

    In first grades none, whatever the subject (DOMAIN 2.2). `page` is a row with the school's scale, the
    subject's name, the grade and what the parameter `subject_scales` says.
    """
    if page.grade == WITHOUT_MARKS:
        return ()
    own = _by_subject(page.subject_scales, day).get(_known_as(page.subject_name or ""))
    return SCALES[own] if own else page.scale or SCALE


def cell_signs(page: Any, day: date) -> Sequence[str]:
    """Return what may stand in a cell of a work on a day: the marks, and «•» where marks are put at all.

    `page` is a row as `scale_on` wants it. Term-end marks are of the scale alone.
    """
    scale = scale_on(page, day)
    return (*scale, AWAITED) if scale else scale


def is_marked(page: Any, day: date) -> bool:
    """Whether marks are put on a page at all: not in first grades, nor in courses without marks.

    DOMAIN 2.2; who learns without marks is counted in no completeness and owes none (D4).
    `page` is a row as `scale_on` wants it.
    """
    return bool(scale_on(page, day))


@lru_cache(maxsize=256)  # A page is opened far more often than a parameter is set.
def _by_subject(told: str | None, day: date) -> Mapping[str, str]:
    rows: Sequence[Mapping[str, str]] = parameter_on(told, day, ())
    return {_known_as(row["subject"]): row["scale"] for row in rows}


def _known_as(subject: str) -> str:
    return tidy(subject).casefold().replace("ё", "е")
