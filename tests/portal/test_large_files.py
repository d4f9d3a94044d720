"""Files as large as the school takes pass the portal's gate wherever a form asks for one."""

import re
from pathlib import Path

import httpx2 as httpx
import pytest

from services.portal.security import MAX_BODY_BYTES, TAKES_FILES
from shared.ids import new_id

TEMPLATES = Path("services/portal/templates")
WITH_FILES = re.compile(r"<form[^>]*multipart/form-data[^>]*url_for\('([\w.]+)'")
SCAN = b"\xd1\x84" * MAX_BODY_BYTES  # Two bytes a letter: twice what a body without files may have.


@pytest.fixture
def send(world, sign_in):
    """Returns what posts a form as a parent to the portal that is served on a port."""
    cookies = {"parta": sign_in("parent").get_cookie("parta").value}
    with httpx.Client(base_url=world.url, cookies=cookies, timeout=60) as client:
        token = {
            "csrf_token": re.search(r'name="csrf-token" content="([^"]+)"', client.get("/notices").text)[1]
        }
        yield lambda path, files=None, **form: client.post(path, data={**token, **form}, files=files)


def test_every_form_with_a_file_is_known_to_the_gate(world):
    asking = {name for one in TEMPLATES.glob("*.html") for name in WITH_FILES.findall(one.read_text())}

    assert len(asking) > 7
    assert asking <= TAKES_FILES
    assert world.portal.view_functions.keys() >= TAKES_FILES


def test_a_document_of_a_portfolio_may_be_as_large_as_a_photo(sign_in, send, world):
    child = str(world.pupils[0])
    facts = {
        "section": "sport",
        "level": "school",
        "title": "Кросс",
        "result": "1 место",
        "key": str(new_id()),
    }
    facts |= {"held_on": "2026-02-03", "description": "", "pupil_id": child}
    address = f"/diary/portfolio?pupil_id={child}"

    added = send(address, files={"files": ("грамота.txt", SCAN)}, **facts)

    assert added.status_code == 302, added.text
    assert "грамота.txt" in sign_in("parent").get(address).text


def test_a_body_without_a_file_stays_small_and_the_page_says_what_to_do(send):
    answer = send("/corrections", text="x" * (MAX_BODY_BYTES + 1))

    assert answer.status_code == 413
    assert "уменьшите файл или разделите данные" in answer.text
