"""Two who decide at once: one is served, the other is told; nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from services.schedule.models import Absence, Lesson, Substitution
from tests.schedule.makers import told
from tests.schedule.test_substitutions import (
    TUESDAY,
    _in_november,
    deputy,
    fall_ill,
    lesson_at,
    needs,
    post,
    wish,
)

__all__ = ["_in_november"]  # A fixture that every test here uses.


@pytest.fixture
def database(either_database):
    return either_database


def at_once(*deeds):
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [one.result() for one in [pool.submit(deed) for deed in deeds]]


def statuses(answers):
    return sorted(one.status_code for one in answers)


def test_of_two_stand_ins_for_a_lesson_one_is_taken(api, staff, database, school):
    lesson = lesson_at(database, school, staff)

    answers = at_once(
        *(lambda who=who: post(api, staff, wish(lesson, stand_in_id=staff[who])) for who in ("free", "maths"))
    )

    assert statuses(answers) == [201, 409]
    [refused] = (one.json["type"] for one in answers if one.status_code == 409)
    assert refused == "urn:parta:problem:already-substituted"
    with database.reading(school) as session:
        one = session.scalars(select(Substitution)).one()
    assert lesson_at(database, school, staff).teacher_ids == [str(one.stand_in_id)]
    assert len(told(database, school, "schedule.lessons.substituted")) == 1


def test_one_stand_in_is_not_given_to_two_classes_at_once(api, staff, database, school):
    lessons = [lesson_at(database, school, staff, group=name) for name in ("5А", "5Б")]

    answers = at_once(
        *(lambda one=one: post(api, staff, wish(one, stand_in_id=staff["free"])) for one in lessons)
    )

    assert statuses(answers) == [201, 409]


def test_the_proposal_of_a_day_is_accepted_once(api, staff, database, school):
    fall_ill(api, staff)
    items = [
        {"lesson_id": one["lesson_id"], "kind": one["kind"], "stand_in_id": one["stand_in"]["id"]}
        for one in needs(api, staff)["proposal"]
    ]

    answers = at_once(*[lambda: post(api, staff, *items)] * 3)

    assert statuses(answers) == [201, 409, 409]
    with database.reading(school) as session:
        assert len(session.scalars(select(Substitution)).all()) == len(items)


def test_a_decision_is_withdrawn_once(api, staff, database, school):
    [made] = post(api, staff, wish(lesson_at(database, school, staff), "cancel")).json["ids"]

    answers = at_once(*[lambda: api("DELETE", f"/substitutions/{made}", **deputy(staff))] * 2)

    assert statuses(answers) == [204, 404]
    assert len(told(database, school, "schedule.substitution.withdrawn")) == 1


def test_an_absence_entered_twice_is_one(api, staff, database, school):
    at_once(*[lambda: fall_ill(api, staff)] * 3)

    with database.reading(school) as session:
        assert session.scalars(select(Absence.teacher_id)).one() == staff["sick"]


def test_a_draft_is_published_once(api, staff, database, school):
    draft = api("POST", "/timetables", json={"name": "С декабря", "copy_of": "current"})
    assert draft.status_code == 201, draft.text
    card = {
        "subject_id": str(staff["История"]), "group_ids": [str(staff["5А"])], "weekday": 2, "number": 3,
        "teacher_ids": [str(staff["free"])],
    }  # fmt: skip
    path = f"/timetables/{draft.json['id']}"
    added = api("POST", f"{path}/cards", json=card, headers={"If-Match": draft.headers["ETag"]})
    assert added.status_code == 201, added.text
    seen = {"If-Match": added.headers["ETag"]}
    body = {"from_on": "2026-12-01", "accept_conflicts": True}

    answers = at_once(*[lambda: api("POST", f"{path}/publication", json=body, headers=seen)] * 2)

    assert min(statuses(answers)) == 200, [one.text for one in answers]
    with database.reading(school) as session:
        made = session.scalars(
            select(Lesson).where(Lesson.subject_id == staff["История"], Lesson.number == 3)
        ).all()
    days = sorted(one.lesson_on for one in made)
    assert days == sorted(set(days))
    assert days[0] == date(2026, 12, 1) > TUESDAY
    planned = [
        one.lesson_id
        for event in told(database, school, "schedule.lessons.planned")
        for one in event.lessons
        if one.lesson_id in {lesson.id for lesson in made}
    ]
    assert len(planned) == len(made)
