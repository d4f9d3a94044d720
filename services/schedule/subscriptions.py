"""Everything schedule listens to, on one screen."""

from collections.abc import Mapping

from services.schedule.actions.calendars import end_staff_feeds
from services.schedule.actions.copies import (
    copy_enrolments,
    copy_groups,
    copy_guardianships,
    copy_people,
    copy_schools,
    end_guardianships,
    forget_people,
)
from services.schedule.actions.merging import merge_people
from services.schedule.models import Enrolment, Group, Guardianship, Person, School, table
from shared.events.identity import (
    EnrolmentsChanged,
    GroupChanged,
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonChanged,
    PersonErased,
    PersonMerged,
    RoleRevoked,
    SchoolChanged,
)
from shared.service import Reaction

SUBSCRIPTIONS: Mapping[type, Reaction] = {
    SchoolChanged: copy_schools,
    PersonChanged: copy_people,
    PersonErased: forget_people,
    PersonMerged: merge_people,
    RoleRevoked: end_staff_feeds,
    GroupChanged: copy_groups,
    EnrolmentsChanged: copy_enrolments,
    GuardianshipEstablished: copy_guardianships,
    GuardianshipEnded: end_guardianships,
}

PROJECTIONS = {"identity": tuple(table(model) for model in (School, Person, Group, Enrolment, Guardianship))}
