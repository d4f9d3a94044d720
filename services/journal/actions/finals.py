"""Marks of a period, of the year, of an exam and the final one: recording a column's cells (clause 3.6.5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row

from services.journal.actions.cells import NAMED_TWICE, NOT_OF_CLASS, CellsChanged, not_a_sign
from services.journal.actions.correcting import Closed, Why, closed_once, tell_corrected
from services.journal.actions.corrections.settling import correction_of, is_approved, settle_by_change
from services.journal.actions.pages import Link, PageClosed, append
from services.journal.models.brought import read_elsewhere
from services.journal.models.finals import CLOSINGS, LOCK_FINALS_PAGE, MARKED, PERIODS, ROSTER
from services.journal.models.relations import final_marks, own_school, run
from services.journal.models.several import LedPupils, led_pupils
from services.journal.rules.access import reads_all
from services.journal.rules.bringing import bring
from services.journal.rules.chain import Change
from services.journal.rules.final_sheet import Sheet, Span, count_marks, seat, sheet_of
from services.journal.rules.finals import PERIOD, YEAR, Column, signs
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.recommended import Recommended, differs
from shared.auth import Actor
from shared.bulk import together, upsert_rows
from shared.clock import day_of, today
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, NotFound, Stale, Text
from shared.events.journal import FinalsRecorded, RecordedFinal
from shared.outbox import publish

YEAR_SAID = Text("год", "year")


class PeriodAhead(Conflict):
    """The marks of a period are not put before it begins."""

    title = Text("Период ещё не начался", "The period is still ahead")
    detail = Text(
        "Период начнётся {on:%d.%m.%Y}. Отметки за него ставят в его последние дни.",
        "The period begins on {on:%Y-%m-%d}. Its marks are put on its last days.",
    )


class YearAhead(Conflict):
    """The marks of a year, exam and final ones too, are not put before its last period begins."""

    title = Text("Годовые отметки ещё не ставят", "Marks of the year are not put yet")
    detail = Text(
        "Годовые отметки ставят с {on:%d.%m.%Y}, когда начнётся последний период года.",
        "Marks of the year are put from {on:%Y-%m-%d} on, when its last period begins.",
    )


class FinalsRefused(Invalid):
    """Some of the cells cannot be so; none was recorded."""

    title = Text("Отметки не приняты", "The marks were not accepted")
    detail = Text(
        "Ни одна клетка не изменена. Исправьте указанные и сохраните ещё раз.",
        "No cell was changed. Correct those named and save again.",
    )


NOT_THERE = Text(
    "В этом периоде ученика не было в списке. Обновите страницу.",
    "This pupil was not on the list in the period. Reload the page.",
)
REASON_NEEDED = Text(
    "Рекомендована {recommended} ({why}). Чтобы поставить {value}, напишите причину.",
    "{recommended} is recommended ({why}). To put {value}, give a reason.",
)


class FinalCell(NamedTuple):
    """What is to stand in one pupil's cell; None empties it."""

    pupil_id: UUID
    value: str | None


class SavedFinals(NamedTuple):
    """The end of the page's chain, its new links, what was changed, and how the day stands to the window."""

    seq: int
    head: str
    links: int
    timing: str
    changed: list[RecordedFinal]


