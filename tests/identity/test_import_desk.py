"""The import desk: rehearsed, asked, applied as shown, forgotten; and lists as schools write them."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from services.identity.actions.importing.keeping_imports import forget_imports
from services.identity.models import Import
from shared.clock import now
from shared.db import EVERY_SCHOOL
from shared.ids import new_id
from tests.identity.archives import SCHOOL, archive, school_of, user
from tests.identity.conftest import Api
from tests.identity.desk import NONE, apply, bring, changes
from tests.identity.makers import make_class, make_parent, make_person, make_pupil, make_school, told
from tests.identity.russian_school import as_csv, as_xlsx, made_school, school_list
from tests.identity.statements import statements_of

HEAD = ["ФИО", "Дата рождения", "Класс"]
PETROV = ["Петров Иван Ильич", "12.05.2014", "5А"]


@pytest.mark.parametrize("form", ["xlsx", "cp1251"])
def test_a_school_of_a_thousand_pupils_is_brought_and_again_changes_nothing(either_database, app_of, form):
    api = Api(app_of(either_database), make_school(either_database))
    rows = school_list(made_school(1000))
    content = as_xlsx(rows) if form == "xlsx" else as_csv(rows)

    rehearsed = bring(api, content, f"школа.{form}").json
    before = len(told(either_database))
    done = apply(api, rehearsed)
    after = len(told(either_database))
    again = bring(api, content, f"школа.{form}").json
    repeated = apply(api, again)

    assert (done.status_code, repeated.status_code) == (200, 200), (done.text, repeated.text)
    assert (rehearsed["errors"], rehearsed["questions"]) == ([], [])
    assert done.json["created"] == rehearsed["created"]
    assert done.json["created"]["enrolments"] == 1000
    assert done.json["created"]["guardianships"] == 2000
    assert after - before > 6000
    assert repeated.json["created"] == repeated.json["changed"] == repeated.json["closed"] == NONE
    assert len(told(either_database)) == after


def test_a_large_file_may_be_read_for_longer_than_a_transaction_may_idle(either_database, app_of):
    api = Api(app_of(either_database), make_school(either_database))

    with statements_of(either_database) as rehearsing:
        rehearsed = bring(api, as_xlsx([HEAD, PETROV])).json
    with statements_of(either_database) as applying:
        assert apply(api, rehearsed).status_code == 200

    for ran in (rehearsing, applying):
        assert any("idle_in_transaction" in one for one in ran) == either_database.is_postgres


def test_a_rehearsal_says_what_would_be_created_changed_and_closed(api, session, database):
    teacher = make_person(session, family="Щукина", given="Анна", role="teacher")
    old, left = make_class(session, name="5А", teacher=teacher), make_class(session, name="5Б")
    pupil = make_pupil(session, old, family="Петров", given="Иван")
    pupil.birth_on, pupil.patronymic = date(2014, 5, 12), "Ильич"
    make_pupil(session, left, family="Белов", given="Пётр")
    session.commit()
    before = len(told(database))
    rows = [
        [*HEAD, "E-mail"],
        ["Петров Иван Ильич", "12.05.2014", "5Б", "ivan@example.org"],
        ["Новая Анна", "", "5Б", ""],
    ]

    with time_machine.travel("2026-11-23T09:00:00Z"):
        rehearsed = bring(api, as_xlsx(rows), query="?is_complete=true").json

    assert len(told(database)) == before
    found = {(one["action"], one["what"], one["name"]): one["fields"] for one in changes(api, rehearsed)}
    assert found == {
        ("changed", "person", "Петров Иван Ильич"): {"email": [None, "ivan@example.org"]},
        ("created", "person", "Новая Анна"): {"roles": [None, "pupil"]},
        ("closed", "enrolment", "Петров Иван Ильич"): {
            "group": ["5А", "5А"],
            "until_on": [None, "2026-11-22"],
        },
        ("created", "enrolment", "Петров Иван Ильич"): {
            "group": [None, "5Б"],
            "from_on": [None, "2026-11-23"],
        },
        ("created", "enrolment", "Новая Анна"): {"group": [None, "5Б"], "from_on": [None, "2026-09-01"]},
        ("closed", "enrolment", "Белов Пётр"): {"group": ["5Б", "5Б"], "until_on": [None, "2026-11-22"]},
    }
    assert rehearsed["closed"]["enrolments"] == 2
    assert [one["name"] for one in changes(api, rehearsed, "?action=changed")] == ["Петров Иван Ильич"]
    assert apply(api, rehearsed).status_code == 200


def test_wrong_rows_are_named_and_given_back_in_a_copy_of_the_table(api, database):
    rows = [HEAD, PETROV, ["Белова Анна", "32.01.2014", "5А"], ["", "01.02.2014", "5А"]]
    rows.append(["Жуков Пётр", "03.04.2014", "77Я"])
    before = len(told(database))

    refused = bring(api, as_xlsx(rows, "5А")).json
    copy = api("GET", f"/imports/{refused['id']}/errors.xlsx").data

    assert refused["state"] == "refused"
    assert [(one["file"], one["line"], one["column"], one["value"]) for one in refused["errors"]] == [
        ("5А", 3, "Дата рождения", "32.01.2014"),
        ("5А", 4, "ФИО", ""),
        ("5А", 5, "Класс", "77Я"),
    ]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(copy)).get_sheet_by_index(0).to_python()
    assert sheet[0] == [*HEAD, "Ошибки"]
    assert sheet[1] == [*PETROV, ""]
    assert sheet[2][3].startswith("Дата рождения: «32.01.2014» — не дата.")
    assert api("POST", f"/imports/{refused['id']}/application", json={"digest": "0" * 64}).status_code == 409
    assert len(told(database)) == before


def test_what_was_shown_is_done_and_nothing_else(api, session):
    make_class(session, name="5А")
    session.commit()
    rehearsed = bring(api, as_csv([HEAD, PETROV])).json
    with_number = bring(api, as_csv([[*HEAD, "Отчество матери"], [*PETROV, ""]])).json
    apply(api, with_number)

    stale = apply(api, rehearsed)

    assert stale.status_code == 409
    assert stale.json["type"] == "urn:parta:problem:school-changed"
    assert stale.json["errors"]["created"] == NONE
    shown = api("GET", f"/imports/{rehearsed['id']}").json
    assert shown["digest"] == stale.json["errors"]["digest"] != rehearsed["digest"]
    done = apply(api, shown)
    assert (done.status_code, done.json["state"], done.json["is_kept"]) == (200, "applied", False)
    assert apply(api, shown).json == done.json


@pytest.mark.parametrize(
    ("known", "row", "is_same"),
    [
        ({"birth_on": date(2014, 5, 12)}, ["Петров Иван", "12.05.2014", "7Б", ""], True),  # transferred
        ({}, ["Петров Иван", "12.05.2014", "5А", ""], True),  # the same class
        (
            {"birth_on": date(2014, 5, 12)},
            ["Сидоров Иван", "12.05.2014", "5А", "Петрова Ольга"],
            True,
        ),  # renamed
        ({"file_number": "А-7"}, ["Сидоров Иван", "", "6В", ""], True),  # by the file
        ({"birth_on": date(2014, 5, 12)}, ["ПЕТРОВ ИВАН", "12.05.2014", "5 «а»", ""], True),
        ({"birth_on": date(2014, 5, 12)}, ["Петров Иван", "01.01.2010", "9А", ""], False),  # a namesake
        ({}, ["Петров Иван", "", "7Б", ""], None),  # transferred or a namesake?
        ({"birth_on": date(2014, 5, 12)}, ["Петрав Иван", "12.05.2014", "7Б", ""], None),  # a slip?
    ],
)
def test_pupils_are_recognised_or_asked_about_and_never_doubled(api, session, known, row, is_same):
    pupil = make_pupil(session, make_class(session, name="5А"))
    make_parent(session, pupil)
    for name, value in known.items():
        setattr(pupil, name, value)
    id_ = pupil.id
    session.commit()
    head = [*HEAD, "ФИО матери", "№ личного дела"]

    rehearsed = bring(api, as_xlsx([head, [*row, known.get("file_number", "")]])).json

    new = [one["name"] for one in changes(api, rehearsed, "?action=created&what=person")]
    if is_same is None:
        [question] = rehearsed["questions"]
        assert [one["id"] for one in question["candidates"]] == [str(id_)]
        assert apply(api, rehearsed).json["type"] == "urn:parta:problem:questions-open"
        assert new == []
    else:
        assert rehearsed["questions"] == []
        assert bool(new) is not is_same


def test_a_question_is_answered_with_a_person_or_with_a_new_one(api, session):
    pupil = make_pupil(session, make_class(session, name="5А"))
    id_ = pupil.id
    session.commit()
    content = as_csv([HEAD, ["Петров Иван", "", "7Б"]])
    first, second = bring(api, content).json, bring(api, content).json
    [question] = first["questions"]

    wrong = api("PUT", f"/imports/{first['id']}/decisions", json={"decisions": {question["key"]: "кто-то"}})
    same = api(
        "PUT", f"/imports/{first['id']}/decisions", json={"decisions": {question["key"]: str(id_)}}
    ).json
    new = api("PUT", f"/imports/{second['id']}/decisions", json={"decisions": {question["key"]: "new"}}).json

    assert wrong.json["type"] == "urn:parta:problem:unknown-answer"
    assert same["questions"] == new["questions"] == []
    assert (same["created"]["people"], new["created"]["people"]) == (0, 1)
    assert apply(api, same).json["closed"]["enrolments"] == 1
    assert bring(api, content).json["created"] == NONE


def test_brothers_and_sisters_have_one_mother_and_namesakes_are_asked_about(api):
    head = [*HEAD, "ФИО матери", "Телефон матери"]
    rows = [
        ["Петров Иван Ильич", "12.05.2014", "5А", "Петрова Ольга Юрьевна", "8 912 345 67 89"],
        ["Петрова Анна Ильинична", "12.05.2016", "3А", "Петрова Ольга Юрьевна", "+79123456789"],
        ["Зайцев Лев Петрович", "12.05.2012", "7А", "Петрова Ольга Юрьевна", ""],
    ]

    rehearsed = bring(api, as_xlsx([head, *rows])).json

    assert rehearsed["created"]["guardianships"] == 2
    [question] = rehearsed["questions"]
    assert (question["line"], question["about"]) == (4, "Зайцев Лев")
    answer = {question["key"]: question["candidates"][0]["id"]}
    answered = api("PUT", f"/imports/{rehearsed['id']}/decisions", json={"decisions": answer}).json
    assert (answered["created"]["guardianships"], answered["created"]["people"]) == (3, 4)
    apply(api, answered)
    [mother] = api("GET", "/people?role=parent").json["items"]
    assert len(api("GET", f"/people/{mother['id']}").json["children"]) == 3


def test_staff_get_roles_by_their_posts_but_power_only_by_hand(api):
    rows = [
        ["Фамилия", "Имя", "Отчество", "Должность", "Классное руководство"],
        ["Щукина", "Анна", "Петровна", "учитель математики", "5А"],
        ["Орлов", "Пётр", "", "зам. директора по УВР", ""],
        ["Главный", "Семён", "", "директор", ""],
        ["Счётова", "Вера", "", "бухгалтер", ""],
    ]

    rehearsed = bring(api, as_xlsx(rows)).json
    apply(api, rehearsed)

    people = {one["family_name"]: one["roles"] for one in api("GET", "/people").json["items"]}
    assert people["Щукина"] == ["class_teacher", "teacher"]
    assert (people["Орлов"], people["Главный"], people["Счётова"]) == ([], [], [])
    assert "Орлов Пётр: deputy" in [one["what"] for one in rehearsed["ignored"]]
    assert "Главный Семён: director" in [one["what"] for one in rehearsed["ignored"]]
    [group] = api("GET", "/groups").json["items"]
    assert (group["name"], group["class_teacher"]["family_name"]) == ("5А", "Щукина")


@pytest.mark.parametrize(
    ("role", "post"), [("director", "директор"), ("deputy", "завуч"), ("teacher", "учитель")]
)
def test_a_file_does_not_move_an_address_by_which_a_password_of_the_staff_is_reset(
    api, database, school, role, post
):
    with database.writing(school) as session:
        boss = make_person(session, family="Главный", given="Семён", role=role)
        boss.email = "boss@example.org"
        boss_id = boss.id
    rows = [["Фамилия", "Имя", "Должность", "E-mail"], ["Главный", "Семён", post, "me@example.org"]]

    rehearsed = bring(api, as_xlsx(rows)).json
    done = apply(api, rehearsed)

    assert done.status_code == 200
    assert "Главный Семён: me@example.org" in [one["what"] for one in rehearsed["ignored"]]
    assert api("GET", f"/people/{boss_id}").json["email"] == "boss@example.org"


def test_a_teachers_first_address_is_taken_from_a_file_and_a_deputys_is_not(api, database, school):
    with database.writing(school) as session:
        make_person(session, family="Щукина", given="Анна", role="teacher")
        make_person(session, family="Орлов", given="Пётр", role="deputy")
    rows = [
        ["Фамилия", "Имя", "Должность", "E-mail"],
        ["Щукина", "Анна", "учитель", "anna@example.org"],
        ["Орлов", "Пётр", "завуч", "petr@example.org"],
    ]

    apply(api, bring(api, as_xlsx(rows)).json)

    people = api("GET", "/people").json["items"]
    found = {one["family_name"]: api("GET", f"/people/{one['id']}").json["email"] for one in people}
    assert (found["Щукина"], found["Орлов"]) == ("anna@example.org", None)


def test_what_a_file_does_is_done_with_a_fresh_proof_alone(api):
    """SECURITY 11: it changes addresses by which passwords are reset."""
    rehearsed = bring(api, as_xlsx([HEAD, PETROV])).json
    old = {"claims": {"auth_time": int((now() - timedelta(minutes=6)).timestamp())}}
    path, body = f"/imports/{rehearsed['id']}/application", {"digest": rehearsed["digest"]}

    stale, fresh = api("POST", path, json=body, **old), api("POST", path, json=body)

    assert (stale.status_code, stale.json["type"]) == (403, "urn:parta:problem:proof-needed")
    assert fresh.status_code == 200


def test_an_archive_is_taken_over_at_once_with_a_fresh_proof_or_by_a_program(api):
    """SECURITY 11."""
    users = {**SCHOOL, "users": [user("p1")]}
    old = {"claims": {"auth_time": int((now() - timedelta(minutes=6)).timestamp())}}

    def take(**who):
        file = {"file": (io.BytesIO(archive(users)), "school.zip")}
        return api("POST", "/imports/oneroster", data=file, **who)

    assert take(**old, person=new_id()).json["type"] == "urn:parta:problem:proof-needed"
    assert take(person=new_id()).status_code == 200
    assert take(roles=(), scope="import", **old).status_code == 200


def test_archives_are_rehearsed_like_lists(api):
    tables = school_of(25)

    rehearsed = bring(api, archive(tables), "school.zip").json
    apply(api, rehearsed)
    tables["users"] = [*tables["users"], user("p1", "king")]
    refused = bring(api, archive({**SCHOOL, **tables}), "school.zip").json

    assert (rehearsed["format"], rehearsed["created"]["enrolments"]) == ("OneRoster 1.1", 25)
    assert {one["column"] for one in refused["errors"]} == {"sourcedId"}
    copy = api("GET", f"/imports/{refused['id']}/errors.xlsx").data
    assert "users.csv" in CalamineWorkbook.from_filelike(io.BytesIO(copy)).sheet_names


def test_files_and_names_are_forgotten_after_a_day(api, database):
    rehearsed = bring(api, as_csv([HEAD, PETROV])).json

    with database.writing(EVERY_SCHOOL) as session:
        forget_imports(session, now().replace(year=now().year + 1))

    with database.reading(EVERY_SCHOOL) as session:
        kept = session.scalars(select(Import)).one()
        assert (kept.content, kept.details) == (None, {})
    assert apply(api, rehearsed).json["type"] == "urn:parta:problem:import-gone"
    assert api("GET", "/imports").json["items"][0]["created"]["people"] == 1


def test_another_schools_imports_are_not_found(api, stranger):
    theirs = bring(api, as_csv([HEAD, PETROV]), school=stranger).json

    assert api("GET", f"/imports/{theirs['id']}").status_code == 404
    assert apply(api, theirs).status_code == 404
    assert api("GET", "/imports").json["items"] == []
