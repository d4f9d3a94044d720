"""What schedule tells: the year, subjects, who teaches what, and the dated lessons."""

from datetime import date
from uuid import UUID

from shared.events import event, row


@row
class Period:
    """A quarter, trimester or half-year (четверть, триместр, полугодие), both days included."""

    period_id: UUID
    name: str
    starts_on: date
    ends_on: date


@event("schedule.year.planned", subject="year:year_id")
class YearPlanned:
    """An academic year with all its periods was entered or changed."""

    year_id: UUID
    name: str
    starts_on: date
    ends_on: date
    periods: list[Period]


@event("schedule.subject.changed", subject="subject:subject_id")
class SubjectChanged:
    """A subject was entered or renamed."""

    subject_id: UUID
    name: str


@event("schedule.load.assigned", subject="group:group_id")
class LoadAssigned:
    """Who teaches a subject in a group this year (нагрузка); replaces what was told before."""

    year_id: UUID
    group_id: UUID
    subject_id: UUID
    teacher_ids: list[UUID]
    hours_per_week: int


@row
class PlannedLesson:
    """One dated lesson; `number` is the label on the bell schedule, which may be 0."""

    lesson_id: UUID
    on: date
    number: int
    starts: str | None  # HH:MM, the school's time
    room: str | None
    teacher_ids: list[UUID]


@event("schedule.lessons.planned", subject="group:group_id")
class LessonsPlanned:
    """Lessons of a group in a subject were put on days, or changed; at most 200 in one event."""

    year_id: UUID
    group_id: UUID
    subject_id: UUID
    lessons: list[PlannedLesson]


@event("schedule.lessons.cancelled", subject="group:group_id")
class LessonsCancelled:
    """Lessons of a group will not take place; what is already on their pages stays."""

    group_id: UUID
    subject_id: UUID
    lesson_ids: list[UUID]
