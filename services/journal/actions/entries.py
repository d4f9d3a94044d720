"""Marks and attendance: recording a lesson's cells, all of them or none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, or_, select

from services.journal.actions.pages import Link, append, lock_lesson, open_works
from services.journal.actions.works import Work, keep_works, tell_works, usual_works, work_changes
from services.journal.models.relations import enrolments, entries, own_school, roster_groups, run
from services.journal.rules import ATTENDANCE, SCALE, TIME_ZONE, Change
from shared.auth import Actor
from shared.bulk import together, upsert_rows
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Stale, Text
from shared.events.journal import MarksRecorded, RecordedEntry
from shared.outbox import publish


class LessonAhead(Conflict):
    """Marks are put on the day of the lesson or later."""

    title = Text("Урок ещё не состоялся", "The lesson is still ahead")
    detail = Text(
        "Урок будет {on:%d.%m.%Y}. Отметки ставят в день урока или позже.",
        "The lesson is on {on:%Y-%m-%d}. Marks are put on its day or later.",
    )


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
NAMED_TWICE = Text(
    "Одна и та же клетка указана дважды. Оставьте одно значение.",
    "The same cell is named twice. Keep one of the values.",
)
WORK_TWICE = Text(
    "Одна и та же работа указана дважды. Оставьте одну.",
    "The same work is named twice. Keep one of them.",
)


class Cell(NamedTuple):
    """What is to stand in one cell; None empties it."""

    pupil_id: UUID
    slot: int
    value: str | None


class Saved(NamedTuple):
    """The end of the page's chain, and what was really changed."""

    seq: int
    head: str
    changed: list[RecordedEntry]


# The pupils who sat in the lesson that day, each with the cells they have.
COLUMN = (
    select(enrolments.c.pupil_id, entries.c.slot, entries.c.value, entries.c.seq)
    .select_from(
        enrolments.outerjoin(
            entries,
            and_(
                entries.c.page_id == bindparam("page"),
                entries.c.lesson_id == bindparam("lesson"),
                entries.c.pupil_id == enrolments.c.pupil_id,
            ),
        )
    )
    .where(
        enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
        enrolments.c.from_on <= bindparam("held_on"),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("held_on")),
    )
)


Column = Mapping[UUID, Mapping[int, tuple[str | None, int]]]
"""Pupil -> slot -> (value, seq), of everybody who may have entries in the lesson."""


def record_entries(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    cells: Sequence[Cell],
    given: Sequence[Work] = (),
    reason: str | None = None,
) -> Saved:
    """Put marks and attendance into a lesson's cells and tell the school, in one event.

    All of them are recorded or none is. Cells that already hold the value change nothing, so a
    browser that lost the answer may simply ask again. A cell that got another value after
    `seen_seq` is refused (CellsChanged); all others may have changed meanwhile. A slot used for
    the first time becomes an answer of weight 1, unless `given` says what work it is.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    if lesson.held_on > today(lesson.time_zone or TIME_ZONE):
        raise LessonAhead(on=lesson.held_on)
    standing = open_works(session, lesson)
    column = _column(session, lesson)
    _refuse_wrong(cells, given, column, lesson.scale or SCALE)
    changes = list(_changes(cells, column))
    _refuse_stale(changes, column, seen_seq)
    told, set_changes = work_changes(standing, given, seen_seq)
    usual = usual_works(standing, given, (c.slot for c in changes if c.slot))
    works = [*told, *usual]
    all_changes = [*set_changes, *work_changes({}, usual, seen_seq)[1], *changes]
    if not all_changes:
        return Saved(lesson.seq, lesson.head, [])
    with together(session):
        links = append(session, actor, lesson, all_changes, reason)
        keep_works(session, lesson, works, links)
        _keep(session, lesson, changes, links[len(works) :])
    tell_works(session, lesson, told, links)
    by_slot: dict[int, Any] = {**standing, **{work.slot: work for work in works}}
    recorded = [_recorded(change, by_slot) for change in changes]
    if recorded:
        publish(session, _marks_recorded(lesson, links[-1], recorded))
    return Saved(*links[-1], recorded)


def _column(session: SchoolSession, lesson: Row[Any]) -> Column:
    column: dict[UUID, dict[int, tuple[str | None, int]]] = {}
    keys = {"page": lesson.page_id, "lesson": lesson.id, "group": lesson.group_id}
    for cell in run(session, COLUMN, held_on=lesson.held_on, **keys):
        cells = column.setdefault(cell.pupil_id, {})
        if cell.slot is not None:
            cells[cell.slot] = (cell.value, cell.seq)
    return column


def _refuse_wrong(cells: Sequence[Cell], given: Sequence[Work], column: Column, scale: Sequence[str]) -> None:
    errors: dict[str, list[Text]] = {}
    named = set()
    for number, cell in enumerate(cells):
        signs = scale if cell.slot else ATTENDANCE
        if cell.value is not None and cell.value not in signs:
            errors[f"entries.{number}.value"] = [_not_a_sign(signs)]
        if cell.pupil_id not in column:
            errors[f"entries.{number}.pupil_id"] = [NOT_IN_GROUP]
        named.add((cell.pupil_id, cell.slot))
    if len(named) < len(cells):
        errors["entries"] = [NAMED_TWICE]
    if len({work.slot for work in given}) < len(given):
        errors["works"] = [WORK_TWICE]
    if errors:
        raise EntriesRefused(errors=errors)


def _not_a_sign(signs: Iterable[str]) -> Text:
    known = ", ".join(signs)
    return Text(f"Здесь может стоять: {known}.", f"What may stand here: {known}.")


def _changes(cells: Sequence[Cell], column: Column) -> Iterator[Change]:
    for pupil_id, slot, value in cells:
        was, _ = column[pupil_id].get(slot, (None, 0))
        if value != was:
            yield Change("mark" if slot else "attendance", slot, pupil_id, value, was)


def _refuse_stale(changes: Sequence[Change], column: Column, seen_seq: int) -> None:
    newer = []
    for change in changes:
        value, seq = column[change.pupil_id].get(change.slot or 0, (None, 0))
        if seq > seen_seq:
            newer.append({"pupil_id": change.pupil_id, "slot": change.slot, "value": value, "seq": seq})
    if newer:
        raise CellsChanged(errors={"cells": newer})


def _keep(session: SchoolSession, lesson: Row[Any], changes: Sequence[Change], links: Sequence[Link]) -> None:
    key = {"school_id": own_school(session), "page_id": lesson.page_id, "lesson_id": lesson.id}
    rows = [
        {**key, "slot": c.slot, "pupil_id": c.pupil_id, "value": c.value, "seq": at.seq}
        for c, at in zip(changes, links, strict=True)
    ]
    upsert_rows(session, entries, rows, key=("page_id", "lesson_id", "slot", "pupil_id"))


def _recorded(change: Change, works: Mapping[int, Any]) -> RecordedEntry:
    slot = change.slot or 0
    return RecordedEntry(
        pupil_id=change.pupil_id,
        slot=slot,
        value=change.value,
        was=change.was,
        work=works[slot].type if slot else "attendance",
        weight=works[slot].weight if slot else 0,
    )


def _marks_recorded(lesson: Row[Any], end: Link, recorded: list[RecordedEntry]) -> MarksRecorded:
    return MarksRecorded(
        page_id=lesson.page_id,
        group_id=lesson.group_id,
        subject_id=lesson.subject_id,
        lesson_id=lesson.id,
        lesson_on=lesson.held_on,
        number=lesson.number,
        seq=end.seq,
        head=end.head,
        entries=recorded,
    )
