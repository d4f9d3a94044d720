"""What the table cannot say: the conditions under which the same request is answered otherwise."""

import pytest

from tests.access.calls import call, path_of, set_state
from tests.access.table import CALLERS, ROWS, Row
from tests.access.test_table import not_a_problem

TAGGED = {
    "identity": ("/school", "/people/<uuid:person_id>", "/groups/<uuid:group_id>"),
    "schedule": ("/years/current",),
    "journal": ("/pages/<uuid:page_id>",),
    "portal": ("/journal/<uuid:page_id>/data",),
}
READS = [row for row in ROWS if row.method == "GET" and row.rule in TAGGED.get(row.program, ())]
PORTAL_WRITES = [row for row in ROWS if row.program == "portal" and row.method != "GET"]


def allowed(row: Row) -> str:
    """Return somebody the row lets do it."""
    return next(caller for caller in CALLERS if row.signs(caller).get("own") == "+")


def guarded(stage) -> list[Row]:
    """Return the rows whose request says which state of the thing was seen."""
    own = stage.things["own"]
    found = [
        row
        for row in ROWS
        if row.method != "GET" and "If-Match" in call(stage, row, allowed_or_any(row), own).get("headers", {})
    ]
    stage.restore()  # Some requests have to be prepared.
    return found


def allowed_or_any(row: Row) -> str:
    """Return somebody who may, or the teacher where the row's state lets nobody."""
    return next((caller for caller in CALLERS if row.signs(caller).get("own") == "+"), "teacher")


@pytest.mark.parametrize("row", READS, ids=str)
def test_what_was_seen_already_is_told_so_to_those_who_may_see_it_and_to_nobody_else(row, stage):
    own = stage.things["own"]
    who = allowed(row)
    path = path_of(row, who, own)
    known = stage.ask(who, row.program, "GET", path).headers["ETag"]

    for caller in CALLERS:
        sign = row.signs(caller).get("own")
        if sign is None:
            continue
        tag = stage.ask(caller, row.program, "GET", path).headers["ETag"] if sign == "+" else known
        again = stage.ask(caller, row.program, "GET", path, headers={"If-None-Match": tag})
        assert again.status_code == (304 if sign == "+" else row.status(sign)), caller
        assert sign != "+" or not again.data, caller


def test_nothing_is_changed_by_somebody_who_saw_no_state_of_it_or_an_unknown_one(stage):
    rows = guarded(stage)
    assert len(rows) >= 10
    for row in rows:
        who, own = allowed_or_any(row), stage.things["own"]
        for headers, status in (({}, 428), ({"If-Match": '"9999"'}, 412), ({"If-Match": "*"}, 428)):
            sent = call(stage, row, who, own) | {"headers": headers}  # Made anew: a file is read once.
            answer = stage.ask(who, row.program, row.method, path_of(row, who, own), **sent)
            assert answer.status_code == status, (str(row), headers, answer.text)
            assert not not_a_problem(answer), (str(row), answer.text)
            assert not stage.changed(), str(row)


@pytest.mark.parametrize("row", PORTAL_WRITES, ids=str)
def test_a_write_from_another_site_or_without_its_token_changes_nothing(row, stage):
    who, own = allowed_or_any(row), stage.things["own"]
    for headers in ({"X-CSRFToken": ""}, {"X-CSRFToken": "forged"}, {"Origin": "https://elsewhere.example"}):
        set_state(stage, row, own)
        given = call(stage, row, who, own)
        given["headers"] = given.get("headers", {}) | headers
        before = stage.changed()
        answer = stage.ask(who, "portal", row.method, path_of(row, who, own), **given)

        assert answer.status_code == 400, answer.text
        assert not not_a_problem(answer)
        assert stage.changed() == before
        stage.restore()
