"""What journal tells of tasks and answers, remarks, portfolios, and of who opened a diary."""

from datetime import date, datetime
from uuid import UUID

from shared.events import event, row


@event("journal.task.set", subject="page:page_id")
class TaskSet:
    """A task was set in a lesson, changed or withdrawn (clause 3.9.6); told as it now stands.

    Of a task for one pupil no text is told: it is for that pupil, the parents and the teachers.
    """

    page_id: UUID
    group_id: UUID
    subject_id: UUID
    lesson_id: UUID
    lesson_on: date
    task_id: UUID
    slot: int
    seq: int
    head: str
    part_id: UUID | None  # A group within the page's own; None with no pupil: everybody.
    pupil_id: UUID | None
    due_lesson_id: UUID | None  # None: the next lesson of the page.
    minutes: int | None
    text: str | None  # None: for one pupil alone, or withdrawn.
    is_withdrawn: bool


@row
class SetForHome:
    """What one lesson set for home, to all pupils named by the event or to those named here."""

    lesson_id: UUID
    subject_id: UUID
    text: str
    minutes: int | None
    due_on: date | None  # As it stood then; None: no later lesson is known.
    pupil_ids: list[UUID] | None


@event("journal.homework.collected", subject="group:group_id")
class HomeworkCollected:
    """The homework of a class's day was collected in the evening, or changed since (DOMAIN 2.2.6).

    All of the day is told, with its version; no items: what was set has been taken back. Tasks for
    one pupil alone are not among them.
    """

    group_id: UUID  # The class.
    on: date
    version: int
    pupil_ids: list[UUID]  # Of the class on that day.
    items: list[SetForHome]


@event("journal.answer.given", subject="task:task_id")
class AnswerGiven:
    """A pupil handed in an answer to a task, or a new version of it."""

    task_id: UUID
    answer_id: UUID
    page_id: UUID
    pupil_id: UUID
    number: int
    is_late: bool


@event("journal.answer.replied", subject="task:task_id")
class AnswerReplied:
    """A teacher replied to an answer: it is well, or it is to be done again."""

    task_id: UUID
    answer_id: UUID
    reply_id: UUID
    page_id: UUID
    group_id: UUID
    subject_id: UUID
    pupil_id: UUID
    is_returned: bool


@event("journal.remark.made", subject="remark:remark_id")
class RemarkMade:
    """A teacher wrote of a pupil to the family. Not what: the text is read in the diary alone."""

    remark_id: UUID
    pupil_id: UUID
    group_id: UUID
    page_id: UUID | None
    subject_id: UUID | None
    lesson_id: UUID | None
    on: date
    kind: str  # remark | recommendation | praise
    audience: str  # family | parents: then the pupil is not told
    version: int
    seq: int | None = None  # Where the page's chain ends with it; None: it stands on no page.
    head: str | None = None


@event("journal.remark.changed", subject="remark:remark_id")
class RemarkChanged:
    """A remark was corrected or taken back by its author."""

    remark_id: UUID
    pupil_id: UUID
    group_id: UUID
    page_id: UUID | None
    version: int
    is_withdrawn: bool
    seq: int | None = None  # Where the page's chain ends with it; None: it stands on no page.
    head: str | None = None


@event("journal.remark.acknowledged", subject="remark:remark_id")
class RemarkAcknowledged:
    """The pupil or a parent said that a remark was read."""

    remark_id: UUID
    pupil_id: UUID
    reader_id: UUID
    version: int


@row
class DiaryOpening:
    """That somebody opened a pupil's diary on a day, however often."""

    on: date
    at: datetime  # The day's first time.
    person_id: UUID
    pupil_id: UUID


@event("journal-views.diary.viewed", subject="school:school_id", personal=True)
class DiaryViewed:
    """Diaries were opened (clause 3.5.3); each opening is told once per day and person.

    In a log of its own, because there are many and few have to hear them.
    """

    school_id: UUID
    views: list[DiaryOpening]


@event("journal.portfolio.changed", subject="portfolio:entry_id")
class PortfolioChanged:
    """An achievement was proposed, verified, declined, changed or removed (clause 3.5.10)."""

    entry_id: UUID
    pupil_id: UUID
    section: str
    state: str  # proposed | verified | declined | removed
    version: int
