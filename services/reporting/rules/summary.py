"""The summary register of a class (сводная ведомость учёта успеваемости), as it is printed (clause 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

NOT_LEARNT = "—"
"""In the cells of a subject the pupil does not learn: no cell is blank by mistake."""


class PageState(NamedTuple):
    """A page the register is made of, and the state it was in: what proves the marks above."""

    subject: str
    group: str
    seq: int
    head: str
    as_of: str
    verify_url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is printed of a class's year.

    `cells` are the marks by (pupil's index, term's index, subject's index); what is due and lacking is
    absent from them.
    """

    school: str
    year: str
    group: str
    class_teacher: str
    subjects: tuple[str, ...]
    terms: tuple[str, ...]
    pupils: tuple[tuple[str, str], ...]  # name, and the order by which the pupil left
    cells: Mapping[tuple[int, int, int], str]
    states: tuple[PageState, ...]
