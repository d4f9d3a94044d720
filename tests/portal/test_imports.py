"""The import desk in the portal (clauses 3.4.1, 3.5.2): brought, shown, corrected, applied, taken away."""

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from shared.ids import new_id
from tests.identity.archives import archive, class_, place, user
from tests.identity.russian_school import as_csv, as_xlsx
from tests.portal.conftest import forms_token
from tests.portal.world import small_world

ROWS = [
    ["ФИО", "Дата рождения", "Класс", "ФИО матери"],
    ["Щукин Пётр Ильич", "12.05.2014", "6Б", "Щукина Анна Сергеевна"],
]


@pytest.fixture
def world(tmp_path):
    """A school of this test's own: people brought would show in every other test."""
    with small_world(tmp_path) as made:
        yield made


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


def bring(client, content, name, **form):
    sent = {"csrf_token": forms_token(client), "who": "auto", "file": (io.BytesIO(content), name), **form}
    return client.post("/imports", data=sent, content_type="multipart/form-data")


def apply(client, path):
    [digest] = re.findall(r'name="digest" value="([^"]+)"', client.get(path).text)
    return client.post(f"{path}/application", data={"csrf_token": forms_token(client), "digest": digest})


@pytest.mark.parametrize("form", ["xlsx", "utf-8", "cp1251"])
def test_a_list_is_shown_first_then_applied_and_again_changes_nothing(operator, form):
    content = as_xlsx(ROWS) if form == "xlsx" else as_csv(ROWS, form)

    brought = bring(operator, content, "список.xlsx" if form == "xlsx" else "список.csv")
    assert brought.status_code == 302, brought.text
    shown = operator.get(brought.location).text
    done = apply(operator, brought.location)
    again = operator.get(bring(operator, content, "список.csv").location).text

    assert "Будет создано" in shown
    assert "Щукин Пётр" in shown
    assert done.status_code == 302, done.text
    assert "Создано" in operator.get(brought.location).text
    assert "Щукин Пётр" not in again


def test_wrong_rows_are_named_and_given_back_in_a_table(operator):
    brought = bring(operator, as_xlsx([*ROWS, ["Щукина Вера", "31.02.2014", "6Б", ""]]), "список.xlsx")

    shown = operator.get(brought.location)
    marked = operator.get(f"{brought.location}/errors.xlsx")

    assert "31.02.2014" in shown.text
    assert 'name="digest"' not in shown.text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(marked.data)).get_sheet_by_index(0).to_python()
    assert rows[2][0] == "Щукина Вера"


def test_of_a_file_of_two_schools_one_is_named(operator):
    orgs = [{"sourcedId": f"s{n}", "name": f"Школа № {n}", "type": "school"} for n in (1, 2)]
    pupils = [user("p1"), user("p2", orgSourcedIds="s2")]
    classes = [class_("c1"), class_("c2", schoolSourcedId="s2")]
    places = [place("c1", "p1"), place("c2", "p2", schoolSourcedId="s2")]
    content = archive({"orgs": orgs, "users": pupils, "classes": classes, "enrollments": places})

    unsure = bring(operator, content, "школы.zip")
    named = bring(operator, content, "школы.zip", org="Школа № 2")

    assert unsure.status_code == 422
    assert "Школа № 2" in unsure.text
    assert 'name="org"' in unsure.text
    assert 'name="org"' not in operator.get("/imports").text
    shown = operator.get(named.location).text
    assert "Фамилияp2" in shown
    assert "Фамилияp1" not in shown.split("</table>")[0].split("<table", 1)[-1]


def test_templates_are_lists_that_can_be_brought(operator):
    for who, heading in (("pupils", "Класс"), ("staff", "Должность")):
        template = operator.get(f"/imports/files/template-{who}")

        assert template.status_code == 200
        rows = CalamineWorkbook.from_filelike(io.BytesIO(template.data)).get_sheet_by_index(0).to_python()
        assert heading in rows[0]


@pytest.mark.parametrize("name", ["pupils.xlsx", "pupils.csv", "pupils-1251.csv", "staff.csv", "oneroster"])
def test_the_school_is_not_taken_away_by_one_person(operator, name):
    """SECURITY 30."""
    refused = operator.get(f"/imports/files/{name}")

    assert refused.status_code in (403, 409)
    assert "Абрамов" not in refused.text


def test_what_is_no_import_is_not_found(operator):
    assert operator.get(f"/imports/{new_id()}").status_code == 404
    assert operator.get("/imports/files/../../etc/passwd").status_code == 404
