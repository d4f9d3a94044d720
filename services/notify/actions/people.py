"""Whom to tell: copies of schools, people and guardianships; and forgetting them."""

from collections.abc import Sequence

from sqlalchemy import delete, or_

from services.notify.models import (
    Deputy,
    Guardianship,
    Letter,
    MailConsent,
    News,
    Notice,
    Period,
    Person,
    Preference,
    School,
    Subject,
    Warned,
    table_of,
)
from services.notify.models.homework import PupilHomework
from services.notify.rules import LANGUAGES
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.identity import GuardianshipEnded, PersonChanged, PersonErased, SchoolChanged
from shared.events.schedule import SubjectChanged, YearPlanned
from shared.service import Received


def enter_schools(session: SchoolSession, received: Sequence[Received[SchoolChanged]]) -> None:
    """Keep a school's time zone."""
    rows = [{"school_id": one.told.school_id, "time_zone": one.told.time_zone} for one in received]
    upsert_latest(session, table_of(School), rows, ("school_id",))


def enter_subjects(session: SchoolSession, received: Sequence[Received[SubjectChanged]]) -> None:
    """Keep the subjects' names."""
    rows = [
        {"school_id": one.school_id, "id": one.told.subject_id, "name": one.told.name} for one in received
    ]
    upsert_latest(session, table_of(Subject), rows, ("id",))


def enter_periods(session: SchoolSession, received: Sequence[Received[YearPlanned]]) -> None:
    """Keep the periods' names; what was told of one that is no more keeps its name."""
    rows = [
        {"school_id": one.school_id, "id": period.period_id, "name": period.name}
        for one in received
        for period in one.told.periods
    ]
    upsert_latest(session, table_of(Period), rows, ("id",))


def enter_people(session: SchoolSession, received: Sequence[Received[PersonChanged]]) -> None:
    """Keep names, addresses and languages."""
    rows = [
        {
            "school_id": one.school_id,
            "id": one.told.person_id,
            "family_name": one.told.family_name,
            "given_name": one.told.given_name,
            "patronymic": one.told.patronymic,
            "email": one.told.email,
            "language": one.told.language if one.told.language in LANGUAGES else LANGUAGES[0],
        }
        for one in received
    ]
    upsert_latest(session, table_of(Person), rows, ("id",))


def forget_people(session: SchoolSession, received: Sequence[Received[PersonErased]]) -> None:
    """Forget all of a person: name, address, wishes, what was told to them and about them."""
    ids = [one.told.person_id for one in received]
    for model, who in (
        (Person, Person.id.in_(ids)),
        (Preference, Preference.person_id.in_(ids)),
        (Warned, Warned.person_id.in_(ids)),
        (MailConsent, MailConsent.person_id.in_(ids)),
        (Deputy, Deputy.person_id.in_(ids)),
        (Letter, Letter.recipient_id.in_(ids)),
        (News, News.pupil_id.in_(ids)),
        (PupilHomework, PupilHomework.pupil_id.in_(ids)),
        (Notice, or_(Notice.recipient_id.in_(ids), Notice.pupil_id.in_(ids))),
        (Guardianship, or_(Guardianship.guardian_id.in_(ids), Guardianship.pupil_id.in_(ids))),
    ):
        session.execute(delete(model).where(who))


def dismiss_guardians(session: SchoolSession, received: Sequence[Received[GuardianshipEnded]]) -> None:
    """Tell former guardians nothing more: neither what waits, nor again what they once saw."""
    for one in received:
        guardian_id, pupil_id = one.told.guardian_id, one.told.pupil_id
        session.execute(
            delete(Guardianship).where(
                Guardianship.guardian_id == guardian_id, Guardianship.pupil_id == pupil_id
            )
        )
        session.execute(delete(Notice).where(Notice.recipient_id == guardian_id, Notice.pupil_id == pupil_id))
