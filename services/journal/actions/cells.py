"""The cells of one lesson: who sat there, what stands, and what may not stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, or_, select

from services.journal.actions.works import Work
from services.journal.models.relations import enrolments, entries, excuses, roster_groups, run
from services.journal.models.several import led_pupils
from services.journal.rules.absence import UNRESOLVED, is_absence, is_sign
from services.journal.rules.access import writes_whole
from services.journal.rules.chain import Change
from services.journal.rules.marks import reasons_on
from services.journal.rules.parameters import parameter_on
from services.journal.rules.scales import cell_signs
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Stale, Text


class EntriesRefused(Invalid):
    """Some of the cells cannot be so; none was recorded."""

    title = Text("Отметки не приняты", "The marks were not accepted")
    detail = Text(
        "Ни одна клетка не изменена. Исправьте указанные и сохраните ещё раз.",
        "No cell was changed. Correct those named and save again.",
    )


class CellsChanged(Stale):
    """Somebody else changed the same cells since the caller saw the page."""

    title = Text("Эти клетки уже изменены", "These cells have changed")
    detail = Text(
        "Пока вы работали, в этих клетках появились другие значения. Сравните и сохраните нужное.",
        "Meanwhile these cells got other values. Compare them and save what is right.",
    )


NOT_IN_GROUP = Text(
    "Этого ученика в день урока не было в списке. Обновите страницу.",
    "This pupil was not on the list on the lesson's day. Reload the page.",
)
NOT_OF_CLASS = Text(
    "На этой странице вы пишете только об учениках своего класса.",
    "On this page you write of the pupils of your own class alone.",
)
NAMED_TWICE = Text(
    "Одна и та же клетка указана дважды. Оставьте одно значение.",
    "The same cell is named twice. Keep one of the values.",
)
WORK_TWICE = Text(
    "Одна и та же работа указана дважды. Оставьте одну.",
    "The same work is named twice. Keep one of them.",
)
ABSENT_AND_MARKED = Text(
    "В школе не ставят отметку тому, кто отсутствовал. Оставьте либо отсутствие, либо отметку.",
    "The school puts no mark for whoever was absent. Keep either the absence or the mark.",
)


class Cell(NamedTuple):
    """What is to stand in one cell; None empties it."""

    pupil_id: UUID
    slot: int
    value: str | None


class Standing(NamedTuple):
    """What stands in a cell, since which seq of the page, and what is known of it."""

    value: str | None = None
    seq: int = 0
    is_corrected: bool = False
    excuse_id: UUID | None = None
    due_on: date | None = None


EMPTY = Standing()


@dataclass
class Seat:
    """A pupil who sat in the lesson: the cells by slot, and the excuse of that day, if there is one."""

    cells: dict[int, Standing] = field(default_factory=dict)
    excuse_id: UUID | None = None
    excuse: str | None = None
    is_stray: bool = False  # Off the list that day, and yet there are cells, to be emptied.

    def at(self, slot: int) -> Standing:
        """What stands in a slot."""
        return self.cells.get(slot, EMPTY)


Column = Mapping[UUID, Seat]
"""Everybody who may have entries in the lesson."""

_STANDING = (
    entries.c.slot,
    entries.c.value,
    entries.c.seq,
    entries.c.is_corrected,
    entries.c.excuse_id,
    entries.c.due_on,
)
# The pupils who sat in the lesson that day, each with the cells they have and what excuses them.
COLUMN = (
    select(
        enrolments.c.pupil_id,
        *_STANDING,
        excuses.c.id.label("standing_id"),
        excuses.c.sign,
    )
    .select_from(
        enrolments.outerjoin(
            entries,
            and_(
                entries.c.page_id == bindparam("page"),
                entries.c.lesson_id == bindparam("lesson"),
                entries.c.pupil_id == enrolments.c.pupil_id,
            ),
        ).outerjoin(
            excuses,
            and_(
                excuses.c.pupil_id == enrolments.c.pupil_id,
                excuses.c.withdrawn_at.is_(None),
                excuses.c.from_on <= bindparam("held_on"),
                excuses.c.until_on >= bindparam("held_on"),
            ),
        )
    )
    .where(
        enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
        enrolments.c.from_on <= bindparam("held_on"),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("held_on")),
    )
)


STRAYS = select(entries.c.pupil_id, *_STANDING).where(
    entries.c.page_id == bindparam("page"),
    entries.c.lesson_id == bindparam("lesson"),
    entries.c.pupil_id.in_(bindparam("strays", expanding=True)),
)


def read_column(
    session: SchoolSession, actor: Actor, lesson: Row[Any], named: Iterable[UUID] = ()
) -> dict[UUID, Seat]:
    """Return who sat in a lesson whose page is locked, and what stands in their cells.

    Of the pupils `named`, those who are not on the list any more are found by what stands in theirs.
    For the class teacher of some, on a page of several classes, those alone (clause 3.5.1).
    """
    column: dict[UUID, Seat] = {}
    keys = {"page": lesson.page_id, "lesson": lesson.id, "group": lesson.group_id}
    for row in run(session, COLUMN, held_on=lesson.held_on, **keys):
        seat = column.setdefault(row.pupil_id, Seat(excuse_id=row.standing_id, excuse=row.sign))
        if row.slot is not None:
            seat.cells[row.slot] = _standing(row)
    if strays := set(named) - column.keys():
        found = run(session, STRAYS, page=lesson.page_id, lesson=lesson.id, strays=list(strays))
        for row in found:
            column.setdefault(row.pupil_id, Seat(is_stray=True)).cells[row.slot] = _standing(row)
    if writes_whole(lesson):
        return column
    own = led_pupils(session, actor.person_id)
    return {pupil_id: seat for pupil_id, seat in column.items() if own.on(pupil_id, lesson.held_on)}


def refuse_foreign(session: SchoolSession, actor: Actor, lesson: Row[Any], pupil_id: UUID) -> None:
    """Raise NotFound for the cell of a pupil who is not the caller's, on a page of several classes."""
    own = None if writes_whole(lesson) else led_pupils(session, actor.person_id)
    if own is not None and not own.on(pupil_id, lesson.held_on):
        raise NotFound


