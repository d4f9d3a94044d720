"""Marks and absences of a page from a table: rows are pupils, columns are lessons.

All of the table is written or nothing; every bad cell is named by its line and column. Blank cells
say nothing, and what stands already is no change: the same table twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.journal.actions.cells import CellsChanged, EntriesRefused
from services.journal.actions.entries import record_entries
from services.journal.imports.contradicting import Placed, Standing
from services.journal.imports.headings import heading
from services.journal.imports.mark_lines import Table, read_lines
from services.journal.imports.overwriting import Tally
from services.journal.queries.page import class_page
from shared.auth import Actor
from shared.db import SchoolSession, take_time
from shared.errors import Denied, Refusal, Stale, Text
from shared.grids import Grid
from shared.imports import BadRows
from shared.sheets import sheet

Json = dict[str, Any]

TITLE = Text("Отметки", "Marks")


def import_marks(
    session: SchoolSession,
    actor: Actor,
    page_id: UUID,
    seen_seq: int,
    grids: Sequence[Grid],
    period_id: UUID | None,
    agreed: int | None = None,
) -> Json:
    """Write a table's marks on a page; raises BadRows with all that is wrong, NotFound, Denied, Stale.

    The table is the one sheet of `grids` that is filled. A cell that somebody changed after `seen_seq`
    is refused, as in the grid. Where more values are overwritten than the caller `agreed` to, it raises
    StandingOverwritten; None agrees to any number.
    """
    take_time(session)
    page = class_page(session, actor, page_id, period_id)
    if not page["page"]["can_edit"]:
        raise Denied
    seq = page["page"]["seq"]
    if seen_seq > seq:
        raise Stale
    table, tally = read_lines(session, grids, page), Tally(page["pupils"])
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
