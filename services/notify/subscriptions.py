"""Everything notify listens to."""

from collections.abc import Mapping

from services.notify.actions import (
    consents,
    day_alerts,
    final_alerts,
    guardians,
    homework_alerts,
    mark_alerts,
    matter_alerts,
    merging,
    people,
    remark_alerts,
    task_alerts,
    warnings,
)
from shared.events import identity, journal, journal_corrections, journal_diary, schedule
from shared.service import Reaction

SUBSCRIPTIONS: Mapping[type, Reaction] = {
    identity.SchoolChanged: people.enter_schools,
    identity.PersonChanged: people.enter_people,
    identity.PersonErased: people.forget_people,
    identity.PersonMerged: merging.merge_people,
    identity.SecurityNoticed: warnings.warn_people,
    identity.ConsentGiven: consents.enter_given_consents,
    identity.ConsentWithdrawn: consents.heed_withdrawals,
    identity.ParameterChanged: consents.enter_letter_rules,
    identity.GuardianshipEstablished: guardians.introduce_guardians,
    identity.GuardianshipEnded: people.dismiss_guardians,
    identity.RoleGranted: matter_alerts.enter_deputies,
    identity.RoleRevoked: matter_alerts.dismiss_deputies,
    schedule.SubjectChanged: people.enter_subjects,
    schedule.YearPlanned: people.enter_periods,
    schedule.LessonsSubstituted: day_alerts.alert_of_substitutions,
    schedule.SubstitutionWithdrawn: day_alerts.alert_of_withdrawals,
    journal.MarksRecorded: mark_alerts.alert_guardians,
    journal_diary.RemarkMade: remark_alerts.alert_of_remarks,
    journal_diary.TaskSet: task_alerts.alert_of_tasks,
    journal_diary.HomeworkCollected: homework_alerts.alert_of_homework,
    journal.FinalsRecorded: final_alerts.alert_of_finals,
    journal_diary.AnswerReplied: matter_alerts.alert_of_replies,
    journal_corrections.CorrectionRequested: matter_alerts.alert_of_assignments,
    journal_corrections.CorrectionAssigned: matter_alerts.alert_of_assignments,
    journal_corrections.CorrectionApproved: matter_alerts.alert_of_approvals,
    journal_corrections.CorrectionAnswered: matter_alerts.alert_of_reopenings,
    journal_corrections.CorrectionSettled: matter_alerts.alert_of_settlements,
    journal_corrections.CorrectionEscalated: matter_alerts.alert_of_escalations,
}
