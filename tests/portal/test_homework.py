"""Homework in the portal (clauses 2.2.9, 3.6.2, 3.6.3, 3.9.2, 3.9.6): tasks, files, answers, copies, load."""

import html
import io
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from shared.clock import today
from shared.events.journal_diary import HomeworkCollected, SetForHome
from shared.ids import new_id
from tests.journal.documents import GOOD, PDF
from tests.portal.conftest import forms_token
from tests.portal.world import TODAY, ZONE

SEEN = re.compile("name=\"seen\" value='([^']+)'")
PAST = 20  # The number of a lesson of Mathematics that was held.


def lesson_path(world, number=PAST):
    lesson = world.lessons["Математика"][number].lesson_id
    return f"/journal/{world.pages['Математика']}/lessons/{lesson}"


def post(client, path, **form):
    files = form.pop("files", None)
    data = {"csrf_token": forms_token(client), **form, **({"files": files} if files else {})}
    return client.post(path, data=data, content_type="multipart/form-data")


def state(client, path):
    """The state that a form of the lesson's page was made from."""
    return html.unescape(SEEN.search(client.get(f"{path}/homework").text)[1])


def task_ids(page):
    return re.findall(r"/tasks/([0-9a-f-]{36})/answers", page)


def test_a_task_goes_from_the_teacher_to_the_pupil_and_back(world, sign_in):
    teacher, pupil, parent = sign_in("teacher"), sign_in("pupil"), sign_in("parent")
    path = lesson_path(world)
    form = {"text": "Решить № 7", "minutes": "25", "for": f"pupil:{world.pupils[0]}"}
    sent = {"links": "https://example.org/video", "files": (io.BytesIO(PDF), "Карточка.pdf")}
    made = post(teacher, f"{path}/tasks", **form, **sent, seen=state(teacher, path))
    assert made.status_code == 302, made.text
    page = teacher.get(f"{path}/homework").text
    assert "Решить № 7" in page
    assert "Кому: Абрамов Лев" in page
    [task] = task_ids(page)

    due = world.lessons["Математика"][PAST + 1].on
    week = pupil.get(f"/diary?week={due}").text
    assert f"/diary/tasks/{task}" in week
    shown = pupil.get(f"/diary/tasks/{task}").text
    [file] = re.findall(r"/files/([0-9a-f-]{36})", shown)
    got = pupil.get(f"/files/{file}")
    assert (got.data, got.headers["Content-Disposition"].partition(";")[0]) == (PDF, "attachment")
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["X-Content-Type-Options"] == "nosniff"

    answered = post(
        pupil, f"/diary/tasks/{task}", text="Вот", files=(io.BytesIO(GOOD["ответ.txt"]), "решение.txt")
    )
    assert answered.status_code == 302, answered.text
    answers = teacher.get(f"/tasks/{task}/answers").text
    assert "решение.txt" in answers
    assert "позже срока" in answers
    answer = re.search(r"/answers/([0-9a-f-]{36})/replies", answers)[1]
    returned = post(teacher, f"/answers/{answer}/replies", task=task, text="Где № 7б?", verdict="return")
    assert returned.status_code == 302

    assert "Где № 7б?" in pupil.get(f"/diary/tasks/{task}").text
    assert "вернули на доработку" in pupil.get(f"/diary?week={due}").text
    read_only = parent.get(f"/diary/tasks/{task}?pupil_id={world.pupils[0]}").text
    assert "Где № 7б?" in read_only
    assert "<textarea" not in read_only
    for other in (sign_in("stranger"), sign_in("operator")):
        assert other.get(f"/files/{file}").status_code in (403, 404)

    slot = re.search(r"/tasks/(\d+)/withdrawal", page)[1]
    assert post(teacher, f"{path}/tasks/{slot}/withdrawal", seen=state(teacher, path)).status_code == 302
    kept = pupil.get(f"/diary/tasks/{task}").text
    assert "Учитель снял это задание" in kept
    assert "Где № 7б?" in kept
    assert "<textarea" not in kept


