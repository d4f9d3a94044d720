"""Thirty marks over a slow and breaking network, and two people on one page at once: nothing vanishes."""

import random
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.portal.test_grid import cell, offline, open_grid, press, saved

MARKS = ("5", "4", "3", "2")
ROUNDS = 12
LONG = 120_000
LONGEST_PAUSE = "15"  # seconds between two tries of the grid, by the browser's clock


class Storm:
    """A network that refuses, loses answers, fails and dawdles, each by turns, and then clears up."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.met = Counter()

    def __call__(self, route):
        weather = self.chance.choice(("refused", "unheard", "503", "500", "slow", "fine"))
        if self.met.total() > ROUNDS:
            weather = "fine"
        self.met[weather] += 1
        if weather == "refused":
            route.abort("connectionrefused")
        elif weather == "unheard":  # The journal saves, and nobody hears of it.
            route.fetch()
            route.abort("connectionreset")
        elif weather in ("503", "500"):
            route.fulfill(status=int(weather), body="no JSON at all")
        else:
            route.continue_()


def revisions(world, lesson):
    """Returns how often each mark of a lesson was written, by pupil and value."""
    path, lesson_id = (
        f"/api/journal/v1/pages/{world.pages['Математика']}/revisions",
        world.lessons["Математика"],
    )
    asked = {"lesson_id": str(lesson_id[lesson].lesson_id)}
    told = world.peers.client("journal").get(path, params=asked, headers=world.token("deputy", "journal"))
    return Counter((one["pupil_id"], one["value"]) for one in told.json()["items"] if one["what"] == "mark")


def type_marks(page, lesson, values):
    cell(page, lesson, 0).click()
    for value in values:
        press(page, value, "Enter")


def all_is_saved(page):
    """Wait until all is saved, while the browser's clock leaps over the pauses between the tries."""
    state = page.locator("#state")
    for _ in range(4 * ROUNDS):
        try:
            expect(state).to_have_text("Всё сохранено", timeout=500)
        except AssertionError:
            page.clock.fast_forward(LONGEST_PAUSE)
        else:
            return
    expect(state).to_have_text("Всё сохранено")


def wanted(count, turn=0):
    return [MARKS[(number + turn) % len(MARKS)] for number in range(count)]


@pytest.mark.parametrize(("seed", "lessons"), [(1, (30, 31)), (2, (32, 33)), (3, (34, 35))])
def test_thirty_marks_outlive_any_weather(open_as, world, seed, lessons):
    first, second = lessons
    page = open_grid(open_as, world)
    storm = Storm(seed)
    page.context.route("**/entries", storm)
    count = len(world.pupils)

    type_marks(page, first, wanted(count))
    page.context.set_offline(True)
    type_marks(page, second, wanted(30 - count, turn=1))
    # The tab is closed in the middle of it, and opened again when the network is back.
    context, address = page.context, page.url
    page.close()
    context.set_offline(False)
    context.clock.install()
    page = context.new_page()
    page.goto(address)
    all_is_saved(page)

    assert world.marks(first) == wanted(count)
    assert world.marks(second)[: 30 - count] == wanted(30 - count, turn=1)
    for lesson in lessons:
        assert set(revisions(world, lesson).values()) == {1}  # Each once, however often it was sent.
    assert sum(storm.met[weather] for weather in ("refused", "unheard", "503", "500")) > 0


def test_a_service_that_is_down_for_a_while_gets_every_mark(open_as, world):
    lesson = 29
    page = open_grid(open_as, world)
    world.stop_service("journal")
    try:
        type_marks(page, lesson, wanted(len(world.pupils)))
        expect(page.locator("#state")).to_contain_text("ничего не пропадёт", timeout=LONG)
        page.wait_for_function("() => Object.keys(localStorage).some((name) => name.includes(':batch:'))")
    finally:
        world.start_service("journal")

    expect(page.locator("#state")).to_have_text("Всё сохранено", timeout=LONG)
    assert world.marks(lesson) == wanted(len(world.pupils))


def test_3_5_1_3_6_1_teacher_and_class_teacher_on_one_page_merge_cell_by_cell(open_as, world):
    lesson = 28
    teacher, leader = (open_grid(open_as, world, who) for who in ("teacher", "colleague"))

    for number in range(0, 10, 2):
        cell(teacher, lesson, number).click()
        press(teacher, "5")
        cell(leader, lesson, number + 1).click()
        press(leader, "4")
    saved(teacher)
    saved(leader)

    assert world.marks(lesson)[:10] == ["5", "4"] * 5
    for page in (teacher, leader):
        page.reload()
        assert [cell(page, lesson, number).inner_text() for number in range(10)] == ["5", "4"] * 5


@pytest.mark.parametrize(
    ("lesson", "choice", "value"), [(27, "Оставить моё: 3", "3"), (26, "записанное: 5", "5")]
)
def test_a_true_conflict_shows_both_values_in_the_second_browser(open_as, world, lesson, choice, value):
    teacher, leader = (open_grid(open_as, world, who) for who in ("teacher", "colleague"))
    cell(teacher, lesson, 0).click()
    press(teacher, "5")
    saved(teacher)
    cell(leader, lesson, 0).click()
    with offline(leader):  # The question of a cell goes when the cursor goes on.
        press(leader, "3", "Enter", "4")

    dialog = leader.get_by_role("alertdialog")
    expect(dialog).to_contain_text("«3»")
    expect(dialog).to_contain_text("«5»")
    expect(cell(leader, lesson, 0)).to_contain_text("3")
    expect(cell(leader, lesson, 0).locator(".theirs")).to_have_text("5")
    assert world.marks(lesson)[:2] == ["5", "4"]
    dialog.get_by_role("button", name=choice).click()

    saved(leader)
    assert world.marks(lesson)[:2] == [value, "4"]
    teacher.reload()
    expect(cell(teacher, lesson, 0)).to_have_text(value)
