"""What was changed or taken back is shown with its history (clauses 2.1, 3.9.4)."""

import pytest

from tests.portal.world import TODAY, served, small_world

REASON = "Пересдача зачтена"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school in which the first pupil's mark of a quarter was changed, and a mark of today taken back."""
    with small_world(tmp_path_factory.mktemp("portal")) as made, served(made):
        for values in (["2", "5"], [None, "5"]):
            made.record("teacher", TODAY, values)
        made.record("teacher", TODAY, ["4"], slot=2)
        for value in ("4", "5"):
            attest(made, 0, value)
        for value in ("3", None):
            attest(made, 1, value)
        yield made


def attest(world, column, value):
    """Put the first pupil's term-end mark, by the number of its column."""
    journal, asked = world.peers.client("journal"), world.token("teacher", "journal")
    path = f"/api/journal/v1/pages/{world.pages['Математика']}/finals"
    told = journal.get(path, headers=asked).json()
    body = {"entries": [{"pupil_id": str(world.pupils[0]), "value": value}], "reason": REASON}
    seen = {"If-Match": f'"{told["page"]["seq"]}"'}
    answer = journal.post(f"{path}/{told['columns'][column]['key']}", json=body, headers=asked | seen)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("who", ["teacher", "colleague", "deputy", "director"])
@pytest.mark.parametrize("phone", [False, True])
def test_2_1_the_history_of_a_term_end_mark_is_shown_to_staff(open_as, world, who, phone):
    page = open_as(who, f"/journal/{world.pages['Математика']}/finals", phone=phone)
    cells = page.locator("#sheet tbody tr").first.locator("td")
    cells.nth(0).click()
    page.get_by_role("button", name="История клетки").click()

    dialog = page.get_by_role("dialog", name="История клетки")
    lines = dialog.get_by_role("listitem")
    lines.nth(1).wait_for()
    said = lines.all_inner_texts()
    assert [one.split(" ")[:3] for one in said] == [["—", "→", "4"], ["4", "→", "5"]]
    assert all("Смирнова О. П." in one and REASON in one for one in said)
    assert "I четверть" in dialog.inner_text()
    dialog.get_by_role("button", name="Закрыть").click()

    cells.nth(2).click()
    page.get_by_role("button", name="История клетки").click()
    dialog.get_by_text("Здесь ещё ничего не меняли.").wait_for()
    assert page.complaints == []


def test_2_1_a_family_opens_the_history_of_a_term_end_mark(open_as):
    page = open_as("parent", "/diary/period")
    page.get_by_label("Итоговые отметки").get_by_role("link", name="I четверть 5").click()

    assert page.locator(".big").inner_text() == "5"
    changes = page.locator(".changes li")
    assert changes.first.inner_text().startswith("4 → 5")
    assert all("Смирнова О. П." in one and REASON in one for one in changes.all_inner_texts())
    page.get_by_role("link", name="К табелю").click()
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.complaints == []


def test_a_term_end_mark_that_was_taken_back_leads_to_its_history(open_as):
    page = open_as("parent", "/diary/period")
    gone = page.get_by_label("Итоговые отметки").get_by_role("link", name="II четверть")
    assert "«3» снята" in gone.inner_text()
    gone.click()

    assert page.locator(".big").inner_text() == "—"
    assert page.locator(".changes li").first.inner_text().startswith("3 снято")


def test_a_term_end_mark_said_to_be_wrong_is_reported_from_its_page(open_as):
    page = open_as("parent", "/diary/period")
    page.get_by_label("Итоговые отметки").get_by_role("link", name="I четверть 5").click()
    page.get_by_role("link", name="Сообщить об ошибке").click()

    shown = page.locator("main").inner_text()
    assert "Математика" in shown
    assert "I четверть" in shown


@pytest.mark.parametrize("view", ["week", "subject", "period"])
def test_3_9_4_a_mark_that_was_taken_back_stays_to_be_found(open_as, world, view):
    subject = world.page_as("deputy")["page"]["subject"]["id"]
    address = {"week": "/diary", "subject": f"/diary/subjects/{subject}", "period": "/diary/period"}[view]
    page = open_as("parent", address, phone=True)

    gone = page.locator(".gone a")
    assert gone.count() == 1
    assert "«2» снята" in gone.text_content()
    gone.click()
    assert page.locator(".changes li").first.inner_text().startswith("2 снято")
    assert page.complaints == []


def test_what_was_taken_back_is_in_no_average(sign_in, world):
    shown = sign_in("parent").get(f"/diary/period?pupil_id={world.pupils[0]}").text

    assert "<b>4,00</b>" in shown


def test_another_childs_term_end_mark_is_not_found(sign_in, world):
    page = world.pages["Математика"]
    for column in ("year", "нет"):
        path = f"/diary/pages/{page}/finals/{column}?pupil_id="
        assert sign_in("parent").get(f"{path}{world.pupils[5]}").status_code == 404
        assert sign_in("parent").get(f"{path}{world.pupils[0]}").status_code == 404
