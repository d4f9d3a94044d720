"""Long pages of those who supervise: counts first, and the rows of what was chosen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

LONG = ("journal", "deadlines", "finals", "programmes")
PATHS = ("/journal", "/deadlines", "/finals", "/fulfilment")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """A page is long from its second row on."""
    for name in LONG:
        monkeypatch.setattr(f"services.portal.routes.{name}.FEW", 1)


def main(answer):
    return answer.text.partition("<main")[2]


def test_all_pages_are_counted_by_parallel_until_one_or_a_teacher_is_chosen(sign_in, world):
    deputy, page = sign_in("deputy"), f"/journal/{world.pages['Математика']}"

    summary = main(deputy.get("/journal"))
    assert "страниц: 2" in summary
    assert page not in summary
    assert page in main(deputy.get("/journal?grade=7"))
    assert page not in main(deputy.get("/journal?grade=8"))
    of_colleague = main(deputy.get("/journal?teacher=Кузнецов А. И."))
    assert page in of_colleague
    assert str(world.pages["Русский язык"]) in of_colleague
    assert str(world.pages["Русский язык"]) not in main(deputy.get("/journal?teacher=Смирнова О. П."))


def test_deadlines_are_counted_by_class_and_teacher_and_told_of_those_chosen(sign_in, world):
    deputy, told = sign_in("deputy"), "Что не заполнено или заполнено поздно"

    summary = main(deputy.get("/deadlines"))
    assert told not in summary
    for name, id_ in (("group_id", world.people["class"]), ("teacher_id", world.people["teacher"])):
        [link] = re.findall(rf'href="([^"]*{name}={id_}[^"]*)"', summary)
        assert told in main(deputy.get(link.replace("&amp;", "&")))


def test_a_class_is_said_to_owe_as_many_things_as_are_listed_of_it(sign_in, world):
    """Mathematics is given by two teachers together."""
    deputy, asked = sign_in("deputy"), f"group_id={world.people['class']}"

    row = re.search(rf"{asked}.*?</tr>", main(deputy.get("/deadlines")), re.DOTALL)[0]
    _, near, late = (int(figure) for figure in re.findall(r"<td[^>]*>(\d+)<", row))

    assert near + late == main(deputy.get(f"/deadlines?{asked}")).count('class="state closed"') > 0


def test_the_class_stays_chosen_when_another_period_is(open_as, world):
    page = open_as("deputy", "/finals?class=7А")

    page.get_by_label("Периоды").get_by_role("link", name="I четверть", exact=True).click()

    page.wait_for_url("**period_id=*class=*")
    said = page.locator("main").inner_text()
    assert "В этом периоде здесь нет страниц" in said  # No lessons were planned then.
    assert "Заполнено всё" not in said
    assert page.complaints == []


def test_final_marks_are_counted_and_the_pages_of_one_class_or_teacher_listed(sign_in, world):
    deputy, page = sign_in("deputy"), f"/journal/{world.pages['Математика']}/finals"

    assert page not in main(deputy.get("/finals"))
    assert page in main(deputy.get("/finals?class=7А"))
    assert f"/finals/classes/{world.people['class']}" in main(deputy.get("/finals?class=7А"))
    assert page in main(deputy.get("/finals?teacher=Смирнова О. П."))
    assert page not in main(deputy.get("/finals?class=8А"))


def test_programmes_are_counted_by_parallel_and_the_pages_of_one_listed(sign_in, world):
    deputy, page = sign_in("deputy"), f"/fulfilment/{world.pages['Математика']}"

    assert page not in main(deputy.get("/fulfilment"))
    assert page in main(deputy.get("/fulfilment?grade=7"))
    assert page not in main(deputy.get("/fulfilment?grade=8"))
    assert "Страниц с такими условиями нет" in main(deputy.get("/fulfilment?grade=8"))


def test_a_teacher_s_own_pages_are_few_and_all_there(sign_in, world):
    assert f"/journal/{world.pages['Математика']}" in main(sign_in("teacher").get("/journal"))


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_keeps_a_screen_reader_out(open_as, path, phone):
    page = open_as("deputy", path, phone=phone)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.complaints == []
