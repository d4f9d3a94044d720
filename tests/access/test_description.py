"""Each service against its own OpenAPI description: made-up requests, answers as described, no 5xx.

What is made up follows the description, and then breaks it; addresses lead to real things, so that
the requests come further than the first 404.
"""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.service import SERVICES
from tests.access.calls import OAUTH_FORMS, call, key, path_of, place_of, set_state
from tests.access.stage import PROBLEM, Stage, Things
from tests.access.table import CALLERS, ROWS, Row

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = settings(
    max_examples=8,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Where nothing is asked for but ids and headers, and real ids are put in: eight would be much alike.
FEW_EXAMPLES = settings(EXAMPLES, max_examples=2)
DESCRIBED = {
    (row.program, row.method, row.rule): row
    for row in reversed(ROWS)
    if row.program in SERVICES and not row.rule.startswith(("/docs", "/openapi", "/verify/"))
}


@pytest.fixture(scope="module")
def schemas(built: Stage) -> dict[str, Any]:
    """Each service's description, read once: with it go the constants that Schemathesis finds in the code."""
    return {
        name: schemathesis.openapi.from_wsgi(f"/api/{name}/v1/openapi.json", built.world.apps[name])
        for name in SERVICES
    }


@pytest.fixture(scope="module")
def operations(schemas: dict[str, Any]) -> dict[tuple[str, str, str], Any]:
    """All operations as their services describe them, by service, method and path."""
    found = {name: [one.ok() for one in schema.get_all_operations()] for name, schema in schemas.items()}
    return {(name, one.method, one.path): one for name, all_ in found.items() for one in all_}


def place_in_description(row: Row) -> tuple[str, str, str]:
    """Return the key of a row among the operations."""
    path = f"/api/{row.program}/v1" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", row.rule)
    return row.program, row.method.lower(), path


def who_may(row: Row) -> str:
    """Return somebody who is let in; who then hears "0" or "?" where there is nothing to succeed with."""
    signs = {caller: row.signs(caller).get("own") for caller in CALLERS if caller != "anonymous"}
    return next(caller for good in ("+c", "0?") for caller, sign in signs.items() if sign and sign in good)


@pytest.mark.parametrize(
    "row", [row for row in DESCRIBED.values() if row.rule not in ("/healthz", "/readyz", "/metrics")], ids=str
)
def test_whatever_is_asked_the_answer_is_as_described(row, stage, operations):
    operation = operations.get(place_in_description(row))
    assert operation, "the service does not describe it"
    caller, own = who_may(row), stage.things["own"]
    headers = {"Authorization": f"Bearer {stage.token(caller, row.program)}"}
    headers |= call(stage, row, caller, own).get("headers", {})

    examples = EXAMPLES if operation.query or operation.body else FEW_EXAMPLES

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @examples
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            stage.restore()
            set_state(stage, row, own)
            _lead_to_real_things(case, row, caller, own)
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)
            if answer.status_code >= 400:
                by_oauth = key(row) in OAUTH_FORMS and answer.status_code in (400, 401)
                assert answer.headers["content-type"] == ["application/json" if by_oauth else PROBLEM]

        ask()


def test_the_headers_that_routes_read_and_give_are_described(stage, schemas, operations):
    tagged = 0
    for row in DESCRIBED.values():
        if row.rule in ("/healthz", "/readyz", "/metrics", "/calendars/<token>.ics"):
            continue
        caller, own = who_may(row), stage.things["own"]
        stage.restore()
        set_state(stage, row, own)
        given = call(stage, row, caller, own)
        path, headers = path_of(row, caller, own), given.pop("headers", {})
        answer = stage.ask(caller, row.program, row.method, path, **given)
        needs_state = answer.status_code == 428
        if needs_state:
            sent = call(stage, row, caller, own) | {"headers": headers}  # Made anew: a file is read once.
            answer = stage.ask(caller, row.program, row.method, path, **sent)
        assert answer.status_code < 500, row
        if answer.status_code >= 300:
            continue
        told = operations[place_in_description(row)].definition.raw
        whole = schemas[row.program].raw_schema
        named = {_parameter(whole, one)["name"] for one in told.get("parameters", ())}
        gives = "ETag" in told["responses"][str(answer.status_code)].get("headers", {})
        assert needs_state == ("If-Match" in named), row
        assert ("ETag" in answer.headers) == gives, row
        assert ("If-None-Match" in named) == (gives and row.method == "GET"), row
        tagged += gives
    assert tagged >= 10


def _parameter(whole: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter that may be said by reference to a place in the whole description."""
    if "$ref" not in said:
        return said
    return whole["components"]["parameters"][said["$ref"].rpartition("/")[2]]


def _lead_to_real_things(case: Any, row: Row, caller: str, own: Things) -> None:
    """Put real ids where ids are asked for; of the body and the query, only where all is valid."""
    names = case.path_parameters or {}
    case.path_parameters = {name: str(place_of(row, caller, own, name)) for name in names}
    if case.meta and case.meta.generation.mode == GenerationMode.POSITIVE:
        case.query, case.body = _real(case.query, own), _real(case.body, own)
    if "wait" in (case.query or {}):
        case.query["wait"] = 0  # Nobody tells anything here: it would wait in vain.


def _real(value: Any, own: Things) -> Any:
    if isinstance(value, list):
        return [_real(one, own) for one in value]
    if not isinstance(value, dict):
        return value
    ids = ("pupil_id", "guardian_id", "teacher_id", "group_id", "period_id", "lesson_id")
    return {
        name: str(getattr(own, name)) if name in ids and one else _real(one, own)
        for name, one in value.items()
    }
