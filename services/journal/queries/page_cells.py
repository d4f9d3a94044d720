"""The cells of a class page: values by lesson and pupil, and the averages they come to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.journal.models.several import LedPupils
from services.journal.rules.marks import AWAITED, average, simple_average

Json = dict[str, Any]


class Marked(NamedTuple):
    """A value in a column, and the keys of the pupils who have it."""

    lesson: str
    slot: int
    value: str | None
    is_corrected: bool
    comment: str | None
    due_on: date | None
    pupils: list[str]


def marked_of(rows: Iterable[Any]) -> list[Marked]:
    """Return the values of rows of `page_rows.ENTRIES`."""
    return [
        Marked(lesson, slot, value, is_corrected, comment, due_on, keys.split(" "))
        for lesson, slot, value, is_corrected, comment, due_on, keys in rows
    ]


def of_pupils(own: LedPupils, marked: Iterable[Marked], days: Mapping[str, date]) -> list[Marked]:
    """Leave of what is marked the caller's own pupils, until each left the class."""
    return [
        one._replace(pupils=theirs)
        for one in marked
        if (theirs := [key for key in one.pupils if own.still(UUID(key), days[one.lesson])])
    ]


def cells_said(
    marked: Iterable[Marked],
    pupil_at: Mapping[str, int],
    lessons: Mapping[str, Json],
    brought: Sequence[tuple[int, str, int]],
) -> Json:
    """Return the cells by numbers of lesson and pupil, what is known of some, and the averages."""
    lesson_at = {key: number for number, key in enumerate(lessons)}
    weights = {
        (key, work["slot"]): work["weight"] if work["counts"] else 0
        for key, lesson in lessons.items()
        for work in lesson["works"]
    }
    marks: list[list[tuple[str, int]]] = [[] for _ in pupil_at]
    for pupil, mark, its_weight in brought:
        marks[pupil].append((mark, its_weight))
    said: Json = {"entries": [], "corrected": [], "comments": [], "awaited": [], "brought": brought}
    for lesson, slot, value, is_corrected, comment, due_on, keys in marked:
        column, weight = lesson_at[lesson], weights.get((lesson, slot), 0) if slot else 0
        for number in [pupil_at[key] for key in keys]:
            if is_corrected:
                said["corrected"].append((column, number, slot))
            if value is None:
                continue
            said["entries"].append((column, number, slot, value))
            if comment is not None:
                said["comments"].append((column, number, slot, comment))
            if value == AWAITED and slot:
                said["awaited"].append((column, number, slot, due_on))
            if slot:
                marks[number].append((value, weight))
    averages = {"averages": [average(own) for own in marks]}
    return said | averages | {"simple_averages": [simple_average(own) for own in marks]}
