"""The class page in a real browser: typing, undoing, losing the network, meeting a colleague."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from shared.events.identity import DatedValue, ParameterChanged
from shared.events.schedule import LessonsCancelled, LessonsPlanned
from tests.portal.world import PASSWORD, TODAY
from tests.support.waiting import eventually

SAVED = re.compile("Всё сохранено|All saved")
TAKEN = {20, 24, 25, *range(26, 36)}  # By the tests of attendance, mark tables, contradictions and storms.
fresh = iter([number for number in range(1, TODAY) if number not in TAKEN])  # Too few: raise TODAY.


@pytest.fixture
def lesson():
    """The number of a lesson on which no other test writes."""
    return next(fresh)


def open_grid(open_as, world, who="teacher", **given):
    page = open_as(who, f"/journal/{world.pages['Математика']}", **given)
    expect(page.locator("#lesson-title")).not_to_be_empty()
    return page


def column(page, lesson):
    """Return where the first column of a lesson is among the cells of a row."""
    columns = page.locator(".works th").evaluate_all("all => all.map(th => Number(th.dataset.lesson))")
    return columns.index(lesson)


def cell(page, lesson, pupil, second=0):
    return page.locator("#grid tbody tr").nth(pupil).locator("td").nth(column(page, lesson) + second)


def average(page, pupil):
    return page.locator("#grid tbody tr").nth(pupil).locator("td.average").inner_text()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def saved(page):
    expect(page.locator("#state")).to_have_text(SAVED)


@contextmanager
def offline(page):
    """Send nothing until all is typed: on a slow machine an answer would come between two keys."""
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


@contextmanager
def closed_period(world):
    """Let the period of today be closed for a while."""
    world.close_period()
    try:
        yield
    finally:
        world.close_period(again=True)


def held(world, lesson, *, slot=1, first=4):
    return world.marks(lesson, slot=slot)[:first]


def test_a_teacher_signs_in_and_finds_the_way_to_the_page(page, world):
    page.goto(world.url)
    # The browser leads to the first field with the first picture, a little after the page has loaded.
    expect(page.get_by_label("Логин")).to_be_focused()
    page.keyboard.type(world.logins["teacher"])
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    page.get_by_role("link", name="Математика", exact=True).first.click()

    expect(page.get_by_role("heading", name="7А · Математика")).to_be_visible()
    page.get_by_text("Смирнова О. П.").click()
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_role("heading", name="Вход в журнал")).to_be_visible()


def test_a_class_is_marked_in_seconds_from_the_keyboard(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    for number in range(len(world.pupils)):
        press(page, str(5 - number % 3), "Enter")

    saved(page)
    assert world.marks(lesson)[: len(world.pupils)] == [str(5 - n % 3) for n in range(len(world.pupils))]
    assert page.complaints == []


def test_absences_are_typed_in_either_layout_and_a_mark_replaces_them(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    press(page, "KeyY", "Enter", "Comma", "Enter", "KeyJ", "4", "Enter", "KeyY", "5")
    page.evaluate("""document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'у', code: '', bubbles: true}))""")

    saved(page)
    assert held(world, lesson, slot=0) == ["н", "б", "оп", "уп"]
    assert held(world, lesson) == [None, None, "4", None]


def test_averages_follow_each_key(open_as, world, lesson):
    page = open_grid(open_as, world)
    pupil = 20
    cell(page, lesson, pupil).click()
    before = average(page, pupil)

    press(page, "2")
    assert average(page, pupil) != before
    press(page, "Delete")
    assert average(page, pupil) == before
    saved(page)
    assert world.marks(lesson)[pupil] is None


def test_undo_and_redo_reach_the_journal(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, "5", "Enter", "4", "Enter", "3")
    saved(page)

    press(page, "Control+z", "Control+z")
    saved(page)
    assert held(world, lesson) == ["5", None, None, None]

    press(page, "Control+y")
    saved(page)
    assert held(world, lesson) == ["5", "4", None, None]


def test_a_plus_makes_room_for_a_second_mark_in_the_lesson(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 1).click()

    press(page, "5", "+", "3")

    saved(page)
    assert world.marks(lesson)[1] == "5"
    assert world.marks(lesson, slot=2)[1] == "3"
    page.reload()
    assert cell(page, lesson, 1, second=1).inner_text() == "3"


def test_a_work_gets_its_kind_and_weight_and_the_average_heeds_it(open_as, world, lesson):
    page = open_grid(open_as, world)
    pupil = 21
    cell(page, lesson, pupil).click()
    page.select_option("#work-type", "control")
    page.click("#add-work")
    cell(page, lesson, pupil).click()
    press(page, "4")
    saved(page)

    told = world.page_as("deputy")["lessons"][lesson]["works"]
    assert [(work["slot"], work["type"], work["weight"]) for work in told] == [(1, "control", 5)]
    page.get_by_label("Вес, 1").fill("2")
    page.keyboard.press("Tab")
    saved(page)
    assert world.page_as("deputy")["lessons"][lesson]["works"][0]["weight"] == 2


def test_a_work_is_described_by_the_keyboard_from_control_to_control(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.click("#add-work")
    kind, weight, title, monitoring = (
        page.get_by_label(name)
        for name in ("Вид работы, 1", "Вес, 1", "Название работы, 1", "Внутренний мониторинг")
    )
    kind.focus()

    for control, key in ((kind, "ArrowDown"), (weight, "ArrowUp"), (title, "d"), (monitoring, "Space")):
        expect(control).to_be_focused()
        page.keyboard.press(key)
        expect(control).to_be_focused()
        page.keyboard.press("Tab")
    expect(page.get_by_label("Учитывать в среднем, 1")).to_be_focused()
    saved(page)
    [work] = world.page_as("deputy")["lessons"][lesson]["works"]
    assert (work["type"], work["title"], work["is_monitoring"]) == ("homework", "d", True)

    page.get_by_label("Убрать работу, 1").press("Enter")
    expect(page.locator("#add-work")).to_be_focused()
    saved(page)
    assert world.page_as("deputy")["lessons"][lesson]["works"] == []
    assert page.complaints == []


def test_topic_and_homework_are_written_under_the_grid(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    page.fill("#topic", "Сложение дробей")
    page.fill("#homework", "№ 214, 215")

    saved(page)
    told = world.page_as("deputy")["lessons"][lesson]
    assert (told["topic"], told["homework"]) == ("Сложение дробей", "№ 214, 215")


def test_one_key_marks_all_that_are_selected_and_ctrl_d_fills_down(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, "Shift+ArrowDown", "Shift+ArrowDown", "5")
    cell(page, lesson, 2).click()
    press(page, "Shift+ArrowDown", "Control+d")

    saved(page)
    assert held(world, lesson) == ["5", "5", "5", "5"]


def test_a_column_is_pasted_from_a_spreadsheet_and_what_is_no_mark_is_told(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData('text/plain', '5\\r\\nН\\r\\nотл\\r\\n3\\r\\n');
        document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
    }""")

    expect(page.locator("#note")).to_contain_text("отл")
    saved(page)
    assert held(world, lesson) == ["5", None, None, "3"]
    assert held(world, lesson, slot=0) == [None, "н", None, None]


