"""What the other services tell notify, with defaults that make a valid thing."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from services.notify.subscriptions import SUBSCRIPTIONS
from shared.events import contract_of, identity, journal, schedule
from shared.ids import new_id
from shared.service import Received
from shared.settings import Settings

SCHOOL, OTHER_SCHOOL, SUBJECT, PAGE, GROUP = (UUID(int=n) for n in range(1, 6))
MOTHER, FATHER = UUID(int=21), UUID(int=22)
ANNA, LEV = UUID(int=31), UUID(int=32)
LESSON = UUID(int=41)
ILL, STAND_IN = UUID(int=51), UUID(int=52)
TODAY = date(2026, 9, 8)
NOON = datetime(2026, 9, 8, 9, 0, tzinfo=UTC)  # in Moscow
LONG_AGO = NOON - timedelta(days=300)


def settings(smtp=None, *, wait=60):
    return Settings(
        service="notify",
        database_url="",
        public_url="https://parta.example",
        smtp_url=f"smtp://{smtp.host}:{smtp.port}" if smtp else "",
        mail_from="Школа № 17 <school@parta.example>",
        letter_wait_seconds=wait,
    )


def person(person_id, family="Яшина", given="Мария", *, email=None, language="ru"):
    return identity.PersonChanged(
        person_id=person_id,
        family_name=family,
        given_name=given,
        patronymic="",
        email=email,
        language=language,
    )


def guardian(guardian_id=MOTHER, pupil_id=ANNA):
    return identity.GuardianshipEstablished(guardian_id=guardian_id, pupil_id=pupil_id)


def ended(guardian_id=MOTHER, pupil_id=ANNA):
    return identity.GuardianshipEnded(guardian_id=guardian_id, pupil_id=pupil_id)


def entry(value="5", *, was=None, slot=1, work="control", pupil_id=ANNA, due_on=None):
    kind = "attendance" if slot == 0 else work
    weight = 0 if slot == 0 else 5
    return journal.RecordedEntry(
        pupil_id=pupil_id, slot=slot, value=value, was=was, work=kind, weight=weight, due_on=due_on
    )


def marks(*entries, on=TODAY, lesson_id=LESSON):
    return journal.MarksRecorded(
        page_id=PAGE,
        group_id=GROUP,
        subject_id=SUBJECT,
        lesson_id=lesson_id,
        lesson_on=on,
        number=2,
        seq=1,
        head="0" * 64,
        entries=list(entries) or [entry()],
    )


def substituted(*lessons, on=TODAY, pupil_ids=(ANNA,), group_id=GROUP):
    return schedule.LessonsSubstituted(
        group_id=group_id, group="7А", on=on, pupil_ids=list(pupil_ids), lessons=list(lessons)
    )


def decision(number=2, kind="teacher", **given):
    usual = {
        "substitution_id": UUID(int=600 + number),
        "lesson_id": UUID(int=700 + number),
        "subject_id": SUBJECT,
        "number": number,
        "kind": kind,
        "was_teacher_ids": [ILL],
        "teacher_ids": {"cancel": [], "room": [ILL], "move": [ILL]}.get(kind, [STAND_IN]),
        "room": None,
        "to_subject_id": None,
        "to_on": None,
        "to_number": None,
    }
    return schedule.SubstitutedLesson(**{**usual, **given})


def taken_back(number=2, on=TODAY):
    return schedule.SubstitutionWithdrawn(
        substitution_id=UUID(int=600 + number), lesson_id=UUID(int=700 + number), group_id=GROUP, on=on
    )


def teachers():
    """One who is ill and one who stands in, both with an address."""
    return [
        identity.PersonChanged(
            person_id=who, family_name=family_name, given_name="Анна", patronymic="Петровна",
            email=f"{who.int}@example.org", language="ru",
        )
        for who, family_name in ((ILL, "Больная"), (STAND_IN, "Свободная"))
    ]  # fmt: skip


def family():
    """A mother with two children in the school; the father comes without an address."""
    return [
        identity.SchoolChanged(school_id=SCHOOL, name="Школа № 17", time_zone="Europe/Moscow", scale=["5"]),
        schedule.SubjectChanged(subject_id=SUBJECT, name="Алгебра"),
        person(MOTHER, email="mother@example.org"),
        person(FATHER, "Яшин", "Олег"),
        person(ANNA, given="Анна"),
        person(LEV, "Яшин", "Лев"),
        guardian(),
        guardian(pupil_id=LEV),
        guardian(FATHER),
    ]


def received(told, *, time=None, school_id=SCHOOL):
    """An event as it arrives; what identity and schedule tell was told long ago."""
    contract = contract_of(told)
    told_at = time or (NOON if contract.log == "journal" else LONG_AGO)
    stream = f"{contract.log}/{school_id}"
    return Received(
        id=new_id(),
        stream=stream,
        position=1,
        subject=contract.subject_of(told),
        time=told_at,
        actor=None,
        told=told,
    )


def hear(database, *events):
    """Let the service react to events as a consumer would: in runs of one type."""
    events = [one if isinstance(one, Received) else received(one) for one in events]
    for (_, school_id), run in groupby(events, key=lambda one: (type(one.told), one.school_id)):
        batch = list(run)
        with database.writing(school_id) as session:
            SUBSCRIPTIONS[type(batch[0].told)](session, batch)
    return events