def test_a_task_nobody_answers_says_nothing_of_answers_and_offers_a_way(world, sign_in, open_as, a_task):
    _, task = a_task
    due = world.lessons["Математика"][TODAY - today(ZONE).weekday() + 1].on
    mine, theirs = (sign_in(who).get(f"/diary?week={due}").text for who in ("pupil", "parent"))
    for page in (mine, theirs, sign_in("parent").get(f"/diary/tasks/{task}?pupil_id={world.pupils[0]}").text):
        assert "не сдан" not in page
    assert f"/diary/tasks/{task}?answer=1" in mine
    assert "Сдать ответ" not in theirs

    page = open_as("pupil", f"/diary/tasks/{task}", phone=True)
    button = page.get_by_role("button", name="Сдать", exact=True)
    assert not button.is_visible()
    page.goto(f"{world.url}/diary?week={due}")
    page.locator(f"a[href*='{task}'].hand").click()
    assert button.is_visible()
    assert page.complaints == []


def test_what_was_typed_stays_when_a_file_is_not_taken(world, sign_in):
    teacher, path = sign_in("teacher"), lesson_path(world, 10)
    sent = {"text": "Прочитать", "files": (io.BytesIO(b"<html>"), "страница.html")}
    refused = post(teacher, f"{path}/tasks", **sent, seen=state(teacher, path))
    assert refused.status_code == 422
    assert "«страница.html» не принят" in refused.text
    assert ">Прочитать</textarea>" in refused.text
    assert not task_ids(teacher.get(f"{path}/homework").text)


HANDED = re.compile('name="handed" value="([0-9a-f-]{36})"')


@pytest.mark.parametrize(
    ("links", "why"),
    [
        ("javascript:alert(1)", "«javascript:alert(1)» — не ссылка"),
        ("data:text/html,x", "«data:text/html,x» — не ссылка"),
        ("смотри учебник", "«смотри учебник» — не ссылка"),
        ("https://[", "«https://[» — не ссылка"),
        ("https://example.org/" + "a" * 200, "длиннее 200 знаков"),
        ("\n".join(["https://example.org"] * 6), "не больше 5"),
    ],
)
def test_a_bad_link_is_named_and_files_need_not_be_chosen_again(world, sign_in, links, why):
    teacher, path = sign_in("teacher"), lesson_path(world, 12)
    before = task_ids(teacher.get(f"{path}/homework").text)
    sent = {"text": "Решить", "links": links, "files": (io.BytesIO(PDF), "Карточка.pdf")}
    refused = post(teacher, f"{path}/tasks", **sent, seen=state(teacher, path))

    assert refused.status_code == 422
    assert why in html.unescape(refused.text)
    assert ">Решить</textarea>" in refused.text
    assert "оставить «Карточка.pdf»" in refused.text
    assert len(HANDED.findall(refused.text)) == 1
    assert task_ids(teacher.get(f"{path}/homework").text) == before


def test_a_form_that_is_malformed_says_of_each_field_what_to_do(world, sign_in):
    teacher, path = sign_in("teacher"), lesson_path(world, 12)
    sent = {"text": "Решить\x07", "minutes": "700", "links": ""}

    refused = post(teacher, f"{path}/tasks", **sent, seen=state(teacher, path))

    assert refused.status_code == 422
    said = html.unescape(refused.text)
    assert "Исправьте указанные поля и повторите." in said
    assert "В тексте есть невидимые управляющие знаки. Наберите его заново." in said
    assert "Нужно не меньше 1 и не больше 600." in said


def test_files_handed_in_before_are_used_and_a_link_needs_no_scheme(world, sign_in):
    teacher, path = sign_in("teacher"), lesson_path(world, 13)
    sent = {"text": "  ", "files": (io.BytesIO(PDF), "Карточка.pdf")}
    refused = post(teacher, f"{path}/tasks", **sent, seen=state(teacher, path))
    assert "Напишите, что сделать." in refused.text
    [file] = HANDED.findall(refused.text)

    form = {"text": "Решить", "links": "youtu.be/abc", "handed": file, f"name-{file}": "Карточка.pdf"}
    assert post(teacher, f"{path}/tasks", **form, seen=state(teacher, path)).status_code == 302
    page = teacher.get(f"{path}/homework").text
    assert f"/files/{file}" in page
    assert 'href="https://youtu.be/abc"' in page


