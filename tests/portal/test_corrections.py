"""Errors reported from where they are seen, and how the deputy sees them kept to their time."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.portal.conftest import forms_token
from tests.portal.world import TODAY, served, small_world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The first pupil has a mark and an absence, a topic, homework, and the mark of the first period."""
    with small_world(tmp_path_factory.mktemp("corrections")) as made, served(made):
        made.record("teacher", TODAY, ["3"])
        made.record("teacher", TODAY - 1, ["б"], slot=0)
        made.change("teacher", TODAY, "description", {"topic": "Дроби", "homework": "№ 312"})
        attest(made, "4")
        yield made


def attest(world, value, column=0):
    journal, page_id = world.peers.client("journal"), world.pages["Математика"]
    headers = world.token("teacher", "journal")
    period = journal.get(f"/api/journal/v1/pages/{page_id}/finals", headers=headers).json()["columns"][column]
    entries = [{"pupil_id": str(world.pupils[0]), "value": value}]
    answer = journal.post(
        f"/api/journal/v1/pages/{page_id}/finals/{period['key']}",
        json={"entries": entries, "reason": "Решение педагогического совета"},
        headers={**headers, "If-Match": f'"{world.page_as("teacher")["page"]["seq"]}"'},
    )
    assert answer.status_code == 200, answer.text


def report(page, link, text):
    page.locator(".wrong summary:visible").first.click()
    page.get_by_role("link", name=link).click()
    page.get_by_label("Что не так и как должно быть").fill(text)
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator("h1")).to_contain_text("Исправление №")


def test_3_9_5_a_parent_reports_a_period_mark_from_the_periods_sheet(open_as, world):
    page = open_as("parent", "/diary/period", phone=True)
    expect(page.locator(".attested li").first).to_contain_text("4")
    assert Axe().run(page).violations_count == 0

    report(page, "четверть: 4", "Выходит пять")

    expect(page.locator(".facts").first).to_contain_text("итоговая отметка")
    expect(page.locator(".facts").first).to_contain_text("24 ч с сообщения, считаются только учебные дни")
    assert page.complaints == []


@pytest.mark.parametrize(("link", "said"), [("Тема урока", "тема урока"), ("Домашнее", "домашнее задание")])
def test_3_9_5_a_parent_reports_a_topic_and_homework_from_the_subject(open_as, world, link, said):
    page = open_as("parent", "/diary", phone=True)
    page.get_by_role("link", name="Математика").first.click()

    report(page, link, "На уроке было другое")

    expect(page.locator(".facts").first).to_contain_text(said)
    assert page.complaints == []


@pytest.mark.parametrize(("value", "said"), [("3", "отметка"), ("б", "посещаемость")])
def test_a_teacher_reports_a_cell_from_its_history(open_as, world, value, said):
    page = open_as("teacher", f"/journal/{world.pages['Математика']}")
    page.locator(f"#grid td > :text-is('{value}')").first.click()
    page.get_by_role("button", name="История клетки").click()
    page.locator("#report-error").click()
    page.get_by_label("Что не так и как должно быть").fill("Не та клетка")
    page.get_by_role("button", name="Отправить").click()

    expect(page.locator(".facts").first).to_contain_text(said)
    assert page.complaints == []


def test_3_7_8_the_deputy_sees_how_reports_are_kept_to_their_time(open_as, sign_in, world):
    lesson = world.lessons["Математика"][TODAY].lesson_id
    answer = world.peers.client("journal").post(
        "/api/journal/v1/corrections",
        json={"lesson_id": str(lesson), "what": "topic", "text": "Не та"},
        headers={**world.token("deputy", "journal"), "Idempotency-Key": "deputy"},
    )
    assert answer.status_code == 201, answer.text
    page = open_as("deputy", "/corrections")
    expect(page.locator(".facts")).to_contain_text("24 ч с сообщения")
    assert "За последние 30 дней" not in sign_in("parent").get("/corrections").text
    assert Axe().run(page).violations_count == 0
    assert page.complaints == []


