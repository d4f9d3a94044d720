"""What is wrong with a form at the OAuth endpoints is told as OAuth tells it, and changes nothing."""

import json
import re

import pytest

from tests.access.calls import OAUTH_FORMS, call, key
from tests.access.table import ROWS
from tests.access.test_bad_input import MEBIBYTE, NO_JSON, assert_refused

NEEDED = {"grant_type", "token"}
STRANGE = ("я", "\x00", "a\nb", "<img src=x onerror=alert(1)>\x7f" * 200)
UNKNOWN = ("", "none", "<img src=x onerror=alert(1)>" * 200, "x" * 100_000, "../../etc/passwd", "' OR 1=1 --")
PROOFS = (
    "Basic",
    "Basic !!!",
    "Basic //8=",
    "Basic YQ==",
    "Basic Og==",
    "Basic " + "A" * 9_000,
    "Bearer x",
    "я",
)


@pytest.fixture(params=[row for row in ROWS if key(row) in OAUTH_FORMS], ids=str)
def form(request, stage):
    """A row that takes a form, and a valid one."""
    return request.param, call(stage, request.param, "anonymous", stage.things["own"])


def ask(stage, row, given, **body):
    """Send what changes nothing, whatever is answered to it."""
    before = stage.changed()
    headers = given["headers"] | body.pop("headers", {})
    answer = stage.ask("anonymous", row.program, row.method, row.rule, headers=headers, **body)
    assert stage.changed() == before
    return answer


def assert_refused_by_oauth(answer, said) -> None:
    """RFC 6749, 5.2: a code, and a description in ASCII without quotation marks."""
    assert answer.status_code in (400, 401), (said, answer.status_code, answer.text[:300])
    assert answer.mimetype == "application/json", said
    assert answer.json["error"], said
    assert set(answer.json) <= {"error", "error_description"}, (said, answer.text)
    for told in answer.json.values():
        assert re.fullmatch(r"[ -~]*", told), (said, told)
        assert not set(told) & {'"', "\\"}, (said, told)


def assert_known_to_nobody(answer, said) -> None:
    """Refused, or what RFC 7009 and RFC 7662 answer about tokens they do not know."""
    if answer.status_code == 200:
        assert answer.json in ({}, {"active": False}), (said, answer.text)
    else:
        assert_refused_by_oauth(answer, said)


def test_what_is_no_form_is_refused(form, stage):
    row, given = form
    kinds = ("application/json", "text/plain", "application/xml", "multipart/form-data", "")
    for kind in kinds:
        for said, content in (NO_JSON | {"JSON": json.dumps(given["data"]).encode()}).items():
            answer = ask(stage, row, given, data=content, content_type=kind)
            assert_refused_by_oauth(answer, f"{said} as {kind}")


def test_a_form_of_junk_is_refused(form, stage):
    row, given = form
    for said, content in NO_JSON.items():
        answer = ask(stage, row, given, data=content, content_type="application/x-www-form-urlencoded")
        assert_refused_by_oauth(answer, said)


def test_a_parameter_that_is_missing_twice_or_strange_is_refused(form, stage):
    row, given = form
    for name, value in given["data"].items():
        if name in NEEDED:
            without = {known: one for known, one in given["data"].items() if known != name}
            assert_refused_by_oauth(ask(stage, row, given, data=without), f"without {name}")
            twice = given["data"] | {name: [value, value]}
            assert_refused_by_oauth(ask(stage, row, given, data=twice), f"{name} twice")
        for strange in STRANGE:
            answer = ask(stage, row, given, data=given["data"] | {name: strange})
            assert_refused_by_oauth(answer, f"{name}: {strange[:20]!r}")


def test_a_value_nobody_knows_is_refused(form, stage):
    row, given = form
    for name in NEEDED & set(given["data"]):
        for value in UNKNOWN:
            answer = ask(stage, row, given, data=given["data"] | {name: value})
            assert_known_to_nobody(answer, f"{name}: {value[:20]!r}")


def test_a_proof_that_is_none_is_refused(form, stage):
    row, given = form
    for proof in PROOFS:
        answer = ask(stage, row, given, data=given["data"], headers={"Authorization": proof})
        assert_refused_by_oauth(answer, proof[:20])


def test_a_form_larger_than_a_mebibyte_is_refused(form, stage):
    row, given = form
    body = {"data": {**given["data"], "more": "x" * MEBIBYTE}}
    answers = [ask(stage, row, given, headers={"Accept-Language": one}, **body) for one in ("ru", "en")]

    assert [answer.status_code for answer in answers] == [413, 413]
    assert_refused(answers, "1 MiB")
