"""Deadlines and corrections as people see them: clauses 3.6.3, 3.7.4, 3.9.4."""


def test_lessons_nobody_wrote_about_are_signed_over_the_grid_and_on_the_board(open_as, world):
    page_id = world.page_as("teacher")["page"]["id"]

    page = open_as("teacher", f"/journal/{page_id}")
    signed = page.locator("th .due").count()
    page.locator("#grid td").first.click()
    said = page.locator("#lesson-due").inner_text()
    board = open_as("deputy", "/deadlines", phone=True)

    assert signed > 0
    assert "тема" in said
    assert board.get_by_role("link", name="Математика").count() > 0
    assert "просрочено" in board.locator("ul.names").inner_text()
    assert board.evaluate("document.documentElement.scrollWidth") <= board.viewport_size["width"]
    assert page.complaints == board.complaints == []


def test_a_family_reports_an_error_and_reads_how_it_goes(open_as, world):
    page = world.page_as("teacher")
    lesson, pupil = page["lessons"][0]["id"], page["pupils"][0]["id"]
    teacher = open_as("teacher", f"/corrections/new?what=mark&slot=1&lesson_id={lesson}&pupil_id={pupil}")
    teacher.get_by_label("Что не так").fill("Стоит 3, а в тетради 5")
    teacher.get_by_role("button", name="Отправить").click()
    teacher.wait_for_url("**/corrections/*-*")
    teacher.get_by_label("Как должно быть").fill("5")
    teacher.get_by_role("button", name="Записать исправление").click()

    teacher.get_by_text("исправлено").first.wait_for()
    deputy = open_as("deputy", "/corrections", phone=True)
    assert "исправлено" in deputy.locator("ul.names").inner_text()
    assert teacher.complaints == deputy.complaints == []


def test_days_in_the_wrong_order_are_said_to_be_so(sign_in, world):
    deputy = sign_in("deputy")
    for path in (
        "/deadlines?from=2026-10-06&until=2026-10-05",
        f"/attendance/{world.people['class']}/totals?starts_on=2026-10-06&ends_on=2026-10-05",
    ):
        shown = deputy.get(path)
        assert (shown.status_code, "Первый день позже последнего" in shown.text) == (422, True)
        assert "Поменяйте дни местами" in shown.text


def test_other_days_are_of_the_same_class(open_as, world):
    board = open_as("deputy", f"/deadlines?group_id={world.people['class']}")
    board.get_by_label("С", exact=True).fill("2026-01-01")
    board.get_by_label("По", exact=True).fill("2026-01-02")

    board.get_by_role("button", name="Показать").click()

    board.wait_for_url("**from=2026-01-01*")
    assert f"group_id={world.people['class']}" in board.url
    assert board.complaints == []
