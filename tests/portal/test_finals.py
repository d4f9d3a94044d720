"""Term-end marks in a real browser: a class set in one screen, reasons, lost networks, colleagues."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import delete, select

from services.journal.models import Entry, FinalMark, Page, Period, Work
from shared.clock import today
from shared.events.identity import Enrolment, EnrolmentsChanged, GroupChanged, PersonChanged
from shared.events.schedule import LessonsPlanned, PlannedLesson
from shared.ids import new_id
from tests.portal.test_grid import offline
from tests.portal.world import ZONE, served, small_world

II = 1  # The column of the period of today.


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The first ten pupils have three marks each: 5, 4, 3, 5, 4, 3 …"""
    with small_world(tmp_path_factory.mktemp("finals")) as made, served(made):
        for lesson in range(3):
            made.record("teacher", lesson, list("5435435435"))
        yield made


@pytest.fixture(autouse=True)
def empty(world):
    """No mark of any term end, whatever the test before has put."""
    with world.runtimes["journal"].database.writing(world.school_id) as session:
        session.execute(delete(FinalMark))


def open_finals(open_as, world, who="teacher", subject="Математика", **given):
    page = open_as(who, f"/journal/{world.pages[subject]}/finals", **given)
    expect(page.locator("#chosen h2")).not_to_be_empty()
    return page


def cell(page, pupil, column=II):
    return page.locator(f"#sheet tr[data-row='{pupil}'] td").nth(column)


def mark(page, pupil, column=II):
    return cell(page, pupil, column).locator("b")


def saved(page):
    expect(page.locator("#state[data-state=saved]")).to_be_visible()


def held(world, subject="Математика"):
    path = f"/api/journal/v1/pages/{world.pages[subject]}/finals"
    told = world.peers.client("journal").get(path, headers=world.token("deputy", "journal")).json()
    return {(one["column"], one["pupil"]): one for one in told["cells"]}


def give_reason(page, text):
    page.locator("#why-reason").fill(text)
    page.locator("#why button[value=yes]").click()


def test_3_6_5_a_class_is_set_by_one_key(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 0).click()

    page.keyboard.press("Control+Enter")
    # The period goes on for weeks: a whole class is not set, and told to the families, by a slip of the hand.
    expect(page.locator("#note")).to_contain_text(
        "Ещё не последние дни периода. С предупреждением: 10. Поставить рекомендованные отметки: 10?"
    )
    assert held(world)[II, 0]["value"] is None
    page.keyboard.press("Enter")

    saved(page)
    assert [held(world)[II, number]["value"] for number in range(4)] == ["5", "4", "3", "5"]
    expect(page.locator("tr.sum td[data-sum]").nth(II)).to_contain_text("5: 4 · 4: 3 · 3: 3")
    expect(page.locator("tr.sum td[data-sum]").nth(II)).to_contain_text("осталось: 16")
    page.keyboard.press("Control+z")
    saved(page)
    assert held(world)[II, 0]["value"] is None
    assert page.complaints == []


def test_2_1_another_mark_than_recommended_is_asked_about(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 1).click()

    page.keyboard.press("5")
    expect(page.locator("#why-detail")).to_contain_text(
        "Белова Анна: рекомендована 4 (средний взвешенный 4,00"
    )
    page.locator("#why button[value=no]").click()
    expect(mark(page, 1)).to_be_empty()
    cell(page, 1).click()
    page.keyboard.press("5")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/finals/" in answer.url):
        give_reason(page, "Победа на олимпиаде")

    saved(page)
    found = held(world)[II, 1]
    assert (found["value"], found["reason"], found["recommended"]) == ("5", "Победа на олимпиаде", "4")
    expect(page.locator("#chosen")).to_contain_text("Победа на олимпиаде")


def test_2_1_a_reason_of_blanks_is_asked_for_again(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 1).click()
    page.keyboard.press("5")
    give_reason(page, "   ")
    expect(page.locator("#why")).to_be_visible()
    page.locator("#why button[value=no]").click()
    expect(mark(page, 1)).to_be_empty()


def test_a_recommended_mark_is_not_read_out_as_one_that_is_put(open_as, world):
    page = open_finals(open_as, world)
    row = page.get_by_role("row", name="Абрамов Лев")

    expect(row.get_by_role("gridcell").nth(II)).to_have_accessible_name("рекомендована 5 !")
    cell(page, 0).click()
    page.keyboard.press("5")
    saved(page)
    expect(row.get_by_role("gridcell").nth(II)).to_have_accessible_name("5 рекомендована 5 !")
    page.keyboard.press("Control+z")
    saved(page)


