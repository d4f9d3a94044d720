"""What is typed and not sent yet, beside colleagues, reloads and bad networks: nothing goes unseen."""

from datetime import date, timedelta

import orjson
import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from services.portal.models import BrowserSession
from shared.clock import now, today
from shared.db import EVERY_SCHOOL
from shared.events.identity import DatedValue, ParameterChanged
from tests.portal.conftest import forms_token
from tests.portal.test_grid import cell, closed_period, held, open_grid, paste, press, saved
from tests.portal.world import PASSWORD, ZONE, served, small_world
from tests.support.waiting import eventually

MATHS = "Математика"
fresh = iter(range(1, 90))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("unsent")) as made, served(made):
        yield made


@pytest.fixture
def lesson():
    return next(fresh)


def told_of(world, lesson):
    """Returns a lesson as the journal tells it."""
    return world.page_as("deputy")["lessons"][lesson]


def look(page):
    """Come back to the tab: what others wrote is looked at."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def state(page):
    return page.locator("#state")


def waits(page):
    expect(state(page)).to_contain_text("жд")  # «1 запись ждёт», «2 записи ждут»


class Held:
    """The first request to an address, held back until it is let go; it is answered at once, or only then."""

    def __init__(self, page, address, *, is_answered=False):
        self.page, self.is_answered, self.route = page, is_answered, None
        page.route(address, self, times=1)

    def __call__(self, route):
        self.answer = route.fetch() if self.is_answered else None
        self.route = route

    def comes(self):
        for _ in range(100):
            if self.route:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("Nothing was asked for.")

    def let_go(self):
        if self.answer:
            self.route.fulfill(response=self.answer)
        else:
            self.route.continue_()


@pytest.mark.parametrize("who", ["teacher", "colleague"])
def test_a_mark_kept_since_yesterday_overwrites_no_newer_one_unseen(open_as, world, lesson, who):
    page = open_grid(open_as, world)
    context, address = page.context, page.url
    context.set_offline(True)
    cell(page, lesson, 0).click()
    press(page, "5")
    waits(page)
    page.wait_for_function("() => Object.keys(localStorage).some((name) => name.includes(':batch:'))")
    page.close()
    world.record(who, lesson, ["4"])

    context.set_offline(False)
    page = context.new_page()
    page.goto(address)

    expect(page.locator(".choice")).to_contain_text("Пока вы ставили «5», здесь записали «4»")
    assert held(world, lesson)[0] == "4"
    page.get_by_role("button", name="Оставить моё: 5").click()
    saved(page)
    assert held(world, lesson)[0] == "5"


def test_a_mark_and_the_one_typed_over_it_both_outlive_a_reload_without_a_question(open_as, world, lesson):
    page = open_grid(open_as, world)
    page.route("**/entries", lambda route: route.abort())
    cell(page, lesson, 0).click()
    press(page, "5")
    waits(page)
    press(page, "4")
    page.wait_for_function(
        "() => Object.keys(localStorage).filter((name) => name.includes(':batch:')).length === 2"
    )
    world.record("colleague", lesson, [None, "3"])

    page.unroute("**/entries")
    page.reload()

    saved(page)
    assert held(world, lesson) == ["4", "3", None, None]


def test_a_mark_typed_while_the_page_is_looked_at_overwrites_nothing_unseen(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    asked = Held(page, "**/data*", is_answered=True)
    world.record("colleague", lesson, ["3"])
    look(page)
    asked.comes()

    press(page, "5")
    asked.let_go()

    expect(page.locator(".choice")).to_contain_text("Пока вы ставили «5», здесь записали «3»")
    assert held(world, lesson)[0] == "3"


def test_a_save_that_changed_nothing_does_not_say_that_all_was_seen(open_as, world, lesson):
    world.record("teacher", lesson, ["4"])
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    world.record("colleague", lesson, ["4", "3"])

    page.locator("#homework").focus()
    page.keyboard.type(" ")

    expect(cell(page, lesson, 1)).to_have_text("3")


def test_homework_typed_on_while_the_topic_is_saved_is_nobody_elses(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.fill("#topic", "Дроби")
    page.fill("#homework", "№ 12")
    saved(page)
    answer = Held(page, "**/description")
    page.fill("#topic", "Дроби и проценты")
    page.fill("#homework", "№ 12, 13")
    answer.comes()

    page.fill("#homework", "№ 12, 13, 14")
    page.wait_for_timeout(1000)  # Until it is a batch of its own.
    answer.let_go()

    saved(page)
    expect(page.locator("#topic-conflict")).to_be_hidden()
    assert told_of(world, lesson)["homework"] == "№ 12, 13, 14"


def test_the_own_text_is_not_called_anothers_while_the_page_cannot_be_looked_at(open_as, world, lesson):
    page = open_grid(open_as, world)
    page.route("**/data*", lambda route: route.abort())
    cell(page, lesson, 0).click()
    world.record("colleague", lesson, ["3"])  # Elsewhere, and not seen here.
    page.fill("#topic", "Дроби")
    saved(page)

    page.fill("#homework", "№ 1")

    saved(page)
    expect(page.locator("#topic-conflict")).to_be_hidden()
    assert (told_of(world, lesson)["topic"], told_of(world, lesson)["homework"]) == ("Дроби", "№ 1")


@pytest.mark.parametrize("body", ["<html>Сеть гостиницы</html>", '{"page": {}}'])
def test_an_answer_that_is_none_does_not_stop_the_saving(open_as, world, lesson, body):
    page = open_grid(open_as, world)
    page.route("**/data*", lambda route: route.fulfill(status=200, body=body))
    world.record("colleague", lesson, [None, None, "3"])
    cell(page, lesson, 0).click()
    press(page, "5")
    eventually(lambda: held(world, lesson)[0] == "5")
    page.wait_for_timeout(500)  # For the broken look at the page.

    page.unroute("**/data*")
    press(page, "Enter", "4")

    saved(page)
    assert held(world, lesson)[:3] == ["5", "4", "3"]


def test_a_colleagues_topic_outlives_homework_typed_after_it(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.locator("#homework").click()
    page.keyboard.type("№ 1")
    saved(page)
    world.change("colleague", lesson, "description", {"topic": "Проценты", "homework": "№ 1"})
    look(page)
    expect(page.locator("#topic")).to_have_value("Проценты")

    page.keyboard.type("2")

    saved(page)
    assert (told_of(world, lesson)["topic"], told_of(world, lesson)["homework"]) == ("Проценты", "№ 12")


def test_homework_that_was_shown_before_it_was_typed_over_is_no_conflict(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    world.change("colleague", lesson, "description", {"topic": None, "homework": "№ 7"})
    asked = Held(page, "**/data*", is_answered=True)
    look(page)
    asked.comes()

    page.fill("#topic", "Дроби")  # On the page as it was before the colleague's homework.
    asked.let_go()
    expect(page.locator("#homework")).to_have_value("№ 7")
    page.fill("#homework", "№ 8")

    saved(page)
    expect(page.locator("#topic-conflict")).to_be_hidden()
    assert (told_of(world, lesson)["topic"], told_of(world, lesson)["homework"]) == ("Дроби", "№ 8")


@pytest.mark.parametrize(("choice", "homework"), [("Оставить моё", "№ 15"), ("Взять записанное", "№ 7")])
def test_a_colleague_in_the_very_field_that_holds_the_cursor_is_a_conflict(
    open_as, world, lesson, choice, homework
):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.locator("#homework").click()
    page.keyboard.type("№ 1")
    saved(page)
    world.change("colleague", lesson, "description", {"topic": None, "homework": "№ 7"})
    look(page)
    expect(page.locator("#topic-conflict")).to_contain_text("№ 7")

    page.keyboard.type("5")
    page.wait_for_timeout(1000)
    assert told_of(world, lesson)["homework"] == "№ 7"  # Until the teacher has chosen.
    page.get_by_role("button", name=choice).click()

    saved(page)
    eventually(lambda: told_of(world, lesson)["homework"] == homework)
    expect(page.locator("#homework")).to_have_value(homework)


def test_a_refusal_stays_to_be_answered_whatever_else_is_said(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    with closed_period(world):
        press(page, "5")
        expect(page.locator("#note")).to_contain_text("закрыт")

    press(page, "7")
    expect(page.locator("#note")).to_contain_text("Нет такой отметки: 7")
    page.get_by_role("button", name="Вернуть как было").click()

    saved(page)
    expect(cell(page, lesson, 0)).to_have_text("")


def torn_page(open_as, world, lesson):
    """Returns a page with a mark and a topic that a colleague wrote otherwise."""
    page = open_grid(open_as, world)
    world.record("colleague", lesson, ["3"])
    cell(page, lesson, 0).click()
    press(page, "5")
    expect(page.locator(".choice")).to_be_visible()
    world.change("colleague", lesson, "description", {"topic": "Проценты", "homework": None})
    page.fill("#topic", "Дроби")
    expect(page.locator("#topic-conflict")).to_be_visible()
    return page


def test_a_conflict_that_is_not_decided_is_asked_about_after_a_reload(open_as, world, lesson):
    page = torn_page(open_as, world, lesson)

    page.goto(f"{world.url}/journal")
    expect(page.locator("#unsent")).to_contain_text(MATHS)
    page.go_back()

    expect(page.locator(".choice")).to_contain_text("Пока вы ставили «5», здесь записали «3»")
    expect(state(page)).to_have_text("Есть расхождение: выберите, что оставить")
    page.get_by_role("button", name="Оставить моё: 5").click()
    expect(page.locator("#topic-conflict")).to_contain_text("Проценты")
    expect(page.locator("#topic")).to_have_value("Дроби")
    page.get_by_role("button", name="Оставить моё").click()
    saved(page)
    assert held(world, lesson)[0] == "5"
    assert told_of(world, lesson)["topic"] == "Дроби"


def test_a_conflict_that_was_decided_is_not_asked_about_again(open_as, world, lesson):
    page = torn_page(open_as, world, lesson)
    page.get_by_role("button", name="Взять записанное").click()
    cell(page, lesson, 0).click()
    page.get_by_role("button", name="Оставить записанное: 3").click()
    saved(page)

    page.reload()

    expect(page.locator("#lesson-title")).not_to_be_empty()
    saved(page)
    expect(page.locator(".choice")).to_have_count(0)
    expect(cell(page, lesson, 0)).to_have_text("3")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('parta:'))") == []


def test_sending_a_refusal_again_decides_no_conflict(open_as, world, lesson):
    page = open_grid(open_as, world)
    world.record("colleague", lesson, ["3"])
    cell(page, lesson, 0).click()
    press(page, "5")
    expect(page.locator(".choice")).to_be_visible()
    with closed_period(world):
        press(page, "Enter", "4")
        expect(page.locator("#note")).to_contain_text("закрыт")

    page.get_by_role("button", name="Отправить снова").click()

    eventually(lambda: held(world, lesson)[:2] == ["3", "4"])
    expect(state(page)).to_have_text("Есть расхождение: выберите, что оставить")


def test_a_pasted_cell_of_two_lines_moves_no_mark_to_another_pupil(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()

    paste(page, '5\r\n"4\nпересдал"\r\n3\r\n2\r\n')

    expect(page.locator("#note")).to_contain_text("Не вставлено: строка 2 «4")
    saved(page)
    assert held(world, lesson, first=5) == ["5", None, "3", "2", None]


def test_undoing_and_redoing_leave_what_a_colleague_put_since(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, "Shift+ArrowDown", "5")
    saved(page)
    world.record("colleague", lesson, ["3"])
    look(page)
    expect(cell(page, lesson, 0)).to_have_text("3")

    press(page, "Control+z")
    expect(page.locator("#note")).to_contain_text("записано другое: 1")
    saved(page)
    assert held(world, lesson) == ["3", None, None, None]

    world.record("colleague", lesson, [None, "2"])
    look(page)
    expect(cell(page, lesson, 1)).to_have_text("2")
    press(page, "Control+y")
    expect(page.locator("#note")).to_contain_text("записано другое: 1")
    page.wait_for_timeout(1000)  # For a save that must not come.
    assert held(world, lesson) == [None, "2", None, None]


def excuse(world, lesson):
    """Let the class teacher excuse the first pupil's absence on the day of a lesson."""
    on = world.lessons[MATHS][lesson].on.isoformat()
    answer = world.peers.client("journal").post(
        f"/api/journal/v1/pupils/{world.pupils[0]}/excuses",
        json={"from_on": on, "until_on": on, "sign": "б", "paper": "certificate"},
        headers=world.token("colleague", "journal"),
    )
    assert answer.status_code < 300, answer.text


