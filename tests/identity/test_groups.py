"""Groups and enrolments by HTTP: shapes, refusals, and what is told."""

from uuid import uuid4

import pytest

from tests.identity.makers import make_class, make_person, make_pupil, told


def open_group(api, **given):
    return api("POST", "/groups", json={"kind": "class", "name": "5А"} | given)


def enrol(api, group, pupil, day="2026-09-01"):
    body = {"pupil_id": str(pupil), "from_on": day}
    return api("POST", f"/groups/{group}/enrolments", json=body)


def end(api, group, pupil, day):
    body = {"pupil_id": str(pupil), "until_on": day}
    return api("POST", f"/groups/{group}/enrolments/end", json=body)


@pytest.fixture
def pupil(database, school):
    with database.writing(school) as session:
        return make_person(session).id


def test_a_class_within_its_parallel_with_its_teacher(api, database, school):
    with database.writing(school) as session:
        teacher = make_person(session, family="Белова", given="Анна", role="teacher").id
    parallel = open_group(api, kind="parallel", name="5 классы", grade=5).json["id"]

    answer = open_group(api, grade=5, parent_id=parallel, class_teacher_id=str(teacher))

    assert answer.status_code == 201
    assert answer.json["class_teacher"]["family_name"] == "Белова"
    assert api("GET", f"/people/{teacher}").json["roles"] == ["class_teacher", "teacher"]
    event = told(database, "identity.group.changed")[-1]
    assert (str(event.parent_id), event.class_teacher_id, event.grade) == (parallel, teacher, 5)


def test_a_new_class_teacher_takes_the_role_from_the_old_one(api, database, school):
    with database.writing(school) as session:
        old, new = make_person(session, role="teacher"), make_person(session, role="teacher")
        group = make_class(session, teacher=old).id
        old, new = old.id, new.id
    body = {"name": "5А", "grade": 5, "class_teacher_id": str(new)}

    changed = api("PUT", f"/groups/{group}", json=body, headers={"If-Match": '"1"'})
    stale = api("PUT", f"/groups/{group}", json=body, headers={"If-Match": '"1"'})

    assert (changed.status_code, stale.status_code) == (200, 412)
    roles = {id_: api("GET", f"/people/{id_}").json["roles"] for id_ in (old, new)}
    assert roles == {old: ["teacher"], new: ["class_teacher", "teacher"]}


def test_groups_lie_only_where_they_belong(api, database, school):
    class_id = open_group(api).json["id"]
    with database.writing(school) as session:
        pupil = str(make_person(session).id)

    answers = {
        "class in class": open_group(api, parent_id=class_id),
        "parallel in class": open_group(api, kind="parallel", parent_id=class_id),
        "pupil leads": open_group(api, class_teacher_id=pupil),
        "group led": open_group(api, kind="group", class_teacher_id=pupil),
        "nowhere": open_group(api, parent_id=str(uuid4())),
        "unknown kind": open_group(api, kind="кружок"),
        "grade": open_group(api, grade=13),
        "grade in the name": open_group(api, name="77Я"),
        "renamed": api(
            "PUT", f"/groups/{class_id}", json={"name": "13А", "parent_id": None}, headers={"If-Match": '"1"'}
        ),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "class in class": 422,
        "parallel in class": 422,
        "pupil leads": 409,
        "group led": 422,
        "nowhere": 404,
        "unknown kind": 422,
        "grade": 422,
        "grade in the name": 422,
        "renamed": 422,
    }


def test_classes_are_listed_by_grade_and_letter(api):
    for name, grade in (("10А", 10), ("5Б", 5), ("5А", 5)):
        open_group(api, name=name, grade=grade)

    listed = [group["name"] for group in api("GET", "/groups?kind=class").json["items"]]

    assert listed == ["5А", "5Б", "10А"]


def test_an_enrolment_is_told_with_all_the_pupils_stays_there(api, database, pupil):
    group = open_group(api).json["id"]

    first = enrol(api, group, pupil)
    ended = end(api, group, pupil, "2026-09-30")
    back = enrol(api, group, pupil, "2026-11-01")

    assert (first.status_code, ended.status_code, back.status_code) == (201, 200, 201)
    event = told(database, "identity.enrolments.changed")[-1]
    assert [(str(e.from_on), str(e.until_on)) for e in event.enrolments] == [
        ("2026-09-01", "2026-09-30"),
        ("2026-11-01", "None"),
    ]


def test_the_roster_is_that_of_the_day_asked_for(api, database, school):
    with database.writing(school) as session:
        group = make_class(session)
        left, stayed = make_pupil(session, group, family="Ушёл"), make_pupil(session, group, family="Ёжиков")
        make_pupil(session, group, family="Ежов")
        group, left, stayed = group.id, left.id, stayed.id
    end(api, group, left, "2026-09-15")

    def names(day):
        return [pupil["name"] for pupil in api("GET", f"/groups/{group}/roster?on={day}").json["items"]]

    assert names("2026-08-31") == []
    assert names("2026-09-15") == ["Ёжиков Иван", "Ежов Иван", "Ушёл Иван"]
    assert names("2026-09-16") == ["Ёжиков Иван", "Ежов Иван"]


def test_the_same_enrolment_again_tells_nobody(api, database, pupil):
    group = open_group(api).json["id"]
    enrol(api, group, pupil)
    before = len(told(database))

    assert enrol(api, group, pupil).status_code == 201
    assert len(told(database)) == before


def test_a_pupil_is_in_one_class_at_a_time_and_may_be_in_many_groups(api, pupil):
    one, other = open_group(api).json["id"], open_group(api, name="5Б").json["id"]
    group = open_group(api, kind="group", name="Английский 1").json["id"]
    enrol(api, one, pupil)

    refused, joined = enrol(api, other, pupil, "2026-10-01"), enrol(api, group, pupil)
    end(api, one, pupil, "2026-09-30")
    moved = enrol(api, other, pupil, "2026-10-01")

    assert (refused.status_code, joined.status_code, moved.status_code) == (409, 201, 201)
    assert refused.json["type"] == "urn:parta:problem:in-another-class"
    assert "«5А»" in refused.json["detail"]


def test_enrolments_that_make_no_sense_are_refused(api, database, school, pupil):
    with database.writing(school) as session:
        teacher = make_person(session, role="teacher").id
    group = open_group(api).json["id"]
    enrol(api, group, pupil)

    answers = [
        enrol(api, group, pupil, "2026-10-01"),
        enrol(api, group, teacher),
        enrol(api, group, uuid4()),
        enrol(api, group, pupil, "завтра"),
        end(api, group, pupil, "2026-08-01"),
        end(api, group, uuid4(), "2026-09-02"),
        end(api, open_group(api, name="6А").json["id"], pupil, "2026-09-02"),
    ]

    assert [answer.json["type"].rpartition(":")[2] for answer in answers] == [
        "already-enrolled",
        "not-a-pupil",
        "not-found",
        "invalid",
        "ends-before-it-begins",
        "not-found",
        "not-enrolled",
    ]
