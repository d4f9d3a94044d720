"""Curriculum and load, edited like a spreadsheet in a real browser, and what others see of them."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import delete, select

from services.schedule.actions.calendar import current_year
from services.schedule.actions.curriculum.plans import PlanFacts, PlanItem, make_curriculum
from services.schedule.actions.directories import name_subjects
from services.schedule.models import Curriculum, CurriculumItem, Load
from tests.portal.conftest import forms_token
from tests.portal.world import served, small_world
from tests.schedule.makers import make_year
from tests.support.waiting import eventually

GRADE = 7
SUBJECTS = ["Алгебра", "Биология", "География", "Музыка"]
PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
}"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("plans")) as made, served(made):
        with made.runtimes["schedule"].database.writing(made.school_id) as session:
            make_year(session)
            name_subjects(session, SUBJECTS)
        yield made


@pytest.fixture(autouse=True)
def plans(world):
    """Two drafts of eight quarter-hours in each subject, whatever the test before has made of them."""
    with world.runtimes["schedule"].database.writing(world.school_id) as session:
        for emptied in (Load, CurriculumItem, Curriculum):
            session.execute(delete(emptied))
        subjects, _ = name_subjects(session, SUBJECTS)
        items = [PlanItem(id_, 8) for id_ in subjects.values()]
        for name in ("Базовый", "Профиль"):
            make_curriculum(session, current_year(session), PlanFacts(name, GRADE, items))


def cell(page, row, column):
    return page.locator(f"#sheet tr[data-row='{row}'] td").nth(column)


def saved(page):
    expect(page.locator("#state[data-state=saved]")).to_be_visible()


def test_hours_are_typed_pasted_undone_and_saved_without_a_reload(open_as):
    page = open_as("operator", "/curriculum")
    cell(page, 0, 0).click()
    page.keyboard.type("2,5")
    page.keyboard.press("Enter")
    page.keyboard.type("3/2")
    page.keyboard.press("Tab")
    expect(cell(page, 0, 0)).to_have_text("2,5")
    expect(cell(page, 1, 0)).to_have_text("3×2")
    expect(page.locator("tr.sum td").nth(0)).to_have_text("9,5")

    cell(page, 2, 0).click()
    page.evaluate(PASTE, "1\t4\r\nмного\t0,5\r\n")
    expect(page.locator("#note")).to_contain_text("много")
    expect(cell(page, 3, 1)).to_have_text("0,5")
    page.keyboard.press("Control+z")
    expect(cell(page, 3, 1)).to_have_text("2")
    page.keyboard.press("Control+y")
    saved(page)
    page.reload()

    assert [cell(page, row, 0).inner_text() for row in range(4)] == ["2,5", "3×2", "1", "2"]
    assert [cell(page, row, 1).inner_text() for row in range(4)] == ["2", "2", "4", "0,5"]
    assert page.complaints == []


def test_what_is_being_typed_is_saved_when_the_page_is_left(open_as, world):
    page = open_as("operator", "/curriculum")
    page.on("dialog", lambda dialog: dialog.accept())
    cell(page, 2, 0).click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    cell(page, 1, 1).click()
    page.keyboard.type("3,5")
    page.goto("about:blank")

    def is_saved():
        with world.runtimes["schedule"].database.reading(world.school_id) as session:
            return {28, 14} <= set(session.scalars(select(CurriculumItem.quarters_per_week)))

    eventually(is_saved, within=30)


def test_digits_typed_one_after_another_stand_in_their_order_in_every_cell(open_as):
    page = open_as("operator", "/curriculum")
    cell(page, 0, 0).click()
    for hours in ("2,5", "1,75", "10", "0,25"):
        page.keyboard.type(hours)
        page.keyboard.press("Enter")
        saved(page)  # A save between two cells disturbs neither.
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("4,5")
    page.keyboard.press("Tab")
    saved(page)
    page.reload()

    assert [cell(page, row, 0).inner_text() for row in range(4)] == ["2,5", "1,75", "10", "0,25"]
    assert cell(page, 2, 1).inner_text() == "4,5"
    assert page.complaints == []


def test_what_another_changed_meanwhile_is_said_and_not_overwritten(open_as):
    first, second = (open_as("operator", "/curriculum") for _ in range(2))
    for page, hours in ((first, "5"), (second, "6")):
        cell(page, 0, 1).click()
        page.keyboard.type(hours)
        page.keyboard.press("Enter")
        expect(page.locator("#state[data-state=saved], #state[data-state=refused]")).to_be_visible()

    expect(second.locator("#note")).to_contain_text("изменил кто-то ещё")
    second.locator("#note button").click()

    expect(cell(second, 0, 1)).to_have_text("5")


def test_the_director_approves_and_the_load_is_held_against_the_plan(open_as, world):
    director = open_as("director", "/curriculum")
    assert director.locator("td:not([aria-readonly])[tabindex]").count() == 0
    plan = director.locator(".plans article", has_text="Базовый")
    plan.locator("[name=order_number]").fill("112-у")
    plan.get_by_role("button").click()
    expect(director.locator(".plans article", has_text="Базовый")).to_contain_text("№ 112-у")

    page = open_as("operator", f"/load?grade={GRADE}")
    expect(cell(page, 0, 0)).to_contain_text("не хватает 2 ч")
    cell(page, 0, 0).click()
    page.keyboard.press("F2")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 0)).to_contain_text("вакансия")
    expect(cell(page, 0, 0)).to_contain_text("1 ч")
    name = page.locator("#teachers option").first.get_attribute("value")
    cell(page, 0, 0).click()
    page.keyboard.press("F2")
    page.keyboard.type(f"2 {name}")
    page.keyboard.press("Enter")
    saved(page)
    page.reload()

    expect(cell(page, 0, 0)).to_have_text(f"2 {name}")
    assert page.complaints == []


@pytest.mark.parametrize(
    ("path", "phone"),
    [
        ("/curriculum", False),
        ("/curriculum", True),
        ("/curriculum/history", False),
        ("/load", True),
        ("/load/check", False),
        ("/load/tariff", True),
    ],
)
def test_nothing_keeps_a_screen_reader_out(open_as, path, phone):
    page = open_as("deputy", path, phone=phone)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.complaints == []


def test_a_table_is_tried_and_its_bad_rows_are_shown(sign_in):
    operator = sign_in("operator")
    form = {"csrf_token": forms_token(operator), "dry_run": "1"}

    def bring(text):
        file = (io.BytesIO(text.encode()), "план.csv")
        return operator.post("/curriculum/import", data={**form, "file": file})

    head = "Предмет;Параллель;Часов в неделю\n"
    assert "ничего не изменено" in bring(f"{head}Музыка;8;1\n").text
    refused = bring(f"{head}Музыка;8;много\n")
    assert (refused.status_code, "Часов в неделю" in refused.text, "много" in refused.text) == (
        422,
        True,
        True,
    )