def record_finals(
    session: SchoolSession,
    actor: Actor,
    page_id: UUID,
    column_name: str,
    seen_seq: int,
    cells: Sequence[FinalCell],
    reason: str | None = None,
    request_id: UUID | None = None,
) -> SavedFinals:
    """Put a column's marks on a page and tell the school, in one event; all are recorded or none.

    A mark further from the recommended one than the school allows needs a `reason`, which is kept
    with it (clause 2.1). Cells that already hold the value change nothing; one that got another value
    after `seen_seq` is refused (CellsChanged). On a page of several classes a class teacher puts those of
    the own pupils. Raises NotFound, Denied, PageClosed, Stale, and PeriodAhead or YearAhead.
    """
    page = _lock_page(session, actor, page_id, seen_seq)
    periods = run(session, PERIODS, page=page_id).all()
    zone = page.time_zone or TIME_ZONE
    sheet = sheet_of(page, periods, today(zone))
    correction = correction_of(session, actor, page_id, request_id)
    column = _open_column(sheet, column_name, zone, is_approved=is_approved(correction))
    keys = _seat_and_count(session, sheet, page, column)
    _refuse_wrong(sheet, column, keys, cells, _own(session, actor, page))
    changes = list(_changes(sheet, column, keys, cells))
    _refuse_stale(sheet, column, keys, changes, seen_seq)
    advice = sheet.advising(column)
    wanted = {change.pupil_id: advice(keys[change.pupil_id]) for change in changes}
    timing = sheet.window(column).timing(sheet.today)
    reasons = _reasons(sheet, column, changes, wanted, cells, reason)
    settle_by_change(session, actor, correction, changes)
    if not changes:
        return SavedFinals(page.seq, page.head, 0, timing, [])
    with together(session):
        links = append(session, actor, page, changes, reason, request_id=request_id)
        rows = _rows(session, page, changes, links)
        for row in rows:
            recommended = wanted[row["pupil_id"]].value
            row.update(recommended=recommended, reason=reasons.get(row["pupil_id"]), timing=timing)
        upsert_rows(session, final_marks, rows, key=("page_id", "period_id", "slot", "pupil_id"))
    recorded = [
        RecordedFinal(pupil_id=c.pupil_id, value=c.value, was=c.was, recommended=wanted[c.pupil_id].value)
        for c in changes
    ]
    publish(session, _told(page, column, links[-1], recorded))
    once = _closed_once(session, page, periods, column, sheet.span(column).ends_on)
    tell_corrected(session, page_id, once, changes, links[-1].seq, Why(reason, correction))
    return SavedFinals(*links[-1], timing, recorded)


def _lock_page(session: SchoolSession, actor: Actor, page_id: UUID, seen_seq: int) -> Row[Any]:
    page = run(session, LOCK_FINALS_PAGE, page=page_id, me=actor.person_id).first()
    if page is None or actor.person_id is None:
        raise NotFound
    if not (page.teaches_page or page.leads_class or page.leads_pupils):
        # Who gives single lessons in another's stead (clause 3.7.3) attests nobody.
        raise Denied if page.gives_any_lesson or reads_all(actor) else NotFound
    if seen_seq > page.seq:
        raise Stale
    return page


def _own(session: SchoolSession, actor: Actor, page: Row[Any]) -> LedPupils | None:
    """Return whose marks alone the caller puts; None for all."""
    return None if page.teaches_page or page.leads_class else led_pupils(session, actor.person_id)


def _open_column(sheet: Sheet, name: str, zone: str, *, is_approved: bool) -> Column:
    column = sheet.column(name)
    if column is None:
        raise NotFound
    span = sheet.span(column)
    if span.closed_at is not None and not is_approved:
        raise PageClosed(period=_title(column, span), on=day_of(span.closed_at, zone))
    if sheet.today < span.starts_on:
        raise (PeriodAhead if column.slot == PERIOD else YearAhead)(on=span.starts_on)
    return column


def _closed_once(
    session: SchoolSession, page: Row[Any], periods: Sequence[Row[Any]], column: Column, ends_on: date
) -> Closed | None:
    if column.slot == PERIOD:
        was_closed = any(row.was_closed for row in periods if row.id == column.period_id)
    else:
        was_closed = periods[0].was_year_closed
    if not was_closed:
        return None
    known = run(session, CLOSINGS, of=column.period_id, ends_on=ends_on)
    return closed_once(known, date.min, page.time_zone or TIME_ZONE)  # It is of no single lesson's day.


def _title(column: Column, span: Span) -> Text:
    return Text(span.name, span.name) if column.slot == PERIOD else YEAR_SAID


def _seat_and_count(
    session: SchoolSession, sheet: Sheet, page: Row[Any], column: Column
) -> Mapping[UUID, str]:
    days = {"starts_on": sheet.year.starts_on, "ends_on": sheet.year.ends_on}
    keys = seat(sheet, run(session, ROSTER, page=page.page_id, group=page.group_id, **days))
    if column.slot in (PERIOD, YEAR):
        bring(sheet, read_elsewhere(session, page, sheet.newcomers, sheet.year.starts_on, PERIOD))
    if column.slot == PERIOD:
        count_marks(sheet, run(session, MARKED, page=page.page_id, periods=[column.period_id]))
    return keys


