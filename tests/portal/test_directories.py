"""The school's directories in the browser: settings, cards, divisions, areas, confirmed lists."""

import re
from html.parser import HTMLParser

import pytest

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.rosters.groups import open_group
from tests.portal.conftest import forms_token


class Forms(HTMLParser):
    """Reads the forms of a page as a browser would send them back untouched."""

    @classmethod
    def of(cls, page):
        reader = cls()
        reader.forms, reader.select = {}, None
        reader.feed(page)
        return reader.forms

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.current = self.forms.setdefault(given.get("action"), [])
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.current.append((self.select, given["value"]))
        elif tag == "input" and "name" in given and (is_text(given) or "checked" in given):
            self.current.append((given["name"], given.get("value", "")))


def is_text(given):
    return given.get("type") not in ("radio", "checkbox")


def submit(client, page, action, **changed):
    """Send a form of a page back with some fields changed."""
    fields = {}
    for name, value in Forms.of(client.get(page).text)[action]:
        fields.setdefault(name, []).append(value)
    return client.post(action, data=fields | changed | {"csrf_token": forms_token(client)})


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


@pytest.fixture
def somebody(world):
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        return str(enter_person(session, family_name="Тестов", given_name="Тест").id)


def test_the_settings_show_every_parameter_with_its_clause(operator):
    page = operator.get("/school").text

    assert "п. 3.6.4 Положения" in page
    assert "1–9: четверти, 10–11: полугодия" in page
    assert "30 июня" in page
    assert "контрольная работа — 5" in page


def test_a_parameter_is_set_from_today_with_its_history(operator):
    action = "/school/parameters/correction_hours"

    answer = submit(operator, action, action, value="36", reason="Решение педсовета", act_number="7-од")

    assert answer.status_code == 302
    page = operator.get(action).text
    assert "<strong>36</strong>" in page
    assert "Решение педсовета · приказ № 7-од" in page
    assert "по умолчанию: 24" in operator.get("/school").text


def test_what_was_typed_stays_when_it_will_not_do(operator):
    action = "/school/parameters/work_types"

    answer = submit(operator, action, action, weight=["77"] * 12)

    assert answer.status_code == 422
    assert "вес от 1 до 10" in answer.text
    assert 'value="77"' in answer.text


def test_thresholds_are_written_as_people_write_averages(operator):
    action = "/school/parameters/final_thresholds"

    answer = submit(operator, action, action, **{"n-5": "4,65", "n-4": "3.6", "n-3": "2,5"})

    assert answer.status_code == 302
    assert "5: 4,65; 4: 3,60; 3: 2,50" in operator.get("/school").text
    refused = submit(operator, action, action, **{"n-5": "3,5", "n-4": "3,5"})
    assert refused.status_code == 422
    assert "по убыванию" in refused.text


def test_a_type_of_work_is_added_by_its_title(operator):
    action = "/school/parameters/work_types"
    titles = [value for name, value in Forms.of(operator.get(action).text)[action] if name == "ru"]
    titles[-2] = "устный счёт"

    assert submit(operator, action, action, ru=titles).status_code == 302
    assert "устный счёт — 1" in operator.get("/school").text


@pytest.mark.parametrize(
    "name",
    [
        "time_zone", "periods", "scale", "attendance", "monitoring_work_counts", "print_until",
        "final_least_marks",
    ],
)  # fmt: skip
def test_every_kind_of_form_says_back_what_it_shows(operator, name):
    action = f"/school/parameters/{name}"

    assert submit(operator, action, action).status_code == 302
    assert (
        "Значение ещё не меняли." in operator.get(action).text or "с основания" in operator.get(action).text
    )


def test_the_schools_card_is_changed(operator):
    answer = submit(operator, "/school", "/school", short_name="МБОУ СОШ № 57", email="school@example.org")

    assert answer.status_code == 302
    assert "МБОУ СОШ № 57" in operator.get("/school").text


def test_a_person_is_entered_and_the_card_kept(operator):
    given = {"family_name": "Ветров", "given_name": "Пётр", "role": "teacher", "position": "учитель физики"}

    answer = submit(operator, "/people", "/people", **given)

    assert answer.status_code == 302
    card = answer.location
    assert submit(operator, card, card, sex="m", birth_on="1980-02-03").status_code == 302
    page = operator.get(card).text
    assert "учитель физики · учитель" in page
    assert "3 февраля 1980" in page
    rows = {"kind": ["phone", "email"], "value": ["+7 900 1", "p@example.org"], "note": ["раб.", ""]}
    assert submit(operator, card, f"{card}/contacts", **rows).status_code == 302
    assert "+7 900 1 <small>раб.</small>" in operator.get(card).text
    assert submit(operator, card, f"{card}/roles", role="educator").status_code == 302
    assert submit(operator, card, f"{card}/roles/teacher/end").status_code == 302
    assert "учитель физики · воспитатель" in operator.get(card).text


