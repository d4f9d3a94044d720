"""What journal tells of pages: marks and attendance, topics and homework, term-end marks, closed periods.

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
    due_on: date | None = None  # Of a «•»: until when it is to become a mark.


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


@row
class RecordedFinal:
    """What now stands in one pupil's cell of a column of term-end marks."""

    pupil_id: UUID
    value: str | None  # None: the cell was emptied
    was: str | None
    recommended: str | None  # What the school's rules recommended then; None: nothing.


@event("journal.finals.recorded", subject="page:page_id")
class FinalsRecorded:
    """Marks of a period, of the year, of an exam or final ones of a page were saved, in one action."""

    page_id: UUID
    group_id: UUID
    subject_id: UUID
    period_id: UUID  # The period; the year, unless the kind is "period".
    kind: str  # period | year | exam | final
    seq: int
    head: str
    entries: list[RecordedFinal]


@row
class MovedCell:
    """A cell of a lesson, or of term-end marks (then with the period, or the year, instead)."""

    lesson_id: UUID | None
    period_id: UUID | None
    slot: int


@event("journal.cells.moved", subject="page:page_id")
class CellsMoved:
    """Cells of somebody entered twice are those of the person kept; the chain says nothing new by it.

    A cell that both had is not among them: it stays with each.
    """

    page_id: UUID
    merged_id: UUID
    kept_id: UUID
    cells: list[MovedCell]


@event("journal.mark.commented", subject="page:page_id")
class MarkCommented:
    """Something was said of what stands in a cell, or taken back; the journal alone tells what."""

    page_id: UUID
    lesson_id: UUID
    pupil_id: UUID
    slot: int
    is_commented: bool
    seq: int
    head: str


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
    topic_id: UUID | None = None  # Of the thematic plan, when the topic was taken from it.


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
    is_written: bool = False
    is_monitoring: bool = False  # Of internal monitoring (ВМ), due sooner (clause 3.6.4).
    counts: bool = True  # In the average.


@event("journal.work.withdrawn", subject="page:page_id")
class WorkWithdrawn:
    """A work under which nothing stood was taken back."""

    page_id: UUID
    lesson_id: UUID
    slot: int
    seq: int
    head: str


@row
class Corrected:
    """One change on a page whose period had been closed: a cell, a topic, homework or a work."""

    what: str  # mark | attendance | work | topic | homework | final
    slot: int | None
    pupil_id: UUID | None  # None: it is about the whole lesson.
    was: str | None
    value: str | None


@event("journal.page.corrected", subject="page:page_id")
class PageCorrected:
    """Something was changed on a page though its period had been closed before, and may be on paper (5.1).

    Told beside the change itself, whether the period was opened again or one cell by an approved request.
    """

    page_id: UUID
    lesson_id: UUID | None  # None: of a term-end mark.
    lesson_on: date | None
    period_id: UUID  # Or the year, of its own marks.
    seq: int
    reason: str | None
    request_number: int | None  # Of the request that asked for it (clause 3.9.5).
    reopened_for: str | None  # Why the period was opened again, when it was.
    changes: list[Corrected]


@event("journal.period.closed", subject="period:period_id")
class PeriodClosed:
    """A period was closed by the deputy: its lessons and its marks take no more changes."""

    period_id: UUID  # Or the year, when its marks were closed.


@event("journal.period.reopened", subject="period:period_id")
class PeriodReopened:
    """A closed period was opened again, for the reason given."""

    period_id: UUID
    reason: str


@event("journal.heads.sealed", subject="school:school_id")
class HeadsSealed:
    """The heads of all pages of a school were sealed as a day ended; printed or kept, it proves them."""

    school_id: UUID
    day: date
    digest: str
    before: str  # The digest of the sealed day before; 64 zeros at the first.
    pages: int
