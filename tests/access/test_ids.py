"""Each id of each request, one at a time, made another school's, another class's, or nobody's."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.access.calls import PLACE, call, path_of, place_of, set_state
from tests.access.stage import Stage, Things
from tests.access.table import CALLERS, ROWS, Row
from tests.access.test_table import not_a_problem, strangers

# The grid's addresses name the page for the reader; which page a lesson is of, the journal knows.
SAID_TWICE = {("portal", "page_id", "lesson_id")}
# Which page of a class to lead back to; whose absence is excused, the form and the journal know.
# Whose portfolio to lead back to, and what a report will be about, the journal knows or looks up.
LED_BACK_TO = {
    ("portal", "/attendance/<uuid:group_id>/excuses", "group_id"),
    ("portal", "/diary/portfolio/<uuid:entry_id>", "pupil_id"),
    ("portal", "/corrections/new", "lesson_id"),
}

# A list narrowed by an id that is not of the school shows nothing, as the table has it.
FILTERS = {"_": 200, "n": 200}

Way = tuple[str | int, ...]


def ids_in(body: Any, way: Way = ()) -> Iterator[Way]:
    """Return the ways to all ids in a body."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from ids_in(value, (*way, name))
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from ids_in(value, (*way, number))
    elif isinstance(body, str) and _is_id(body):
        yield way


def _is_id(text: str) -> bool:
    try:
        return len(str(UUID(text))) == len(text)
    except ValueError:
        return False


def replaced(body: Any, way: Way, value: str) -> Any:
    """Return the body with another value in one place."""
    made = deepcopy(body)
    at = made
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = value
    return made


def who_may(row: Row) -> list[str]:
    return [caller for caller in CALLERS if row.signs(caller).get("own") in ("+", "c")]


def places(row: Row) -> list[str]:
    names = [name for name in PLACE.findall(row.address) if name.endswith("_id")]
    twice = {name for program, name, other in SAID_TWICE if program == row.program and other in names}
    twice |= {
        name for program, rule, name in LED_BACK_TO if program == row.program and row.address.startswith(rule)
    }
    return [name for name in names if name not in twice]


@pytest.mark.parametrize("row", [row for row in ROWS if places(row) and who_may(row)], ids=str)
def test_an_address_with_one_id_of_another_school_or_of_nothing_leads_nowhere(row, stage):
    """SECURITY 25, 26."""
    own = stage.things["own"]
    for caller in who_may(row):
        for name in places(row):
            others = [place_of(row, caller, stage.things["other"], name), uuid4(), stage.world.second.id]
            for id_ in others:
                set_state(stage, row, own)
                before = stage.changed()
                given = call(stage, row, caller, own)
                path = path_of(row, caller, own, **{name: id_})
                answer = stage.ask(caller, row.program, row.method, path, **given)
                said = f"{caller} {path}: {answer.text[:200]}"
                assert answer.status_code == FILTERS.get(row.signs(caller).get("other", "0"), 404), said
                assert answer.status_code == 200 or not not_a_problem(answer), said
                assert stage.changed() == before, said
                stage.restore()


def other_id(stage: Stage, things: Things, id_: str) -> UUID:
    """Return what an id of the first class corresponds to in other things."""
    own = stage.things["own"]
    pupils = dict(zip(own.of.pupils, things.of.pupils, strict=True))
    known = {
        own.teacher_id: things.teacher_id,
        own.of.leader_id: things.of.leader_id,
        own.guardian_id: things.guardian_id,
        own.group_id: things.group_id,
        own.period_id: things.period_id,
        **pupils,
    }
    return known.get(UUID(id_), things.pupil_id)


BODIES = [row for row in ROWS if row.method != "GET" and not row.state and who_may(row)]


def test_a_body_with_one_id_of_another_school_or_of_nothing_changes_nothing(stage):
    tried = 0
    own = stage.things["own"]
    for row in BODIES:
        for caller in who_may(row):
            given = call(stage, row, caller, own)
            before = stage.changed()  # By what had to be prepared.
            for way in ids_in(given.get("json")):
                was = _at(given["json"], way)
                for id_ in (other_id(stage, stage.things["other"], was), uuid4(), stage.world.second.id):
                    body = replaced(given["json"], way, str(id_))
                    sent = {**given, "json": body}
                    path = path_of(row, caller, own)
                    answer = stage.ask(caller, row.program, row.method, path, **sent)
                    said = f"{caller} {row} {way}: {answer.status_code} {answer.data[:300]!r}"
                    assert answer.status_code in (404, 409, 422), said
                    assert not not_a_problem(answer), said
                    assert stage.changed() == before, said
                    tried += 1
            stage.restore()
    assert tried > 30


def test_a_body_with_one_id_of_another_class_is_taken_or_refused_but_never_breaks(stage):
    own = stage.things["own"]
    for row in BODIES:
        for caller in who_may(row):
            given = call(stage, row, caller, own)
            for way in ids_in(given.get("json")):
                id_ = other_id(stage, stage.things["foreign"], _at(given["json"], way))
                sent = {**given, "json": replaced(given["json"], way, str(id_))}
                before = stage.changed()
                answer = stage.ask(caller, row.program, row.method, path_of(row, caller, own), **sent)
                said = f"{caller} {row} {way}: {answer.status_code} {answer.data[:300]!r}"
                assert answer.status_code < 500, said
                assert answer.status_code < 400 or not not_a_problem(answer), said
                assert answer.status_code < 400 or stage.changed() == before, said
                stage.restore()
            stage.restore()


def _at(body: Any, way: Way) -> Any:
    for step in way:
        body = body[step]
    return body


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_group_is_put_into_none_of_another_school(method, stage):
    own, other = stage.things["own"], stage.things["other"]
    for id_ in (other.group_id, uuid4()):
        body = {"name": "7Щ", "parent_id": str(id_)}
        if method == "POST":
            answer = stage.ask("operator", "identity", "POST", "/groups", json=body | {"kind": "group"})
        else:
            seen = {
                "If-Match": stage.ask("operator", "identity", "GET", f"/groups/{own.group_id}").headers[
                    "ETag"
                ]
            }
            path = f"/groups/{own.group_id}"
            answer = stage.ask("operator", "identity", "PUT", path, json=body, headers=seen)

        assert answer.status_code == 404, answer.text
        assert not stage.changed()


def test_what_is_written_with_the_ids_of_ones_own_school_holds_none_of_another(stage):
    """What any service keeps of the first school names nothing of the second."""
    foreign = {id_.hex for id_ in strangers(stage)}
    for name, database in stage.live.items():
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            if "school_id" not in columns or table in ("access_log", "access_circles"):
                continue  # The access log keeps what somebody asked for as they asked for it.
            mine = f"SELECT * FROM {table} WHERE school_id = '{stage.world.first.id.hex}'"
            for found in database.execute(mine):
                assert not foreign & {str(value).replace("-", "") for value in found}, (name, table)
