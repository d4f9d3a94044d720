"""Whatever is wrong with a body is told in both languages, and changes nothing."""

import io
import json
import re
from copy import deepcopy
from typing import Any

import pytest

from tests.access.calls import BODIES, OAUTH_FORMS, call, key, path_of, set_state
from tests.access.stage import PROBLEM, Stage
from tests.access.table import CALLERS, ROWS, Row
from tests.access.test_table import not_a_problem

MEBIBYTE = 1024 * 1024
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
NO_JSON = {
    "half of it": b'{"entries": [',
    "no JSON at all": "Пётр".encode(),
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "nothing": b"",
    "no number": b'{"entries": NaN}',
    "half of a character": b'{"name": "\\ud800"}',
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "too deep in a field": b'{"name":' * 20_000 + b"1" + b"}" * 20_000,
}
WRONG = (
    {"a": 1},
    ["a"],
    -(10**30),
    1.5,
    True,
    "",
    "я" * 100_000,
    "\x00",
    "<img src=x onerror=alert(1)>" * 200,
)


def who_may(row: Row) -> str:
    return next((caller for caller in CALLERS if row.signs(caller).get("own") == "+"), "")


BRINGING = (
    "/imports",
    "/imports/oneroster",
    "/imports/fet",
    "/imports/fet/needs",
    "/imports/timetables",
    "/imports/timetables/needs",
    "/imports/timetables/batches",
    "/imports/curriculum",
    "/imports/loads",
    "/imports/plans",
    "/files",
    "/pages/<uuid:page_id>/table",
)
UPLOADS = [row for row in ROWS if row.method == "POST" and row.rule in BRINGING]
# They ask for If-Match alone and read no body, so that none can be wrong.
WITHOUT_BODY = (
    "identity POST /clients/<client_id>/secret",
    "identity DELETE /clients/<client_id>",
    "identity DELETE /providers/<provider_id>",
    "schedule DELETE /timetables/<uuid:timetable_id>/cards/<uuid:card_id>",
    "schedule DELETE /curricula/<uuid:curriculum_id>",
    "schedule DELETE /timetables/<uuid:timetable_id>",
    "journal DELETE /plans/<uuid:plan_id>",
    "journal DELETE /lessons/<uuid:lesson_id>/tasks/<int:slot>",
    "journal DELETE /lessons/<uuid:lesson_id>/works/<int:slot>",
)
TAKERS = [
    row
    for row in ROWS
    if who_may(row) and key(row) in BODIES and row.program != "portal" and row not in UPLOADS
    if key(row) not in (*WITHOUT_BODY, *OAUTH_FORMS)
]
# The query of a page: whatever OAuth does not know in it is ignored (RFC 6749, 3.1).
QUERY_OF_A_PAGE = ("identity POST /oauth/leavings", "query")
LONGEST = {QUERY_OF_A_PAGE: 8000, ("journal POST /tasks/<uuid:task_id>/answers", "text"): 10_000}


@pytest.fixture(params=TAKERS, ids=str)
def taker(request: pytest.FixtureRequest, stage: Stage) -> tuple[Row, str, dict[str, Any]]:
    """A row that takes JSON, somebody who may, and a valid request."""
    row = request.param
    caller = who_may(row)
    given = call(stage, row, caller, stage.things["own"])
    set_state(stage, row, stage.things["own"])
    return row, caller, given


def refusals(stage, row, caller, given, **body) -> list[Any]:
    """Send a request in both languages and return the answers; they must change nothing."""
    answers = []
    before = stage.changed()
    for language in ("ru", "en"):
        headers = given.get("headers", {}) | {"Accept-Language": language} | body.pop("headers", {})
        path = path_of(row, caller, stage.things["own"])
        answers.append(stage.ask(caller, row.program, row.method, path, headers=headers, **deepcopy(body)))
        if answers[-1].status_code >= 400:
            assert stage.changed() == before
        else:
            stage.restore()
            set_state(stage, row, stage.things["own"])
    return answers


