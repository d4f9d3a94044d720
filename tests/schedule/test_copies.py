"""What schedule copies from identity, and that hearing it twice changes nothing."""

from datetime import date

from sqlalchemy import select

from services.schedule.models import Enrolment, Group, Guardianship, Person, School
from services.schedule.subscriptions import SUBSCRIPTIONS
from shared.clock import now
from shared.events.identity import (
    Enrolment as Stay,
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
from shared.ids import new_id
from shared.service import Received

SEPTEMBER = date(2026, 9, 1)


def hear(database, school, *events):
    """Hear a run of events of one type, twice."""
    run = [
        Received(new_id(), f"identity/{school}", number, "x", now(), None, event)
        for number, event in enumerate(events, 1)
    ]
    for _ in range(2):
        with database.writing(school) as session:
            SUBSCRIPTIONS[type(events[0])](session, run)


def rows(database, school, *columns):
    with database.reading(school) as session:
        return sorted(tuple(row) for row in session.execute(select(*columns)))


def changed(person_id, family):
    return PersonChanged(person_id=person_id, family_name=family, given_name="Мария", patronymic="")


def test_the_last_word_on_a_person_counts(either_database, school):
    person = new_id()

    hear(either_database, school, changed(person, "Иванова"), changed(person, "Петрова"))

    assert rows(either_database, school, Person.id, Person.family_name) == [(person, "Петрова")]


def test_an_erased_person_is_forgotten(either_database, school):
    person, group = new_id(), new_id()
    hear(either_database, school, changed(person, "Иванова"))
    stay = Stay(pupil_id=person, from_on=SEPTEMBER)
    hear(either_database, school, EnrolmentsChanged(group_id=group, pupil_ids=[person], enrolments=[stay]))
    hear(either_database, school, GuardianshipEstablished(guardian_id=new_id(), pupil_id=person))

    hear(either_database, school, PersonErased(person_id=person))

    for model in (Person.id, Enrolment.pupil_id, Guardianship.pupil_id):
        assert rows(either_database, school, model) == []


def test_a_school_keeps_its_time_zone(either_database, school):
    told = {"school_id": school, "name": "Школа", "scale": ["5"]}

    hear(
        either_database,
        school,
        SchoolChanged(time_zone="Europe/Moscow", **told),
        SchoolChanged(time_zone="Asia/Omsk", **told),
    )

    assert rows(either_database, school, School.time_zone) == [("Asia/Omsk",)]


def test_groups_are_renamed(either_database, school):
    group = new_id()

    hear(
        either_database,
        school,
        GroupChanged(group_id=group, kind="class", name="5А", grade=5),
        GroupChanged(group_id=group, kind="class", name="6А", grade=6),
    )

    assert rows(either_database, school, Group.name, Group.grade) == [("6А", 6)]


def test_stays_of_the_pupils_named_are_replaced(either_database, school):
    group, anna, boris = new_id(), new_id(), new_id()
    both = [Stay(pupil_id=anna, from_on=SEPTEMBER), Stay(pupil_id=boris, from_on=SEPTEMBER)]
    left = Stay(pupil_id=anna, from_on=SEPTEMBER, until_on=date(2026, 10, 1))

    hear(
        either_database,
        school,
        EnrolmentsChanged(group_id=group, pupil_ids=[anna, boris], enrolments=both),
        EnrolmentsChanged(group_id=group, pupil_ids=[anna], enrolments=[left]),
    )

    assert rows(either_database, school, Enrolment.pupil_id, Enrolment.until_on) == sorted(
        [(anna, date(2026, 10, 1)), (boris, None)]
    )


def test_a_guardianship_begins_and_ends(either_database, school):
    parent, child = new_id(), new_id()
    hear(either_database, school, GuardianshipEstablished(guardian_id=parent, pupil_id=child))
    assert rows(either_database, school, Guardianship.guardian_id) == [(parent,)]

    hear(either_database, school, GuardianshipEnded(guardian_id=parent, pupil_id=child))

    assert rows(either_database, school, Guardianship.guardian_id) == []
