"""The diary as a family reads it on a phone: the week, a subject, a period, one mark."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.dates import format_date
from playwright.sync_api import expect
from sqlalchemy import select

from services.journal.models import Page
from shared.events.schedule import (
    LessonsCancelled,
    LessonsPlanned,
    LessonsSubstituted,
    PlannedLesson,
    SubstitutedLesson,
)
from shared.ids import new_id
from tests.portal.world import TODAY, served, small_world

CONTROL = [{"slot": 1, "type": "control", "weight": 5, "title": "Дроби"}]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school of this module's own, in which something has been put and corrected."""
    with small_world(tmp_path_factory.mktemp("diary")) as made, served(made):
        lesson = TODAY
        made.record("teacher", lesson, ["3", "4"], works=CONTROL)
        made.record("teacher", lesson, ["4"])
        made.record("teacher", lesson - 1, ["5", "2"])
        made.record("teacher", lesson - 2, ["б"], slot=0)
        made.record("teacher", 0, ["4"])
        made.change("teacher", lesson, "description", {"topic": "Сложение дробей", "homework": "№ 312, 313"})
        yield made


def test_3_9_2_a_parent_reads_marks_topic_and_homework_and_opens_a_mark(open_as):
    page = open_as("parent", "/diary", phone=True)
    today = page.locator(".day.is-today")
    expect(today).to_contain_text("Сложение дробей")
    expect(today).to_contain_text("№ 312, 313")
    expect(page.locator(".gist")).to_contain_text("Математика")

    today.locator(".marks a").first.click()

    expect(page.locator(".big")).to_have_text("4")
    expect(page.locator(".facts")).to_contain_text("контрольная работа: Дроби")
    expect(page.locator(".changes li")).to_have_count(2)
    expect(page.locator(".changes")).to_contain_text("3 → 4")
    expect(page.locator(".changes")).to_contain_text("Смирнова О. П.")
    assert page.complaints == []


def said_on(day):
    return format_date(day, "d MMMM", locale="ru")


def test_3_9_2_homework_stands_at_the_lesson_it_is_due_for_and_where_it_was_set(open_as, world):
    today, tomorrow = (world.lessons["Математика"][number].on for number in (TODAY, TODAY + 1))
    at = ".day[aria-labelledby='day-{}'] .what"

    page = open_as("pupil", f"/diary?week={tomorrow}", phone=True)

    there = page.locator(at.format(tomorrow)).filter(has_text="Математика")
    expect(there.locator(".due")).to_have_text(f"К уроку: № 312, 313 задано {said_on(today)}")
    page.goto(f"{world.url}/diary?week={today}")
    here = page.locator(at.format(today)).filter(has_text="Математика")
    expect(here.locator(".homework")).to_have_text(f"Задано на {said_on(tomorrow)}: № 312, 313")
    here.get_by_role("link", name="Математика").click()
    expect(page.locator("main")).to_contain_text(f"Задано на {said_on(tomorrow)}: № 312, 313")
    assert page.complaints == []


def test_2_1_a_family_reads_the_comment_of_a_mark_and_sees_in_the_week_and_the_subject_that_there_is_one(
    sign_in, world
):
    pupil = world.pupils[1]
    lesson = world.lessons["Математика"][TODAY - 1].lesson_id
    said = {"comment": "Не решена <последняя> задача."}
    world.change("teacher", TODAY - 1, f"entries/1/{pupil}/comment", said)
    parent = sign_in("parent")

    opened = parent.get(f"/diary/lessons/{lesson}/marks/1?pupil_id={pupil}").text
    week = f"/diary?pupil_id={pupil}&week={world.lessons['Математика'][TODAY - 1].on}"
    shown = parent.get(week).text
    subject = parent.get(re.search(r"/diary/subjects/[^\"]*", shown)[0].replace("&amp;", "&")).text

    assert "<dd>Не решена &lt;последняя&gt; задача.</dd>" in opened
    assert re.search(rf'<h1><a href="/diary/subjects/[^"]*pupil_id={pupil}">Математика</a></h1>', opened)
    for view in (shown, subject):
        assert re.search(rf'class="[^"]*commented"><a href="/diary/lessons/{lesson}/marks/1', view)
        assert "есть комментарий" in view
    assert "commented" not in parent.get(f"/diary?pupil_id={world.pupils[0]}").text
    assert "Комментарий" not in parent.get(f"/diary/lessons/{lesson}/marks/1").text