@pytest.mark.parametrize(
    "asked", ["what=final", "what=topic", "what=other&lesson_id={}", "what=mark&lesson_id=x"]
)
def test_what_names_no_entry_is_not_reported(sign_in, world, asked):
    lesson = world.lessons["Математика"][TODAY].lesson_id
    assert sign_in("parent").get("/corrections/new?" + asked.format(lesson)).status_code in (400, 404)


def test_whoever_reports_a_mark_sees_which_and_of_another_familys_child_nothing(sign_in, world):
    lesson, own = world.lessons["Математика"][TODAY].lesson_id, world.pupils[0]
    asked = f"/corrections/new?what=mark&lesson_id={lesson}&slot=1&pupil_id="
    put = sign_in("parent").get(f"/diary/lessons/{lesson}/marks/1?pupil_id={own}").text

    form = sign_in("parent").get(asked + str(own)).text

    value = re.search(r'class="big[^>]*><b>(\S+?)</b>', put)[1]
    assert re.search(rf"Математика, .*: <b>{value}</b>", form)
    assert "Математика" not in sign_in("parent").get(asked + str(world.pupils[5])).text
    assert sign_in("parent").get(asked.replace("slot=1", "slot=²") + str(own)).status_code == 200


def period_mark(world, pupil=0, period=0):
    """Return the form's address for the mark of a period of mathematics, or of the year."""
    page_id = world.pages["Математика"]
    headers = world.token("teacher", "journal")
    told = (
        world.peers.client("journal").get(f"/api/journal/v1/pages/{page_id}/finals", headers=headers).json()
    )
    column = told["columns"][period]
    slot = ("period", "year", "exam", "final").index(column["kind"])
    named = f"page_id={page_id}&period_id={column['period_id']}&pupil_id={world.pupils[pupil]}"
    return f"/corrections/new?what=final&slot={slot}&{named}"


@pytest.mark.parametrize("who", ["parent", "pupil", "teacher", "colleague", "deputy"])
def test_whoever_reports_a_period_mark_sees_whose_which_and_what_stands(sign_in, world, who):
    form = sign_in(who).get(period_mark(world)).text

    assert "Математика, I четверть: <b>4</b> · Абрамов Лев" in form


def test_the_mark_of_a_year_is_named_as_well_and_of_another_familys_child_nothing(sign_in, world):
    attest(world, "5", column=-3)
    for who in ("parent", "teacher"):
        assert (
            "Математика, Годовая: <b>5</b> · Абрамов Лев"
            in sign_in(who).get(period_mark(world, period=-3)).text
        )
    strangers = sign_in("parent").get(period_mark(world, pupil=5))
    assert strangers.status_code == 200
    assert "Математика" not in strangers.text
    assert "Жукова" not in strangers.text
    assert sign_in("parent").get(period_mark(world).replace("slot=0", "slot=²")).status_code == 200


def test_a_report_that_names_no_mark_is_refused_with_what_to_do(sign_in, world):
    parent = sign_in("parent")
    lesson = str(world.lessons["Математика"][TODAY].lesson_id)
    form = {"what": "mark", "lesson_id": lesson, "pupil_id": str(world.pupils[0]), "text": "Было 4"}

    refused = parent.post("/corrections", data=form | {"csrf_token": forms_token(parent)})

    assert refused.status_code == 422
    assert "Укажите, какая это отметка" in refused.text


