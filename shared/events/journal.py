"""What journal tells: pages, marks and attendance, topics and homework, closed periods.

`seq` and `head` are the length and the last hash of the page's chain of revisions after the change.
"""

from datetime import date
from uuid import UUID

from shared.events import event, row


@event("journal.page.opened", subject="page:page_id")
class PageOpened:
    """The page of a subject in a group (страница предмета) was opened for a year."""

    page_id: UUID
    year_id: UUID
    group_id: UUID
    subject_id: UUID


@row
class RecordedEntry:
    """What now stands in one cell. Slot 0 is attendance; slots from 1 are the lesson's works."""

    pupil_id: UUID
    slot: int
    value: str | None  # None: the cell was emptied
    was: str | None
    work: str  # work type; "attendance" in slot 0
    weight: int  # 0 in slot 0


@event("journal.marks.recorded", subject="page:page_id")
class MarksRecorded:
    """Marks or attendance of one lesson were saved, replaced or taken back, in one action."""

    page_id: UUID
    group_id: UUID
    subject_id: UUID
    lesson_id: UUID
    lesson_on: date
    number: int
    seq: int
    head: str
    entries: list[RecordedEntry]


@event("journal.lesson.described", subject="page:page_id")
class LessonDescribed:
    """Topic or homework of a lesson was written; both are told as they now stand."""

    page_id: UUID
    group_id: UUID
    subject_id: UUID
    lesson_id: UUID
    lesson_on: date
    seq: int
    head: str
    topic: str | None
    homework: str | None


@event("journal.work.set", subject="page:page_id")
class WorkSet:
    """A work of a lesson (контрольная, ответ …) got its type, weight and title."""

    page_id: UUID
    lesson_id: UUID
    slot: int
    work: str
    weight: int
    title: str
    seq: int
    head: str


@event("journal.period.closed", subject="period:period_id")
class PeriodClosed:
    """A period was closed by the deputy: its lessons take no more changes."""

    period_id: UUID


@event("journal.period.reopened", subject="period:period_id")
class PeriodReopened:
    """A closed period was opened again, for the reason given."""

    period_id: UUID
    reason: str
