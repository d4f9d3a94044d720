"""Everything reporting listens to."""

from collections.abc import Mapping

from services.reporting.actions import class_journal, corrections, moved_cells, people, term_marks, timetable
from shared.events import identity, journal, journal_diary, schedule
from shared.service import Reaction

SUBSCRIPTIONS: Mapping[type, Reaction] = {
    identity.SchoolChanged: people.enter_schools,
    identity.PersonChanged: people.enter_people,
    identity.PersonErased: people.forget_people,
    identity.PersonMerged: people.merge_people,
    identity.GroupChanged: people.enter_groups,
    identity.EnrolmentsChanged: people.enter_enrolments,
    schedule.YearPlanned: timetable.enter_years,
    schedule.SubjectChanged: timetable.enter_subjects,
    schedule.LoadAssigned: timetable.enter_loads,
    schedule.LessonsPlanned: timetable.enter_lessons,
    schedule.LessonsCancelled: timetable.cancel_lessons,
    journal.PageOpened: class_journal.open_pages,
    journal.MarksRecorded: class_journal.enter_marks,
    journal.CellsMoved: moved_cells.move_cells,
    journal.LessonDescribed: class_journal.enter_descriptions,
    journal.WorkSet: class_journal.enter_works,
    journal.WorkWithdrawn: class_journal.remove_works,
    journal.FinalsRecorded: term_marks.enter_finals,
    journal.PageCorrected: corrections.enter_corrections,
    journal.MarkCommented: class_journal.follow_unprinted,
    journal_diary.TaskSet: class_journal.follow_unprinted,
    journal_diary.RemarkMade: class_journal.follow_remarks,
    journal_diary.RemarkChanged: class_journal.follow_remarks,
    journal.PeriodClosed: term_marks.close_periods,
    journal.PeriodReopened: term_marks.reopen_periods,
}