def test_what_is_typed_without_a_network_waits_and_arrives_once(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.context.set_offline(True)

    press(page, "5", "Enter", "4", "Enter", "3")

    expect(page.locator("#state")).to_have_text("Нет сети — 3 записи ждут")
    assert held(world, lesson) == [None] * 4
    before = world.page_as("deputy")["page"]["seq"]
    page.context.set_offline(False)
    saved(page)
    assert held(world, lesson) == ["5", "4", "3", None]
    assert world.page_as("deputy")["page"]["seq"] == before + 3 + 1  # Three marks and the work they are for.


def test_an_answer_that_is_lost_leads_to_one_record_not_two(open_as, world, lesson):
    page = open_grid(open_as, world)
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # The journal saves …
        route.abort()  # … and nobody hears of it.

    page.route("**/entries", lose)
    cell(page, lesson, 0).click()
    press(page, "5")
    saved(page)

    lesson_id = str(world.lessons["Математика"][lesson].lesson_id)
    assert lost == [200]
    assert held(world, lesson) == ["5", None, None, None]
    told = (
        world.peers.client("journal")
        .get(
            f"/api/journal/v1/pages/{world.pages['Математика']}/revisions",
            params={"lesson_id": lesson_id, "pupil_id": str(world.pupils[0])},
            headers=world.token("deputy", "journal"),
        )
        .json()["items"]
    )
    assert [one["value"] for one in told if one["what"] == "mark"] == ["5"]


@pytest.mark.parametrize("way", ["reload at once", "close and come back"])
def test_what_was_typed_outlives_the_page(open_as, world, lesson, way):
    page = open_grid(open_as, world)
    page.route("**/entries", lambda route: route.abort())
    cell(page, lesson, 0).click()
    press(page, "2", "Enter", "3")

    if way == "reload at once":
        page.unroute("**/entries")
        page.reload()
    else:
        expect(page.locator("#state")).to_contain_text("ждут")
        context, address = page.context, page.url
        page.close()
        listing = context.new_page()
        listing.goto(f"{world.url}/journal")
        expect(listing.locator("#unsent")).to_contain_text("7А · Математика")
        page = context.new_page()
        page.goto(address)

    saved(page)
    assert cell(page, lesson, 0).inner_text() == "2"
    assert held(world, lesson) == ["2", "3", None, None]


@pytest.mark.parametrize(("choice", "value"), [("Оставить моё: 5", "5"), ("Оставить записанное: 3", "3")])
def test_a_colleague_in_the_same_cell_is_shown_and_the_teacher_chooses(open_as, world, lesson, choice, value):
    page = open_grid(open_as, world)
    world.record("colleague", lesson, ["3"])

    cell(page, lesson, 0).click()
    with offline(page):  # The question of a cell goes when the cursor goes on.
        press(page, "5", "Enter", "4")

    expect(page.locator(".choice")).to_contain_text("Пока вы ставили «5», здесь записали «3»")
    expect(cell(page, lesson, 0).locator("b")).to_have_text("5")
    expect(cell(page, lesson, 0).locator(".theirs")).to_have_text("3")
    eventually(lambda: held(world, lesson) == ["3", "4", None, None])  # The untouched cell is saved.
    expect(page.locator("#state")).to_have_text("Есть расхождение: выберите, что оставить")
    page.get_by_role("button", name=choice).click()
    saved(page)
    assert cell(page, lesson, 0).inner_text() == value
    assert held(world, lesson) == [value, "4", None, None]


@pytest.mark.parametrize(("choice", "topic"), [("Оставить моё", "Дроби"), ("Взять записанное", "Проценты")])
def test_a_colleague_in_the_same_topic_is_shown_and_the_teacher_chooses(
    open_as, world, lesson, choice, topic
):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    world.change("colleague", lesson, "description", {"topic": "Проценты", "homework": None})

    page.fill("#topic", "Дроби")

    expect(page.locator("#topic-conflict")).to_contain_text("Проценты")
    page.get_by_role("button", name=choice).click()
    saved(page)
    expect(page.locator("#topic")).to_have_value(topic)
    eventually(lambda: world.page_as("deputy")["lessons"][lesson]["topic"] == topic)


@pytest.mark.parametrize(
    ("field", "typed", "theirs"),
    [
        ("#topic", "Дроби", {"homework": "№ 5"}),
        ("#homework", "№ 7", {"topic": "Проценты"}),
    ],
    ids=["topic", "homework"],
)
def test_a_colleague_in_the_other_text_is_merged_and_shown(open_as, world, lesson, field, typed, theirs):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    world.change("colleague", lesson, "description", theirs)

    page.locator(field).press_sequentially(typed)

    saved(page)
    expect(page.locator("#topic-conflict")).to_be_hidden()
    [(other, text)] = theirs.items()
    expect(page.locator(f"#{other}")).to_have_value(text)
    stands = world.page_as("deputy")["lessons"][lesson]
    assert (stands[other], stands[field[1:]]) == (text, typed)


def test_theirs_taken_of_a_torn_topic_keeps_the_homework_that_is_mine(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    world.change("colleague", lesson, "description", {"topic": "Проценты"})
    page.context.set_offline(True)
    page.fill("#topic", "Дроби")
    page.fill("#homework", "№ 7")
    page.context.set_offline(False)

    expect(page.locator("#topic-conflict")).to_contain_text("Проценты")
    page.get_by_role("button", name="Взять записанное").click()

    saved(page)
    expect(page.locator("#topic")).to_have_value("Проценты")
    expect(page.locator("#homework")).to_have_value("№ 7")
    stands = world.page_as("deputy")["lessons"][lesson]
    assert (stands["topic"], stands["homework"]) == ("Проценты", "№ 7")


def test_a_colleague_in_the_same_work_wins_and_the_marks_are_kept(open_as, world, lesson):
    page = open_grid(open_as, world)
    world.change("colleague", lesson, "works/1", {"type": "control", "weight": 5, "title": "Дроби"})

    cell(page, lesson, 0).click()
    press(page, "5")

    saved(page)
    expect(page.get_by_label("Вес, 1")).to_have_value("5")
    assert held(world, lesson) == ["5", None, None, None]
    world.change("colleague", lesson, "works/1", {"type": "control", "weight": 4, "title": "Дроби"})
    page.get_by_label("Вес, 1").fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("#note")).to_contain_text("изменил коллега")
    expect(page.get_by_label("Вес, 1")).to_have_value("4")


def test_two_tabs_of_one_teacher_lose_nothing_to_each_other(open_as, world, lesson):
    first = open_grid(open_as, world)
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.locator("#lesson-title")).not_to_be_empty()
    first.context.set_offline(True)
    for tab, pupil, mark in ((first, 0, "5"), (second, 1, "4"), (first, 2, "3")):
        tab.bring_to_front()
        cell(tab, lesson, pupil).click()
        press(tab, mark)
        expect(tab.locator("#state")).to_contain_text("ждёт" if tab is second or pupil == 0 else "ждут")

    first.context.set_offline(False)

    saved(first)
    saved(second)
    assert held(world, lesson) == ["5", "4", "3", None]