def test_an_absence_recorded_as_its_excuse_is_undone_unless_another_changed_it(open_as, world, lesson):
    excuse(world, lesson)
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    for keys, stands in (("KeyY", "б"), ("Control+z", None), ("Control+y", "б")):
        press(page, keys)
        saved(page)
        assert held(world, lesson, slot=0)[0] == stands
        expect(cell(page, lesson, 0)).to_have_text(stands or "")
    expect(page.locator("#note")).to_be_hidden()

    world.record("colleague", lesson, ["уп"], slot=0)
    look(page)
    expect(cell(page, lesson, 0)).to_have_text("уп")
    press(page, "Control+z")

    expect(page.locator("#note")).to_contain_text("записано другое: 1")
    page.wait_for_timeout(1000)  # For a save that must not come.
    assert held(world, lesson, slot=0)[0] == "уп"


def test_undoing_leaves_the_excuse_that_was_given_after_the_absence(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    press(page, "KeyY")
    saved(page)
    excuse(world, lesson)
    look(page)
    expect(cell(page, lesson, 0)).to_have_text("б")

    press(page, "Control+z")

    expect(page.locator("#note")).to_contain_text("записано другое: 1")
    assert held(world, lesson, slot=0)[0] == "б"


def test_a_work_added_beside_marks_that_are_on_their_way_takes_none_of_them(open_as, world, lesson):
    page = open_grid(open_as, world)
    answer = Held(page, "**/entries")
    cell(page, lesson, 0).click()
    press(page, "5", "Enter", "4")
    answer.comes()
    page.select_option("#work-type", "control")

    page.click("#add-work")
    expect(page.locator(f'.works th[data-lesson="{lesson}"]')).to_have_count(2)
    answer.let_go()

    saved(page)
    works = [(work["slot"], work["type"]) for work in told_of(world, lesson)["works"]]
    assert works == [(1, "answer"), (2, "control")]
    assert held(world, lesson)[:2] == ["5", "4"]


def test_a_work_changed_while_its_first_marks_are_sent_stays_as_changed(open_as, world, lesson):
    page = open_grid(open_as, world)
    answer = Held(page, "**/entries")
    cell(page, lesson, 0).click()
    press(page, "5")
    answer.comes()
    press(page, "+")
    kind = page.get_by_label("Вид работы, 1")
    kind.select_option("control")
    answer.let_go()

    saved(page)
    expect(kind).to_have_value("control")
    assert told_of(world, lesson)["works"][0]["type"] == "control"


def test_a_first_mark_has_the_weight_of_the_lessons_day(open_as, world, lesson):
    usual = {"type": "answer", "ru": "ответ", "en": "answer", "written": False}
    kinds = {date(2020, 1, 1): [usual | {"weight": 1}], today(ZONE): [usual | {"weight": 4}]}
    values = [DatedValue(valid_from=on, value=orjson.dumps(kind).decode()) for on, kind in kinds.items()]
    world.hear([ParameterChanged(school_id=world.school_id, name="work_types", values=values)])
    try:
        page = open_grid(open_as, world)
        cell(page, lesson, 0).click()
        press(page, "5")

        expect(page.get_by_label("Вес, 1")).to_have_value("1")
        saved(page)
        assert [work["weight"] for work in told_of(world, lesson)["works"]] == [1]
    finally:
        world.hear([ParameterChanged(school_id=world.school_id, name="work_types", values=[])])


def test_an_older_look_at_the_page_takes_nothing_back(open_as, world, lesson):
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    asked = Held(page, "**/data*", is_answered=True)
    look(page)
    asked.comes()
    press(page, "5")
    saved(page)

    asked.let_go()
    page.wait_for_timeout(500)
    expect(cell(page, lesson, 0)).to_have_text("5")
    press(page, "4")

    saved(page)
    expect(page.locator(".choice")).to_have_count(0)
    assert held(world, lesson)[0] == "4"


def test_the_title_of_a_work_is_typed_on_while_a_colleague_writes(open_as, world, lesson):
    world.change("teacher", lesson, "works/1", {"type": "control", "weight": 3, "title": ""})
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.get_by_label("Название работы, 1").click()
    page.keyboard.type("Контрольная по")
    world.record("colleague", lesson, [None, "3"])
    look(page)
    expect(cell(page, lesson, 1)).to_have_text("3")

    page.keyboard.type(" дробям")
    press(page, "Tab")

    saved(page)
    assert told_of(world, lesson)["works"][0]["title"] == "Контрольная по дробям"
    assert page.complaints == []


def held_work(open_as, world, lesson, field):
    """Returns a page with the cursor in a field of a work to which a colleague has given another weight."""
    work = {"type": "control", "weight": 3, "title": ""}
    world.change("teacher", lesson, "works/1", work)
    page = open_grid(open_as, world)
    cell(page, lesson, 0).click()
    page.get_by_label(field).click()
    world.change("colleague", lesson, "works/1", work | {"weight": 5})
    look(page)
    expect(page.locator(f'.works th[data-lesson="{lesson}"] sub')).to_have_text("5")
    expect(page.get_by_label("Вес, 1")).to_have_value("3")  # It holds the cursor, or stands beside what does.
    return page


def test_a_work_under_the_cursor_is_drawn_anew_when_the_cursor_leaves_it(open_as, world, lesson):
    page = held_work(open_as, world, lesson, "Название работы, 1")

    page.locator("#homework").click()

    expect(page.get_by_label("Вес, 1")).to_have_value("5")
    expect(page.locator("#homework")).to_be_focused()
    assert page.complaints == []


def test_a_title_typed_under_the_cursor_takes_back_no_weight_of_a_colleague(open_as, world, lesson):
    page = held_work(open_as, world, lesson, "Название работы, 1")

    page.keyboard.type("Дроби")
    press(page, "Tab")

    saved(page)
    [work] = told_of(world, lesson)["works"]
    assert (work["title"], work["weight"]) == ("Дроби", 5)
    expect(page.get_by_label("Вес, 1")).to_have_value("5")


def test_a_weight_typed_over_one_that_was_not_shown_yet_is_not_sent(open_as, world, lesson):
    page = held_work(open_as, world, lesson, "Вес, 1")

    page.get_by_label("Вес, 1").fill("2")
    press(page, "Tab")

    expect(page.locator("#note")).to_contain_text("только что изменил коллега")
    expect(page.get_by_label("Вес, 1")).to_have_value("5")
    page.wait_for_timeout(1000)  # For a save that must not come.
    assert told_of(world, lesson)["works"][0]["weight"] == 5


def test_a_mark_typed_over_a_conflict_closes_its_question(open_as, world, lesson):
    page = open_grid(open_as, world)
    world.record("colleague", lesson, ["3"])
    cell(page, lesson, 0).click()
    press(page, "5")
    expect(page.locator(".choice")).to_be_visible()

    press(page, "2")

    expect(page.locator(".choice")).to_have_count(0)
    saved(page)
    assert held(world, lesson)[0] == "2"
    assert page.complaints == [] or all("412" in said for said in page.complaints)


def test_who_leaves_marks_behind_in_one_tab_leaves_none_in_another(open_as, world, lesson):
    page = open_grid(open_as, world)
    second = page.context.new_page()
    page.context.route("**/entries", lambda route: route.abort())
    cell(page, lesson, 0).click()
    press(page, "5")
    waits(page)
    second.goto(f"{world.url}/journal")
    second.locator("details.person summary").click()
    second.get_by_role("button", name="Выйти", exact=True).click()

    second.get_by_role("button", name="Выйти без них").click()

    second.wait_for_url("**/sign-in")
    page.wait_for_timeout(4000)  # For the next try of the first tab.
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('parta:'))") == []


