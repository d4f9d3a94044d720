"""Real files of other programs, each imported into an empty school."""

import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.identity.models import Enrolment, Group, Guardianship, Person, Role
from tests.identity.archives import upload
from tests.identity.makers import told


def packed(folder: Path) -> bytes:
    if not folder.is_dir():
        pytest.skip(f"No real files in {folder}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, f"a set/{file.name}")
    return buffer.getvalue()


def counts(database, school):
    with database.reading(school) as session:
        found = {
            model.__tablename__: session.scalar(select(func.count()).select_from(select(model).subquery()))
            for model in (Person, Group, Enrolment, Guardianship)
        }
        roles = select(Role.role, func.count()).group_by(Role.role)
        return found, dict(session.execute(roles).all())


SDS = "sds/CSV Samples"
SETS = [  # folder, school, format, people, groups, enrolments, guardianships, pupils, teachers
    ("oneroster/oat-sa/OneRosterv1p1BaseCSV", "12345", "OneRoster 1.1", 1, 2, 2, 0, 1, 0),
    ("oneroster/oat-sa/OneRosterv1p1BaseCSV", "*", "OneRoster 1.1", 2, 3, 3, 0, 2, 0),
    (f"{SDS}/SDS Format/25 Users", "", "SDS v1", 24, 2, 44, 0, 22, 2),
    (f"{SDS}/SDS Format/Min Required Attributes", "", "SDS v1", 24, 2, 44, 0, 22, 2),
    (f"{SDS}/SDS Format/100 Users", "Contoso High School", "SDS v1", None, 14, None, 0, None, None),
    (f"{SDS}/SDS Format/100 Users", "*", "SDS v1", 98, 28, 602, 0, 86, 12),
    (f"{SDS}/UK Format/25 Users", "", "SDS UK", None, None, None, 0, 22, None),
    (f"{SDS}/UK Format/Min Required Attributes", "*", "SDS UK", 24, 28, 154, 0, 22, 2),
    (f"{SDS}/UK Format/100 Users", "*", "SDS UK", 98, 28, 602, 0, 86, 12),
    (f"{SDS}/SDS v2", "10001", "SDS v2", 7 + 1, 1, 6, 0, 7, 1),
    (f"{SDS}/SDS v2", "*", "SDS v2", 29, 4, 22, 0, 22, 5),
    (f"{SDS}/SDS v2.1", "School of TwoDotOne", "SDS v2.1", 6, 1, 3, 3, 3, 1),
    (f"{SDS}/SDS v2.1", "*", "SDS v2.1", 8, 2, 4, 3, 4, 2),
]


@pytest.mark.parametrize(
    "given", SETS, ids=lambda given: f"{given[0].split('/')[-1]}, {given[1] or 'its school'}"
)
def test_a_real_set_is_taken_over_and_a_second_time_changes_nothing(api, database, school, samples, given):
    folder, org, format_, people, groups, enrolments, guardianships, pupils, teachers = given
    content = packed(samples / folder)
    query = f"?org={org}" if org else ""

    rehearsal = upload(api, content, f"{query or '?'}&dry_run=true")
    before = len(told(database))
    first = upload(api, content, query)
    after = len(told(database))
    again = upload(api, content, query)

    assert first.status_code == 200, first.text
    assert rehearsal.json == first.json
    assert first.json["format"] == format_
    created = first.json["created"]
    for name, number in (("people", people), ("groups", groups), ("enrolments", enrolments)):
        assert number is None or created[name] == number, (name, created)
    assert created["guardianships"] == guardianships
    found, roles = counts(database, school)
    assert found["people"] == created["people"] + 1  # the operator
    assert found["enrolments"] == created["enrolments"]
    assert pupils is None or roles["pupil"] == pupils
    assert teachers is None or roles.get("teacher", 0) == teachers
    assert after > before
    assert again.json["created"] == again.json["changed"] == dict.fromkeys(created, 0)
    assert again.json["unchanged"]["people"] == created["people"]
    assert len(told(database)) == after


def test_a_file_of_two_schools_asks_which_and_names_them(api, samples):
    content = packed(samples / f"{SDS}/SDS Format/100 Users")

    unsure, wrong = upload(api, content), upload(api, content, "?org=Хогвартс")

    assert unsure.status_code == wrong.status_code == 422
    assert unsure.json["type"] == "urn:parta:problem:several-schools"
    assert wrong.json["type"] == "urn:parta:problem:no-such-school"
    for answer in (unsure, wrong):
        assert "Contoso High School (10001)" in answer.json["detail"]
        assert "Fabrikam High School (10002)" in answer.json["detail"]


def test_what_belongs_to_the_other_school_is_listed(api, samples):
    answer = upload(api, packed(samples / f"{SDS}/SDS v2.1"), "?org=110003")

    ignored = {(one["file"], one["what"], one["why"]) for one in answer.json["ignored"]}
    assert ("users.csv", "Miller Simon", "относится к другой школе файла") in ignored
    assert ("classes.csv", "Computer Science 101", "относится к другой школе файла") in ignored


def test_passwords_in_files_open_nothing(api, samples):
    upload(api, packed(samples / f"{SDS}/SDS v2.1"), "?org=*")

    body = {"login": "jcraig@classrmtest31.org", "password": "P@ssword123"}
    answer = api.anonymously("POST", "/sessions", json=body)

    assert answer.status_code == 401


def test_guardians_of_a_real_set_become_parents_of_their_children(api, samples):
    upload(api, packed(samples / f"{SDS}/SDS v2.1"), "?org=110003")
    [jean] = api("POST", "/people/search", json={"q": "Craig Jean"}).json["items"]

    card = api("GET", f"/people/{jean['id']}").json

    assert card["roles"] == ["parent"]
    assert card["login"] == "jean.craig@outlook.com"
    assert [child["name"] for child in card["children"]] == ["Craig Jack", "Hutch Fred"]
