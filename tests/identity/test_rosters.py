"""Imports of rosters: big ones, corrected ones, and those with mistakes in them."""

import time
from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from services.identity.models import Account, Person
from tests.identity.archives import (
    HEADERS,
    SCHOOL,
    archive,
    class_,
    place,
    school_of,
    sheet,
    upload,
    user,
    zipped,
)
from tests.identity.conftest import Api
from tests.identity.makers import make_class, make_person, make_school, told

NONE = {"people": 0, "roles": 0, "groups": 0, "enrolments": 0, "guardianships": 0}


def small(**changed):
    tables = {
        **SCHOOL,
        "users": [user("p1"), user("p2"), user("t1", "teacher"), user("m1", "parent", agentSourcedIds="p1")],
        "classes": [class_("c1"), class_("c2", "5Б")],
        "enrollments": [place("c1", "p1"), place("c1", "p2"), place("c1", "t1", "teacher")],
    }
    return tables | changed


def test_a_school_of_a_thousand_people_takes_seconds_on_either_database(either_database, app_of):
    school = make_school(either_database)
    api = Api(app_of(either_database), school)
    content = archive(school_of(350))

    began = time.perf_counter()
    first = upload(api, content)
    seconds = time.perf_counter() - began
    again = upload(api, content)

    assert first.status_code == 200, first.text
    assert first.json["created"] == {
        "people": 1064,
        "roles": 1064,
        "groups": 14,
        "enrolments": 350,
        "guardianships": 700,
    }
    assert again.json["created"] == again.json["changed"] == NONE
    assert seconds < 20
    with either_database.reading(school) as session:
        assert session.scalar(select(func.count(func.distinct(Account.login)))) == 1065
        assert session.scalar(select(func.count()).select_from(Person)) == 1065
    events = told(either_database)
    kinds = [type(event).__name__ for event in events[3:]]  # after school, operator, role
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "PersonChanged": 1064,
        "RoleGranted": 1064 + 14,
        "GroupChanged": 14,
        "EnrolmentsChanged": 14,
        "GuardianshipEstablished": 700,
    }


@pytest.mark.parametrize(("encoding", "by"), [("utf-8-sig", ","), ("cp1251", ";"), ("utf-16", "\t")])
def test_encodings_and_delimiters_of_the_wild_are_read(api, encoding, by):
    answer = upload(api, archive(small(), encoding=encoding, by=by))

    assert answer.json["created"]["people"] == 4
    assert api("POST", "/people/search", json={"q": "фамилияp1"}).json["items"][0]["patronymic"] == "Отчество"


BAD = [  # table, row, file, line, column
    ("users", user("p9", "king"), "users.csv", 6, "role"),
    ("users", user("p1"), "users.csv", 6, "sourcedId"),
    ("users", user(""), "users.csv", 6, "sourcedId"),
    ("users", user("p9", familyName=""), "users.csv", 6, "familyName"),
    ("users", user("p9", familyName="Я" * 121), "users.csv", 6, "familyName"),
    ("users", user("p9", givenName="a\u202eb"), "users.csv", 6, "givenName"),
    ("users", user("p9", orgSourcedIds="s9"), "users.csv", 6, "orgSourcedIds"),
    ("users", user("p9", enabledUser="может быть"), "users.csv", 6, "enabledUser"),
    ("users", user("p9", status="weg"), "users.csv", 6, "status"),
    ("users", user("m9", "parent", agentSourcedIds="p404"), "users.csv", 6, "agentSourcedIds"),
    ("classes", class_("c9", ""), "classes.csv", 4, "title"),
    ("classes", class_("c9", schoolSourcedId="s9"), "classes.csv", 4, "schoolSourcedId"),
    ("enrollments", place("c9", "p1"), "enrollments.csv", 5, "classSourcedId"),
    ("enrollments", place("c2", "p9"), "enrollments.csv", 5, "userSourcedId"),
    ("enrollments", place("c2", "p1"), "enrollments.csv", 5, "classSourcedId"),
    ("enrollments", place("c1", "p1", beginDate="31.02.2026"), "enrollments.csv", 5, "beginDate"),
    ("enrollments", place("c1", "p1", endDate="soon"), "enrollments.csv", 5, "endDate"),
    (
        "enrollments",
        place("c1", "p1", beginDate="2026-10-01", endDate="2026-09-01"),
        "enrollments.csv",
        5,
        "endDate",
    ),
    ("orgs", {"sourcedId": "s1", "name": "ещё раз"}, "orgs.csv", 3, "sourcedId"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad[2]} {bad[4]}")
def test_a_bad_row_is_named_with_its_place_and_nothing_is_imported(api, database, bad):
    table, row, file, line, column = bad
    tables = small()
    tables[table] = [*tables[table], row]
    before = len(told(database))

    answer = upload(api, archive(tables))

    assert answer.status_code == 422
    assert answer.json["type"] == "urn:parta:problem:bad-rows"
    [error] = answer.json["errors"]["rows"]
    assert (error["file"], error["line"], error["column"]) == (file, line, column)
    assert error["reason"]
    assert len(told(database)) == before


def test_all_bad_rows_are_named_at_once_in_the_callers_language(api):
    tables = small(
        users=[user("p1", "king"), user("p2", "queen"), user("t1", "teacher"), user("m1", "parent")]
    )

    answer = upload(api, archive(tables), headers={"Accept-Language": "en"})

    rows = answer.json["errors"]["rows"]
    assert [row["line"] for row in rows] == [2, 3]
    assert rows[0]["reason"].startswith("Unknown role “king”")
    assert "2 errors" in answer.json["detail"]


def test_missing_columns_and_files_are_named(api):
    files = {
        f"{name}.csv": sheet(header.replace("role", "rolle").split(","), []).encode()
        for name, header in HEADERS.items()
        if name != "classes"
    }

    rows = upload(api, zipped(files)).json["errors"]["rows"]

    assert {(row["file"], row["line"], row["column"]) for row in rows} == {
        ("classes.csv", 0, ""),
        ("enrollments.csv", 1, "role"),
    }


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 not really", "bad-archive"),
        (b"sourcedId,name\n", "not-a-roster"),
        (zipped({"readme.txt": b"x"}), "not-a-roster"),
        (zipped({"../users.csv": b"x"}), "bad-archive"),
        (zipped({"a/users.csv": b"x", "b/users.csv": b"x"}), "several-sets"),
        (zipped({"users.csv": b"0" * 60_000_000}), "bad-archive"),
    ],
    ids=["damaged", "no zip", "other files", "path out", "two sets", "bomb"],
)
def test_a_hostile_or_wrong_file_is_refused(api, content, kind):
    answer = upload(api, content)

    assert (answer.status_code, answer.json["type"]) == (422, f"urn:parta:problem:{kind}")


