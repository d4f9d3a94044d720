"""Everything notify listens to."""

from collections.abc import Mapping

from services.notify.actions import mark_alerts, people
from shared.events import identity, journal, schedule
from shared.service import Reaction

SUBSCRIPTIONS: Mapping[type, Reaction] = {
    identity.SchoolChanged: people.enter_schools,
    identity.PersonChanged: people.enter_people,
    identity.PersonErased: people.forget_people,
    identity.GuardianshipEstablished: mark_alerts.introduce_guardians,
    identity.GuardianshipEnded: people.dismiss_guardians,
    schedule.SubjectChanged: people.enter_subjects,
    journal.MarksRecorded: mark_alerts.alert_guardians,
}
