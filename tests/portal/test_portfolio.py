"""Forms of a portfolio that are refused: nothing that was typed is lost (clause 3.5.10)."""

import html
import io
import re
from datetime import timedelta

import pytest

from shared.clock import today
from tests.journal.documents import PDF
from tests.portal.conftest import forms_token
from tests.portal.world import ZONE

FACTS = {
    "section": "sport", "level": "municipal", "title": "Городской кросс", "result": "2 место",
    "description": "Бежали по снегу",
}  # fmt: skip
TOMORROW = (today(ZONE) + timedelta(days=1)).isoformat()
WRONG = [{"held_on": TOMORROW}, {"held_on": "1900-01-01"}, {"title": "   "}]


def post(client, path, **form):
    given = {"csrf_token": forms_token(client), **form}
    return client.post(path, data=given, content_type="multipart/form-data")


def entries_of(page):
    return re.findall(r"/diary/portfolio/([0-9a-f-]{36})/removal", page)


@pytest.fixture
def entry(sign_in):
    """An entry that the pupil has proposed: the pupil's browser, its address."""
    pupil = sign_in("pupil")
    known = entries_of(pupil.get("/diary/portfolio").text)
    facts = FACTS | {"title": "Олимпиада", "held_on": today(ZONE).isoformat()}
    made = post(pupil, "/diary/portfolio", **facts, files=(io.BytesIO(PDF), "Диплом.pdf"))
    assert made.status_code == 302, made.text
    [new] = set(entries_of(pupil.get("/diary/portfolio").text)).difference(known)
    return pupil, f"/diary/portfolio/{new}"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_new_entry_that_will_not_do_stays_in_its_form_with_its_documents(sign_in, wrong):
    parent = sign_in("parent")
    before = entries_of(parent.get("/diary/portfolio").text)
    form = FACTS | {"held_on": today(ZONE).isoformat()} | wrong

    refused = post(parent, "/diary/portfolio", **form, files=(io.BytesIO(PDF), "Грамота.pdf"))

    assert refused.status_code == 422
    said = html.unescape(refused.text.partition('id="new-entry"')[2])
    assert 'role="alert"' in said
    for name in ("title", "result", "held_on"):
        assert f'value="{form[name]}"' in said
    assert ">Бежали по снегу</textarea>" in said
    assert '<option value="sport" selected>' in said
    assert "оставить «Грамота.pdf»" in said
    assert entries_of(refused.text) == before


@pytest.mark.parametrize("wrong", WRONG)
def test_a_change_that_will_not_do_stays_in_the_form_of_its_entry(entry, wrong):
    pupil, path = entry
    form = FACTS | {"held_on": today(ZONE).isoformat(), "seen": "1", "title": "Кросс"} | wrong

    refused = post(pupil, path, **form, files=(io.BytesIO(PDF), "Грамота.pdf"))

    assert refused.status_code == 422
    old, _, new = html.unescape(refused.text).partition('id="new-entry"')
    own = old.partition(f'action="{path}"')[2].partition("</form>")[0]
    assert "<details open>" in old
    assert 'role="alert"' in own
    for name in ("title", "result", "held_on"):
        assert f'value="{form[name]}"' in own
    assert "оставить «Грамота.pdf»" in own
    assert "Грамота.pdf" not in new
    assert "Бежали" not in new


def test_a_reason_that_says_nothing_is_asked_for_beside_its_button(entry, sign_in, world):
    pupil, path = entry
    removal = post(pupil, f"{path}/removal", seen="1", reason="   ")
    leader, whose = sign_in("colleague"), f"?pupil_id={world.pupils[0]}"
    decision = post(leader, f"{path}/decision{whose}", seen="1", reason="")

    for refused, step in ((removal, "removal"), (decision, "decision")):
        assert refused.status_code == 422
        form = refused.text.partition(f'action="{path}/{step}')[2].partition("</form>")[0]
        assert 'role="alert"' in form
        assert path.rpartition("/")[2] in refused.text


def test_the_family_is_not_offered_to_change_what_the_school_entered(sign_in, world):
    leader, whose = sign_in("colleague"), f"?pupil_id={world.pupils[0]}"
    before = set(entries_of(leader.get(f"/diary/portfolio{whose}").text))
    facts = FACTS | {"title": "Заплыв", "held_on": today(ZONE).isoformat()}
    assert post(leader, f"/diary/portfolio{whose}", **facts).status_code == 302
    [new] = set(entries_of(leader.get(f"/diary/portfolio{whose}").text)) - before

    pupil = sign_in("pupil")
    shown = pupil.get("/diary/portfolio").text
    assert "Заплыв" in shown
    assert new not in entries_of(shown)
    refused = post(pupil, f"/diary/portfolio/{new}/removal", seen="1", reason="не хочу")
    assert refused.status_code == 403
    assert "классный руководитель" in refused.text
