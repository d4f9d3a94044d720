"""Everything the journal listens to, and what it does about it."""

from services.journal.actions.merging import merge_people
from services.journal.actions.people import (
    copy_enrolments,
    copy_groups,
    copy_parameters,
    copy_people,
    copy_schools,
    forget_people,
    let_guardians_read,
    stop_guardians_reading,
)
from services.journal.actions.planned_hours import (
    copy_curricula,
    forget_lost_lessons,
    note_lost_lessons,
)
from services.journal.actions.timetable import (
    assign_teachers,
    cancel_lessons,
    copy_subjects,
    copy_years,
    plan_lessons,
)
from shared.events.identity import (
    EnrolmentsChanged,
    GroupChanged,
    GuardianshipEnded,
    GuardianshipEstablished,
    ParameterChanged,
    PersonChanged,
    PersonErased,
    PersonMerged,
    SchoolChanged,
)
from shared.events.schedule import (
    CurriculumApproved,
    LessonsCancelled,
    LessonsPlanned,
    LessonsSubstituted,
    LoadAssigned,
    SubjectChanged,
    SubstitutionWithdrawn,
    YearPlanned,
)
from shared.service import Reaction

SUBSCRIPTIONS: dict[type, Reaction] = {
    SchoolChanged: copy_schools,
    ParameterChanged: copy_parameters,
    PersonChanged: copy_people,
    PersonErased: forget_people,
    PersonMerged: merge_people,
    GuardianshipEstablished: let_guardians_read,
    GuardianshipEnded: stop_guardians_reading,
    GroupChanged: copy_groups,
    EnrolmentsChanged: copy_enrolments,
    YearPlanned: copy_years,
    SubjectChanged: copy_subjects,
    LoadAssigned: assign_teachers,
    LessonsPlanned: plan_lessons,
    LessonsCancelled: cancel_lessons,
    CurriculumApproved: copy_curricula,
    LessonsSubstituted: note_lost_lessons,
    SubstitutionWithdrawn: forget_lost_lessons,
}
