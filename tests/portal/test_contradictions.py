"""«Противоречия»: found in the menu, opened at the cell, looked into, opened again (clause 4.2.1)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NOTE = "Писал работу после уроков"
LESSON = 25


@pytest.fixture
def lesson(world):
    """A lesson in which the third pupil is absent and has a mark; other tests may leave others."""
    world.record("teacher", LESSON, [None, None, "н"], slot=0)
    world.record("teacher", LESSON, [None, None, "5"])
    yield world.lessons["Математика"][LESSON]
    world.record("teacher", LESSON, [None, None, None], slot=0)
    world.record("teacher", LESSON, [None, None, None])


def item(page, lesson, part):
    """What the page says of the contradiction in a part of it: `waiting` or `seen`."""
    return page.locator(
        f"section[aria-labelledby={part}] li", has=page.locator(f"a[href*='{lesson.lesson_id}']")
    )


def accept(page, lesson):
    waiting = item(page, lesson, "waiting")
    waiting.get_by_text("Проверено").click()
    waiting.get_by_label("Почему всё верно").fill(NOTE)
    waiting.get_by_role("button", name="Отметить проверенным").click()


@pytest.mark.parametrize("who", ["deputy", "colleague"])
def test_4_2_1_a_contradiction_is_looked_into_and_opened_again(open_as, lesson, who):
    page = open_as(who, "/journal")
    page.get_by_text("Ведение").click()
    page.get_by_role("navigation", name="Разделы").get_by_role("link", name="Противоречия").click()
    expect(item(page, lesson, "waiting")).to_contain_text(
        "Виноградов Тимур: отметка при отсутствии на уроке (н, 5)"
    )

    accept(page, lesson)
    expect(item(page, lesson, "seen")).to_contain_text(f"«{NOTE}»")
    expect(item(page, lesson, "waiting")).to_have_count(0)

    item(page, lesson, "seen").get_by_role("button", name="Вернуть на проверку").click()
    expect(item(page, lesson, "waiting")).to_have_count(1)
    assert page.complaints == []


def test_its_link_opens_the_cell_on_the_class_page(open_as, lesson):
    page = open_as("deputy", "/contradictions")
    item(page, lesson, "waiting").get_by_role("link", name="7А, Математика").click()

    active = page.locator("#grid td.active")
    expect(active).to_contain_text("5")
    expect(active.locator("xpath=..")).to_contain_text("Виноградов Тимур")
    expect(page.locator("#grid .days th.active")).to_contain_text(str(lesson.on.day))
    assert page.complaints == []


def test_a_director_looks_and_notes_nothing(sign_in, world, lesson):
    shown = sign_in("director").get(f"/contradictions?group_id={world.people['class']}").text

    assert str(lesson.lesson_id) in shown
    assert "Отметить проверенным" not in shown


def test_what_was_put_right_meanwhile_is_said(open_as, world, lesson):
    page = open_as("deputy", "/contradictions")
    world.record("teacher", LESSON, [None, None, None], slot=0)

    accept(page, lesson)

    expect(page.get_by_role("alert")).to_contain_text("Здесь уже нет противоречия")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_nothing_keeps_a_screen_reader_out(open_as, lesson, phone):
    page = open_as("deputy", "/contradictions", phone=phone)
    item(page, lesson, "waiting").locator("summary").click()

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
