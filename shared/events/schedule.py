"""What schedule tells: the year, subjects, who teaches what, and the dated lessons."""

from datetime import date
from uuid import UUID

from shared.events import event, row


@row
class Period:
    """A quarter, trimester, half-year or module (четверть, триместр, полугодие), both days included.

    A year may have quarters for some parallels and half-years for others; no two of one parallel overlap.
    """

    period_id: UUID
    name: str
    starts_on: date
    ends_on: date
    kind: str = "quarter"  # quarter | trimester | half_year | module
    grades: list[int] | None = None  # The parallels it is for; none: all.


@row
class Holidays:
    """Days without lessons (каникулы), both included."""

    starts_on: date
    ends_on: date
    grades: list[int] | None = None  # The parallels they are for; none: all.


@event("schedule.year.planned", subject="year:year_id")
class YearPlanned:
    """An academic year with all its periods was entered or changed."""

    year_id: UUID
    name: str
    starts_on: date
    ends_on: date
    periods: list[Period]
    holidays: list[Holidays] | None = None  # None: told before they were told of.


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
    hours_per_week: int  # Rounded up.
    quarters_off: int = 0  # So many quarter-hours less than that it is in truth: 0 to 3.


@row
class PlannedLesson:
    """One dated lesson; `number` is the label on the bell schedule, which may be 0."""

    lesson_id: UUID
    on: date
    number: int
    starts: str | None  # HH:MM, the school's time
    room: str | None
    teacher_ids: list[UUID]
    is_substituted: bool = False  # Given in another's stead: none but these teachers may write on it.


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


@row
class SubstitutedLesson:
    """What was decided about one lesson (замена): who gave it, who gives it, where, when, what."""

    substitution_id: UUID
    lesson_id: UUID
    subject_id: UUID
    number: int
    kind: str  # teacher | joint | subject | room | cancel | move
    was_teacher_ids: list[UUID]
    teacher_ids: list[UUID]  # Empty where there is no lesson.
    room: str | None  # Where another was chosen.
    to_subject_id: UUID | None
    to_on: date | None
    to_number: int | None


@event("schedule.lessons.substituted", subject="group:group_id")
class LessonsSubstituted:
    """Something was decided about lessons of a group on one day (clause 3.7.3).

    `pupil_ids` are the group's on that day, so that whoever tells them need not know the rosters.
    """

    group_id: UUID
    group: str
    on: date
    pupil_ids: list[UUID]
    lessons: list[SubstitutedLesson]


@event("schedule.substitution.withdrawn", subject="group:group_id")
class SubstitutionWithdrawn:
    """A decision about a lesson was taken back: the lesson stands as the timetable has it."""

    substitution_id: UUID
    lesson_id: UUID
    group_id: UUID
    on: date


@row
class PlannedSubject:
    """A subject of a curriculum, in quarter-hours a week; no hours a year: as the year's weeks make them."""

    subject_id: UUID
    part: str  # required or formed (формируемая участниками образовательных отношений)
    quarters_per_week: int
    hours_per_year: int | None
    group_count: int


@event("schedule.curriculum.approved", subject="curriculum:curriculum_id")
class CurriculumApproved:
    """The director put a curriculum (учебный план) in force, in place of the one it replaces."""

    curriculum_id: UUID
    year_id: UUID
    grade: int
    class_ids: list[UUID]  # None: every class of the parallel that has no curriculum of its own.
    edition: int
    replaces_id: UUID | None
    order_number: str
    order_on: date
    subjects: list[PlannedSubject]