def test_an_opened_mark_says_who_put_the_value_that_stands_now_and_when(sign_in, world):
    lesson, parent = world.lessons["Математика"][TODAY - 4].lesson_id, sign_in("parent")

    def put(who, value):
        world.record(who, TODAY - 4, [value])
        opened = parent.get(f"/diary/lessons/{lesson}/marks/1").text
        return re.search(r"<dt>(Поставлено|Исправлено|Снято)</dt><dd>[^<]*, ([^<]*)</dd>", opened).groups()

    assert put("teacher", "5") == ("Поставлено", "Смирнова О. П.")
    assert put("colleague", "4") == ("Исправлено", "Кузнецов А. И.")
    assert put("teacher", None) == ("Снято", "Смирнова О. П.")
    assert put("colleague", "•") == ("Поставлено", "Кузнецов А. И.")
    assert put("teacher", "3") == ("Поставлено", "Смирнова О. П.")
    world.record("teacher", TODAY - 4, [None])  # As the other tests of this school want it.


def test_a_subject_and_a_period_are_two_taps_away(open_as):
    page = open_as("parent", "/diary", phone=True)
    page.get_by_role("link", name="Табель").click()
    expect(page.locator(".sheet-of-marks > li")).to_have_count(2)
    maths = page.locator(".sheet-of-marks > li").first
    assert [one.strip() for one in maths.locator(".marks .given b").all_inner_texts()] == ["4", "5", "4"]
    expect(maths.locator(".average")).to_contain_text("4,14")
    expect(page.locator(".absences")).to_contain_text("болезни")

    maths.get_by_role("link", name="Математика").click()
    expect(page.locator(".one-year .average")).to_contain_text("4,14")
    expect(page.locator("details.day")).to_have_count(1)
    assert page.complaints == []


def test_a_parent_is_told_what_is_needed_for_a_five(open_as):
    page = open_as("parent", "/diary/period", phone=True)
    ahead = page.locator(".sheet-of-marks > li").first.locator(".ahead")
    ahead.locator("summary").tap()

    expect(ahead.locator("summary")).to_have_text(re.compile(r"Выходит 4\s+· что нужно для «5»"))
    expect(ahead).to_contain_text(
        re.compile(
            r"До «5» нужно ещё:\s+5 × «5» \(ответ\)\s+или\s+2 × «5» \(самостоятельная работа\)"
            r"\s+или\s+1 × «5» \(контрольная работа\)"
        )
    )
    expect(ahead).to_contain_text("средний взвешенный 4,14 по 3 отметкам, порог 4,5 → 4")
    page.get_by_role("link", name="Математика").click()
    expect(page.locator(".ahead summary")).to_contain_text("что нужно для «5»")
    assert page.complaints == []


def test_siblings_are_changed_without_losing_the_view(open_as):
    page = open_as("parent", "/diary/period")
    page.locator(".children a").nth(1).click()

    expect(page).to_have_url(re.compile("/diary/period"))
    expect(page.locator("h1")).to_contain_text("Белова")


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ("1900-12-31", "31 декабря 1900 – 6 января 1901"),
        ("2027-01-01", "28 декабря 2026 – 3 января 2027"),
        ("2027-01-04", "4 января – 10 января 2027"),
    ],
)
def test_a_week_over_the_turn_of_the_year_names_both(sign_in, week, said):
    assert f'<p class="dates">{said}</p>' in sign_in("pupil").get(f"/diary?week={week}").text


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/diary", "/diary/period", "subject", "mark"])
def test_nothing_keeps_a_screen_reader_out_or_leaves_a_phones_screen(open_as, path, theme):
    page = open_as("parent", "/diary" if path in ("subject", "mark") else path, phone=True)
    page.emulate_media(color_scheme=theme)
    if path in ("subject", "mark"):
        link = ".day.is-today h3 a" if path == "subject" else ".day.is-today .marks a"
        page.goto(page.url.split("/diary")[0] + page.locator(link).first.get_attribute("href"))
    page.reload()

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.complaints == []


@pytest.mark.parametrize("view", ["/diary/period?pupil_id={}", "/diary?pupil_id={}"])
def test_another_familys_child_is_not_found(sign_in, world, view):
    stranger = world.pupils[5]
    for who in ("parent", "pupil", "teacher"):
        assert sign_in(who).get(view.format(stranger)).status_code in (403, 404)


def write(page, *, text, kind="recommendation"):
    page.get_by_label("Ученик").select_option(label="Абрамов Лев")
    page.get_by_label("Что это").first.select_option(kind)
    page.get_by_label("Текст").first.fill(text)
    page.get_by_role("button", name="Отправить семье").click()