def test_2_1_a_mark_that_was_not_put_after_all_is_no_step_to_undo(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 0).click()
    page.keyboard.press("5")
    saved(page)
    page.keyboard.press("3")
    page.locator("#why button[value=no]").click()
    expect(mark(page, 1)).to_be_empty()

    page.keyboard.press("Control+z")

    saved(page)
    expect(mark(page, 0)).to_be_empty()
    expect(page.locator("#note")).to_be_hidden()


def test_who_would_not_accept_the_whole_column_is_back_in_the_table_by_escape(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 2).click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Поставить", exact=True)).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.locator("#note")).to_be_hidden()
    expect(cell(page, 2)).to_be_focused()
    assert held(world)[II, 2]["value"] is None


def test_2_1_a_mark_stands_in_its_cell_once_explained_whatever_was_saved_meanwhile(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 0).click()
    page.keyboard.press("5")
    with page.expect_response("**/finals/data"):  # The page is looked at anew while the reason is asked for.
        page.keyboard.press("3")
        expect(page.locator("#why")).to_be_visible()
    with offline(page):
        give_reason(page, "Решение педсовета")

        expect(mark(page, 1)).to_have_text("3")
    saved(page)


def test_2_1_a_mark_that_differs_by_what_a_colleague_wrote_meanwhile_is_asked_about(open_as, world):
    page = open_finals(open_as, world)
    world.record("colleague", 3, ["2"])  # What is recommended falls from 5 to 4.
    cell(page, 0).click()
    page.keyboard.press("5")

    expect(page.locator("#why-detail")).to_contain_text("Абрамов Лев: рекомендована 4")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/finals/" in answer.url):
        give_reason(page, "Решение педсовета")

    saved(page)
    expect(mark(page, 0)).to_have_text("5")
    found = held(world)[II, 0]
    assert (found["value"], found["reason"], found["recommended"]) == ("5", "Решение педсовета", "4")
    world.record("colleague", 3, [None])


def test_2_1_a_mark_that_is_explained_does_not_overwrite_a_colleagues_unseen(open_as, world):
    page, theirs = open_finals(open_as, world), open_finals(open_as, world, "colleague")
    cell(theirs, 1).click()
    theirs.keyboard.press("2")
    give_reason(theirs, "Решение педсовета")
    saved(theirs)
    cell(page, 0).click()
    page.keyboard.press("5")
    page.keyboard.press("3")
    expect(mark(page, 1)).to_have_text("2")  # The page is looked at anew while the reason is asked for.

    give_reason(page, "Другая причина")

    expect(page.locator("#note")).to_contain_text("Пока вы ставили «3», здесь записали «2».")
    assert held(world)[II, 1]["value"] == "2"


def test_signs_are_typed_by_their_beginning_and_pasted_as_a_column(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 12).click()
    page.keyboard.press("F2")
    page.keyboard.type("осв")
    page.keyboard.press("Enter")
    saved(page)
    assert held(world)[II, 12]["value"] == "осв"

    cell(page, 13).click()
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        "4\n3\n9",
    )
    saved(page)
    expect(page.locator("#note")).to_contain_text("Нет такой отметки: 9")
    assert [held(world)[II, number]["value"] for number in (13, 14, 15)] == ["4", "3", None]


def test_what_was_set_without_a_network_survives_a_reload(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 16).click()
    page.route("**/finals/*", lambda route: route.abort())
    page.keyboard.press("4")
    expect(page.locator("#state[data-state=offline]")).to_be_visible()
    page.reload()
    expect(mark(page, 16)).to_have_text("4")
    page.unroute("**/finals/*")

    saved(page)
    assert held(world)[II, 16]["value"] == "4"


def test_a_colleagues_mark_is_not_overwritten_unseen(open_as, world):
    mine, theirs = open_finals(open_as, world), open_finals(open_as, world, "colleague")
    cell(theirs, 20).click()
    theirs.keyboard.press("3")
    saved(theirs)

    cell(mine, 20).click()
    mine.keyboard.press("4")

    expect(mine.locator("#note")).to_contain_text("Пока вы ставили «4», здесь записали «3».")
    expect(mark(mine, 20)).to_have_text("3")
    mine.get_by_role("button", name="Оставить моё: 4").click()
    saved(mine)
    assert held(world)[II, 20]["value"] == "4"


