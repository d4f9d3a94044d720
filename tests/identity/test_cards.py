"""Cards of people: what they keep, who reads which, and who may correct the contacts."""

from uuid import UUID

import pytest

from services.identity.actions.people.people import establish_guardianship, grant_role
from tests.identity.makers import make_class, make_parent, make_person, make_pupil, told

PHONE = {"kind": "phone", "value": "+7 900 000-00-00", "note": "мама"}
MAIL = {"kind": "email", "value": "mama@example.org", "note": ""}
HOME = {"kind": "address", "value": "г. Омск, ул. Ленина, 1, кв. 2", "note": "по прописке"}


@pytest.fixture
def people(database, school):
    """Two classes, each with its teacher, a pupil and a parent; a father of the first pupil besides."""
    with database.writing(school) as session:
        ids = {}
        for letter in "АБ":
            leader = make_person(session, family=f"Классная-{letter}", role="teacher")
            group = make_class(session, name=f"5{letter}", teacher=leader)
            pupil = make_pupil(session, group, family=f"Ученик-{letter}")
            parent = make_parent(session, pupil, family=f"Мать-{letter}")
            ids |= {f"leader-{letter}": leader.id, f"class-{letter}": group.id}
            ids |= {f"pupil-{letter}": pupil.id, f"parent-{letter}": parent.id}
        ids["father"] = make_person(session, family="Отец", role="parent").id
        establish_guardianship(session, ids["father"], ids["pupil-А"], "father")
        ids["teacher"] = make_person(session, family="Учитель", role="teacher").id
        ids["director"] = make_person(session, family="Директор", role="director").id
        return ids


READERS = {
    "leader-А": ("class_teacher", "teacher"),
    "teacher": ("teacher",),
    "pupil-А": ("pupil",),
    "parent-А": ("parent",),
    "director": ("director",),
}
READ = {
    "leader-А": {"leader-А", "pupil-А", "parent-А", "father"},
    "teacher": {"teacher"},
    "pupil-А": {"pupil-А"},
    "parent-А": {"parent-А", "pupil-А"},
}


@pytest.mark.parametrize("who", READERS)
def test_each_reads_the_cards_that_are_theirs_to_read(api, people, who):
    persons = {name: id_ for name, id_ in people.items() if not name.startswith("class")}

    read = {
        name
        for name, id_ in persons.items()
        if api("GET", f"/people/{id_}", roles=READERS[who], person=people[who]).status_code == 200
    }

    assert read == READ.get(who, set(persons))


def card(api, people, whose, **by):
    return api("GET", f"/people/{people[whose]}", **by).json


def correct(api, people, whose, contacts, seen=1, **by):
    headers = {"If-Match": f'"{seen}"'}
    return api("PUT", f"/people/{people[whose]}/contacts", json={"contacts": contacts}, headers=headers, **by)


def test_a_card_keeps_what_only_identity_needs_and_tells_nobody_of_it(api, database):
    body = {"family_name": "Щукин", "given_name": "Пётр", "patronymic": "Ильич", "birth_on": "2015-03-08"}
    kept = {"sex": "m", "file_number": "П-17", "position": None}
    person = api("POST", "/people", json=body | kept).json
    before = told(database)

    changed = api(
        "PUT", f"/people/{person['id']}", json=body | kept | {"sex": "f"}, headers={"If-Match": '"1"'}
    )

    assert {name: person[name] for name in kept} == kept
    assert (changed.json["sex"], changed.headers["ETag"]) == ("f", '"2"')
    assert told(database) == before
    assert not {"sex", "file_number", "position", "contacts"} & set(before[-1].__dataclass_fields__)


def test_a_file_number_is_one_pupils_alone(api):
    body = {"family_name": "Щукин", "given_name": "Пётр", "file_number": "П-17"}
    first = api("POST", "/people", json=body)
    again = api("PUT", f"/people/{first.json['id']}", json=body, headers={"If-Match": '"1"'})

    second = api("POST", "/people", json=body | {"given_name": "Иван"})

    assert (first.status_code, again.status_code, second.status_code) == (201, 200, 409)
    assert "Щукин Пётр" in second.json["detail"]


def test_contacts_are_kept_in_their_order(api, people, database):
    before = told(database)

    answer = correct(api, people, "pupil-А", [PHONE, MAIL, HOME])

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json["contacts"] == [PHONE, MAIL, HOME]
    assert correct(api, people, "pupil-А", [], seen=1).status_code == 412
    assert correct(api, people, "pupil-А", [PHONE, MAIL, HOME], seen=2).headers["ETag"] == '"2"'
    assert told(database) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {**PHONE, "value": "позвоните"},
        {**PHONE, "value": "1"},
        {**MAIL, "value": "mama"},
        {**HOME, "value": ""},
        {**HOME, "kind": "telegram"},
        {**HOME, "note": "x" * 121},
        {"value": "x"},
    ],
    ids=str,
)
def test_what_nobody_can_be_reached_by_is_refused(api, people, wrong):
    assert correct(api, people, "pupil-А", [wrong]).status_code == 422
    assert card(api, people, "pupil-А")["contacts"] == []


