"""«Подтвердите, что это вы»: grave things wait for a proof and then happen as they were asked for."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.identity.actions.people.people import enter_person
from services.identity.models import SignIn
from shared.clock import now
from shared.db import EVERY_SCHOOL
from tests.portal.conftest import forms_token
from tests.portal.world import PASSWORD


@pytest.fixture
def stale(sign_in, world):
    """Returns a browser of somebody who signed in more than five minutes ago."""

    def of(who):
        client = sign_in(who)
        grow_stale(world, who)
        return client

    return of


@pytest.fixture
def whom(world):
    """Somebody whose password nobody else needs."""
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        return enter_person(session, family_name="Паролева", given_name="Зоя").id


def grow_stale(world, who):
    mine = update(SignIn).where(SignIn.person_id == world.people[who])
    with world.runtimes["identity"].database.writing(EVERY_SCHOOL) as session:
        session.execute(mine.values(proven_at=now() - timedelta(minutes=6)))
    calls = world.portal.extensions["portal"].calls
    with calls._lock:
        calls._tokens.clear()


def kept_fields(page):
    """Return what the hidden fields of the page would send."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in found}


def test_a_grave_form_waits_for_the_proof_and_is_then_done_with_all_its_fields(stale, whom):
    """SECURITY 11."""
    client, path = stale("operator"), f"/people/{whom}/password"
    form = {"csrf_token": forms_token(client), "why": "забыл «пароль» & ключ"}

    asked = client.post(path, data=form)
    wrong = client.post("/proof", data=kept_fields(asked) | {"password": "не тот"})
    done = client.post("/proof", data=kept_fields(wrong) | {"password": PASSWORD})

    assert asked.status_code == 403
    assert "Подтвердите, что это вы" in asked.text
    fields = kept_fields(asked)
    assert (fields["path"], fields["method"], fields["of.why"]) == (path, "POST", form["why"])
    assert wrong.status_code == 422
    assert kept_fields(wrong)["of.why"] == form["why"]
    assert done.status_code == 200
    assert "Пароль показан один раз" in done.text


def test_the_proof_of_slips_leads_back_though_their_file_leaves_its_page_open(stale, whom):
    client = stale("operator")
    form = {"csrf_token": forms_token(client), "person_id": str(whom)}

    own = client.post("/access/slips", data=form | {"here": "/access/staff"})
    foreign = client.post("/access/slips", data=form | {"here": "javascript:alert(1)"})

    assert '<a href="/access/staff">' in own.text
    assert 'href="javascript:' not in foreign.text


def test_a_proof_gives_a_new_cookie_and_the_old_one_dies(stale, world, whom):
    """SECURITY 14."""
    client = stale("operator")
    before = client.get_cookie("parta").value
    path = f"/people/{whom}/password"
    asked = client.post(path, data={"csrf_token": forms_token(client)})

    client.post("/proof", data=kept_fields(asked) | {"password": PASSWORD})

    assert client.get_cookie("parta").value != before
    assert client.get("/people").status_code == 200
    thief = world.portal.test_client()
    thief.set_cookie("parta", before)
    assert thief.get("/people").location.startswith("/sign-in")


def test_a_script_gets_the_problem_itself(stale, whom):
    client = stale("operator")
    headers = {"Accept": "application/json", "X-CSRFToken": forms_token(client)}

    answer = client.post(f"/people/{whom}/password", headers=headers)

    assert (answer.status_code, answer.json["type"]) == (403, "urn:parta:problem:proof-needed")


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "nowhere"])
def test_a_proof_never_leads_to_another_site(sign_in, path):
    client = sign_in("operator")
    form = {"csrf_token": forms_token(client), "path": path, "method": "GET", "password": PASSWORD}

    assert client.post("/proof", data=form).location == "/"