def test_3_9_2_a_recommendation_is_written_read_acknowledged_and_corrected(open_as, world):
    teacher = open_as("teacher", f"/journal/{world.pages['Математика']}")
    teacher.get_by_role("link", name="Замечания").click()
    write(teacher, text="Повторить таблицу умножения.")
    expect(teacher.locator(".notes li").first).to_contain_text("Повторить таблицу")

    parent = open_as("parent", "/diary", phone=True)
    note = parent.locator(".notes li").first
    expect(note).to_contain_text("рекомендация")
    note.get_by_role("button", name="Ознакомлен(а)").click()
    expect(parent.locator(".notes li").first).to_contain_text("Вы ознакомились")
    assert parent.url.rstrip("?").endswith("/diary")

    teacher.reload()
    card = teacher.locator(".notes > ul > li").first
    expect(card).to_contain_text("Ознакомлены: Абрамова Ирина")
    card.get_by_text("Исправить или отозвать").click()
    card.get_by_label("Текст").fill("Повторить таблицу умножения на 7.")
    card.get_by_label("Причина исправления").fill("уточнение")
    card.get_by_role("button", name="Исправить").click()
    card = teacher.locator(".notes > ul > li").first
    expect(card).to_contain_text("на 7")
    card.get_by_text("История").click()
    expect(card.locator(".versions li")).to_have_count(2)

    parent.goto(f"{world.url}/diary/remarks")
    expect(parent.locator(".notes li").first).to_contain_text("на 7")
    assert Axe().run(parent).violations_count == 0
    assert Axe().run(teacher).violations_count == 0
    assert [*parent.complaints, *teacher.complaints] == []