def test_a_colleague_in_another_cell_is_no_conflict_and_soon_seen(open_as, world, lesson):
    page = open_grid(open_as, world)
    world.record("colleague", lesson, [None, "3"])

    cell(page, lesson, 0).click()
    press(page, "5")

    saved(page)
    expect(cell(page, lesson, 1)).to_have_text("3")
    assert held(world, lesson) == ["5", "3", None, None]


def test_a_colleagues_new_column_moves_no_mark_to_another_lesson(open_as, world, lesson):
    later = next(fresh)
    world.record("colleague", lesson, ["4"])
    page = open_grid(open_as, world)
    cell(page, later, 0).click()
    page.locator("#topic").fill("Дроби")
    saved(page)
    world.change("colleague", lesson, "works/2", {"type": "control", "weight": 5, "title": ""})
    headings = page.locator(f'.works th[data-lesson="{lesson}"]')

    cell(page, later, 1).click()
    press(page, "5")
    saved(page)
    expect(headings).to_have_count(2)
    press(page, "Enter", "4")
    saved(page)

    assert held(world, later) == [None, "5", "4", None]
    assert held(world, lesson) == ["4", None, None, None]
    expect(cell(page, later, 2)).to_be_focused()
    expect(page.locator("#topic")).to_have_value("Дроби")