@pytest.mark.parametrize("who", ["deputy", "director"])
def test_3_7_2_who_supervises_sees_and_cannot_write(open_as, world, who):
    page = open_finals(open_as, world, who)

    expect(page.locator("#accept-all")).to_have_count(0)
    expect(page.locator("main > .hint").last).to_contain_text("«?» после рекомендованной — спорная")
    before = held(world)[II, 22]["value"]
    cell(page, 22).click()
    page.keyboard.press("5")
    expect(page.locator("#note")).to_be_visible()
    assert held(world)[II, 22]["value"] == before


def test_a_period_still_ahead_or_of_no_lessons_waits(open_as, world):
    page = open_finals(open_as, world, "colleague", subject="Русский язык")

    expect(cell(page, 0)).to_have_attribute("title", "нет отметок, которые считаются")
    assert page.complaints == []


@pytest.mark.parametrize("phone", [False, True])
def test_the_screen_is_accessible_and_fits(open_as, world, phone):
    page = open_finals(open_as, world, phone=phone)
    cell(page, 3).click()

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if phone:
        keys = page.locator("#chosen .sign-keys")
        assert keys.bounding_box()["height"] < 2 * keys.locator("button").first.bounding_box()["height"]
        page.locator("#chosen [data-sign='5']").click()
        saved(page)
        expect(mark(page, 3)).to_have_text("5")


@pytest.fixture
def newcomer(world):
    """A pupil who came from 7Б ten days ago, with a 4 and a 3 of the quarters there, and a 4 of weight 3."""
    pupil, former, came = new_id(), new_id(), today(ZONE) - timedelta(days=10)
    database = world.runtimes["journal"].database
    with database.reading(world.school_id) as session:
        page = session.get(Page, world.pages["Математика"])
        periods = session.scalars(select(Period).order_by(Period.starts_on)).all()
    began = periods[0].starts_on

    def stay(group_id, *days):
        given = [Enrolment(pupil_id=pupil, from_on=days[0], until_on=days[1])] if days else []
        return EnrolmentsChanged(group_id=group_id, pupil_ids=[pupil], enrolments=given)

    given = {"number": 1, "starts": "08:30", "room": "", "teacher_ids": []}
    lessons = [PlannedLesson(lesson_id=new_id(), on=period.starts_on, **given) for period in periods]
    ids = {"year_id": page.year_id, "subject_id": page.subject_id}
    world.hear(
        [
            PersonChanged(person_id=pupil, family_name="Якушев", given_name="Ян", patronymic=""),
            GroupChanged(group_id=former, kind="class", name="7Б", grade=7),
            LessonsPlanned(**ids, group_id=former, lessons=lessons),
            stay(former, began, came - timedelta(days=1)),
            stay(world.people["class"], came, None),
        ],
        besides="identity",
    )
    with database.writing(world.school_id) as session:
        there = session.scalars(select(Page).where(Page.group_id == former)).one()
        for period, value in zip(periods, "43", strict=True):
            put = {"school_id": world.school_id, "slot": 0, "value": value, "timing": "in_time", "seq": 1}
            session.add(FinalMark(page_id=there.id, period_id=period.id, pupil_id=pupil, **put))
        at = {"school_id": world.school_id, "page_id": there.id, "lesson_id": lessons[1].lesson_id}
        session.add(Work(**at, slot=1, type="control", weight=3, title="", seq=1))
        session.add(Entry(**at, slot=1, pupil_id=pupil, value="4", seq=1))
    yield periods
    world.hear([stay(former), stay(world.people["class"])], besides="identity")


def test_marks_of_quarters_in_the_former_class_are_shown_and_not_to_be_written(open_as, world, newcomer):
    page = open_finals(open_as, world)
    row = page.locator("#sheet tr", has_text="Якушев Ян").get_attribute("data-row")

    expect(cell(page, row, 0).locator(".none")).to_have_text("4")
    cell(page, row, 0).click()
    expect(page.locator("#chosen")).to_contain_text("на прежней странице за этот период: 4")
    page.keyboard.press("5")
    expect(page.locator("#note")).to_be_visible()
    expect(cell(page, row, 0)).to_have_text("4")
    cell(page, row, 1).click()
    expect(page.locator("#chosen")).to_contain_text("на прежней странице за этот период: 3")
    expect(mark(page, row)).to_be_empty()
    assert page.complaints == []


