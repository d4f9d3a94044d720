"""One mark, from the teacher's keystroke to the parent, to the letter and to paper."""

import io
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, expect

from tests.school.conftest import PASSWORD, Served
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(300)
SAVED = "Всё сохранено"
TYPED = ["5", "4", "3", "н", "5", "4"]


@pytest.fixture
def enter(served: Served, person: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Returns a page in which somebody has signed in."""

    def of(login: str, password: str, *, phone: bool = False) -> Page:
        page = person(phone=phone).new_page()
        page.goto(f"{served.url}/sign-in")
        page.fill("#login", login)
        page.fill("#password", password)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    return of


def test_a_mark_reaches_the_parent_the_letter_and_the_paper(served, enter):
    teacher = enter("teacher", served.logins["teacher"])
    page_id = open_a_class_page(teacher)

    type_with_the_network_gone_in_the_middle(teacher)

    pupil_id, guardian_id, address = a_pupil_with_a_mark(served, page_id)
    a_parent_sees_it_in_the_diary(served, enter, guardian_id, pupil_id)
    a_letter_brings_it(served, address)
    link = the_printed_page_holds_it(served, teacher, page_id)
    the_code_on_the_paper_verifies(teacher, link)


def open_a_class_page(teacher: Page) -> str:
    """Open the first of the teacher's pages, at the last lesson that takes marks."""
    teacher.locator("a[href*='/journal/']").first.click()
    expect(teacher.locator("#lesson-title")).not_to_be_empty()
    return urlsplit(teacher.url).path.rpartition("/")[2]


def type_with_the_network_gone_in_the_middle(teacher: Page) -> None:
    """Type marks down the column; the network is away for half of them."""
    teacher.locator("#grid tbody tr").first.locator("td:not([aria-readonly])").last.click()
    for sign in TYPED[:3]:
        teacher.keyboard.press(sign)
        teacher.keyboard.press("Enter")
    expect(teacher.locator("#state")).to_have_text(SAVED)
    teacher.context.set_offline(True)
    for sign in TYPED[3:]:
        teacher.keyboard.press("KeyY" if sign == "н" else sign)
        teacher.keyboard.press("Enter")
    expect(teacher.locator("#state")).to_contain_text("Нет сети")
    teacher.context.set_offline(False)
    expect(teacher.locator("#state")).to_have_text(SAVED, timeout=30_000)


def a_pupil_with_a_mark(served: Served, page_id: str) -> tuple[str, str, str]:
    """Return the last pupil whose mark was typed and who has a guardian with an address."""
    marked = served.rows(
        "journal",
        "SELECT pupil_id FROM revisions WHERE page_id = :page AND what = 'mark' ORDER BY seq DESC LIMIT 5",
        page=page_id.replace("-", ""),
    )
    for (pupil,) in marked:
        guardians = served.rows(
            "identity",
            "SELECT p.id, p.email FROM guardianships g JOIN people p ON p.id = g.guardian_id "
            "WHERE g.pupil_id = :pupil AND p.email IS NOT NULL",
            pupil=pupil,
        )
        if guardians:
            return pupil, *guardians[0]
    raise AssertionError("None of the pupils who got a mark has a guardian with an address.")


def a_parent_sees_it_in_the_diary(
    served: Served, enter: Callable[..., Page], guardian: str, pupil: str
) -> None:
    login = served.let_in(UUID(guardian))
    parent = enter(login, PASSWORD, phone=True)
    value, held_on = served.rows(
        "journal",
        "SELECT r.value, l.held_on FROM revisions r JOIN lessons l ON l.id = r.lesson_id "
        "WHERE r.pupil_id = :pupil AND r.what = 'mark' ORDER BY r.at DESC, r.seq DESC LIMIT 1",
        pupil=pupil,
    )[0]
    parent.goto(f"{served.url}/diary?pupil_id={UUID(pupil)}&week={held_on}")
    expect(parent.locator("main")).to_contain_text(f"{int(str(held_on)[-2:])} ноября")
    expect(parent.locator(f".v-{value}").first).to_be_visible()
    parent.goto(f"{served.url}/notices")
    expect(parent.locator("main")).to_contain_text(value)


def a_letter_brings_it(served: Served, address: str) -> None:
    """The guardian's letter comes once, with the news of the minute together."""
    letter = eventually(lambda: served.mailbox.to(address), within=120)[0]
    assert letter["Message-ID"]
    assert letter.get_body(("plain",)).get_content().strip()
    ids = [one["Message-ID"] for one in served.mailbox.to(address)]
    assert len(ids) == len(set(ids))


def the_printed_page_holds_it(served: Served, teacher: Page, page_id: str) -> str:
    """The PDF holds every name and the marks; returns the address in its QR code."""
    names = teacher.locator("#grid tbody .who").all_inner_texts()
    answer = teacher.request.get(f"{served.url}/journal/{page_id}/spread.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(answer.body()))
    written = "\n".join(sheet.get_textpage().get_text_range() for sheet in document)
    flat = " ".join(written.split())
    assert [name for name in names if " ".join(name.split()) not in flat] == []
    assert "Что пройдено на уроке" in flat
    picture = document[0].render(scale=3).to_pil()
    document.close()
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def the_code_on_the_paper_verifies(teacher: Page, link: str) -> None:
    anybody = teacher.context.browser.new_context(locale="ru-RU").new_page()
    anybody.goto(link)
    expect(anybody.locator("h1")).to_have_text("Лист подлинный")
    anybody.goto(link[:-4] + ("0000" if not link.endswith("0000") else "1111"))
    expect(anybody.locator("h1")).not_to_have_text("Лист подлинный")
    anybody.context.close()
