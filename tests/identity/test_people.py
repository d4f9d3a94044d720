"""People, roles and guardianships by HTTP: shapes, refusals, and what is told."""

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from shared.events.identity import (
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonChanged,
    RoleGranted,
    RoleRevoked,
)
from tests.identity.conftest import Api
from tests.identity.makers import (
    FIRST_DAY,
    make_class,
    make_parent,
    make_person,
    make_pupil,
    make_school,
    told,
)

ANNA = {"family_name": "Щукина", "given_name": "Анна", "patronymic": "Петровна"}


def enter(api, **given):
    return api("POST", "/people", json=ANNA | given)


def test_a_person_is_entered_and_told_of_once(api, database):
    before = len(told(database))

    answer = enter(api, email="anna@example.org", birth_on="2015-03-08")

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    [event] = told(database)[before:]
    assert isinstance(event, PersonChanged)
    assert (str(event.person_id), event.family_name) == (answer.json["id"], "Щукина")
    assert (event.email, str(event.birth_on)) == ("anna@example.org", "2015-03-08")


def test_the_same_idempotency_key_enters_one_person_even_in_parallel(either_database, app_of):
    school, who = make_school(either_database), uuid4()
    client = app_of(either_database).application

    def post(_):
        api, headers = Api(client.test_client(), school), {"Idempotency-Key": "a1"}
        return api("POST", "/people", json=ANNA, headers=headers, person=who)

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(post, range(4)), post(4)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert {answer.headers["ETag"] for answer in answers} == {'"1"'}
    told_of = told(either_database, "identity.person.changed")
    assert len([event for event in told_of if event.family_name == "Щукина"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"family_name": ""},
        {"family_name": "   "},
        {"family_name": 5},
        {"family_name": "x" * 121},
        {"given_name": "a\u202eb"},
        {"email": "нет"},
        {"birth_on": "вчера"},
        {"language": "de"},
        {"roles": ["operator"]},
        {"school_id": "00000000-0000-4000-8000-000000000000"},
    ],
    ids=str,
)
def test_a_malformed_person_is_refused_and_nobody_is_told(api, database, wrong):
    before = len(told(database))

    answer = enter(api, **wrong)

    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.json["errors"]["json"]
    assert len(told(database)) == before


def test_a_change_needs_the_version_seen_and_a_stale_one_is_refused(api, database):
    person = enter(api).json["id"]
    path, married = f"/people/{person}", ANNA | {"family_name": "Карпова"}

    blind = api("PUT", path, json=married)
    good = api("PUT", path, json=married, headers={"If-Match": '"1"'})
    stale = api("PUT", path, json=ANNA, headers={"If-Match": '"1"'})

    assert (blind.status_code, good.status_code, stale.status_code) == (428, 200, 412)
    assert good.headers["ETag"] == '"2"'
    assert [e.family_name for e in told(database, "identity.person.changed")][-2:] == ["Щукина", "Карпова"]


