"""The class page as the grid shows it: one column per work of a lesson, one row per pupil."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import url_for

from services.portal.actions.sessions import Visitor
from services.portal.pages import day
from services.portal.texts import grid_texts
from services.portal.web import language

ATTENDANCE = 0  # The slot of attendance; works have slots from 1.
NO_WORK = {"slot": 1, "type": "answer", "weight": 1, "title": ""}


@dataclass(frozen=True)
class Column:
    """One column: a work of a lesson, or the lesson itself while it has none."""

    index: int
    lesson: dict[str, Any]
    work: dict[str, Any]
    title: str  # of the work type, in the visitor's language
    is_first: bool
    span: int

    @property
    def slot(self) -> int:
        """The slot of the marks in this column."""
        return int(self.work["slot"])

    @property
    def month(self) -> str:
        """The month it stands under."""
        return day(self.lesson["on"], "LLLL")


@dataclass(frozen=True)
class Cell:
    """What stands in one cell before anybody types."""

    attendance: str
    mark: str
    is_editable: bool
    is_outside: bool  # The pupil was not in the class that day.


@dataclass(frozen=True)
class Row:
    """One pupil: the cells, and the average so far."""

    pupil: dict[str, Any]
    cells: list[Cell]
    average: str | None


def columns(page: dict[str, Any]) -> list[Column]:
    """Return the columns, lesson after lesson, each lesson's works in order of their slots."""
    titles = {kind["type"]: kind["title"] for kind in page["work_types"]}
    return [
        Column(index, lesson, work, titles.get(work["type"], work["type"]), number == 0, len(works))
        for index, lesson in enumerate(page["lessons"])
        for works in [sorted(lesson["works"], key=lambda work: work["slot"]) or [NO_WORK]]
        for number, work in enumerate(works)
    ]


def month_spans(shown: Sequence[Column]) -> list[tuple[str, int]]:
    """Return the months over the columns, each with how many columns it spans."""
    return [(month, len(list(under))) for month, under in groupby(shown, key=lambda column: column.month)]


def rows(page: dict[str, Any], shown: Sequence[Column]) -> list[Row]:
    """Return one row per pupil."""
    values = {(lesson, pupil, slot): value for lesson, pupil, slot, value in page["entries"]}
    return [
        Row(pupil, [_cell(values, column, number, pupil) for column in shown], page["averages"][number])
        for number, pupil in enumerate(page["pupils"])
    ]


def _cell(values: dict[Any, str], column: Column, number: int, pupil: dict[str, Any]) -> Cell:
    on = column.lesson["on"]
    is_outside = on < (pupil["from_on"] or "") or on > (pupil["until_on"] or "9999")
    return Cell(
        attendance=values.get((column.index, number, ATTENDANCE), "") if column.is_first else "",
        mark=values.get((column.index, number, column.slot), ""),
        is_editable=bool(column.lesson["editable"]) and not is_outside,
        is_outside=is_outside,
    )


def grid_data(page: dict[str, Any], visitor: Visitor, today: str) -> dict[str, Any]:
    """Return what the grid's script works on: the page as the journal told it, and its own words."""
    page_id = page["page"]["id"]
    return {
        **page,
        "person": str(visitor.person_id),
        "today": today,
        "urls": {
            "page": url_for("journal.page", page_id=page_id),
            "signIn": url_for("sign_in.enter"),
            "state": url_for("sign_in.state"),
        },
        "comma": "," if language() == "ru" else ".",
        "texts": grid_texts(),
    }