def test_a_change_that_will_not_do_stays_in_the_form_of_its_task(world, sign_in):
    teacher, path = sign_in("teacher"), lesson_path(world, 14)
    post(teacher, f"{path}/tasks", text="Первое", seen=state(teacher, path))
    changed = {"text": "Второе", "links": "ftp://x", "files": (io.BytesIO(PDF), "Карточка.pdf")}
    refused = post(teacher, f"{path}/tasks/1", **changed, seen=state(teacher, path))

    assert refused.status_code == 422
    own, _, new = refused.text.partition("Новое задание")
    assert "<details open>" in own
    assert ">Второе</textarea>" in own
    assert ">ftp://x</textarea>" in own
    assert HANDED.findall(own)
    assert "Второе" not in new
    assert not HANDED.findall(new)


def test_a_reply_to_a_version_that_is_not_the_last_keeps_its_words(world, sign_in, a_task):
    _, task = a_task
    teacher, pupil = sign_in("teacher"), sign_in("pupil")
    post(pupil, f"/diary/tasks/{task}", text="Первая")
    answer = re.findall(r"/answers/([0-9a-f-]{36})/replies", teacher.get(f"/tasks/{task}/answers").text)[0]
    post(pupil, f"/diary/tasks/{task}", text="Вторая")

    stale = post(teacher, f"/answers/{answer}/replies", task=task, text="Долго писал", verdict="return")

    assert stale.status_code == 412
    assert ">Долго писал</textarea>" in stale.text
    assert "Вторая" in stale.text


def test_a_file_too_large_is_refused_before_it_is_sent(open_as, a_task, tmp_path):
    path, _ = a_task
    large = tmp_path / "видео.txt"
    large.write_bytes(b"a" * (11 * 1024 * 1024))
    page = open_as("teacher", f"{path}/homework")
    form = page.locator("form.task-form").last
    form.locator("textarea[name=text]").fill("Посмотреть")
    form.locator("input[type=file]").set_input_files(large)

    form.get_by_role("button", name="Задать").click()

    assert "не больше 10 МБ" in form.locator("input[type=file]").evaluate("field => field.validationMessage")
    assert page.url.endswith("/homework")
    assert form.locator("textarea[name=text]").input_value() == "Посмотреть"
    form.locator("input[type=file]").set_input_files([])
    assert form.evaluate("form => form.checkValidity()")
    assert page.complaints == []


def test_a_task_is_changed_and_withdrawn(world, sign_in):
    teacher, path = sign_in("teacher"), lesson_path(world, 11)
    post(teacher, f"{path}/tasks", text="Первое", seen=state(teacher, path))
    changed = post(teacher, f"{path}/tasks/1", text="Второе", minutes="5", seen=state(teacher, path))
    assert changed.status_code == 302
    assert "Второе" in teacher.get(f"{path}/homework").text
    stale = post(teacher, f"{path}/tasks/1", text="Третье", seen='"1"')
    assert stale.status_code == 412
    assert post(teacher, f"{path}/tasks/1/withdrawal", seen=state(teacher, path)).status_code == 302
    assert "Второе" not in teacher.get(f"{path}/homework").text


def test_what_was_copied_is_said_and_that_nothing_was_left_to_copy(world, sign_in):
    teacher, path = sign_in("teacher"), lesson_path(world, 8)
    post(teacher, f"{path}/tasks", text="Лист", seen=state(teacher, path))
    target = str(world.lessons["Математика"][9].lesson_id)

    first, again = (
        teacher.get(post(teacher, f"{path}/homework/copies", lesson=target).headers["Location"]).text
        for _ in range(2)
    )

    assert "Скопировано на уроки: 1." in first
    assert "Копировать нечего" in again


def test_the_class_teacher_sees_the_load_of_a_week(world, sign_in):
    colleague, teacher = sign_in("colleague"), sign_in("teacher")
    path, due = lesson_path(world, 12), world.lessons["Математика"][13].on
    post(teacher, f"{path}/tasks", text="Много", minutes="200", seen=state(teacher, path))
    warned = teacher.get(f"{path}/homework").text
    assert "задано уже до 200 мин, а норма — 150" in warned
    led = colleague.get("/homework-load")
    assert led.status_code == 302
    page = colleague.get(f"{led.headers['Location']}?week={due}").text
    assert "200 мин из 150" in page
    assert "Много" in page
    assert sign_in("teacher").get(f"/homework-load/{world.people['class']}").status_code == 403