def test_who_signs_in_elsewhere_goes_on_after_the_dialog_was_escaped(open_as, world, lesson):
    page = open_grid(open_as, world)
    page.context.clear_cookies()
    cell(page, lesson, 0).click()
    press(page, "5")
    dialog = page.get_by_role("dialog", name="Войдите снова")
    expect(dialog).to_be_visible()
    press(page, "Escape")
    page.locator("#note").get_by_role("button", name="Войти").click()
    expect(dialog).to_be_visible()
    press(page, "Escape")
    other = page.context.new_page()
    other.goto(f"{world.url}/sign-in")
    other.get_by_label("Логин").fill(world.logins["teacher"])
    other.get_by_label("Пароль").fill(PASSWORD)
    press(other, "Enter")
    other.wait_for_url("**/journal")
    other.close()

    look(page)

    saved(page)
    expect(page.locator("#note")).to_be_hidden()
    assert held(world, lesson)[0] == "5"


def test_looking_by_itself_does_not_keep_a_session_alive_and_saving_does(world, sign_in, lesson):
    client = sign_in("teacher")
    token = forms_token(client)
    database = world.portal.extensions["portal"].database
    page = f"/journal/{world.pages[MATHS]}"
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(update(BrowserSession).values(seen_at=now() - timedelta(minutes=29)))

    def age():
        with database.reading(EVERY_SCHOOL) as session:
            return now() - session.scalars(select(func.max(BrowserSession.seen_at))).one()

    for address in (f"{page}/data", f"{page}/finals/data"):
        assert client.get(address, headers={"Accept": "application/json"}).status_code == 200
    assert age() > timedelta(minutes=28)

    path = f"{page}/lessons/{world.lessons[MATHS][lesson].lesson_id}/description"
    headers = {"X-CSRFToken": token, "If-Match": '"0"', "Accept": "application/json"}
    answer = client.put(path, json={"topic": "Дроби", "homework": None}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert age() < timedelta(minutes=1)
