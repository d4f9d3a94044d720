"""Thematic plans and the fulfilment of programmes in a real browser: teacher, deputy, family."""

import io
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import delete, select

from services.journal.models import Page, PagePlan, PageTopic, Plan, PlanTopic
from shared.clock import today
from shared.events.schedule import YearPlanned
from shared.ids import new_id
from tests.portal.conftest import forms_token
from tests.portal.test_plan_sheets import PASTE
from tests.portal.world import ZONE, served, small_world

TABLE = """Раздел;Тема;Часов;Вид контроля;ДЗ
Числа;Ряд чисел;2;;§ 1
Числа;Входная работа;1;контрольная работа;
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("thematic")) as made, served(made):
        yield made


@pytest.fixture(autouse=True)
def no_plans(world):
    """No plan at all, whatever the test before has made."""
    with world.runtimes["journal"].database.writing(world.school_id) as session:
        for emptied in (PageTopic, PagePlan, PlanTopic, Plan):
            session.execute(delete(emptied))


def subject_of(world, name="Математика"):
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        return session.scalars(select(Page.subject_id).where(Page.id == world.pages[name])).one()


def bring(client, world, table=TABLE, **given):
    form = {"subject_id": str(subject_of(world)), "grade": "7", "csrf_token": forms_token(client)} | given
    return client.post("/plans/import", data={**form, "file": (io.BytesIO(table.encode()), "ktp.csv")})


def follow(client, world):
    """Bring the table and attach the class's page; return the plan's id."""
    assert bring(client, world).status_code == 200
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        plan_id = session.scalars(select(Plan.id)).one()
    chosen = {"page_ids": str(world.pages["Математика"]), "csrf_token": forms_token(client)}
    assert client.post(f"/plans/{plan_id}/pages", data=chosen).status_code == 302
    return plan_id


def cell(page, row, column):
    return page.locator(f"#sheet tr[data-row='{row}'] td").nth(column)


def write(page, text):
    """Type letters that are on no American keyboard into the active cell."""
    page.keyboard.press("F2")
    page.keyboard.insert_text(text)


def saved(page):
    expect(page.locator("#state[data-state=saved]")).to_be_visible()


def test_a_plan_is_written_like_a_spreadsheet_and_saved_by_itself(world, open_as, sign_in):
    follow(sign_in("teacher"), world)
    page = open_as("teacher", "/plans")
    page.get_by_role("link", name="Рабочая программа").click()
    expect(cell(page, 0, 1)).to_have_text("Ряд чисел")

    cell(page, 2, 1).click()
    write(page, "Дроби")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("#sum")).to_contain_text("6")
    cell(page, 1, 1).click()
    page.keyboard.press("Control+Enter")
    write(page, "Вставленная")
    page.keyboard.press("Enter")
    cell(page, 0, 6).click()
    page.keyboard.type("7.09")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 6)).to_contain_text("07.09.")
    saved(page)
    page.reload()

    shown = [cell(page, row, 1).inner_text() for row in range(4)]
    assert shown == ["Ряд чисел", "Вставленная", "Входная работа", "Дроби"]
    expect(cell(page, 0, 6)).to_contain_text("07.09.")
    assert page.complaints == []


def test_rows_are_taken_out_undone_and_a_long_block_is_pasted(world, open_as, sign_in):
    plan_id = follow(sign_in("teacher"), world)
    page = open_as("teacher", f"/plans/{plan_id}")
    cell(page, 0, 1).click()
    page.keyboard.press("Control+Delete")
    expect(cell(page, 0, 1)).to_have_text("Входная работа")
    page.keyboard.press("Control+z")
    expect(cell(page, 0, 1)).to_have_text("Ряд чисел")

    cell(page, 2, 1).click()
    page.evaluate(PASTE, "\n".join(f"Тема {number}\t2" for number in range(40)))
    expect(page.locator("#sum")).to_contain_text("42")
    cell(page, 1, 2).click()
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_contain_text("many")
    saved(page)
    page.reload()
    expect(cell(page, 41, 1)).to_have_text("Тема 39")
    assert page.complaints == []


def test_hours_of_a_topic_are_a_number_and_what_was_said_of_them_goes_with_the_error(world, open_as, sign_in):
    plan_id = follow(sign_in("teacher"), world)
    page = open_as("teacher", f"/plans/{plan_id}")
    for keys in (["Delete"], [*"abc", "Enter", "ArrowUp"]):
        cell(page, 0, 2).click()
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator("#note")).to_be_visible()
        expect(cell(page, 0, 2)).to_have_text("2")

    page.keyboard.press("3")
    page.keyboard.press("Enter")

    expect(page.locator("#note")).to_be_hidden()
    expect(cell(page, 0, 2)).to_have_text("3")
    cell(page, 0, 1).click()
    cell(page, 0, 2).click(modifiers=["Shift"])
    page.keyboard.press("Delete")
    expect(cell(page, 0, 1)).to_have_text("")
    expect(page.locator("#note")).to_be_hidden()


def test_days_out_of_order_are_told_while_they_are(world, open_as, sign_in):
    dated = "Тема;Дата\nРяд;01.09\nДроби;20.05\nДоли;02.09\nСтепени;03.09\n"
    assert "даты не по порядку у тем № 2" in bring(sign_in("teacher"), world, dated).text
    page = open_as("teacher", "/plans")
    page.get_by_role("link", name="Рабочая программа").click()
    expect(page.locator("#days-note")).to_contain_text("в строках: 2.")

    cell(page, 1, 6).click()
    page.keyboard.press("Delete")
    expect(page.locator("#days-note")).to_be_hidden()
    cell(page, 3, 6).click()
    page.keyboard.type("30.08")
    page.keyboard.press("Enter")
    expect(page.locator("#days-note")).to_contain_text("в строках: 4.")
    assert page.complaints == []


def test_the_next_topic_is_taken_by_one_key(world, open_as, sign_in):
    follow(sign_in("teacher"), world)
    page = open_as("teacher", f"/journal/{world.pages['Математика']}")
    page.locator("#grid tbody td").first.click()
    expect(page.locator("#plan-said")).to_contain_text("Ряд чисел")

    page.keyboard.press("KeyN")
    expect(page.locator("#topic")).to_have_value("Ряд чисел")
    expect(page.locator("#homework")).to_have_value("§ 1")
    expect(page.locator("#plan-said")).to_contain_text("взята из плана")
    saved(page)
    page.locator("#other-topic").select_option(label="2. Входная работа")
    expect(page.locator("#topic")).to_have_value("Входная работа")
    saved(page)
    page.reload()
    page.locator("#grid tbody td").first.click()
    expect(page.locator("#plan-said")).to_contain_text("Тема 2 из 2")
    assert page.complaints == []


def test_topics_are_merged_for_one_class_on_its_page(world, open_as, sign_in):
    follow(sign_in("teacher"), world)
    page = open_as("teacher", f"/fulfilment/{world.pages['Математика']}")
    row = page.locator(".laying tbody tr").nth(1)
    row.locator("select").select_option("merged")
    row.get_by_role("button").click()

    expect(page.locator(".laying tbody tr").nth(1).locator("select")).to_have_value("merged")
    assert page.complaints == []


def test_hours_added_to_a_topic_are_told_among_the_reasons(world, sign_in):
    teacher = sign_in("teacher")
    follow(teacher, world)
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        topic = session.scalars(select(PlanTopic).order_by(PlanTopic.position)).first()
    form = {"how": f"hours:{topic.hours + 3}", "csrf_token": forms_token(teacher)}
    page = f"/fulfilment/{world.pages['Математика']}"
    assert teacher.post(f"{page}/topics/{topic.id}", data=form).status_code == 302

    deputy = sign_in("deputy").get("/fulfilment").text
    assert "добавлено растянутыми темами: 3 ч" in deputy
    assert '<td class="amount" data-label="Надо дать">6</td>' in deputy
    parent = sign_in("parent").get("/diary/programmes").text
    assert "из 6 ч" in parent
    assert "по тематическому плану: 3 ч" in parent
    assert "добавлено растянутыми темами: 3 ч" in parent


def test_bad_rows_of_a_table_are_shown_and_nothing_is_taken_over(world, sign_in):
    client = sign_in("teacher")
    answer = bring(client, world, TABLE.replace(";2;", ";два;"))

    assert answer.status_code == 422
    assert "Ничего не загружено" in answer.text
    assert '<td data-label="Значение">два</td>' in answer.text
    assert f'<option value="{subject_of(world)}" selected>' in answer.text  # Only the file is chosen again.
    assert "Рабочая программа</a>" not in client.get("/plans").text


def test_topics_in_use_are_shown_before_a_table_takes_them_out(world, sign_in):
    client = sign_in("teacher")
    plan_id = follow(client, world)

    shorter = TABLE.replace("Числа;Ряд чисел;2;;§ 1\n", "")
    shown = bring(client, world, shorter)
    assert "Проверка: ничего не изменено." in shown.text
    assert '<td data-label="Тема">Ряд чисел</td>' in shown.text
    assert "Загрузить и заменить тем: 1" in shown.text
    assert "Ряд чисел" in client.get(f"/plans/{plan_id}").text

    assert "изменено: 1" in bring(client, world, shorter, agreed="1").text
    assert "Ряд чисел" not in client.get(f"/plans/{plan_id}").text


def test_what_was_read_of_a_table_is_shown_and_what_was_left_out(world, sign_in):
    table = TABLE.replace("ДЗ", "ДЗ;УУД;Дата").replace("§ 1", "§ 1;считать;")
    shown = bring(sign_in("teacher"), world, table, dry_run="1").text

    assert "Математика, 7: Рабочая программа — Тем: 2, часов: 3, дат: 0" in shown
    assert "Не использованы: столбец «УУД»." in shown


def test_a_plan_is_made_brought_and_copied_for_the_year_that_comes(world, sign_in):
    first, client = today(ZONE) + timedelta(days=300), sign_in("teacher")
    year = {"year_id": new_id(), "name": "Будущий", "starts_on": first, "ends_on": first + timedelta(days=9)}
    world.hear([YearPlanned(**year, periods=[])])
    chosen = {"year_id": str(year["year_id"])}
    assert f'<option value="{chosen["year_id"]}">Будущий</option>' in client.get("/plans").text

    dated = f"Тема;Дата\nДроби;{first:%d.%m.%Y}\n"
    assert bring(client, world, dated).status_code == 422
    brought = bring(client, world, dated, **chosen)
    assert brought.status_code == 200
    assert f'<option value="{chosen["year_id"]}" selected>Будущий</option>' in brought.text
    assert '<td data-label="Год">Будущий</td>' in brought.text
    form = {"subject_id": str(subject_of(world)), "grade": "7", "name": "Новый"}
    form |= chosen | {"csrf_token": forms_token(client)}
    made = client.post("/plans", data=form)
    assert client.post(f"{made.location}/copy", data=form | {"name": "Копия"}).status_code == 302

    with world.runtimes["journal"].database.reading(world.school_id) as session:
        assert set(session.scalars(select(Plan.year_id))) == {year["year_id"]}
        assert len(session.scalars(select(Plan)).all()) == 3


def test_a_day_typed_without_its_year_is_of_the_plans_year(world, open_as, sign_in):
    first, client = today(ZONE) + timedelta(days=800), sign_in("teacher")
    year = {"year_id": new_id(), "name": "Далёкий", "starts_on": first, "ends_on": first + timedelta(days=9)}
    world.hear([YearPlanned(**year, periods=[])])
    form = {"subject_id": str(subject_of(world)), "grade": "7", "name": "Новый"}
    form |= {"year_id": str(year["year_id"]), "csrf_token": forms_token(client)}
    page = open_as("teacher", client.post("/plans", data=form).location)

    cell(page, 0, 6).click()
    page.keyboard.type(f"{first:%d.%m}")
    page.keyboard.press("Enter")

    expect(cell(page, 0, 6)).to_have_text(f"{first:%d.%m.%Y}")


def test_a_table_and_its_template_are_taken_away(world, sign_in):
    client = sign_in("teacher")
    plan_id = follow(client, world)

    for path in (f"/plans/{plan_id}/export?format=csv", "/plans/template?format=csv"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get(f"/plans/{plan_id}/export?format=exe").status_code == 404


def test_who_fits_a_topic_stays_in_the_year_that_was_looked_at(world, sign_in):
    client = sign_in("teacher")
    follow(client, world)
    page_id = world.pages["Математика"]
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        year_id = session.scalar(select(Page.year_id).where(Page.id == page_id))
    shown = client.get(f"/fulfilment/{page_id}?year_id={year_id}").text
    action = re.search(r'action="(/fulfilment/[^"]+/topics/[^"]+)"', shown)[1]

    answer = client.post(action, data={"how": "merged", "csrf_token": forms_token(client)})

    assert answer.status_code == 302
    assert f"year_id={year_id}#topic-" in answer.location


def test_the_deputy_sees_who_will_not_finish_and_the_parent_the_same_hours(world, sign_in):
    follow(sign_in("teacher"), world)

    deputy = sign_in("deputy").get("/fulfilment").text
    assert "Математика" in deputy
    assert re.search(r"КТП короче учебного плана, часов: \d+", deputy)
    laid = sign_in("teacher").get(f"/fulfilment/{world.pages['Математика']}").text
    assert "КТП короче учебного плана" in laid
    parent = sign_in("parent").get("/diary/programmes").text
    assert "Математика" in parent
    assert "из 3 ч" in parent


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_are_accessible(world, open_as, sign_in, dark):
    plan_id = follow(sign_in("teacher"), world)
    page_id = world.pages["Математика"]
    for who, address, phone in (
        ("teacher", "/plans", False),
        ("teacher", f"/plans/{plan_id}", False),
        ("teacher", f"/fulfilment/{page_id}", True),
        ("deputy", "/fulfilment", False),
        ("parent", "/diary/programmes", True),
    ):
        page = open_as(who, address, phone=phone)
        page.emulate_media(color_scheme="dark" if dark else "light")
        found = Axe().run(page).response["violations"]
        assert found == [], (address, [one["id"] for one in found])
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        assert page.complaints == []
        page.close()


def test_on_a_phone_no_table_has_to_be_moved_sideways_and_each_figure_has_its_heading(
    world, open_as, sign_in
):
    follow(sign_in("teacher"), world)
    headings = {"/plans": ["Часов", "Классы"], "/fulfilment?grade=7": ["Прогноз"], "/deadlines": []}
    headings[f"/fulfilment/{world.pages['Математика']}"] = ["Уроки"]
    for address, labels in headings.items():
        page = open_as("deputy", address, phone=True)
        tables = page.locator(".table-scroll")
        assert tables.count() > 0
        assert tables.evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)"), address
        for label in labels:
            expect(page.locator(f"td[data-label='{label}']").first).to_be_visible()
        assert page.complaints == []


def test_plans_are_found_by_subject_and_parallel(world, sign_in):
    teacher = sign_in("teacher")
    follow(teacher, world)
    subject = subject_of(world)
    form = {
        "subject_id": str(subject),
        "grade": "8",
        "name": "Углублённый",
        "csrf_token": forms_token(teacher),
    }
    assert teacher.post("/plans", data=form).status_code == 302

    both = teacher.get("/plans").text
    only = teacher.get(f"/plans?subject_id={subject}&grade=8").text
    assert "Углублённый" in both
    assert 'data-label="Параллель">7<' in both
    assert "Углублённый" in only
    assert 'data-label="Параллель">7<' not in only
    assert "Планов с такими условиями нет." in teacher.get("/plans?grade=11").text
    assert teacher.get("/plans?subject_id=x").status_code == 400