@pytest.fixture
def a_task(world, sign_in):
    """The id of a task for the whole class, due in the week of today."""
    teacher, number = sign_in("teacher"), TODAY - today(ZONE).weekday()
    path = lesson_path(world, number)
    sent = {"text": "Задача для всех", "minutes": "30", "files": (io.BytesIO(PDF), "Условие.pdf")}
    post(teacher, f"{path}/tasks", **sent, links="https://example.org/a", seen=state(teacher, path))
    return path, task_ids(teacher.get(f"{path}/homework").text)[-1]


def test_nothing_set_is_one_button_and_tasks_one_link_away(world, open_as):
    page = open_as("teacher", f"/journal/{world.pages['Математика']}")
    page.locator("#grid tbody td").nth(3).click()
    page.get_by_role("button", name="Не задано").click()
    page.locator("#state[data-state=saved]").wait_for()
    assert page.locator("#homework").input_value() == "не задано"
    page.get_by_role("link", name="Задания, файлы, ответы").click()
    assert page.get_by_text("не задано", exact=True).is_visible()
    assert page.complaints == []


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        ("Control+Enter", "принято"),
        ("Control+Shift+Enter", "нужно доработать"),
        ("Meta+Shift+Enter", "нужно доработать"),
    ],
)
def test_answers_are_judged_from_the_keyboard(world, open_as, sign_in, a_task, keys, verdict):
    _, task = a_task
    pupil = sign_in("pupil")
    post(pupil, f"/diary/tasks/{task}", text="Готово")
    page = open_as("teacher", f"/tasks/{task}/answers")
    page.keyboard.type("Молодец")  # The first that waits has the focus.
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.keyboard.press(keys)
    page.locator(".said", has_text="Молодец").wait_for()
    assert page.locator(".said", has_text=verdict).is_visible()
    assert len(sent) == 1
    assert page.complaints == []


@pytest.mark.parametrize("phone", [False, True])
def test_pages_of_homework_are_accessible_and_fit(world, open_as, a_task, phone):
    path, task = a_task
    pages = {
        "teacher": [f"{path}/homework", f"/tasks/{task}/answers"],
        "pupil": [f"/diary/tasks/{task}", f"/diary?week={today(ZONE) - timedelta(days=0)}"],
        "colleague": [f"/homework-load/{world.people['class']}"],
    }
    for who, addresses in pages.items():
        for address in addresses:
            page = open_as(who, address, phone=phone)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert width <= 0, f"{address} is {width} px too wide"
            assert page.complaints == []


def test_the_teachers_first_page_leads_to_answers_that_wait(world, sign_in, a_task):
    _, task = a_task
    teacher, link = sign_in("teacher"), f'href="/tasks/{task}/answers"'
    assert link not in teacher.get("/journal").text

    post(sign_in("pupil"), f"/diary/tasks/{task}", text="Готово")

    assert link in teacher.get("/journal").text
    assert link not in sign_in("deputy").get("/journal").text
    answer = re.search(r"/answers/([0-9a-f-]{36})/replies", teacher.get(f"/tasks/{task}/answers").text)[1]
    post(teacher, f"/answers/{answer}/replies", task=task, text="", verdict="accept")
    assert link not in teacher.get("/journal").text


def test_2_2_6_a_parent_reads_what_was_set_that_day_and_asks_for_a_letter_of_it(world, sign_in):
    parent, on = sign_in("parent"), today(ZONE)
    item = SetForHome(
        lesson_id=new_id(), subject_id=new_id(), text="№ 12 <б>", minutes=30, due_on=on, pupil_ids=None
    )
    told = HomeworkCollected(
        group_id=world.people["class"], on=on, version=1, pupil_ids=world.pupils, items=[item]
    )
    world.hear([told])

    page = parent.get("/notices").text
    assert "Домашнее задание" in page
    assert "№ 12 &lt;б&gt;" in page
    assert f"/diary?pupil_id={world.pupils[0]}&amp;week={on}" in page
    box = re.compile(r'name="homework"( checked)?>')
    assert box.search(page)[1] is None
    post(parent, "/notices/preferences", email="on", substitutions="on", homework="on", language="ru")
    assert box.search(parent.get("/notices").text)[1] == " checked"
    assert not box.search(sign_in("teacher").get("/notices").text)
