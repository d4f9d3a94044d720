"""«Посещаемость» in a real browser and over HTTP: the day, the totals, excuses (clauses 3.5.1, 4.2.2)."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from shared.clock import today
from tests.portal.conftest import forms_token
from tests.portal.world import ZONE


@pytest.fixture
def day(world):
    """A lesson of the past, its day, and two pupils absent from it."""
    lesson = 20
    world.record("teacher", lesson, ["н", "н", "оп 10"], slot=0)
    yield lesson, world.lessons["Математика"][lesson].on
    world.record("teacher", lesson, [None, None, None], slot=0)


def test_4_2_2_the_class_teacher_gives_a_reason_and_takes_it_back(open_as, world, day):
    lesson, on = day
    page = open_as("colleague", "/attendance")
    page.fill("#on", on.isoformat())
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("td.waiting-reason")).to_have_count(2)

    page.get_by_role("link", name=re.compile("^причина")).first.click()
    page.select_option("#sign", "б")
    page.fill("#number", "12")
    page.get_by_role("button", name="Внести").click()

    expect(page.get_by_role("status")).to_contain_text("Изменено клеток журнала: 1")
    assert world.marks(lesson, slot=0)[:3] == ["б", "н", "оп 10"]
    expect(page.locator("main")).to_contain_text("справка № 12")
    page.get_by_role("link", name=re.compile("^Изменить")).click()
    page.select_option("#sign", "уп")
    page.get_by_role("button", name="Изменить").click()
    expect(page.get_by_role("status")).to_contain_text("Изменено клеток журнала: 1")
    assert world.marks(lesson, slot=0)[:3] == ["уп", "н", "оп 10"]
    expect(page.locator("main")).to_contain_text("справка № 12")
    page.locator("summary", has_text="Отозвать").click()
    page.get_by_label("Почему отзываете").fill("Справка другого ученика")
    page.get_by_role("button", name="Отозвать").click()
    expect(page.get_by_role("status")).to_contain_text("Изменено клеток журнала: 1")
    assert world.marks(lesson, slot=0)[:3] == ["н", "н", "оп 10"]
    assert page.complaints == []


def test_a_reason_is_asked_of_an_absence_alone(sign_in, world, day):
    _, on = day

    html = sign_in("colleague").get(f"/attendance/{world.people['class']}?on={on}").text

    rows = [row for row in html.split("<tr>") if "оп 10" in row or "waiting-reason" in row]
    assert ["#excuse" in row for row in rows] == [True, True, False]


def test_an_excuse_of_another_calendar_year_names_it(sign_in, world, submit_excuse):
    on = today(ZONE)
    ahead = on.replace(year=on.year + 1, month=1, day=11)
    assert (
        submit_excuse("colleague", from_on=ahead.isoformat(), until_on=ahead.isoformat()).status_code == 302
    )

    client = sign_in("colleague")
    html = client.get(f"/attendance/{world.people['class']}/totals").text
    path = re.search(r'action="(/attendance/[^"]+/withdrawal)"', html)[1]
    client.post(path, data={"csrf_token": forms_token(client), "reason": "Ошибка"})

    assert f"с 11 января {on.year + 1} по 11 января {on.year + 1}" in html


def test_4_2_2_what_waits_for_a_reason_is_listed_first(sign_in, world, day):
    html = sign_in("colleague").get(f"/attendance/{world.people['class']}/totals").text

    assert "Ждут причины дольше положенного (дней: 3)" in html
    assert html.index("Ждут причины") < html.index("Внести причину")


def test_an_excuse_that_will_not_do_keeps_what_was_typed(sign_in, world, submit_excuse):
    answer = submit_excuse("colleague", sign="н")

    assert answer.status_code == 422
    assert "Такой причины нет" in answer.text
    assert 'value="Примечание"' in answer.text


@pytest.fixture
def submit_excuse(sign_in, world):
    def submit(who, **given):
        client = sign_in(who)
        on = today(ZONE).isoformat()
        form = {"pupil_id": str(world.pupils[0]), "from_on": on, "until_on": on, "sign": "б"}
        form |= {"paper": "certificate", "note": "Примечание", **given}
        address = f"/attendance/{world.people['class']}"
        page = client.get(f"{address}/totals").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form["csrf_token"] = token[1] if token else ""
        return client.post(f"{address}/excuses", data=form)

    return submit


@pytest.mark.parametrize("who", ["deputy", "director"])
def test_3_7_2_3_8_1_supervisors_look_and_change_nothing(sign_in, world, day, who):
    _, on = day
    client = sign_in(who)
    shown = client.get(f"/attendance/{world.people['class']}?on={on}").text
    totals = client.get(f"/attendance/{world.people['class']}/totals").text

    assert "waiting-reason" in shown
    assert "Пропуски по ученикам" in totals
    assert "Внести причину" not in totals
    assert "#excuse" not in shown


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("path", ["", "/totals"])
def test_nothing_keeps_a_screen_reader_out(open_as, world, day, path, phone):
    page = open_as("colleague", f"/attendance/{world.people['class']}{path}?on={day[1]}", phone=phone)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_4_2_2_a_change_that_will_not_do_goes_on_as_it_was_typed(sign_in, world, submit_excuse):
    on, ahead = today(ZONE), today(ZONE) + timedelta(days=9)
    for day in (on, ahead):
        submit_excuse("colleague", from_on=day.isoformat(), until_on=day.isoformat(), number="12")
    client = sign_in("colleague")
    address = f"/attendance/{world.people['class']}"
    html = client.get(f"{address}/totals").text
    later, earlier = re.findall(r'action="/attendance/[^"]+/excuses/([^"]+)/withdrawal"', html)
    form = {"from_on": f"{on}", "until_on": f"{on}", "sign": "н", "paper": "certificate", "number": ""}
    html = client.get(f"{address}/totals?excuse_id={earlier}&cursor={later}").text
    change = re.search(rf'action="({address}/excuses/{earlier}[?"][^"]*)', html)[1].rstrip('"')

    refused = client.post(change, data=form | {"note": "", "csrf_token": forms_token(client)})
    for one in (later, earlier):
        told = {"csrf_token": forms_token(client), "reason": "Ошибка"}
        client.post(f"{address}/excuses/{one}/withdrawal", data=told)

    assert "Такой причины нет" in refused.text
    assert f'action="{change}"' in refused.text
    assert 'name="note" maxlength="500" value=""' in refused.text
