"""Marks and attendance: recording a lesson's cells, all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row

from services.journal.actions.awaited import Key, due_changes, due_days
from services.journal.actions.cells import (
    Cell,
    Column,
    excused,
    read_column,
    refuse_stale,
    refuse_wrong,
)
from services.journal.actions.correcting import Why, tell_corrected
from services.journal.actions.corrections.settling import correction_of, is_approved, settle_by_change
from services.journal.actions.pages import Link, append, lock_cells, open_lesson
from services.journal.actions.works import (
    Work,
    keep_works,
    refuse_works,
    tell_works,
    usual_works,
    weighed,
    work_changes,
)
from services.journal.models.relations import entries, own_school
from services.journal.rules.absence import UNRESOLVED, is_absence
from services.journal.rules.chain import Change
from services.journal.rules.marks import AWAITED, TIME_ZONE
from services.journal.rules.parameters import parameter_on
from shared.auth import Actor
from shared.bulk import together, upsert_rows
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.events.journal import MarksRecorded, RecordedEntry
from shared.outbox import publish


class LessonAhead(Conflict):
    """Marks are put on the day of the lesson or later."""

    title = Text("Урок ещё не состоялся", "The lesson is still ahead")
    detail = Text(
        "Урок будет {on:%d.%m.%Y}. Отметки ставят в день урока или позже.",
        "The lesson is on {on:%Y-%m-%d}. Marks are put on its day or later.",
    )


class ReasonNeeded(Invalid):
    """The school wants to be told why a mark is changed after its time (clause 3.6.3)."""

    title = Text("Нужна причина", "A reason is needed")
    detail = Text(
        "Отметка за {on:%d.%m.%Y} уже стояла, и срок её записи прошёл. Напишите, почему она меняется.",
        "The mark of {on:%Y-%m-%d} stood already, and its time has passed. Say why it is changed.",
    )


class Saved(NamedTuple):
    """The end of the page's chain, how many links it grew by, and what was really changed."""

    seq: int
    head: str
    links: int
    changed: list[RecordedEntry]


def record_entries(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    cells: Sequence[Cell],
    given: Sequence[Work] = (),
    reason: str | None = None,
    request_id: UUID | None = None,
) -> Saved:
    """Put marks and attendance into a lesson's cells and tell the school, in one event.

    All of them are recorded or none is. Cells that already hold the value change nothing, so a
    browser that lost the answer may simply ask again. A cell that got another value after
    `seen_seq` is refused (CellsChanged); all others may have changed meanwhile. A slot used for
    the first time becomes an answer of the usual weight, unless `given` says what work it is.
    An «н» of a day that is excused becomes the reason of the excuse; a «•» gets a day until which it stands.
    A request for correction that is named is settled by the change, and if approved opens a closed cell.
    What stands where nothing may stand any more, as the lesson was cancelled or the pupil taken off the
    list, can be emptied. On a page of several classes a class teacher writes of the own pupils, and sets
    no work but that answer.
    """
    is_emptying = not given and all(cell.value is None for cell in cells)
    lesson = lock_cells(session, actor, lesson_id, seen_seq, even_cancelled=is_emptying)
    day = today(lesson.time_zone or TIME_ZONE)
    if lesson.held_on > day:
        raise LessonAhead(on=lesson.held_on)
    correction = correction_of(session, actor, lesson.page_id, request_id)
    standing, closed = open_lesson(session, lesson, is_approved=is_approved(correction))
    column = read_column(session, actor, lesson, (cell.pupil_id for cell in cells))
    cells, excuses = excused(cells, column)
    refuse_wrong(cells, given, column, lesson)
    changes = list(_changes(cells, column))
    refuse_stale(changes, column, seen_seq)
    if correction is None:  # Else its request is the reason.
        _refuse_unexplained(lesson, changes, reason, day)
    told, set_changes = work_changes(standing, weighed(lesson, standing, given), seen_seq)
    refuse_works(lesson, set_changes)
    usual = weighed(lesson, {}, usual_works(standing, given, (c.slot for c in changes if c.slot)))
    works = [*told, *usual]
    by_slot: dict[int, Any] = {**standing, **{work.slot: work for work in works}}
    dues = due_days(session, lesson, changes, by_slot, day)
    moved = list(due_changes(dues, column))
    all_changes = [*set_changes, *work_changes({}, usual, seen_seq)[1], *changes, *moved]
    settle_by_change(session, actor, correction, [*set_changes, *changes], lesson.id)
    if not all_changes:
        return Saved(lesson.seq, lesson.head, 0, [])
    with together(session):
        links = append(session, actor, lesson, all_changes, reason, lesson=lesson, request_id=request_id)
        keep_works(session, lesson, works, links)
        last = len(links) - len(moved)
        rows = list(_rows(lesson, changes, column, excuses, day))
        _add_dues(rows, moved, links[last:])
        keep_entries(session, lesson, rows, links[len(works) : last])
    tell_works(session, lesson, told, links)
    recorded = [
        recorded_entry(change, by_slot, dues.get((change.pupil_id, change.slot or 0))) for change in changes
    ]
    if recorded:
        tell_entries(session, lesson, links[-1], recorded)
    why = Why(reason, correction)
    tell_corrected(session, lesson.page_id, closed, [*set_changes, *changes], links[-1].seq, why, lesson)
    return Saved(*links[-1], recorded)