@pytest.mark.parametrize("lost", ["parta", None], ids=["the session's cookie", "all cookies"])
def test_the_session_may_end_in_the_middle_and_nothing_typed_is_lost(open_as, world, lesson, lost):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    with offline(page):  # Else the dialog may open under the second mark.
        press(page, "5", "Enter", "4")
        page.context.clear_cookies(name=lost)

    dialog = page.get_by_role("dialog", name="Войдите снова")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Логин").fill(world.logins["teacher"])
    dialog.get_by_label("Пароль").fill("не тот")
    dialog.get_by_role("button", name="Войти").click()
    expect(dialog.locator(".alert")).to_be_visible()
    dialog.get_by_label("Пароль").fill(PASSWORD)
    dialog.get_by_role("button", name="Войти").click()

    expect(dialog).to_be_hidden()
    saved(page)
    assert held(world, lesson) == ["5", "4", None, None]


def test_who_else_signs_in_sends_nothing_of_the_first_ones(open_as, world, lesson):
    page = open_grid(open_as, world)
    page.context.clear_cookies()
    cell(page, lesson, 0).click()
    press(page, "5")
    dialog = page.get_by_role("dialog", name="Войдите снова")
    dialog.get_by_label("Логин").fill(world.logins["colleague"])
    dialog.get_by_label("Пароль").fill(PASSWORD)
    with page.expect_navigation():
        dialog.get_by_role("button", name="Войти").click()

    saved(page)
    assert cell(page, lesson, 0).inner_text() == ""
    assert held(world, lesson) == [None] * 4


def leave(page):
    """Press «Выйти», and return what asks about the marks still here."""
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Выйти", exact=True).click()
    return page.get_by_role("dialog", name="Есть несохранённые отметки")


def test_who_signs_out_with_marks_unsent_is_asked_and_let_go_once_they_arrive(open_as, world, lesson):
    page = open_grid(open_as, world)
    page.route("**/entries", lambda route: route.abort())
    cell(page, lesson, 0).click()
    press(page, "5", "Enter")
    expect(page.locator("#state")).to_contain_text("ждёт")
    dialog = leave(page)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Остаться").click()
    expect(dialog).to_be_hidden()
    leave(page)

    page.unroute("**/entries")

    page.wait_for_url("**/sign-in")
    assert held(world, lesson) == ["5", None, None, None]


def test_who_leaves_marks_behind_leaves_them_to_nobody(open_as, world, lesson):
    page = open_grid(open_as, world)
    page.route("**/entries", lambda route: route.abort())
    cell(page, lesson, 0).click()
    press(page, "5", "Enter")
    expect(page.locator("#state")).to_contain_text("ждёт")

    leave(page).get_by_role("button", name="Выйти без них").click()

    page.wait_for_url("**/sign-in")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('parta:'))") == []
    assert held(world, lesson) == [None] * 4


def test_a_lesson_that_is_still_ahead_takes_a_topic_but_no_mark(open_as, world):
    page = open_grid(open_as, world)
    ahead = len(world.lessons["Математика"]) - 1
    page.locator(f'.days th[data-lesson="{ahead}"]').click()

    press(page, "5")
    expect(page.locator("#note")).to_contain_text("ещё впереди")
    assert cell(page, ahead, 0).inner_text() == ""
    page.fill("#topic", "Повторение")
    saved(page)
    assert world.page_as("deputy")["lessons"][ahead]["topic"] == "Повторение"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("cancelled", "Этот урок отменён"),
        ("closed", "Период закрыт"),
        ("not yours", "Этот урок ведёте не вы"),
    ],
)
def test_a_lesson_that_takes_no_mark_says_the_one_reason(open_as, world, lesson, why, said):
    with locked(world, lesson, why):
        page = open_grid(open_as, world)
        cell(page, lesson, 0).click()
        press(page, "5")

        expect(page.locator("#note")).to_contain_text(said)
        expect(page.locator("#note")).not_to_contain_text("впереди")
        assert cell(page, lesson, 0).inner_text() == ""


def test_a_mark_on_a_lesson_cancelled_later_is_taken_away_and_no_other_put(open_as, world, lesson):
    world.record("teacher", lesson, ["3"])
    with locked(world, lesson, "cancelled"):
        page = open_grid(open_as, world)
        cell(page, lesson, 0).click()
        press(page, "5")
        expect(page.locator("#note")).to_contain_text("Этот урок отменён")

        press(page, "Delete")
        saved(page)

        assert cell(page, lesson, 0).inner_text() == ""
        assert not [one for one in world.page_as("deputy")["entries"] if one[:2] == [lesson, 0]]