def test_the_average_on_the_class_page_counts_what_came_along_and_goes_on_from_it(open_as, world, newcomer):
    page = open_as("teacher", f"/journal/{world.pages['Математика']}")
    row = page.locator("#grid tbody tr", has_text="Якушев Ян")
    average = row.locator("td.average")

    expect(average).to_have_text("4,00")
    expect(average).to_have_attribute("title", "С отметками до перевода: 4 (вес 3)")
    row.locator("td:not([aria-readonly])").last.click()
    page.keyboard.press("5")
    expect(average).to_have_text("4,25")
    saved(page)
    page.reload()
    expect(average).to_have_text("4,25")
    assert page.complaints == []


def test_what_came_along_is_read_on_the_class_page_by_a_finger(open_as, world, newcomer):
    page = open_as("teacher", f"/journal/{world.pages['Математика']}", phone=True)

    page.get_by_text("вместе с отметками до перевода (учеников: 1)").tap()

    expect(page.get_by_text("Якушев Ян: 4 (вес 3)")).to_be_in_viewport()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_summary_sheet_shows_the_mark_that_came_along(open_as, world, newcomer):
    path = f"/finals/classes/{world.people['class']}?period_id={newcomer[1].id}"
    page = open_as("deputy", path)

    expect(page.locator("tr", has_text="Якушев Ян").locator("td.hole a.brought")).to_have_text("3*")
    expect(page.locator(".hint").last).to_contain_text("«*» — отметка из прежнего класса")
    assert Axe().run(page).response["violations"] == []


def test_what_is_being_typed_outlives_the_saving_of_the_mark_before_it(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 13).click()
    with page.expect_response("**/finals/data"), offline(page):
        page.keyboard.press("4")
        page.keyboard.press("F2")
        page.keyboard.type("5")
    saved(page)

    page.wait_for_timeout(500)
    expect(page.locator("#sheet input")).to_be_focused()
    for key in ("Backspace", "3", "Enter"):
        page.keyboard.press(key)

    saved(page)
    assert [held(world)[II, number]["value"] for number in (13, 14)] == ["4", "3"]


@pytest.mark.parametrize(("choice", "value"), [("Оставить моё: 4", "4"), ("Оставить записанное: 3", "3")])
def test_a_colleagues_mark_is_asked_about_until_it_is_decided(open_as, world, choice, value):
    mine, theirs = open_finals(open_as, world), open_finals(open_as, world, "colleague")
    cell(theirs, 20).click()
    theirs.keyboard.press("3")
    saved(theirs)
    cell(mine, 20).click()
    mine.keyboard.press("4")
    expect(mine.locator("#note")).to_contain_text("Пока вы ставили «4», здесь записали «3».")
    expect(mine.locator("#state")).to_have_text("Есть расхождение: выберите, что оставить")
    cell(mine, 22, 0).click()
    mine.keyboard.press("F2")  # «Only to look at», which says nothing in place of the question.

    mine.reload()

    note = mine.locator("#note")
    expect(note).to_contain_text("Пока вы ставили «4», здесь записали «3».")
    expect(mine.locator("#state")).to_have_text("Есть расхождение: выберите, что оставить")
    assert held(world)[II, 20]["value"] == "3"
    note.get_by_role("button", name=choice).click()
    saved(mine)
    expect(mark(mine, 20)).to_have_text(value)
    assert held(world)[II, 20]["value"] == value
    mine.reload()
    saved(mine)
    expect(note).to_be_hidden()


def paste(page, text):
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        text,
    )


def test_blanks_of_a_pasted_column_leave_the_marks_that_stand(open_as, world):
    page = open_finals(open_as, world)
    cell(page, 10).click()
    for key in "543":
        page.keyboard.press(key)
    saved(page)

    cell(page, 10).click()
    paste(page, '5\n\n"5\nпересдал"\n4')

    expect(page.locator("#note")).to_contain_text("Нет такой отметки")
    saved(page)
    assert [held(world)[II, number]["value"] for number in range(10, 14)] == ["5", "4", "3", "4"]


def test_undoing_leaves_the_mark_that_a_colleague_put_since(open_as, world):
    mine = open_finals(open_as, world)
    cell(mine, 18).click()
    mine.keyboard.press("4")
    saved(mine)
    theirs = open_finals(open_as, world, "colleague")
    cell(theirs, 18).click()
    theirs.keyboard.press("3")
    saved(theirs)
    mine.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(mark(mine, 18)).to_have_text("3")

    mine.keyboard.press("Control+z")

    expect(mine.locator("#note")).to_contain_text("записано другое: 1")
    expect(mark(mine, 18)).to_have_text("3")
    assert held(world)[II, 18]["value"] == "3"
