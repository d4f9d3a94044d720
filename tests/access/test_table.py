"""Every cell of the access table over HTTP, and every endpoint in the table."""

import io
import re
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import event

from shared import db
from shared.auth import Access
from shared.db import SchoolSession
from shared.service import SERVICES
from tests.access.calls import call, path_of, set_state
from tests.access.stage import PROBLEM, Stage
from tests.access.table import ANYBODY, CALLERS, ROWS, Row
from tests.access.world import CANARY, CANARY_MARK, PROGRAMS

CANARIES = (CANARY.casefold(), CANARY_MARK.casefold(), "kanareyk")
PUBLIC = Access(public=True)
SIGNED_OUT = {"portal": ["browser_sessions"]}
UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def test_every_endpoint_of_every_program_is_in_the_table_and_no_other(built):
    """SECURITY 23."""
    real = {
        (name, method, rule.rule.removeprefix(f"/api/{name}/v1"))
        for name in PROGRAMS
        for rule in built.world.apps[name].url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {row.endpoint for row in ROWS} == real


def test_each_row_names_the_action_by_which_its_route_lets_in(built):
    wrong = []
    for row in ROWS:
        if row.program in SERVICES:
            app = built.world.apps[row.program]
            rules = (f"/api/{row.program}/v1{row.rule}", row.rule)
            ends = {
                rule.endpoint
                for rule in app.url_map.iter_rules()
                if rule.rule in rules and row.method in rule.methods
            }
            named = {getattr(app.view_functions[end], "access", PUBLIC) for end in ends}
            if {one.action or ANYBODY for one in named} != {row.action}:
                wrong.append((str(row), named))
    assert not wrong


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_cell_of_the_table_is_so(row, stage):
    """SECURITY 24, 26."""
    wrong = []
    for caller in CALLERS:
        for relation, sign in row.signs(caller).items():
            if told := _differs(stage, row, caller, relation, sign):
                wrong.append(f"{caller}, {relation}: {told}")
    assert not wrong, "\n".join([str(row), *wrong])


def test_without_the_wall_between_schools_the_table_would_tell(stage):
    """The proof of the proof: the answers do hold canaries when the session lets them through."""
    event.remove(SchoolSession, "do_orm_execute", db._only_own_school)
    try:
        found = {
            (row.endpoint, relation)
            for row in ROWS
            for relation, sign in row.signs("operator").items()
            if row.program in ("identity", "schedule", "journal") and row.method == "GET"
            if _differs(stage, row, "operator", relation, sign)
        }
    finally:
        event.listen(SchoolSession, "do_orm_execute", db._only_own_school)

    assert {
        (("identity", "GET", "/people"), "own"),
        (("identity", "GET", "/groups"), "own"),
        (("identity", "GET", "/groups/<uuid:group_id>"), "other"),
        (("schedule", "GET", "/subjects"), "own"),
    } <= found


def _differs(stage: Stage, row: Row, caller: str, relation: str, sign: str) -> str:
    """Ask once and say what is not as the table has it; nothing when all is."""
    things = stage.things[relation]
    if sign not in "!-x":
        set_state(stage, row, things)
    given = call(stage, row, caller, things)
    before = stage.changed()
    answer = stage.ask(caller, row.program, row.method, path_of(row, caller, things), **given)
    status = row.status(sign)
    if answer.status_code != status:
        found = f"{answer.status_code} instead of {status}: {read(answer)[:300]}"
    elif status >= 400 and (told := not_a_problem(answer)):
        found = told
    elif status >= 400 and stage.changed() != (before | (SIGNED_OUT if sign == "x" else {})):
        found = f"refused, and yet changed {stage.changed()}"
    elif sign == "_" and answer.json["items"]:
        found = f"shows {answer.json['items']}"
    else:
        found = _leak(stage, caller, things, sign, given, answer)
    stage.restore()
    return found


def not_a_problem(answer) -> str:
    """Say what a refusal lacks to be a problem document that helps."""
    if answer.mimetype != PROBLEM:
        # Pages for people without a session: they say themselves what is wrong and what to do.
        pages = ("/verify/", "/reset/new")
        return "" if answer.request.path.startswith(pages) else f"refused as {answer.mimetype}"
    told = answer.json
    complete = told["status"] == answer.status_code and told["title"] and told["detail"]
    return "" if complete and told["type"].startswith("urn:parta:problem:") else f"says too little: {told}"


def _leak(stage, caller, things, sign, given, answer) -> str:
    """Find what an answer says that is not for the caller: of another school, or of what is not shown."""
    text = read(answer)
    named = {
        UUID(id_) for id_ in set(UUIDS.findall(text)) - set(UUIDS.findall(f"{answer.request.url} {given}"))
    }
    if sign in "_n" and (shown := named & things.ids):
        return f"shows {shown}"
    if shown := (named & classmates(stage, caller)):
        return f"names other people's children: {shown}"
    if caller == "service" or (sign == "+" and things is stage.things["other"]):
        return ""
    for canary in CANARIES:
        if (at := text.find(canary)) >= 0:
            return f"tells of the other school: {text[max(0, at - 80) : at + 80]}"
    return f"names ids of the other school: {found}" if (found := named & strangers(stage)) else ""


def classmates(stage: Stage, caller: str) -> set[UUID]:
    """Return the pupils whom a family is not to read of: all but its own."""
    own = {"pupil": 1, "parent": 2}.get(caller)
    pupils = [pupil for one in stage.world.first.classes for pupil in one.pupils]
    return set(pupils[own:]) if own else set()


def read(answer) -> str:
    """Return what an answer says, in small letters; a PDF's text without its drawing."""
    if answer.mimetype == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return " ".join(page.extract_text() for page in pages).casefold()
    return answer.get_data().decode(errors="replace").casefold()


def strangers(stage: Stage) -> set[UUID]:
    """Return the ids of everything in the second school that has one worth knowing."""
    school = stage.world.second
    known = {school.id, *school.people.values(), *stage.things["other"].ids}
    for own in school.classes:
        known |= {own.group_id, own.teacher_id, own.leader_id, *own.pupils, own.guardian_id, own.subject_id}
    return known