def test_an_import_without_a_file_says_so(api):
    assert api("POST", "/imports/oneroster", data={}).json["type"] == "urn:parta:problem:file-needed"


def test_a_client_with_the_scope_imports_into_its_own_school_only(api, stranger):
    upload(api, archive(small()), roles=(), scope="import", school=stranger)

    assert api("GET", "/people?role=pupil").json["items"] == []
    assert len(api("GET", "/people?role=pupil", school=stranger).json["items"]) == 2
    assert upload(api, archive(small()), roles=(), scope="events:read").status_code == 403


def test_a_corrected_file_changes_only_what_was_corrected(api, database):
    upload(api, archive(small()))
    before = len(told(database))
    tables = small()
    tables["users"][0] = user("p1", familyName="Исправлена", email="p1@example.org")
    tables["classes"][1] = class_("c2", "5 «В»")

    answer = upload(api, archive(tables))

    assert answer.json["changed"] == NONE | {"people": 1, "groups": 1}
    assert answer.json["created"] == NONE
    person, group = told(database)[before:]
    assert (person.family_name, person.email) == ("Исправлена", "p1@example.org")
    assert group.name == "5 «В»"


def test_what_the_file_leaves_empty_is_kept(api):
    upload(api, archive(small(users=[user("p1", email="p1@example.org")], enrollments=[])))

    upload(api, archive(small(users=[user("p1", middleName="")], enrollments=[])))

    [person] = api("GET", "/people?role=pupil").json["items"]
    assert (person["email"], person["patronymic"]) == ("p1@example.org", "Отчество")


def test_a_pupil_who_is_in_another_class_now_has_left_the_old_one(api):
    with time_machine.travel("2026-09-10T09:00:00Z"):
        upload(api, archive(small()))
    tables = small(enrollments=[place("c2", "p1"), place("c1", "p2"), place("c1", "t1", "teacher")])

    with time_machine.travel("2026-11-23T09:00:00Z"):
        moved = upload(api, archive(tables))
        again = upload(api, archive(tables))

    assert (moved.json["created"]["enrolments"], moved.json["changed"]["enrolments"]) == (1, 1)
    assert (again.json["created"], again.json["changed"]) == (NONE, NONE)
    assert rosters(api, "2026-11-22") == {"5А": ["p1", "p2"], "5Б": []}
    assert rosters(api, "2026-11-23") == {"5А": ["p2"], "5Б": ["p1"]}


def rosters(api, day):
    return {
        group["name"]: [
            pupil["family_name"].removeprefix("Фамилия")
            for pupil in api("GET", f"/groups/{group['id']}/roster?on={day}").json["items"]
        ]
        for group in api("GET", "/groups").json["items"]
    }