def _refuse_wrong(
    sheet: Sheet, column: Column, keys: Mapping[UUID, str], cells: Sequence[FinalCell], own: LedPupils | None
) -> None:
    errors: dict[str, list[Text]] = {}
    allowed, span = signs(sheet.scale, sheet.grade), sheet.span(column)
    for number, cell in enumerate(cells):
        if cell.value is not None and cell.value not in allowed:
            errors[f"entries.{number}.value"] = [not_a_sign(allowed)]
        if not sheet.was_there(keys.get(cell.pupil_id, ""), span):
            errors[f"entries.{number}.pupil_id"] = [NOT_THERE]
        if own is not None and not own.on(cell.pupil_id, span.ends_on):
            errors[f"entries.{number}.pupil_id"] = [NOT_OF_CLASS]
    if len({cell.pupil_id for cell in cells}) < len(cells):
        errors["entries"] = [NAMED_TWICE]
    if errors:
        raise FinalsRefused(errors=errors)


def _changes(
    sheet: Sheet, column: Column, keys: Mapping[UUID, str], cells: Sequence[FinalCell]
) -> Iterator[Change]:
    for pupil_id, value in cells:
        was = sheet.value(column, keys[pupil_id])
        if value != was:
            yield Change("final", column.slot, pupil_id, value, was, column.period_id)


def _refuse_stale(
    sheet: Sheet, column: Column, keys: Mapping[UUID, str], changes: Sequence[Change], seen_seq: int
) -> None:
    standing = sheet.cells.get((column.period_id, column.slot), {})
    newer = [
        {"pupil_id": change.pupil_id, "value": cell.value, "seq": cell.seq}
        for change in changes
        if (cell := standing.get(keys[change.pupil_id])) is not None and cell.seq > seen_seq
    ]
    if newer:
        raise CellsChanged(errors={"cells": newer})


def _reasons(
    sheet: Sheet, column: Column, changes: Sequence[Change], wanted: Mapping[UUID, Recommended],
    cells: Sequence[FinalCell], reason: str | None,
) -> dict[UUID, str]:  # fmt: skip
    """Return the reason for each mark that differs from the recommended one; refuse when there is none."""
    rules = sheet.rules(column)
    apart = {c.pupil_id: c.value for c in changes if differs(c.value, wanted[c.pupil_id].value, rules)}
    if apart and not reason:
        places = {cell.pupil_id: number for number, cell in enumerate(cells)}
        errors = {
            f"entries.{places[pupil_id]}.reason": [_reason_needed(value, wanted[pupil_id])]
            for pupil_id, value in apart.items()
        }
        raise FinalsRefused(errors=errors)
    return dict.fromkeys(apart, reason or "")


def _reason_needed(value: str | None, wanted: Recommended) -> Text:
    facts = {"recommended": wanted.value, "value": value}
    return Text(
        REASON_NEEDED.ru.format(why=wanted.why.ru, **facts),
        REASON_NEEDED.en.format(why=wanted.why.en, **facts),
    )


def _rows(
    session: SchoolSession, page: Row[Any], changes: Sequence[Change], links: Sequence[Link]
) -> list[dict[str, Any]]:
    key = {"school_id": own_school(session), "page_id": page.page_id}
    return [
        {
            **key,
            "period_id": c.period_id,
            "slot": c.slot,
            "pupil_id": c.pupil_id,
            "value": c.value,
            "seq": at.seq,
        }
        for c, at in zip(changes, links, strict=True)
    ]


def _told(page: Row[Any], column: Column, end: Link, recorded: list[RecordedFinal]) -> FinalsRecorded:
    return FinalsRecorded(
        page_id=page.page_id,
        group_id=page.group_id,
        subject_id=page.subject_id,
        period_id=column.period_id,
        kind=column.kind,
        seq=end.seq,
        head=end.head,
        entries=recorded,
    )