def asked(world, **about):
    body = {"what": "mark", "slot": 1, "pupil_id": str(world.pupils[0]), "text": "Было 4", **about}
    headers = {**world.token("parent", "journal"), "Idempotency-Key": str(about)}
    answer = world.peers.client("journal").post("/api/journal/v1/corrections", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_3_7_8_an_entry_of_a_closed_period_waits_for_the_deputys_approval(sign_in, world):
    lesson = str(world.lessons["Математика"][TODAY].lesson_id)
    request = asked(world, lesson_id=lesson)
    teacher, deputy = sign_in("teacher"), sign_in("deputy")
    world.close_period()
    page = f"/corrections/{request}"

    waiting = teacher.get(page).text
    assert "когда завуч разрешит" in waiting
    assert "Как должно быть" not in waiting
    form = {
        "csrf_token": forms_token(teacher),
        "value": "4",
        "seen": f'"{world.page_as("teacher")["page"]["seq"]}"',
    }
    refused = teacher.post(f"{page}/change", data=form)
    assert (refused.status_code, "Период закрыт" in refused.text) == (409, True)

    assert "пока вы не разрешите" in deputy.get(page).text
    deputy.post(f"{page}/approval", data={"csrf_token": forms_token(deputy)})
    wrong = teacher.post(f"{page}/change", data=form | {"value": "44"})
    assert wrong.status_code == 422
    assert 'value="44"' in wrong.text
    assert "Здесь может стоять" in wrong.text
    same = teacher.post(f"{page}/change", data=form | {"value": "3"})
    assert (same.status_code, "отклоните обращение с пояснением" in same.text) == (409, True)
    assert teacher.post(f"{page}/change", data=form).status_code == 302
    assert "исправлено" in teacher.get(page).text
    asks = sign_in("parent").get(page).text
    assert "Верно ли теперь?" in asks
    assert "<dd>было 3, стало 4</dd>" in asks
    assert "<dt>Сейчас стоит</dt><dd>4</dd>" in asks
    parent = sign_in("parent")
    blank = parent.post(f"{page}/answer", data={"csrf_token": forms_token(parent), "text": "  "})
    assert (blank.status_code, "Верно ли теперь?" in blank.text) == (422, True)
    assert 'role="alert"' in blank.text
    assert "исправлено: было 3, стало 4" in asks
    again = teacher.post(f"{page}/change", data=form)
    assert (again.status_code, "Обращение уже закрыто" in again.text) == (409, True)

    parent = sign_in("parent")
    parent.post(f"{page}/answer", data={"csrf_token": forms_token(parent), "text": "Должно быть 5"})
    assert "исправлено: было 3, стало 4" in teacher.get(page).text
    world.tell("journal")
    assert re.search(r"<small>[^<]*, было 3, стало 4</small>", parent.get("/notices").text)

    world.close_period(again=True)
    world.record("teacher", TODAY, ["3"])


def test_an_error_reported_twice_keeps_what_was_typed(sign_in, world):
    lesson = str(world.lessons["Математика"][TODAY].lesson_id)
    asked(world, lesson_id=lesson, what="attendance", slot=0)
    parent = sign_in("parent")
    form = {
        "what": "attendance",
        "slot": "0",
        "lesson_id": lesson,
        "pupil_id": str(world.pupils[0]),
        "text": "Ещё раз",
    }

    again = parent.post("/corrections", data=form | {"csrf_token": forms_token(parent)})

    assert again.status_code == 409
    assert "Вы уже сообщили об этом" in again.text
    assert "Ещё раз" in again.text


def test_3_9_5_an_entry_put_right_on_the_page_settles_its_request_by_a_button(sign_in, world):
    lesson, teacher = str(world.lessons["Математика"][TODAY - 1].lesson_id), sign_in("teacher")
    page = f"/corrections/{asked(world, lesson_id=lesson, what='attendance', slot=0)}"
    form = {"csrf_token": forms_token(teacher), "outcome": "corrected", "note": ""}
    early = teacher.post(f"{page}/settlement", data=form)
    assert (early.status_code, "запись не менялась" in early.text) == (409, True)

    world.record("teacher", TODAY - 1, ["уп"], slot=0)
    assert "Уже исправлено в журнале" in teacher.get(page).text
    assert teacher.post(f"{page}/settlement", data=form).status_code == 302

    assert "<dd>было б, стало уп</dd>" in teacher.get(page).text
    world.record("teacher", TODAY - 1, ["б"], slot=0)