def _standing(row: Row[Any]) -> Standing:
    return Standing(row.value, row.seq, row.is_corrected, row.excuse_id, row.due_on)


def excused(cells: Sequence[Cell], column: Column) -> tuple[list[Cell], dict[UUID, UUID]]:
    """Turn each «н» of a day that is excused into its reason (clause 4.2.2); tell by which excuse."""
    turned, by = [], {}
    for cell in cells:
        seat = column.get(cell.pupil_id)
        if seat and seat.excuse and seat.excuse_id and not cell.slot and cell.value == UNRESOLVED:
            cell = cell._replace(value=seat.excuse)  # noqa: PLW2901 - The cell itself, said otherwise.
            by[cell.pupil_id] = seat.excuse_id
        turned.append(cell)
    return turned, by


def refuse_wrong(cells: Sequence[Cell], given: Sequence[Work], column: Column, lesson: Row[Any]) -> None:
    """Raise EntriesRefused for values that are no signs, for strangers, and for what is said twice."""
    errors: dict[str, list[Text]] = {}
    scale, reasons = cell_signs(lesson, lesson.held_on), reasons_on(lesson.attendance, lesson.held_on)
    named = set()
    for number, cell in enumerate(cells):
        fits = cell.value in scale if cell.slot else cell.value is None or is_sign(cell.value, reasons)
        if cell.value is not None and not fits:
            errors[f"entries.{number}.value"] = [not_a_sign(scale if cell.slot else reasons)]
        seat = column.get(cell.pupil_id)
        if seat is None or (seat.is_stray and cell.value is not None):
            errors[f"entries.{number}.pupil_id"] = [NOT_IN_GROUP if writes_whole(lesson) else NOT_OF_CLASS]
        named.add((cell.pupil_id, cell.slot))
    if len(named) < len(cells):
        errors["entries"] = [NAMED_TWICE]
    if len({work.slot for work in given}) < len(given):
        errors["works"] = [WORK_TWICE]
    if not errors and parameter_on(lesson.absent_and_marked, lesson.held_on, "flag") == "refuse":
        errors = _absent_and_marked(cells, column)
    if errors:
        raise EntriesRefused(errors=errors)


WITHOUT_MARKS = Text(
    "Здесь отметок не ставят. Оставьте клетку пустой.",
    "No marks are put here. Leave the cell empty.",
)


def not_a_sign(signs: Iterable[str]) -> Text:
    """Say what may stand in a cell that got something else."""
    signs = tuple(signs)
    if not signs:
        return WITHOUT_MARKS
    shown = signs if len(signs) <= 30 else (*signs[:3], "…", *signs[-3:])  # Percents are a hundred.
    known = ", ".join(shown)
    return Text(f"Здесь может стоять: {known}.", f"What may stand here: {known}.")


def _absent_and_marked(cells: Sequence[Cell], column: Column) -> dict[str, list[Text]]:
    after: dict[UUID, dict[int, str | None]] = {}
    for cell in cells:
        stood = {slot: one.value for slot, one in column[cell.pupil_id].cells.items()}
        after.setdefault(cell.pupil_id, stood)[cell.slot] = cell.value
    wrong = {
        pupil_id
        for pupil_id, values in after.items()
        if is_absence(values.get(0)) and any(value for slot, value in values.items() if slot)
    }
    return {
        f"entries.{number}.value": [ABSENT_AND_MARKED]
        for number, cell in enumerate(cells)
        if cell.pupil_id in wrong and cell.value is not None
    }


def refuse_stale(changes: Sequence[Change], column: Column, seen_seq: int) -> None:
    """Raise CellsChanged, with what stands there now, for cells changed after `seen_seq`."""
    newer = []
    for change in changes:
        now = column[change.pupil_id].at(change.slot or 0)
        if now.seq > seen_seq:
            cell = {"pupil_id": change.pupil_id, "slot": change.slot, "value": now.value, "seq": now.seq}
            newer.append(cell)
    if newer:
        raise CellsChanged(errors={"cells": newer})
