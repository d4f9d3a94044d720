"""An import is in the access log with everybody of whom its file speaks (SECURITY 47)."""

import io

from sqlalchemy import select

from services.identity.models import Circle, Person
from shared.db import EVERY_SCHOOL
from tests.identity.archives import SCHOOL, archive, user
from tests.identity.desk import apply, bring
from tests.identity.makers import make_person
from tests.identity.test_access_log import records

ROWS = [
    ["ФИО", "Дата рождения", "Класс"],
    ["Петров Иван Ильич", "", "5А"],
    ["Белова Анна Ильинична", "", "5А"],
]


def as_csv(rows):
    return "\n".join(";".join(row) for row in rows).encode()


def people_of(database, record):
    with database.reading(EVERY_SCHOOL) as session:
        circle = set(session.scalars(select(Circle.person_id).where(Circle.id == record.about)))
        named = set(session.scalars(select(Person.id).where(Person.family_name.in_(("Петров", "Белова")))))
    return circle, named


def test_a_list_is_noted_with_the_people_in_it_and_with_nobody_else(api, database):
    with database.writing(api.school) as session:
        make_person(session, family="Посторонний")

    assert apply(api, bring(api, as_csv(ROWS), "5А.csv").json).status_code == 200

    rehearsed, done = records(database)
    assert rehearsed.persons == 0
    circle, named = people_of(database, done)
    assert (done.action, done.persons) == ("import", 2)
    assert circle == named


def test_an_archive_and_names_are_noted_with_whom_they_mean(api, database):
    users = [user("p1", familyName="Петров"), user("p2", familyName="Белова")]
    file = archive({**SCHOOL, "users": users})
    given = {"data": {"file": (io.BytesIO(file), "school.zip")}}
    assert api("POST", "/imports/oneroster", **given).status_code == 200
    names = {"teachers": [{"key": "t1", "name": "Новая Мария Ильинична"}], "groups": []}

    answer = api("POST", "/imports/names", json=names)

    brought, named = records(database)
    assert people_of(database, brought)[0] == people_of(database, brought)[1]
    assert str(named.about) == answer.json["teachers"]["t1"]
