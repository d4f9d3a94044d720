"""Everything the journal listens to, and what it does about it."""

from services.journal.actions.people import (
    copy_enrolments,
    copy_groups,
    copy_people,
    copy_schools,
    forget_people,
    let_guardians_read,
    stop_guardians_reading,
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
    PersonChanged,
    PersonErased,
    SchoolChanged,
)
from shared.events.schedule import (
    LessonsCancelled,
    LessonsPlanned,
    LoadAssigned,
    SubjectChanged,
    YearPlanned,
)
from shared.service import Reaction

SUBSCRIPTIONS: dict[type, Reaction] = {
    SchoolChanged: copy_schools,
    PersonChanged: copy_people,
    PersonErased: forget_people,
    GuardianshipEstablished: let_guardians_read,
    GuardianshipEnded: stop_guardians_reading,
    GroupChanged: copy_groups,
    EnrolmentsChanged: copy_enrolments,
    YearPlanned: copy_years,
    SubjectChanged: copy_subjects,
    LoadAssigned: assign_teachers,
    LessonsPlanned: plan_lessons,
    LessonsCancelled: cancel_lessons,
}