@contextmanager
def locked(world, lesson, why):
    """Cancel a lesson, give it to a substitute, or close its period, for as long as it lasts."""
    told = world.page_as("deputy")["page"]
    ids = {"group_id": told["group"]["id"], "subject_id": told["subject"]["id"]}
    ids = {name: UUID(id_) for name, id_ in ids.items()}
    planned = world.lessons["Математика"][lesson]
    other = replace(planned, teacher_ids=[world.people["stranger"]], is_substituted=True)
    year = {"year_id": UUID(told["year_id"]), **ids}
    if why == "closed":
        world.close_period()
    elif why == "cancelled":
        world.hear([LessonsCancelled(**ids, lesson_ids=[planned.lesson_id])])
    else:
        world.hear([LessonsPlanned(**year, lessons=[other])])
    try:
        yield
    finally:
        if why == "closed":
            world.close_period(again=True)
        world.hear([LessonsPlanned(**year, lessons=[planned])])


def test_a_mark_that_the_school_does_not_know_is_not_typed(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    press(page, "7")

    expect(page.locator("#note")).to_contain_text("Нет такой отметки: 7")


def test_a_refusal_is_said_and_taken_back(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    with closed_period(world):
        press(page, "5")
        expect(page.locator("#note")).to_contain_text("Период «II четверть» закрыт")
    expect(cell(page, lesson, 0)).to_have_class(re.compile("refused"))
    expect(page.locator("#state")).to_have_text("Есть несохранённое")
    page.get_by_role("button", name="Вернуть как было").click()
    expect(cell(page, lesson, 0)).to_have_text("")
    saved(page)


@pytest.mark.parametrize("way", ["asked for", "by loading the page"])
def test_what_was_refused_is_kept_and_sent_again(open_as, world, lesson, way):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    with closed_period(world):
        press(page, "5")
        expect(page.locator("#note")).to_contain_text("закрыт")
        page.fill("#topic", "Дроби")
        expect(page.locator("#state")).to_have_text("Есть несохранённое")

    if way == "asked for":
        page.get_by_role("button", name="Отправить снова").click()
    else:
        page.reload()

    saved(page)
    expect(cell(page, lesson, 0)).to_have_text("5")
    page.reload()
    saved(page)
    expect(cell(page, lesson, 0)).to_have_text("5")
    assert held(world, lesson) == ["5", None, None, None]
    cell(page, lesson, 0).click()
    expect(page.locator("#topic")).to_have_value("Дроби")


def test_what_is_refused_again_after_a_reload_is_shown_so_until_it_is_taken_back(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    with closed_period(world):
        press(page, "5")
        expect(page.locator("#note")).to_contain_text("закрыт")
        page.goto(f"{world.url}/journal")
        expect(page.locator("#unsent")).to_contain_text("Математика")
        page.go_back()
        expect(page.locator("#note")).to_contain_text("закрыт")
        expect(cell(page, lesson, 0)).to_have_text("5")
        expect(page.locator("#state")).to_have_text("Есть несохранённое")
        page.get_by_role("button", name="Вернуть как было").click()
        saved(page)

    page.reload()
    saved(page)
    expect(cell(page, lesson, 0)).to_have_text("")
    assert held(world, lesson) == [None] * 4


def test_a_mark_typed_over_a_refused_one_is_the_one_that_counts(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    with closed_period(world):
        press(page, "5")
        expect(page.locator("#note")).to_contain_text("закрыт")

    press(page, "4")
    saved(page)
    page.reload()
    saved(page)

    assert held(world, lesson) == ["4", None, None, None]


def test_a_page_loaded_while_the_one_before_it_was_still_sending_shows_what_was_sent(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    behind = page.content()
    press(page, "5")
    saved(page)

    page.route(f"**/journal/{world.pages['Математика']}", lambda route: route.fulfill(body=behind))
    page.reload()

    expect(cell(page, lesson, 0)).to_have_text("5")


def test_an_absence_replaces_the_marks_of_the_whole_lesson_and_comes_back_with_them(open_as, world, lesson):
    works = [{"slot": 1, "type": "answer"}, {"slot": 2, "type": "control"}]
    world.record("teacher", lesson, ["4"], works=works)
    world.record("teacher", lesson, ["3", "5"], slot=2)
    page = open_grid(open_as, world)

    cell(page, lesson, 0, second=1).click()
    press(page, "y")  # «н» in the Russian layout.
    saved(page)
    assert (held(world, lesson, slot=0)[0], held(world, lesson)[0], held(world, lesson, slot=2)[:2]) == (
        "н", None, [None, "5"],
    )  # fmt: skip
    press(page, "Control+z")
    saved(page)

    assert (held(world, lesson, slot=0)[0], held(world, lesson)[0], held(world, lesson, slot=2)[:2]) == (
        None, "4", ["3", "5"],
    )  # fmt: skip


def test_a_work_added_by_mistake_is_taken_back(open_as, world, lesson):
    later = next(fresh)
    world.record("teacher", lesson, ["4"])
    page = open_grid(open_as, world)
    headings, months = page.locator(f'.works th[data-lesson="{lesson}"]'), page.locator(".months th[colspan]")
    spans = months.evaluate_all("all => all.map(th => th.colSpan)")
    cell(page, lesson, 1).click()
    press(page, "+")
    saved(page)
    expect(headings).to_have_count(2)

    page.get_by_role("button", name="Убрать работу, 1").click()
    expect(page.locator("#note")).to_contain_text("стоят отметки: 1")
    page.get_by_role("button", name="Убрать работу, 2").click()
    saved(page)

    expect(headings).to_have_count(1)
    assert months.evaluate_all("all => all.map(th => th.colSpan)") == spans
    cell(page, later, 0).click()
    press(page, "5")
    saved(page)
    page.reload()
    expect(headings).to_have_count(1)
    assert (held(world, lesson), held(world, later)) == (["4", None, None, None], ["5", None, None, None])
    assert page.complaints == []


def test_a_work_a_colleague_took_back_goes_from_the_page(open_as, world, lesson):
    later = next(fresh)
    works = [{"slot": 1, "type": "answer"}, {"slot": 2, "type": "control"}]
    world.record("colleague", lesson, ["4"], works=works)
    page = open_grid(open_as, world)
    headings = page.locator(f'.works th[data-lesson="{lesson}"]')
    expect(headings).to_have_count(2)
    cell(page, later, 0).click()
    world.change("colleague", lesson, "works/2", None)

    press(page, "5")
    expect(headings).to_have_count(1)
    press(page, "Enter", "4")
    saved(page)

    assert held(world, later) == ["5", "4", None, None]
    assert page.complaints == []


def test_homework_with_signs_that_nobody_sees_is_refused_with_the_reason(open_as, world, lesson):
    """A line that Word broke softly comes with a vertical tab."""
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    page.fill("#homework", "№ 5\x0bи № 6")

    expect(page.locator("#note")).to_contain_text("В тексте есть невидимые управляющие знаки")
    page.get_by_role("button", name="Вернуть как было").click()


def test_the_history_of_a_cell_can_be_read(open_as, world, lesson):
    world.record("colleague", lesson, ["3"])
    world.record("teacher", lesson, ["4"])
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    page.click("#show-history")

    expect(page.locator("#revisions li")).to_have_count(2)
    expect(page.locator("#revisions")).to_contain_text("3 → 4")


def test_on_a_phone_a_finger_enters_marks(open_as, world, lesson):
    page = open_grid(open_as, world, phone=True)
    cell(page, lesson, 0).tap()

    pad = page.get_by_role("group", name="Клавиатура отметок")
    expect(pad).to_be_visible()
    pad.get_by_role("button", name="5", exact=True).tap()
    pad.get_by_role("button", name="н", exact=True).tap()

    saved(page)
    assert held(world, lesson) == ["5", None, None, None]
    assert held(world, lesson, slot=0) == [None, "н", None, None]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#topic").tap()
    expect(pad).to_be_hidden()
    assert page.complaints == []


def test_who_may_not_write_can_only_look(open_as, world, lesson):
    page = open_grid(open_as, world, "deputy")
    expect(page.locator("#state")).to_have_text("Только просмотр")
    cell(page, lesson, 0).click()
    press(page, "5", "ArrowDown")

    assert cell(page, lesson, 0).inner_text() == ""
    expect(cell(page, lesson, 1)).to_be_focused()


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(("who", "path"), [
    ("teacher", "/journal"), ("teacher", "/journal/{page}"), ("parent", "/diary"), ("parent", "/notices"),
    ("deputy", "/periods"), ("operator", "/people"), ("operator", "/groups"), ("teacher", "/password"),
    ("teacher", "/nowhere"),
])  # fmt: skip
def test_nothing_keeps_a_screen_reader_out(open_as, world, who, path, phone):
    page = open_as(who, path.format(page=world.pages["Математика"]), phone=phone)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    complaints = [said for said in page.complaints if "404" not in said]
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_by_day_and_by_night(open_as, world, scheme):
    page = open_grid(open_as, world)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for address in ("", "/diary", "/journal"):
        if address:
            page.goto(world.url + address)
        found = Axe().run(page, options={"runOnly": ["color-contrast"]})
        assert found.violations_count == 0, found.generate_report()


def paste(page, text):
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        text,
    )


def test_a_column_of_a_whole_class_is_pasted_with_blanks_pairs_and_mistakes(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    lines = ["5", " 4 ", "", '"3"', "4/5", "оп 10", "Н", "4,5", "н/а", "пять", *["4"] * 20]

    paste(page, "\r\n".join(lines) + "\r\n")

    expect(page.locator("#note")).to_contain_text("строка 8 «4,5», строка 10 «пять»")
    saved(page)
    count = len(world.pupils)
    marks = ["5", "4", None, "3", "4", None, None, None, "н/а", None, *["4"] * 20]
    assert world.marks(lesson) == marks[:count]
    assert world.marks(lesson, slot=2)[:6] == [None, None, None, None, "5", None]
    assert world.marks(lesson, slot=0)[5:7] == ["оп 10", "н"]


def test_minutes_of_lateness_are_typed_after_a_second_press(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    press(page, "KeyJ", "KeyJ", "1", "0", "Enter", "KeyJ", "5")

    saved(page)
    assert held(world, lesson, slot=0, first=2) == ["оп 10", "оп"]
    assert held(world, lesson, first=2) == [None, "5"]
    expect(page.locator("#cell-title")).to_contain_text(": оп 5")
    page.fill("#cell-minutes", "7")
    press(page, "Tab")
    saved(page)
    assert held(world, lesson, slot=0, first=2) == ["оп 10", "оп 7"]


def test_a_slash_puts_a_second_mark_for_the_same_work(open_as, world, lesson):
    world.change("teacher", lesson, "works/1", {"type": "dictation", "weight": 3})
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    press(page, "4", "/", "5")

    saved(page)
    assert (held(world, lesson, first=1), held(world, lesson, slot=2, first=1)) == (["4"], ["5"])
    works = world.page_as("teacher")["lessons"][lesson]["works"]
    assert [(work["type"], work["weight"]) for work in works] == [("dictation", 3)] * 2


def test_a_mark_beside_an_absence_is_put_with_shift_and_shown(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    press(page, "KeyY", "Shift+Digit5")

    saved(page)
    assert (held(world, lesson, first=1), held(world, lesson, slot=0, first=1)) == (["5"], ["н"])
    expect(cell(page, lesson, 0)).to_have_class(re.compile(r"\bboth\b"))
    page.reload()
    expect(cell(page, lesson, 0)).to_have_class(re.compile(r"\bboth\b"))


def test_a_comment_is_written_under_the_grid_and_read_in_the_history(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, "4")

    page.fill("#cell-comment", "Хорошо, но без проверки")
    press(page, "Tab")

    saved(page)
    expect(cell(page, lesson, 0)).to_have_class(re.compile("commented"))
    page.reload()
    expect(cell(page, lesson, 0)).to_have_attribute("title", re.compile("без проверки"))
    cell(page, lesson, 0).click()
    expect(page.locator("#cell-comment")).to_have_value("Хорошо, но без проверки")
    page.click("#show-history")
    expect(page.locator("#revisions")).to_contain_text("Хорошо, но без проверки")
    assert page.complaints == []


def test_a_work_is_of_internal_monitoring_or_does_not_count(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    before = average(page, 0)
    press(page, "2")
    assert average(page, 0) != before

    page.get_by_label("Внутренний мониторинг, 1").check()
    page.get_by_label("Учитывать в среднем, 1").uncheck()

    saved(page)
    assert average(page, 0) == before
    [work] = world.page_as("teacher")["lessons"][lesson]["works"]
    assert (work["is_monitoring"], work["counts"]) == (True, False)
    page.reload()
    assert average(page, 0) == before


def test_a_correction_after_the_day_shows_on_the_page(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, "4")
    saved(page)
    press(page, "5")
    saved(page)

    page.reload()

    expect(cell(page, lesson, 0)).to_have_class(re.compile("corrected"))


@pytest.fixture
def settle(world):
    """Lets the school set parameters for a test, from the beginning of the year on."""
    changed = []

    def setting(name, value):
        changed.append(name)
        dated = [DatedValue(valid_from=date(2020, 1, 1), value=orjson.dumps(value).decode())]
        world.hear([ParameterChanged(school_id=world.school_id, name=name, values=dated)])

    yield setting
    for name in changed:
        world.hear([ParameterChanged(school_id=world.school_id, name=name, values=[])])


@pytest.mark.parametrize(
    ("scale", "keys", "value"),
    [
        ("percent", ("8", "7"), "87"),
        ("percent", ("1", "0", "0"), "100"),
        ("ten", ("1", "0"), "10"),
        ("ten", ("9",), "9"),
    ],
)
def test_numbers_of_several_digits_are_typed_as_one(open_as, world, lesson, settle, scale, keys, value):
    settle("subject_scales", [{"subject": "Математика", "scale": scale}])
    page = open_grid(open_as, world)
    page.locator("#go-down").check()
    cell(page, lesson, 0).click()

    press(page, *keys, "Enter", "6")

    saved(page)
    first = held(world, lesson)
    assert first[0] == value
    assert "6" in first[1:]


def test_a_late_change_asks_why_where_the_school_wants_to_know(open_as, world, lesson, settle):
    world.record("teacher", lesson, ["3", "4"])
    settle("reason_to_change", "yes")
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    press(page, "4")
    page.fill("#why-reason", "Ошибка в клетке")
    page.get_by_role("button", name="Сохранить").click()
    saved(page)
    press(page, "ArrowDown", "5")
    page.get_by_role("button", name="Не менять").click()

    expect(page.locator("#note")).to_contain_text("уже стояла")
    assert held(world, lesson, first=2) == ["4", "4"]
    page.get_by_role("button", name="Вернуть как было").click()
    expect(cell(page, lesson, 1)).to_have_text("4")


def test_both_averages_are_shown_where_the_school_wants_both(open_as, world, lesson, settle):
    world.record("teacher", lesson, ["2"], works=[{"slot": 1, "type": "control"}])
    settle("averages", "both")
    page = open_grid(open_as, world)

    shown = average(page, 0)
    assert re.fullmatch(r"\d+,\d\d · \d+,\d\d", shown)
    cell(page, lesson, 0).click()
    press(page, "2")
    assert average(page, 0) == shown


def test_a_full_stop_awaits_a_work_until_a_day_and_a_mark_ends_it(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    before = average(page, 0)

    press(page, ".", "Enter", "KeyY", ".", "Enter", ".")
    saved(page)

    assert held(world, lesson) == ["•", "•", "•", None]
    assert held(world, lesson, slot=0) == [None, "н", None, None]
    assert average(page, 0) == before
    expect(cell(page, lesson, 1)).not_to_have_class(re.compile("both"))
    cell(page, lesson, 0).click()
    due = page.get_by_label("Ждём работу до")
    expect(due).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
    later = date.fromisoformat(due.input_value()) + timedelta(days=30)
    due.fill(later.isoformat())
    due.blur()
    saved(page)
    page.reload()
    cell(page, lesson, 0).click()
    expect(due).to_have_value(later.isoformat())
    page.get_by_role("button", name="История клетки").click()
    expect(page.locator("#revisions")).to_contain_text("срок работы")
    press(page, "Escape")

    cell(page, lesson, 1).click()
    press(page, "4")
    saved(page)

    assert held(world, lesson)[1] == "4"
    assert held(world, lesson, slot=0)[1] == "н"  # The absence stays: the work was made up for.
    expect(due).to_be_hidden()
    assert page.complaints == []


def test_a_day_of_a_work_that_has_passed_is_refused_and_can_be_taken_back(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, ".")
    saved(page)
    due = page.get_by_label("Ждём работу до")
    stands = due.input_value()

    due.fill("2020-01-01")
    due.blur()

    expect(page.locator("#note")).to_contain_text("Работу можно ждать до любого дня")
    page.get_by_role("button", name="Вернуть как было").click()
    expect(due).to_have_value(stands)


def test_blanks_of_a_pasted_column_leave_what_stands(open_as, world, lesson):
    world.record("teacher", lesson, ["5", "4", "3"])
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    paste(page, "2\r\n\u00a0\r\n\r\n4\r\n")

    saved(page)
    assert held(world, lesson) == ["2", "4", "3", "4"]


def test_a_pasted_or_filled_column_wipes_no_absence_out(open_as, world, lesson):
    world.record("teacher", lesson, [None, "б", None, "оп"], slot=0)
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    paste(page, "5\r\n4\r\n3\r\n2\r\n")
    expect(page.locator("#note")).to_contain_text("Не вставлено: строка 2 «4» (б)")
    saved(page)
    assert held(world, lesson) == ["5", None, "3", "2"]
    assert held(world, lesson, slot=0) == [None, "б", None, "оп"]

    cell(page, lesson, 0).click()
    press(page, "Shift+ArrowDown", "Shift+ArrowDown", "4")
    expect(page.locator("#note")).to_contain_text("Отсутствовавшие пропущены: 1")
    saved(page)
    assert held(world, lesson) == ["4", None, "4", "2"]
    cell(page, lesson, 1).click()
    press(page, "4")
    saved(page)
    assert (held(world, lesson)[1], held(world, lesson, slot=0)[1]) == ("4", None)


def test_a_work_that_an_absent_pupil_owed_is_pasted_beside_the_absence(open_as, world, lesson):
    world.record("teacher", lesson, ["н"], slot=0)
    world.record("teacher", lesson, ["•"])
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    paste(page, "4\r\n5\r\n")

    saved(page)
    assert held(world, lesson, first=2) == ["4", "5"]
    assert held(world, lesson, slot=0, first=1) == ["н"]


def test_a_torn_topic_is_not_called_saved_and_waits_at_its_lesson(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    world.change("colleague", lesson, "description", {"topic": "Проценты", "homework": None})
    page.fill("#topic", "Дроби")
    expect(page.locator("#topic-conflict")).to_be_visible()

    expect(page.locator("#state")).to_contain_text("Есть расхождение")
    cell(page, lesson - 1, 0).click()
    expect(page.locator("#topic-conflict")).to_be_hidden()
    expect(page.locator("#state")).to_contain_text("Есть расхождение")
    cell(page, lesson, 0).click()
    page.get_by_role("button", name="Оставить моё").click()

    saved(page)
    eventually(lambda: world.page_as("deputy")["lessons"][lesson]["topic"] == "Дроби")


def test_a_weight_that_is_none_is_not_saved_as_another(open_as, world, lesson):
    world.change("teacher", lesson, "works/1", {"type": "control", "weight": 3, "title": ""})
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    for wrong in ("50", "", "1.5"):
        page.get_by_label("Вес, 1").fill(wrong)
        page.keyboard.press("Tab")
        expect(page.get_by_label("Вес, 1")).to_have_value("3")
        expect(page.locator("#note")).to_contain_text("от 1 до 10")
    page.get_by_label("Вес, 1").fill("10")
    page.keyboard.press("Tab")
    page.get_by_label("Вес, 1").fill("50")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Вес, 1")).to_have_value("10")

    saved(page)
    path = f"/api/journal/v1/pages/{world.pages['Математика']}/revisions"
    asked = {"lesson_id": str(world.lessons["Математика"][lesson].lesson_id)}
    told = world.peers.client("journal").get(path, params=asked, headers=world.token("deputy", "journal"))
    weights = [one["value"] for one in told.json()["items"] if one["what"] == "work"]
    assert len(weights) == 2, weights


def test_full_stops_are_pasted_from_a_spreadsheet(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    paste(page, "5\r\n.\r\n•\r\n")

    saved(page)
    assert held(world, lesson)[:3] == ["5", "•", "•"]