def test_saving_the_same_again_tells_nobody(api, database):
    person = enter(api).json["id"]
    before = len(told(database))

    answer = api("PUT", f"/people/{person}", json=ANNA, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert len(told(database)) == before


def test_an_unchanged_card_is_not_sent_twice(api):
    person = enter(api).json["id"]

    answer = api("GET", f"/people/{person}", headers={"If-None-Match": '"1"'})

    assert answer.status_code == 304


def test_people_are_listed_as_russians_sort_them_page_by_page(api, database, school, monkeypatch):
    monkeypatch.setattr("services.identity.queries.directory.PAGE", 2)
    with database.writing(school) as session:
        for family in ("Жук", "Ёлкина", "Елкин", "Яшин", "Абрамова"):
            make_person(session, family=family)

    listed, cursors = [], [""]
    while cursors[-1] is not None:
        page = api("GET", f"/people?role=pupil{cursors[-1]}").json
        listed += [person["family_name"] for person in page["items"]]
        cursors.append(page["next"] and f"&cursor={page['next']}")

    assert listed == ["Абрамова", "Елкин", "Ёлкина", "Жук", "Яшин"]
    told = b64decode(cursors[1].removeprefix("&cursor="), altchars=b"-_")
    assert len(told) == 16  # An id and no name (SECURITY 46).


@pytest.mark.parametrize("query", ["role=king", "group_id=5", "cursor=%21", "cursor=YWJj"])
def test_a_list_asked_for_wrongly_is_refused(api, query):
    assert api("GET", f"/people?{query}").status_code == 422


def test_people_are_found_by_any_part_of_their_names(api, database, school):
    with database.writing(school) as session:
        make_person(session, family="Семёнова", given="Алёна", patronymic="Игоревна")
        make_person(session, family="Семёнов", given="Пётр")

    found = api("POST", "/people/search", json={"q": "алена семенова"}).json["items"]

    assert [person["given_name"] for person in found] == ["Алёна"]


def test_roles_are_given_and_taken_and_each_is_told_once(api, database):
    person = enter(api).json["id"]
    for _ in range(2):
        given = api("POST", f"/people/{person}/roles", json={"role": "teacher"})
    for _ in range(2):
        taken = api("DELETE", f"/people/{person}/roles/teacher")

    assert (given.json["roles"], taken.status_code) == (["teacher"], 204)
    events = [e for e in told(database) if str(getattr(e, "person_id", "")) == person]
    assert [type(e) for e in events] == [PersonChanged, RoleGranted, RoleRevoked]


def test_the_class_teachers_role_comes_with_the_class_only(api):
    person = enter(api).json["id"]

    answer = api("POST", f"/people/{person}/roles", json={"role": "class_teacher"})

    assert (answer.status_code, answer.json["type"]) == (409, "urn:parta:problem:role-comes-with-the-class")
    assert "карточке класса" in answer.json["detail"]


def test_the_last_operator_stays(api, database, school):
    [operator] = api("GET", "/people?role=operator").json["items"]
    path = f"/people/{operator['id']}/roles/operator"

    alone = api("DELETE", path)
    with database.writing(school) as session:
        make_person(session, role="operator")
    with_another = api("DELETE", path)

    assert (alone.json["type"], with_another.status_code) == ("urn:parta:problem:last-operator", 204)


def test_names_are_kept_composed_and_with_single_spaces(api):
    answer = enter(api, family_name="  Е\u0308лкина\u00a0 Петрова ", given_name="Андреи\u0306")

    assert (answer.json["family_name"], answer.json["given_name"]) == ("Ёлкина Петрова", "Андрей")


def test_a_guardian_becomes_a_parent_and_stops_being_one(api, database, school):
    with database.writing(school) as session:
        pupil, mother = make_person(session).id, make_person(session, role="teacher").id
    pair = {"guardian_id": str(mother), "pupil_id": str(pupil)}

    made = [api("POST", "/guardianships", json=pair).status_code for _ in range(2)]
    card = api("GET", f"/people/{pupil}").json
    gone = [api("DELETE", f"/guardianships/{mother}/{pupil}").status_code for _ in range(2)]

    assert (made, gone, card["guardians"]) == ([201, 201], [204, 404], [str(mother)])
    kinds = [type(e) for e in told(database)][-4:]
    assert kinds == [GuardianshipEstablished, RoleGranted, GuardianshipEnded, RoleRevoked]


def test_only_a_pupil_has_guardians_and_nobody_is_their_own(api, database, school):
    with database.writing(school) as session:
        teacher, pupil = make_person(session, role="teacher").id, make_person(session).id

    def tie(guardian, child):
        pair = {"guardian_id": str(guardian), "pupil_id": str(child)}
        return api("POST", "/guardianships", json=pair)

    assert tie(pupil, teacher).json["type"] == "urn:parta:problem:not-a-pupil"
    assert tie(pupil, pupil).json["type"] == "urn:parta:problem:own-guardian"
    assert tie(teacher, uuid4()).status_code == 404


def test_a_class_teacher_sees_the_own_class_and_its_parents_and_nobody_else(api, database, school):
    with database.writing(school) as session:
        teacher = make_person(session, family="Учитель", role="teacher")
        own, other = make_class(session, teacher=teacher), make_class(session, name="5Б")
        mine, theirs = make_pupil(session, own), make_pupil(session, other, family="Чужой")
        parent = make_parent(session, mine)
        ids = {"teacher": teacher.id, "mine": mine.id, "theirs": theirs.id, "parent": parent.id}
    who = {"person": ids["teacher"], "roles": ("teacher", "class_teacher")}

    listed = [person["family_name"] for person in api("GET", "/people", **who).json["items"]]
    cards = {name: api("GET", f"/people/{id_}", **who).status_code for name, id_ in ids.items()}
    resets = {name: api("POST", f"/people/{id_}/credentials", **who).status_code for name, id_ in ids.items()}

    assert listed == ["Петров", "Петрова", "Учитель"]
    assert cards == {"teacher": 200, "mine": 200, "theirs": 404, "parent": 200}
    assert resets == {"teacher": 403, "mine": 201, "theirs": 404, "parent": 201}


def test_another_schools_people_and_groups_are_not_found(api, database, stranger):
    with database.writing(stranger) as session:
        group = make_class(session)
        person = make_pupil(session, group).id
        group_id = group.id
    seen = {"If-Match": '"1"'}
    group_in = {"name": "5А"}
    stay = {"pupil_id": str(person), "from_on": str(FIRST_DAY)}
    asked = [
        ("GET", f"/people/{person}", {}),
        ("PUT", f"/people/{person}", {"json": ANNA, "headers": seen}),
        ("POST", f"/people/{person}/roles", {"json": {"role": "teacher"}}),
        ("DELETE", f"/people/{person}/roles/pupil", {}),
        ("POST", f"/people/{person}/credentials", {}),
        ("DELETE", f"/people/{person}/credentials", {}),
        ("DELETE", f"/people/{person}/sessions", {}),
        ("GET", f"/groups/{group_id}", {}),
        ("PUT", f"/groups/{group_id}", {"json": group_in, "headers": seen}),
        ("GET", f"/groups/{group_id}/roster", {}),
        ("POST", f"/groups/{group_id}/enrolments", {"json": stay}),
        ("POST", "/guardianships", {"json": {"guardian_id": str(person), "pupil_id": str(person)}}),
    ]
    before = len(told(database))

    answers = {f"{method} {path}": api(method, path, **given).status_code for method, path, given in asked}

    assert set(answers.values()) == {404}, answers
    assert api("GET", f"/people?group_id={group_id}").json["items"] == []
    assert len(told(database)) == before