def _arrows_to(page, option):
    """Return the keys that lead to an option of the choice in focus, wherever other tests have moved it."""
    steps = page.evaluate(
        """option => {
            const { options, selectedIndex } = document.activeElement
            return [...options].findIndex(one => one.text.trim().startsWith(option)) - selectedIndex
        }""",
        option,
    )
    return ["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps)


def test_a_teacher_writes_to_a_family_by_the_keyboard_alone(open_as, world):
    page = open_as("teacher", f"/journal/{world.pages['Математика']}/remarks")
    page.get_by_label("Ученик").focus()
    for option in ("Абрамов Лев", "рекомендация"):
        for key in (*_arrows_to(page, option), "Tab", "Tab"):
            page.keyboard.press(key)
    page.keyboard.type("Выучить стихотворение наизусть.")
    page.keyboard.press("Control+Enter")

    written = page.locator(".notes > ul > li").filter(has_text="Выучить стихотворение наизусть.")
    expect(written).to_contain_text("Абрамов Лев")
    expect(written).to_contain_text("рекомендация")
    assert page.complaints == []


def test_the_class_teacher_writes_to_a_family_and_the_pupil_is_not_told_what_is_for_parents(open_as, world):
    leader = open_as("colleague", f"/classes/{world.people['class']}/remarks")
    leader.get_by_label("Кому").first.select_option("parents")
    write(leader, text="Жду вас на собрании.", kind="remark")
    expect(leader.locator(".notes li").first).to_contain_text("только родителям")

    assert "Жду вас" in open_as("parent", "/diary/remarks").content()
    assert "Жду вас" not in open_as("pupil", "/diary/remarks").content()
    assert "Жду вас" not in open_as("pupil", "/diary").content()


def test_3_5_10_a_parent_proposes_an_achievement_with_a_document_and_the_class_teacher_verifies_it(
    open_as, world
):
    parent = open_as("parent", "/diary/portfolio", phone=True)
    parent.get_by_label("Раздел", exact=True).select_option("sport")
    parent.get_by_label("Что это было").fill("Городской кросс")
    parent.get_by_label("Результат").fill("2 место")
    parent.locator("[name=files]").set_input_files(
        {"name": "грамота.txt", "mimeType": "text/plain", "buffer": b"2 place"}
    )
    parent.get_by_role("button", name="Добавить").click()
    expect(parent.locator(".achievements li").first).to_contain_text("ждёт подтверждения")
    assert Axe().run(parent).violations_count == 0
    assert parent.evaluate("document.documentElement.scrollWidth") <= parent.viewport_size["width"]

    leader = open_as("colleague", f"/classes/{world.people['class']}")
    leader.get_by_role("link", name="Городской кросс").click()
    expect(leader.locator(".achievements li").first).to_contain_text("грамота.txt")
    leader.get_by_role("button", name="Подтвердить").click()
    expect(leader.locator(".achievements li").first).to_contain_text("подтверждено")
    assert Axe().run(leader).violations_count == 0

    paper = parent.request.get(f"{world.url}/diary/portfolio.pdf")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    assert [*parent.complaints, *leader.complaints] == []


def test_3_5_3_the_class_teacher_sees_who_looked_and_the_deputy_sees_the_class(open_as, world):
    open_as("parent", "/diary")
    leader = open_as("colleague", "/diary-views", phone=True)
    expect(leader).to_have_url(re.compile("/classes/.*/diary-views"))
    row = leader.locator(".watching > li", has_text="Абрамов Лев")
    expect(row).to_contain_text("Абрамова Ирина")
    expect(row).to_contain_text("сегодня")
    assert Axe().run(leader).violations_count == 0
    assert leader.evaluate("document.documentElement.scrollWidth") <= leader.viewport_size["width"]

    deputy = open_as("deputy", "/diary-views")
    expect(deputy.locator("table.views")).to_contain_text("7А")
    assert Axe().run(deputy).violations_count == 0


def test_on_a_phone_the_present_tab_is_in_view(open_as):
    page = open_as("parent", "/diary/programmes", phone=True)
    tabs = page.locator("nav.tabs")

    expect(tabs.locator("[aria-current]")).to_be_in_viewport(ratio=0.9)
    assert tabs.bounding_box()["height"] < 2 * tabs.locator("a").first.bounding_box()["height"]
    assert page.complaints == []


@pytest.mark.parametrize("who", ["colleague", "deputy"])
def test_who_follows_the_class_is_led_from_a_diary_to_it(sign_in, world, who):
    client, group = sign_in(who), world.people["class"]
    shown = client.get(f"/diary?pupil_id={world.pupils[0]}").text

    for link in (f"/class-report/{group}", f"/attendance/{group}/totals"):
        assert f'href="{link}"' in shown
        assert client.get(link).status_code == 200
    assert f"/class-report/{group}" not in sign_in("parent").get("/diary").text


def move(world, lesson, to_number):
    """Let a lesson of Russian take place the day after, and the services hear of it."""
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        page = session.scalars(select(Page).where(Page.id == world.pages["Русский язык"])).one()
        group = {"group_id": page.group_id, "subject_id": page.subject_id}
        year = page.year_id
    on = lesson.on + timedelta(days=1)
    one = SubstitutedLesson(
        substitution_id=new_id(), lesson_id=lesson.lesson_id, subject_id=group["subject_id"], kind="move",
        number=lesson.number, was_teacher_ids=[], teacher_ids=[], room=None, to_subject_id=None,
        to_on=on, to_number=to_number,
    )  # fmt: skip
    there = PlannedLesson(
        lesson_id=new_id(), on=on, number=to_number, starts="12:00", room=None, teacher_ids=[]
    )
    ids = {"group_id": page.group_id, "on": lesson.on}
    world.hear(
        [
            LessonsSubstituted(**ids, group="7А", pupil_ids=world.pupils, lessons=[one]),
            LessonsCancelled(**group, lesson_ids=[lesson.lesson_id]),
            LessonsPlanned(**group, year_id=year, lessons=[there]),
        ]
    )
    return on


def test_a_moved_lesson_says_where_to_and_there_where_from(sign_in, world):
    lesson, parent = world.lessons["Русский язык"][-1], sign_in("parent")
    on = move(world, lesson, 6)
    weeks = {parent.get(f"/diary?pupil_id={world.pupils[0]}&week={week}").text for week in (lesson.on, on)}
    shown = " ".join(weeks)

    assert f"перенесён на {day(on)}, 6 урок" in shown
    assert f"перенесён с {day(lesson.on)}, 2 урока" in shown
    assert "урок отменён" not in shown


def day(of):
    return format_date(of, "d MMM", locale="ru")


def test_what_is_to_be_handed_in_heads_the_week_until_it_is_marked(open_as, world):
    world.record("teacher", TODAY - 3, ["•"], works=[{"slot": 1, "type": "essay", "title": "Моё лето"}])

    page = open_as("parent", "/diary", phone=True)

    owed = page.locator(".awaited li")
    expect(owed).to_contain_text("Математика: Моё лето")
    expect(owed).to_contain_text("до ")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    owed.get_by_role("link").click()
    expect(page.locator(".facts")).to_contain_text("Ждём работу до")
    world.record("teacher", TODAY - 3, ["4"])
    page.goto(f"{world.url}/diary")
    expect(page.locator(".awaited")).to_have_count(0)
    world.record("teacher", TODAY - 3, [None])  # As the other tests of this school want it.
    assert page.complaints == []
