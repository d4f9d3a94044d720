"""The class page as the grid shows it: one column per work of a lesson, one row per pupil."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from services.portal.actions.sessions import Visitor
from services.portal.pages import day, decimal
from services.portal.script_texts import grid_texts
from services.portal.web import language

ATTENDANCE = 0  # The slot of attendance; works have slots from 1.
LATE = "оп"  # The one sign of attendance that a mark stands beside.
AWAITED = "•"  # No mark yet: a work is awaited until a day.
NO_WORK = {"slot": 1, "type": "answer", "weight": 1, "title": "", "is_monitoring": False, "counts": True}


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
    def notes(self) -> str:
        """What the marks are for, and what is special about them."""
        said = [f"{self.title}: {self.work['title']}" if self.work["title"] else self.title]
        said += [_("Внутренний мониторинг")] if self.work["is_monitoring"] else []
        said += [] if self.work["counts"] else [_("не учитывается в среднем")]
        return ", ".join(said)

    @property
    def classes(self) -> str:
        """How its heading looks."""
        kinds = {
            "first": self.is_first,
            "monitored": self.work["is_monitoring"],
            "uncounted": not self.work["counts"],
        }
        return " ".join(name for name, holds in kinds.items() if holds)

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
    classes: str
    notes: str  # What is known of it besides its value.


@dataclass(frozen=True)
class Row:
    """One pupil: the cells, the averages the school wants to see, and a stay that is not whole."""

    pupil: dict[str, Any]
    cells: list[Cell]
    average: str
    brought: str  # The marks of a former class or group that count in the averages, too.
    stay: str


def columns(page: dict[str, Any]) -> list[Column]:
    """Return the columns, lesson after lesson, each lesson's works in order of their slots."""
    titles = page["work_titles"]
    return [
        Column(index, lesson, work, titles.get(work["type"], work["type"]), number == 0, len(works))
        for index, lesson in enumerate(page["lessons"])
        for works in [sorted(lesson["works"], key=lambda work: work["slot"]) or [NO_WORK]]
        for number, work in enumerate(works)
    ]


def month_spans(shown: Sequence[Column]) -> list[tuple[str, int]]:
    """Return the months over the columns, each with how many columns it spans."""
    return [(month, len(list(under))) for month, under in groupby(shown, key=lambda column: column.month)]


def rows(page: dict[str, Any], shown: Sequence[Column], today: str) -> list[Row]:
    """Return one row per pupil; `today` is the school's day."""
    known = Known(page, today)
    return [
        Row(
            pupil,
            [_cell(known, column, number, pupil) for column in shown],
            _average(page, number),
            _brought(page, number),
            _stay(page["period"], pupil),
        )
        for number, pupil in enumerate(page["pupils"])
    ]


class Known:
    """What the journal told of the cells, by (lesson, pupil, slot)."""

    def __init__(self, page: dict[str, Any], today: str) -> None:
        self.today = today
        self.values = {(lesson, pupil, slot): value for lesson, pupil, slot, value in page["entries"]}
        self.comments = {(lesson, pupil, slot): text for lesson, pupil, slot, text in page["comments"]}
        self.dues = {(lesson, pupil, slot): due for lesson, pupil, slot, due in page["awaited"]}
        self.corrected = {(lesson, pupil, slot) for lesson, pupil, slot in page["corrected"]}


def _cell(known: Known, column: Column, number: int, pupil: dict[str, Any]) -> Cell:
    on = column.lesson["on"]
    is_outside = on < (pupil["from_on"] or "") or on > (pupil["until_on"] or "9999")
    away, mark = (known.values.get((column.index, number, slot), "") for slot in (ATTENDANCE, column.slot))
    slots = [ATTENDANCE, column.slot] if column.is_first else [column.slot]
    keys = [(column.index, number, slot) for slot in slots]
    is_both = mark and mark != AWAITED and away and not away.startswith(LATE)
    due = known.dues.get((column.index, number, column.slot))
    said = {
        "corrected": _("Исправлено после дня урока: см. историю клетки") if known.corrected & {*keys} else "",
        "both": _("Отсутствовал, и есть отметка") if is_both else "",
        "awaited": _("Ждём работу до %(day)s", day=day(due, "d MMM")) if due else "",
        "commented": "\n".join(known.comments[key] for key in keys if key in known.comments),
    }
    kinds = {
        "first": column.is_first,
        "outside": is_outside,
        "overdue": due is not None and due < known.today,
        **said,
    }
    return Cell(
        attendance=away if column.is_first else "",
        mark=mark,
        is_editable=bool(column.lesson["editable"]) and not is_outside,
        classes=" ".join(name for name, holds in kinds.items() if holds),
        notes="\n".join(filter(None, said.values())),
    )


def _average(page: dict[str, Any], number: int) -> str:
    """Write the averages that the school wants to see, the weighted one first, as the script does."""
    known = {"weighted": page["averages"][number], "simple": page["simple_averages"][number]}
    names = ("weighted", "simple") if page["shown_averages"] == "both" else (page["shown_averages"],)
    return " · ".join(filter(None, (decimal(known[name]) for name in names)))


def _brought(page: dict[str, Any], number: int) -> str:
    """List the marks of a former class or group that count in a pupil's averages, too."""
    theirs = [(value, weight) for pupil, value, weight in page["brought"] if pupil == number]
    marks = [
        value if weight == 1 else _("%(mark)s (вес %(weight)s)", mark=value, weight=weight)
        for value, weight in theirs
    ]
    return ", ".join(marks)


def _stay(period: dict[str, Any] | None, pupil: dict[str, Any]) -> str:
    """Say since when or until when a pupil was in the class, when not for all the period."""
    begins, ends = (period["starts_on"], period["ends_on"]) if period else ("", "9999")
    came, left = pupil["from_on"] or "", pupil["until_on"] or "9999"
    said = [_("с %(day)s", day=day(came)) if came > begins and period else ""]
    said += [_("до %(day)s", day=day(left)) if left < ends else ""]
    return " ".join(filter(None, said))


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
            "secondStep": url_for("second_step.take"),
            "state": url_for("sign_in.state"),
        },
        "comma": "," if language() == "ru" else ".",
        "texts": grid_texts(),
    }
