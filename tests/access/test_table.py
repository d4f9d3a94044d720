"""Every cell of the access table over HTTP, and every endpoint in the table."""

import re
from uuid import UUID

import pytest

from tests.access.calls import call, path_of
from tests.access.stage import PROBLEM, Stage
from tests.access.table import CALLERS, ROWS, Row
from tests.access.world import CANARY, CANARY_MARK, PROGRAMS

CANARIES = re.compile(f"{CANARY}|{CANARY_MARK}|kanareyk", re.IGNORECASE)
UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def test_every_endpoint_of_every_program_is_in_the_table_and_no_other(built):
    real = {
        (name, method, rule.rule.removeprefix(f"/api/{name}/v1"))
        for name in PROGRAMS
        for rule in built.world.apps[name].url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {row.endpoint for row in ROWS} == real


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_cell_of_the_table_is_so(row, stage):
    wrong = []
    for caller in CALLERS:
        for relation, sign in row.signs(caller).items():
            if told := _differs(stage, row, caller, relation, sign):
                wrong.append(f"{caller}, {relation}: {told}")
    assert not wrong, "\n".join([str(row), *wrong])


def _differs(stage: Stage, row: Row, caller: str, relation: str, sign: str) -> str:
    """Ask once and say what is not as the table has it; nothing when all is."""
    things = stage.things[relation]
    given = call(stage, row, caller, things)
    before = stage.changed()
    answer = stage.ask(caller, row.program, row.method, path_of(row, caller, things), **given)
    status = row.status(sign)
    if answer.status_code != status:
        found = f"{answer.status_code} instead of {status}: {answer.text[:300]}"
    elif status >= 400 and (told := not_a_problem(answer)):
        found = told
    elif status >= 400 and stage.changed() != before:
        found = f"refused, and yet changed {stage.changed()}"
    elif sign == "_" and answer.json["items"]:
        found = f"shows {answer.json['items']}"
    else:
        found = _leak(stage, caller, relation, sign, given, answer)
    stage.restore()
    return found


def not_a_problem(answer) -> str:
    """Say what a refusal lacks to be a problem document that helps."""
    if answer.mimetype != PROBLEM:
        return "" if answer.request.path.startswith("/verify/") else f"refused as {answer.mimetype}"
    told = answer.json
    complete = told["status"] == answer.status_code and told["title"] and told["detail"]
    return "" if complete and told["type"].startswith("urn:parta:problem:") else f"says too little: {told}"


def _leak(stage, caller, relation, sign, given, answer) -> str:
    """Find what an answer says of the second school, which the caller is not of."""
    if caller == "service" or (sign == "+" and relation == "other"):
        return ""
    if found := CANARIES.search(answer.text if answer.mimetype != "application/pdf" else ""):
        around = answer.text[max(0, found.start() - 80) : found.end() + 80]
        return f"tells of the other school: {around}"
    sent = f"{answer.request.url} {given}"
    foreign = {text for text in UUIDS.findall(answer.text) if UUID(text) in strangers(stage)}
    return f"names ids of the other school: {foreign}" if foreign - set(UUIDS.findall(sent)) else ""


def strangers(stage: Stage) -> set[UUID]:
    """Return the ids of everything in the second school that has one worth knowing."""
    things, school = stage.things["other"], stage.world.second
    known = {school.id, *school.people.values(), things.page_id, things.period_id, things.digest}
    for own in school.classes:
        known |= {own.group_id, own.teacher_id, own.leader_id, *own.pupils, own.guardian_id}
        known |= {own.subject_id, own.lesson_id}
    return known | set(things.notices.values()) | set(things.sessions.values())