def _changes(cells: Sequence[Cell], column: Column) -> Iterator[Change]:
    for pupil_id, slot, value in cells:
        was = column[pupil_id].at(slot).value
        if value != was:
            yield Change("mark" if slot else "attendance", slot, pupil_id, value, was)


def _refuse_unexplained(lesson: Row[Any], changes: Sequence[Change], reason: str | None, day: date) -> None:
    """Raise ReasonNeeded where the school asks for a reason once D1's time has passed."""
    if reason or parameter_on(lesson.reason_to_change, day, "no") == "no":
        return
    due = lesson.held_on + timedelta(days=parameter_on(lesson.lesson_entry_days, lesson.held_on, 0))
    if day > due and any(change.slot and change.was not in (None, AWAITED) for change in changes):
        raise ReasonNeeded(on=lesson.held_on)


def _rows(
    lesson: Row[Any], changes: Sequence[Change], column: Column, excuses: Mapping[UUID, UUID], day: date
) -> Iterator[dict[str, Any]]:
    for change in changes:
        slot = change.slot or 0
        is_late = day > lesson.held_on and is_correction(change)
        yield {
            "slot": slot,
            "pupil_id": change.pupil_id,
            "value": change.value,
            "is_corrected": is_late or column[change.pupil_id].at(slot).is_corrected,
            "excuse_id": None if slot else excuses.get(change.pupil_id),
        }


def _add_dues(rows: Sequence[dict[str, Any]], moved: Sequence[Change], links: Sequence[Link]) -> None:
    """Add to the rows of cells with «•» until when their works are awaited, where that is news."""
    by_key: dict[Key, dict[str, Any]] = {(row["pupil_id"], row["slot"]): row for row in rows}
    for change, at in zip(moved, links, strict=True):
        row = by_key[change.pupil_id, change.slot or 0]
        row.update(due_on=date.fromisoformat(change.value or ""), due_seq=at.seq)


def is_correction(change: Change) -> bool:
    """Whether a change takes back what was said; a reason found for an «н», a mark for a «•» adds to it."""
    is_reason = change.slot == 0 and change.was == UNRESOLVED and is_absence(change.value)
    return change.was not in (None, AWAITED) and not is_reason


def keep_entries(
    session: SchoolSession, lesson: Any, rows: Sequence[dict[str, Any]], links: Sequence[Link]
) -> None:
    """Store a lesson's cells as they now stand, each with the link of its change."""
    key = {"school_id": own_school(session), "page_id": lesson.page_id, "lesson_id": lesson.id}
    kept = [{**key, **row, "seq": at.seq} for row, at in zip(rows, links, strict=True)]
    for has_due in (False, True):  # All rows of a statement name the same columns.
        alike = [row for row in kept if ("due_on" in row) == has_due]
        upsert_rows(session, entries, alike, key=("page_id", "lesson_id", "slot", "pupil_id"))


def recorded_entry(change: Change, works: Mapping[int, Any], due_on: date | None = None) -> RecordedEntry:
    """Return what is told of a changed cell; `works` are those of its lesson, by slot."""
    slot = change.slot or 0
    return RecordedEntry(
        pupil_id=change.pupil_id,
        slot=slot,
        value=change.value,
        was=change.was,
        work=works[slot].type if slot else "attendance",
        weight=works[slot].weight if slot else 0,
        due_on=due_on,
    )


def tell_entries(session: SchoolSession, lesson: Any, end: Link, recorded: list[RecordedEntry]) -> None:
    """Tell the school of a lesson's changed cells; `end` is the link of the last of them."""
    told = MarksRecorded(
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
    publish(session, told)