def assert_refused(answers, said) -> None:
    """Each answer is a problem document; it says in its own language what to do."""
    russian, english = answers
    for answer in answers:
        assert 400 <= answer.status_code < 500, (said, answer.status_code, answer.text[:300])
        assert not not_a_problem(answer), (said, answer.text[:300])
    for name in ("title", "detail"):
        assert CYRILLIC.search(russian.json[name]), (said, russian.text[:300])
        assert not CYRILLIC.search(english.json[name]), (said, english.text[:300])
    assert russian.json["type"] == english.json["type"]


def assert_unbroken(answers, said) -> None:
    """It may be taken; what is refused is refused as it should be."""
    if answers[0].status_code >= 400:
        assert_refused(answers, said)


def test_what_is_no_json_is_refused(taker, stage):
    row, caller, given = taker
    for said, content in NO_JSON.items():
        if said == "nothing" and not required_of(stage, row):
            continue
        body = {"data": content, "content_type": "application/json"}
        assert_refused(refusals(stage, row, caller, given, **body), said)
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        body = {"data": json.dumps(given["json"]), "content_type": kind}
        assert_refused(refusals(stage, row, caller, given, **body), kind)


def test_a_body_of_another_kind_is_refused(taker, stage):
    row, caller, given = taker
    for body in (None, [], [given["json"]], "text", 5, True):
        content = {"data": json.dumps(body), "content_type": "application/json"}
        assert_refused(refusals(stage, row, caller, given, **content), body)


def test_a_field_nobody_knows_is_refused(taker, stage):
    row, caller, given = taker
    for name in ("school_id", "неизвестное", "__proto__", "x" * 50_000):
        body = given["json"] | {name: "1"}
        assert_refused(refusals(stage, row, caller, given, json=body), name[:20])


def test_a_field_of_a_wrong_kind_is_refused_and_breaks_nothing(taker, stage):
    row, caller, given = taker
    for name, value in given["json"].items():
        for wrong in WRONG:
            body = json.dumps(given["json"] | {name: wrong})
            answers = refusals(stage, row, caller, given, data=body, content_type="application/json")
            said = f"{name}: {str(wrong)[:20]!r}"
            longest = LONGEST.get((key(row), name), 1000)
            if (isinstance(wrong, dict | list) and type(wrong) is not type(value)) or (
                isinstance(wrong, str) and len(wrong) > longest
            ):
                assert_refused(answers, said)
            else:
                assert_unbroken(answers, said)


def test_a_field_that_is_missing_or_null_is_refused_where_it_is_needed(taker, stage):
    row, caller, given = taker
    needed, nullable = required_of(stage, row), nullable_of(stage, row)
    for name in given["json"]:
        without = {known: value for known, value in given["json"].items() if known != name}
        answers = refusals(stage, row, caller, given, json=without)
        (assert_refused if name in needed else assert_unbroken)(answers, f"without {name}")
        answers = refusals(stage, row, caller, given, json=given["json"] | {name: None})
        (assert_unbroken if name in nullable else assert_refused)(answers, f"{name}: null")


def test_a_body_larger_than_a_mebibyte_is_refused(taker, stage):
    row, caller, given = taker
    body = json.dumps(given["json"]) + " " * MEBIBYTE
    answers = refusals(stage, row, caller, given, data=body, content_type="application/json")

    assert [answer.status_code for answer in answers] == [413, 413]
    assert_refused(answers, "1 MiB")


@pytest.mark.parametrize("row", [row for row in ROWS if key(row) == QUERY_OF_A_PAGE[0]], ids=str)
def test_a_query_that_means_nothing_asks_for_nothing(row, stage):
    for query in (*(wrong for wrong in WRONG if isinstance(wrong, str)), "a=1&a=2", "client_id=%00"):
        if len(query) > 8000:
            continue
        before = stage.changed()
        answer = stage.ask("anonymous", row.program, row.method, row.rule, json={"query": query})
        assert stage.changed() == before
        if answer.status_code == 200:
            assert answer.json == {"client": "", "person_id": None, "redirect_to": ""}, query
        else:
            assert 400 <= answer.status_code < 500, query
            assert not not_a_problem(answer), query