def test_a_class_teacher_corrects_contacts_of_the_own_class_alone(api, people, database, school):
    by = {"roles": ("class_teacher", "teacher"), "person": people["leader-А"]}

    assert correct(api, people, "pupil-А", [PHONE], **by).status_code == 200
    assert correct(api, people, "parent-А", [PHONE], **by).status_code == 200
    assert correct(api, people, "pupil-Б", [PHONE], **by).status_code == 404
    assert correct(api, people, "leader-Б", [PHONE], **by).status_code == 404

    with database.writing(school) as session:
        grant_role(session, people["father"], "teacher")
    assert correct(api, people, "father", [PHONE], **by).status_code == 403


def test_a_parent_reads_of_no_other_representative(api, people):
    by = {"roles": ("parent",), "person": people["parent-А"]}
    own = card(api, people, "pupil-А", **by)
    whole = card(api, people, "pupil-А")

    assert [one["family_name"] for one in own["representatives"]] == ["Мать-А"]
    assert own["guardians"] == [str(people["parent-А"])]
    assert [(one["family_name"], one["kind"]) for one in whole["representatives"]] == [
        ("Мать-А", "representative"),
        ("Отец", "father"),
    ]


def test_a_guardianship_has_a_kind_that_may_be_corrected(api, people, database):
    body = {"guardian_id": str(people["parent-А"]), "pupil_id": str(people["pupil-А"]), "kind": "mother"}
    before = told(database)

    assert api("POST", "/guardianships", json=body).status_code == 201

    [child] = card(api, people, "parent-А")["children"]
    assert (child["id"], child["kind"]) == (str(people["pupil-А"]), "mother")
    assert told(database) == before
    assert api("POST", "/guardianships", json=body | {"kind": "aunt"}).status_code == 422


def listed(api, query, **by):
    return [one["family_name"] for one in api("GET", f"/people?{query}", **by).json["items"]]


def test_staff_pupils_and_parents_are_listed_apart(api, people):
    assert listed(api, "who=staff") == ["Директор", "Классная-А", "Классная-Б", "Оператор", "Учитель"]
    assert listed(api, "who=pupils") == ["Ученик-А", "Ученик-Б"]
    assert listed(api, "who=parents") == ["Мать-А", "Мать-Б", "Отец"]
    assert api("GET", "/people?who=pupils").json["items"][0]["group"]["name"] == "5А"
    assert listed(api, f"group_id={people['class-Б']}") == ["Ученик-Б"]


@pytest.fixture
def deputy(api, people, database, school):
    with database.writing(school) as session:
        person = make_person(session, family="Завуч", role="deputy").id
        six = make_class(session, name="6А", grade=6)
        make_pupil(session, six, family="Шестиклассник")
        return person


def assign(api, deputy, grades, subjects=(), seen=0):
    body = {"grades": grades, "subjects": list(subjects)}
    return api("PUT", f"/areas/{deputy}", json=body, headers={"If-Match": f'"{seen}"'})


def test_a_deputy_answers_for_parallels_and_sees_them_first(api, people, deputy):
    by = {"roles": ("deputy",), "person": deputy}
    everybody = listed(api, "mine=true", **by)

    assert assign(api, deputy, [6, 6], ["История"]).json["grades"] == [6]

    assert len(everybody) == 12
    assert listed(api, "mine=true", **by) == ["Шестиклассник"]
    assert len(listed(api, "", **by)) == 12
    groups = api("GET", "/groups?mine=true", **by).json["items"]
    assert [group["name"] for group in groups] == ["6А"]
    shown = api("GET", f"/people/{deputy}").json
    assert shown["area"] == {"grades": [6], "subjects": ["История"]}


def test_an_area_is_a_deputys_and_changes_from_what_was_seen(api, people, deputy):
    assert assign(api, people["teacher"], [5]).status_code == 409
    assert assign(api, deputy, [12]).status_code == 422
    assert assign(api, deputy, [5], seen=3).status_code == 412
    assert assign(api, deputy, [5]).headers["ETag"] == '"1"'
    assert assign(api, deputy, [5], seen=1).headers["ETag"] == '"1"'
    assert assign(api, deputy, [], ["Химия"], seen=1).headers["ETag"] == '"2"'
    [item] = api("GET", "/areas").json["items"]
    assert (item["person"]["family_name"], item["subjects"]) == ("Завуч", ["Химия"])
    assert UUID(item["person"]["id"]) == deputy


def test_a_class_teachers_own_groups_are_mine(api, people):
    by = {"roles": ("class_teacher", "teacher"), "person": people["leader-Б"]}

    assert [group["name"] for group in api("GET", "/groups?mine=true", **by).json["items"]] == ["5Б"]
