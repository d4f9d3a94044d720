"""One long word of a person's, a link or a slip of the keyboard, leaves no phone's screen."""

import io
import re
from datetime import timedelta

import pytest

from shared.clock import today
from tests.journal.documents import PDF
from tests.portal.conftest import enter, forms_token
from tests.portal.world import TODAY, ZONE, served, small_world

WORD = "Щ" * 200
FARTHEST = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let right = document.documentElement.scrollWidth;
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (!data.includes("ЩЩЩ") || parentElement.closest(".visually-hidden")) continue;
    range.selectNodeContents(texts.currentNode);
    right = Math.max(right, range.getBoundingClientRect().right);
  }
  return right;
}"""
"""How far to the right a page, or a word of it that is cut off there, reaches."""

WORK = [{"slot": 1, "type": "control", "weight": 5, "title": WORD}]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school in which whatever is written is one long word."""
    with small_world(tmp_path_factory.mktemp("words")) as made, served(made):
        made.record("teacher", TODAY, ["3"], works=WORK)
        made.change("teacher", TODAY, "description", {"topic": WORD, "homework": WORD})
        made.change("teacher", TODAY, f"entries/1/{made.pupils[0]}/comment", {"comment": WORD})
        _say_to_the_family(made)
        _propose(made)
        made.correction = _report(made)
        made.tell("journal")
        yield made


def post(client, path, **form):
    answer = client.post(
        path, data={"csrf_token": forms_token(client), **form}, content_type="multipart/form-data"
    )
    assert answer.status_code == 302, answer.text
    return answer


def browser_of(world, who):
    client = world.portal.test_client()
    assert enter(client, world.logins[who]).status_code == 302
    return client


def _say_to_the_family(world):
    teacher, page = browser_of(world, "teacher"), world.pages["Математика"]
    said = {"kind": "remark", "audience": "family", "text": WORD, "pupil_id": str(world.pupils[0])}
    post(teacher, f"/journal/{page}/remarks", **said)
    path = f"/journal/{page}/lessons/{world.lessons['Математика'][TODAY].lesson_id}"
    seen = re.search(r"name=\"seen\" value='([^']+)'", teacher.get(f"{path}/homework").text)[1]
    post(teacher, f"{path}/tasks", text=f"{WORD}!", seen=seen.replace("&#34;", '"'))
    world.task = re.search(r"/tasks/([0-9a-f-]{36})/answers", teacher.get(f"{path}/homework").text)[1]
    post(browser_of(world, "pupil"), f"/diary/tasks/{world.task}", text=WORD)


def _propose(world):
    parent = browser_of(world, "parent")
    facts = dict.fromkeys(("title", "result", "description"), WORD)
    document = (io.BytesIO(PDF), f"{WORD[:120]}.pdf")
    held = {"section": "sport", "level": "school", "held_on": today(ZONE).isoformat(), "files": document}
    post(parent, "/diary/portfolio", **facts, **held)


def _report(world):
    lesson = str(world.lessons["Математика"][TODAY].lesson_id)
    about = {"what": "mark", "slot": "1", "lesson_id": lesson, "pupil_id": str(world.pupils[0])}
    made = post(browser_of(world, "parent"), "/corrections", **about, text=WORD)
    return made.headers["Location"].rpartition("/")[2]


def mark_of(world):
    return f"/diary/lessons/{world.lessons['Математика'][TODAY].lesson_id}/marks/1"


def subject_of(world):
    week = browser_of(world, "parent").get("/diary").text
    return re.search(r"/diary/subjects/[0-9a-f-]{36}", week)[0]


PAGES = {
    "week": lambda world: "/diary",
    "next": lambda world: f"/diary?week={today(ZONE) + timedelta(days=1)}",
    "period": lambda world: "/diary/period",
    "subject": subject_of,
    "mark": mark_of,
    "remarks": lambda world: "/diary/remarks",
    "portfolio": lambda world: "/diary/portfolio",
    "task": lambda world: f"/diary/tasks/{world.task}?pupil_id={world.pupils[0]}",
    "corrections": lambda world: "/corrections",
    "correction": lambda world: f"/corrections/{world.correction}",
    "notices": lambda world: "/notices",
}


@pytest.mark.parametrize("view", PAGES)
def test_a_long_word_leaves_no_phones_screen(open_as, world, view):
    page = open_as("parent", PAGES[view](world), phone=True)

    assert page.evaluate(FARTHEST) <= page.viewport_size["width"]
    assert page.complaints == []