def test_rows_to_be_deleted_end_the_enrolment_and_forget_nobody(api):
    upload(api, archive(small()))
    tables = small()
    tables["users"][1] = user("p2", status="tobedeleted")
    tables["enrollments"][0] = place("c1", "p1", status="tobedeleted")

    first = upload(api, archive(tables), "?on=2026-11-23")
    again = upload(api, archive(tables), "?on=2026-11-24")

    assert first.json["changed"]["enrolments"] == 2
    assert again.json["changed"] == NONE
    assert rosters(api, "2026-11-23")["5А"] == ["p1", "p2"]
    assert rosters(api, "2026-11-24")["5А"] == []
    assert len(api("GET", "/people?role=pupil").json["items"]) == 2


def test_without_days_a_pupil_is_there_since_the_first_of_september(api):
    with time_machine.travel("2027-02-01T09:00:00Z"):
        upload(api, archive(small()))

    assert rosters(api, "2026-08-31")["5А"] == []
    assert rosters(api, str(date(2026, 9, 1)))["5А"] == ["p1", "p2"]


def test_days_of_the_file_are_kept(api):
    tables = small(enrollments=[place("c1", "p1", beginDate="2026-10-05", endDate="2026-12-30T00:00:00Z")])

    upload(api, archive(tables))

    found = [rosters(api, day)["5А"] for day in ("2026-10-04", "2026-10-05", "2026-12-30", "2026-12-31")]
    assert found == [[], ["p1"], ["p1"], []]


def test_the_primary_teacher_of_a_homeroom_leads_it(api):
    tables = small()
    tables["users"].append(user("t2", "teacher"))
    tables["enrollments"].append(place("c1", "t2", "teacher", primary="true"))

    upload(api, archive(tables))

    [group, _] = api("GET", "/groups?kind=class").json["items"]
    assert group["class_teacher"]["family_name"] == "Фамилияt2"
    assert group["grade"] == 5


def test_a_class_and_a_teacher_entered_by_hand_are_found_by_name(api, database, school):
    with database.writing(school) as session:
        group = make_class(session, name="5 А").id
        teacher = make_person(
            session, family="Фамилияt1", given="Имя", patronymic="Отчество", role="teacher"
        ).id

    answer = upload(api, archive(small()))

    assert answer.json["created"]["people"] == 3
    assert answer.json["created"]["groups"] == 1
    card = api("GET", f"/groups/{group}").json
    assert card["class_teacher"]["id"] == str(teacher)


def test_a_file_of_changes_may_name_people_of_an_earlier_one(api):
    upload(api, archive(small()))
    changes = {**SCHOOL, "users": [user("p3")], "enrollments": [place("c1", "p3"), place("c2", "p2")]}

    answer = upload(api, archive(changes), "?on=2026-11-23")

    assert answer.json["created"]["enrolments"] == 2
    assert rosters(api, "2026-11-23")["5Б"] == ["p2"]


def test_logins_come_from_the_file_or_the_name_and_never_clash(api, database, school, stranger):
    names = {"familyName": "Щукина", "givenName": "Анна", "middleName": "Петровна"}
    users = [user("p1", **names), user("p2", **names), user("p3", username="Anna@Example.org")]
    upload(api, archive(small(users=users, enrollments=[])), school=stranger)

    upload(api, archive(small(users=users, enrollments=[])))

    found = [
        api("GET", f"/people/{one['id']}").json for one in api("GET", "/people?role=pupil").json["items"]
    ]
    assert sorted(one["login"] for one in found) == [
        "anna2@example.org",
        "shchukina.ap3",
        "shchukina.ap4",
    ]


def test_onerosters_newer_roles_are_read(api):
    files = {
        "manifest.csv": b"propertyName,value\noneroster.version,1.2\nfile.classes,absent\n",
        "orgs.csv": b"sourcedId,name,type\ns1,School,school\n",
        "users.csv": "sourcedId,status,enabledUser,username,givenName,familyName,agentSourcedIds,"
        "primaryOrgSourcedId\nu1,active,true,a,Анна,Белова,,s1\nu2,active,true,b,Пётр,Белов,u1,s1\n".encode(),
        "roles.csv": b"sourcedId,status,userSourcedId,roleType,role,orgSourcedId\n"
        b"r1,active,u1,primary,guardian,s1\nr2,active,u2,primary,student,s1\nr3,active,u1,secondary,"
        b"teacher,s1\n",
        "enrollments.csv": b"sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role\n",
    }

    answer = upload(api, zipped(files))

    assert (answer.json["format"], answer.json["created"]["guardianships"]) == ("OneRoster 1.2", 1)
    [mother] = api("GET", "/people?role=parent").json["items"]
    assert mother["roles"] == ["parent", "teacher"]
