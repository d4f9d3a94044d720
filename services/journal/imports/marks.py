"""Marks and absences of a page from a table: rows are pupils, columns are lessons.

All of the table is written or nothing; every bad cell is named by its line and column. Blank cells
say nothing, and what stands already is no change: the same table twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.journal.actions.cells import Cell, CellsChanged, EntriesRefused
from services.journal.actions.entries import record_entries
from services.journal.imports.contradicting import Placed, Standing
from services.journal.imports.headings import Place, heading, read_headings
from services.journal.imports.overwriting import Tally
from services.journal.queries.page import class_page
from services.journal.rules.absence import is_late
from services.journal.rules.marks import AWAITED, MAX_SLOT
from shared.auth import Actor
from shared.db import SchoolSession, take_time
from shared.errors import Denied, Refusal, Stale, Text
from shared.grids import Grid, Line
from shared.imports import SHOWN, BadRows, RowError
from shared.sheets import sheet

Json = dict[str, Any]

TITLE = Text("Отметки", "Marks")


@dataclass
class Table:
    """What a table says: cells by lesson with where each stood, and what is wrong."""

    file: str
    cells: dict[UUID, list[tuple[Cell, int, str]]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, line: int, column: str, reason: Text, value: str = "") -> None:
        """Keep that something is wrong."""
        self.errors.append(RowError(self.file, line, column[:60], reason, value[:SHOWN]))


def import_marks(
    session: SchoolSession,
    actor: Actor,
    page_id: UUID,
    seen_seq: int,
    grid: Grid,
    period_id: UUID | None,
    agreed: int | None = None,
) -> Json:
    """Write a table's marks on a page; raises BadRows with all that is wrong, NotFound, Denied, Stale.

    A cell that somebody changed after `seen_seq` is refused, as in the grid. Where more values are
    overwritten than the caller `agreed` to, it raises StandingOverwritten; None agrees to any number.
    """
    take_time(session)
    page = class_page(session, actor, page_id, period_id)
    if not page["page"]["can_edit"]:
        raise Denied
    seq = page["page"]["seq"]
    if seen_seq > seq:
        raise Stale
    table, tally = _read(grid, page), Tally(page["pupils"])
    _leave_out_contradicted(table, page)
    lessons = {lesson["id"]: lesson for lesson in page["lessons"]}
    for lesson_id, cells in table.cells.items():  # Of a bad table, too: all that is wrong is told at once.
        try:
            saved = record_entries(session, actor, lesson_id, seen_seq, [cell for cell, _, _ in cells])
        except EntriesRefused as refused:
            _say_refused(table, cells, refused)
        except CellsChanged as newer:
            _say_changed(table, cells, newer)
        except Refusal as refused:
            _, line, column = cells[0]
            table.wrong(line, column, _why(refused))
        else:
            tally.add(lessons[lesson_id], len(cells), saved.changed)
            seq = saved.seq
    if table.errors:
        raise BadRows(table.errors)
    tally.refuse_more_than(agreed)
    return tally.said() | {"seq": seq}


def _leave_out_contradicted(table: Table, page: Json) -> None:
    """Tell of the cells against which something stands; the rest is still looked at."""
    standing = Standing(page)
    for lesson in page["lessons"]:
        cells = table.cells.pop(lesson["id"], [])
        against = list(standing.contradicted(lesson, cells))
        for (cell, line, column), why in zip(cells, against, strict=True):
            if why:
                table.wrong(line, column, why, cell.value or "")
        if sound := [placed for placed, why in zip(cells, against, strict=True) if not why]:
            table.cells[lesson["id"]] = sound


def _why(refused: Refusal) -> Text:
    return Text(refused.say("ru")[1], refused.say("en")[1])


def _say_changed(table: Table, cells: Placed, changed: CellsChanged) -> None:
    newer = {(one["pupil_id"], one["slot"]): one["value"] or "–" for one in (changed.errors or {})["cells"]}
    for cell, line, column in cells:
        if (cell.pupil_id, cell.slot) in newer:
            now = newer[cell.pupil_id, cell.slot]
            reason = Text(f"Пока файл готовили, здесь записали «{now}».", f"Meanwhile this became “{now}”.")
            table.wrong(line, column, reason, cell.value or "")


def _say_refused(table: Table, cells: Placed, refused: EntriesRefused) -> None:
    for name, reasons in (refused.errors or {}).items():
        number = name.split(".")[1] if "." in name else "0"
        cell, line, column = cells[int(number)]
        for reason in reasons:
            table.wrong(line, column, reason, cell.value or "")


def _read(grid: Grid, page: Json) -> Table:
    table = Table(grid.name)
    if not grid.lines:
        table.wrong(0, "", Text("Таблица пуста.", "The table is empty."))
        return table
    head, *lines = grid.lines
    columns = read_headings(grid.name, head.number, head.cells, page["lessons"])
    table.errors.extend(columns.errors)
    pupils = _Pupils(page["pupils"])
    signs = page["scale"], [one["value"] for one in page["attendance"]]
    seen: set[UUID] = set()
    for line in lines if columns.name is not None or columns.id is not None else ():
        pupil_id = pupils.of(table, line, _at(line, columns.id), _at(line, columns.name))
        if pupil_id in seen:
            table.wrong(
                line.number, head.cells[0], Text("Ученик назван дважды.", "This pupil is named twice.")
            )
        elif pupil_id is not None:
            seen.add(pupil_id)
            _take(table, line, head.cells, pupil_id, columns.marks, signs)
    return table


def _at(line: Line, at: int | None) -> str:
    return line.cells[at] if at is not None and at < len(line.cells) else ""


def _take(
    table: Table,
    line: Line,
    head: Sequence[str],
    pupil_id: UUID,
    marks: Mapping[int, Place],
    signs: tuple[Sequence[str], Sequence[str]],
) -> None:
    for at, place in marks.items():
        said = _at(line, at)
        if not said:
            continue
        values = _values(said, *signs)
        if values is None or place.slot + len(values) - 1 > MAX_SLOT:
            reason = Text(
                "Это не отметка и не знак отсутствия.", "This is neither a mark nor a sign of absence."
            )
            table.wrong(line.number, head[at], reason, said)
            continue
        for step, (value, is_mark) in enumerate(values):
            cell = Cell(pupil_id, place.slot + step if is_mark else 0, value)
            table.cells.setdefault(place.lesson["id"], []).append((cell, line.number, head[at]))


def _values(said: str, scale: Sequence[str], signs: Sequence[str]) -> list[tuple[str, bool]] | None:
    """Return what a cell says, each with whether it is a mark; «4/5» is two marks."""
    for text in (AWAITED if said == "." else said, said.lower()):
        if text in scale:
            return [(text, True)]
        if text in signs or is_late(text):
            return [(text, False)]
    two = [part.strip() for part in said.split("/")]
    return [(part, True) for part in two] if len(two) == 2 and all(part in scale for part in two) else None


class _Pupils:
    """The pupils of a page, to be found by id or by name."""

    def __init__(self, pupils: Sequence[Json]) -> None:
        self._ids: dict[str, UUID] = {str(pupil["id"]): pupil["id"] for pupil in pupils}
        self._names: dict[str, list[UUID]] = {}
        for pupil in pupils:
            self._names.setdefault(_folded(pupil["name"]), []).append(pupil["id"])

    def of(self, table: Table, line: Line, id_: str, name: str) -> UUID | None:
        """Return whose line it is; None, and why, when that cannot be told."""
        # A patronymic, which the page does not show, may follow.
        found = self._names.get(_folded(name)) or self._names.get(_folded(" ".join(name.split()[:2])), [])
        known = self._ids.get(id_.lower())
        if known and (known in found or not name):
            return known
        if len(found) == 1 and not id_:
            return found[0]
        if known:  # As when one column alone was sorted: each line would be somebody else's.
            said = Text("Имя и ID — разных учеников.", "The name and the ID are of different pupils.")
        elif len(found) > 1 and not id_:
            said = Text("Таких учеников несколько: укажите ID.", "There are several such: give the ID.")
        else:
            said = Text("Такого ученика на странице нет.", "There is no such pupil on the page.")
        table.wrong(line.number, "ID" if id_ else "Ученик", said, id_ or name)
        return None


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())


def marks_table(page: Json, language: str) -> bytes:
    """Return a page's period as a workbook to fill in: the class list, and what stands already."""
    places = [
        (number, lesson, work["slot"], str(getattr(page["work_titles"].get(work["type"]), language, "")))
        for number, lesson in enumerate(page["lessons"])
        if lesson["editable"]
        for work in lesson["works"] or [{"slot": 1, "type": ""}]
    ]
    stands = {(lesson, pupil, slot): value for lesson, pupil, slot, value in page["entries"]}
    columns = [(Text("Ученик", "Ученик"), 28), (Text("ID", "ID"), 12)]
    columns += [
        (Text(name, name), 11) for _, lesson, slot, title in places for name in [heading(lesson, slot, title)]
    ]
    rows = [
        [pupil["name"], str(pupil["id"])]
        + [_shown(stands, number, at, slot) for number, _, slot, _ in places]
        for at, pupil in enumerate(page["pupils"])
    ]
    return sheet(TITLE.said(language), columns, rows, language)


def _shown(stands: Mapping[tuple[int, int, int], str], lesson: int, pupil: int, slot: int) -> str:
    mark = stands.get((lesson, pupil, slot))
    away = stands.get((lesson, pupil, 0)) if slot == 1 else None
    return mark or away or ""