def test_representatives_are_added_and_removed(operator, world, somebody):
    page = f"/people/{world.pupils[5]}/representatives"

    assert submit(operator, page, page, guardian_id=somebody, relation="father").status_code == 302
    new = {"family_name": "Новая", "given_name": "Мама", "relation": "mother", "guardian_id": ""}
    assert submit(operator, page, page, **new).status_code == 302
    shown = operator.get(page).text
    assert "Тестов Тест" in shown
    assert "Новая Мама" in shown
    assert "отец" in operator.get(f"/people/{world.pupils[5]}").text
    assert submit(operator, page, f"{page}/{somebody}/end").status_code == 302
    assert "Тестов Тест" not in operator.get(page).text


def test_a_family_reads_its_own_cards_and_changes_nothing(sign_in, world):
    parent = sign_in("parent")
    own, child = f"/people/{world.people['parent']}", f"/people/{world.pupils[0]}"

    assert "Абрамов Лев" in parent.get(own).text
    page = parent.get(child)
    assert page.status_code == 200
    assert set(Forms.of(page.text)) <= {"/language/en", "/sign-out", None}  # None: the dialog at sign-out.
    assert parent.get(f"/people/{world.pupils[5]}").status_code == 404


def test_a_class_is_divided_on_one_page(operator, world):
    page = f"/groups/{world.people['class']}/divisions"
    assert "Пока не делится." in operator.get(page).text

    answer = submit(operator, f"{page}?division=английский&way=alphabet&parts=2", page)

    assert answer.status_code == 302
    shown = operator.get(page).text
    assert "английский 1" in shown
    assert shown.count("<small>13</small>") == 2
    moved = {f"part-{world.pupils[0]}": "", f"part-{world.pupils[1]}": "1"}
    assert submit(operator, f"{page}?division=английский", page, **moved).status_code == 302
    shown = operator.get(page).text
    assert re.search(r"Ни в одной <small>1</small>", shown)
    assert "<small>11</small>" in shown
    assert "<small>14</small>" in shown


def test_a_class_is_opened_and_given_its_teacher(operator, world):
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        # Of this test's own: who leads a class may see its people, and the world is of all tests.
        leader = enter_person(session, family_name="Тимошина", given_name="Ольга", patronymic="Петровна").id
        session.flush()
        grant_role(session, leader, "teacher")
    opened = submit(operator, "/groups", "/groups", kind="class", name="1Ъ", grade="1", parent_id="")

    page = opened.location
    given = {"class_teacher_id": str(leader)}
    answer = submit(operator, page, page.replace("divisions", "leader"), **given)

    assert (opened.status_code, answer.status_code) == (302, 302)
    assert "Тимошина Ольга Петровна</span>" in operator.get(page).text
    assert "1Ъ" in operator.get("/groups").text


def test_a_deputy_answers_for_parallels_and_sees_them_first(operator, sign_in, world):
    action = f"/areas/{world.people['deputy']}"
    deputy = sign_in("deputy")

    assert submit(operator, "/areas", action, grades=["9"], subjects="Химия, Физика").status_code == 302

    assert "параллели: 9; Физика, Химия" in deputy.get("/areas").text
    assert "Никого не нашлось" in deputy.get("/people").text
    assert "Абрамов Лев" in deputy.get("/people?mine=false").text
    assert submit(operator, "/areas", action, grades=[], subjects="").status_code == 302
    assert "Абрамов Лев" in deputy.get("/people").text


def test_a_class_teacher_confirms_the_list(sign_in, operator, world):
    leader = sign_in("colleague")
    before = operator.get("/confirmations").text.count("не сверен")

    action = f"/groups/{world.people['class']}/confirmation"
    assert submit(leader, "/confirmations", action).status_code == 302

    assert operator.get("/confirmations").text.count("не сверен") == before - 1
    assert action not in Forms.of(operator.get("/confirmations").text)


@pytest.mark.parametrize(
    "page",
    ["/school", "/school/parameters/work_types", "/areas", "/confirmations", "/people", "/people/{pupil}",
     "/people/{pupil}/representatives", "/groups/{class}/divisions?division=x&way=sex"],
)  # fmt: skip
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_pages_fit_and_raise_no_complaints(open_as, world, page, phone):
    address = page.format(pupil=world.pupils[3], **{"class": world.people["class"]})

    shown = open_as("operator", address, phone=phone)

    assert shown.complaints == []
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_class_teacher_finds_the_own_classes_alone_and_each_opens(sign_in, world):
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        foreign = open_group(session, kind="class", name="8Б", grade=8, class_teacher_id=None).id
    leader = sign_in("colleague")

    links = set(re.findall(r'href="(/groups/[^"/]+)"', leader.get("/groups").text))

    assert f"/groups/{world.people['class']}" in links
    assert f"/groups/{foreign}" not in links
    assert all(leader.get(link).status_code == 200 for link in links)
    assert f"/groups/{foreign}" in sign_in("deputy").get("/groups").text


def test_educators_are_offered_beside_teachers(sign_in, world):
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        people = {
            name: enter_person(session, family_name=name, given_name="Зоя", patronymic="").id
            for name in ("Вожатова", "Воспиталова")
        }
        for name, role in (("Вожатова", "educator"), ("Вожатова", "teacher"), ("Воспиталова", "educator")):
            grant_role(session, people[name], role)

    page = sign_in("deputy").get("/substitutions").text

    absent = page.partition('name="teacher_id"')[2].partition("</select>")[0]
    assert re.findall(r">(Во\w+ [^<]*)<", absent) == ["Вожатова З.", "Воспиталова З."]
