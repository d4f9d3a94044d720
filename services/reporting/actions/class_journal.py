"""The pages of the class journal, copied from what journal tells, with the chain they stand under."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, tuple_

from services.reporting.models import Entry, Page, PageHead, PageLesson, Work, table_of
from services.reporting.rules import ATTENDANCE, EMPTY_HEAD
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.journal import (
    LessonDescribed,
    MarkCommented,
    MarksRecorded,
    PageOpened,
    WorkSet,
    WorkWithdrawn,
)
from shared.events.journal_diary import RemarkChanged, RemarkMade, TaskSet
from shared.service import Received

Rows = list[dict[str, Any]]

ENTRY, WORK, LESSON = table_of(Entry), table_of(Work), table_of(PageLesson)
ENTRY_KEY = ("page_id", "lesson_id", "pupil_id", "slot")
WORK_KEY = ("page_id", "lesson_id", "slot")
LESSON_KEY = ("page_id", "lesson_id")


def open_pages(session: SchoolSession, received: Sequence[Received[PageOpened]]) -> None:
    """Open pages, with the empty chain every page begins with."""
    opened = [
        {
            "school_id": one.school_id,
            "id": one.told.page_id,
            "year_id": one.told.year_id,
            "group_id": one.told.group_id,
            "subject_id": one.told.subject_id,
        }
        for one in received
    ]
    upsert_latest(session, table_of(Page), opened, ("id",))
    heads = [_head(one, one.told.page_id, 0, EMPTY_HEAD) for one in received]
    upsert_latest(session, table_of(PageHead), heads, ("page_id", "seq"))


def enter_marks(session: SchoolSession, received: Sequence[Received[MarksRecorded]]) -> None:
    """Enter what now stands in the cells, as many events at once as come.

    A page's chain moves on in the same transaction, so that the digest printed on a page is that
    of the very marks above it.
    """
    entries: Rows = []
    works: Rows = []
    for one in received:
        told, school_id = one.told, one.school_id
        page = {"school_id": school_id, "page_id": told.page_id, "lesson_id": told.lesson_id}
        for entry in told.entries:
            entries.append({**page, "pupil_id": entry.pupil_id, "slot": entry.slot, "value": entry.value})
            if entry.slot != ATTENDANCE:
                works.append({**page, "slot": entry.slot, "work": entry.work, "weight": entry.weight})
    lessons = [_lesson(one, one.told.lesson_on) | {"number": one.told.number} for one in received]
    upsert_latest(session, ENTRY, entries, ENTRY_KEY)
    upsert_latest(session, WORK, works, WORK_KEY)
    upsert_latest(session, LESSON, lessons, LESSON_KEY)
    move_chains(session, received)


def enter_descriptions(session: SchoolSession, received: Sequence[Received[LessonDescribed]]) -> None:
    """Enter topics and homework as they now stand."""
    rows = [
        _lesson(one, one.told.lesson_on) | {"topic": one.told.topic, "homework": one.told.homework}
        for one in received
    ]
    upsert_latest(session, LESSON, rows, LESSON_KEY)
    move_chains(session, received)


def enter_works(session: SchoolSession, received: Sequence[Received[WorkSet]]) -> None:
    """Enter the works of lessons: type, weight and title."""
    rows = [
        {
            "school_id": one.school_id,
            "page_id": one.told.page_id,
            "lesson_id": one.told.lesson_id,
            "slot": one.told.slot,
            "work": one.told.work,
            "weight": one.told.weight,
            "title": one.told.title,
        }
        for one in received
    ]
    upsert_latest(session, WORK, rows, WORK_KEY)
    move_chains(session, received)


def remove_works(session: SchoolSession, received: Sequence[Received[WorkWithdrawn]]) -> None:
    """Remove works that were taken back; no mark stands under them."""
    gone = [(one.told.page_id, one.told.lesson_id, one.told.slot) for one in received]
    session.execute(delete(Work).where(tuple_(*(WORK.c[name] for name in WORK_KEY)).in_(gone)))
    move_chains(session, received)


def follow_unprinted(session: SchoolSession, received: Sequence[Received[MarkCommented | TaskSet]]) -> None:
    """Move chains on: these are not printed, but the page's digest knows of them."""
    move_chains(session, received)


def follow_remarks(session: SchoolSession, received: Sequence[Received[RemarkMade | RemarkChanged]]) -> None:
    """Move chains on for remarks that stand on a page."""
    move_chains(session, [one for one in received if one.told.seq is not None])


def _lesson(one: Received[Any], held_on: date) -> dict[str, Any]:
    return {
        "school_id": one.school_id,
        "page_id": one.told.page_id,
        "lesson_id": one.told.lesson_id,
        "held_on": held_on,
    }


def move_chains(session: SchoolSession, received: Iterable[Received[Any]]) -> None:
    """Enter where the pages' chains stand now."""
    heads = [_head(one, one.told.page_id, one.told.seq, one.told.head) for one in received]
    upsert_latest(session, table_of(PageHead), heads, ("page_id", "seq"))


def _head(one: Received[Any], page_id: UUID, seq: int, head: str) -> dict[str, Any]:
    return {
        "school_id": one.school_id,
        "page_id": page_id,
        "seq": seq,
        "head": head,
        "changed_at": one.time,
    }