@pytest.mark.parametrize("row", [row for row in ROWS if key(row) in WITHOUT_BODY and who_may(row)], ids=str)
def test_a_body_nobody_asked_for_is_not_read(row, stage):
    caller, own = who_may(row), stage.things["own"]
    for said, content in (NO_JSON | {"1 MiB": b" " * (MEBIBYTE + 1)}).items():
        set_state(stage, row, own)
        headers = call(stage, row, caller, own)["headers"]
        body = {"data": content, "content_type": "application/json", "headers": headers}
        answer = stage.ask(caller, row.program, row.method, path_of(row, caller, own), **body)
        assert answer.status_code == row.done, (said, answer.text)
        stage.restore()


def schema_of(stage: Stage, row: Row) -> dict[str, Any]:
    """Return the schema of a row's body, as the API describes it."""
    told = stage.ask("anonymous", row.program, "GET", "/openapi.json").json
    path = f"/api/{row.program}/v1" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", row.rule)
    body = told["paths"][path][row.method.lower()]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    return told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def required_of(stage: Stage, row: Row) -> set[str]:
    return set(schema_of(stage, row).get("required", ()))


def nullable_of(stage: Stage, row: Row) -> set[str]:
    known = schema_of(stage, row)["properties"]
    return {name for name, kind in known.items() if "null" in kind.get("type", ()) or "anyOf" in kind}


FILES = {
    "nothing": None,
    "an empty file": b"",
    "no archive": b"PK\x03\x04 that is all",
    "no XML": b"<fet><Mode>",
    "entities": b'<!DOCTYPE fet [<!ENTITY a "b">]><fet version="6.8.5"><Mode>&a;</Mode></fet>',
    "noise": bytes(range(256)) * 64,
}


@pytest.mark.parametrize("row", [row for row in UPLOADS if row.program != "portal"], ids=str)
@pytest.mark.parametrize("caller", ["operator", "import"])
def test_a_file_that_is_none_is_refused(row, caller, stage):
    for said, content in FILES.items():
        for name in ("school.zip", "school.fet", "../../etc/passwd", "x" * 300):
            answers = []
            for language in ("ru", "en"):
                data = {} if content is None else {"file": (io.BytesIO(content), name)}
                headers = {"Accept-Language": language}
                path = path_of(row, caller, stage.things["own"])
                answers.append(stage.ask(caller, row.program, "POST", path, data=data, headers=headers))
            assert_refused(answers, f"{said}, {name}")
    assert not stage.changed()


@pytest.mark.parametrize("row", [row for row in UPLOADS if row.program == "portal"], ids=str)
def test_a_file_that_is_none_is_refused_by_a_page(row, stage):
    for said, content in FILES.items():
        for name in ("school.zip", "list.csv", "../../etc/passwd", "x" * 300):
            data = {} if content is None else {"file": (io.BytesIO(content), name)}
            answer = stage.ask("operator", row.program, "POST", row.rule, data=data)
            assert 400 <= answer.status_code < 500, (said, name, answer.status_code, answer.text)
            assert answer.mimetype in ("text/html", PROBLEM)
            assert not stage.changed()


@pytest.mark.parametrize("row", UPLOADS, ids=str)
def test_a_file_larger_than_fifty_mebibytes_is_refused_unread(row, stage):
    # By hand: the test client would put so much into a file of its own and leave it open.
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="school.zip"\r\n\r\n'
    body = {
        "data": head + bytes(51 * MEBIBYTE) + b"\r\n--x--\r\n",
        "content_type": "multipart/form-data; boundary=x",
    }
    caller = who_may(row)
    path = path_of(row, caller, stage.things["own"])
    answer = stage.ask(caller, row.program, "POST", path, headers={"If-Match": '"0"'}, **body)

    assert answer.status_code == 413
    assert not not_a_problem(answer)
    assert not stage.changed()
