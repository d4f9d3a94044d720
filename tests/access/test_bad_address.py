"""Addresses and forms with anything in them: told what is wrong, and nothing breaks or changes."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict

from shared.service import SERVICES
from tests.access.calls import BODIES, PLACE, call, key, path_of
from tests.access.curtain import raise_curtain
from tests.access.stage import Stage
from tests.access.table import CALLERS, ROWS, Row
from tests.access.test_table import not_a_problem
from tests.access.world import two_schools
from tests.identity.archives import SCHOOL, archive, class_, user
from tests.schedule.makers import zipped
from tests.support.databases import postgres_database

JUNK = (
    "0",
    "-1",
    "9" * 400,
    "../../etc/passwd",
    "%00",
    "%FF%FE",
    quote("' OR 1=1 --"),
    quote("ы" * 500),
    quote("\u202egnp.exe"),
    "00000000-0000-0000-0000-000000000000",
)
TEXTS = ("-1", "9" * 400, "%00", quote("ы" * 500))


def who_may(row: Row) -> str:
    return next((caller for caller in CALLERS if row.signs(caller).get("own") in ("+", "c")), "")


OPEN = [row for row in ROWS if row.cells["anonymous"] == "+"]
# What these forms lack or hold besides is no mistake: nothing comes of it, and the person is led back.
LED_BACK = {
    "portal POST /access/slips": "nobody is ticked, so that no sheet is printed",
    "portal POST /access/people/<uuid:person_id>/unblock": "its only field says where to go back to",
}
READS = [row for row in ROWS if row.method == "GET" and who_may(row) and "<path" not in row.address]


# A copy needs no name of its own.
MAY_BE_EMPTY = ("portal POST /plans/<uuid:plan_id>/copy",)


def watch_queries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return a set that is to fill with the names a program looks for in queries."""
    sought: set[str] = set()

    class Query(ImmutableMultiDict[str, str]):
        def __getitem__(self, name: str) -> str:
            sought.add(name)
            return super().__getitem__(name)

        def __contains__(self, name: object) -> bool:
            sought.add(str(name))
            return super().__contains__(name)

        def getlist(self, name: str, *way: Any, **ways: Any) -> list[Any]:
            sought.add(name)
            return super().getlist(name, *way, **ways)

    class Request(app.request_class):
        parameter_storage_class = Query

    monkeypatch.setattr(app, "request_class", Request)
    return sought


@pytest.mark.parametrize("row", [row for row in READS if PLACE.search(row.address)], ids=str)
def test_an_address_with_junk_in_it_leads_nowhere(row, stage):
    caller, own = who_may(row), stage.things["own"]
    for name in PLACE.findall(row.address):
        for junk in JUNK:
            answer = stage.ask(caller, row.program, "GET", path_of(row, caller, own, **{name: junk}))
            said = f"{name}={junk[:40]}: {answer.status_code} {answer.get_data()[:200]!r}"
            assert answer.status_code < 500, said
            assert answer.status_code < 400 or not not_a_problem(answer), said
    assert not stage.changed()


@pytest.mark.parametrize(
    "row", [row for row in READS if "?" not in row.address and row.cells["anonymous"] == "!"], ids=str
)
def test_a_query_with_junk_in_it_breaks_nothing(row, stage, monkeypatch):
    """Under each name that the program looks for, and under one that it does not know."""
    caller, own = who_may(row), stage.things["own"]
    path = path_of(row, caller, own)
    sought = watch_queries(stage.world.apps[row.program], monkeypatch)
    assert stage.ask(caller, row.program, "GET", path).status_code < 500
    tried: set[str] = set()
    while name := next(iter(sorted({"nonsense", *sought} - tried)), ""):
        tried.add(name)
        for junk in TEXTS:
            answer = stage.ask(caller, row.program, "GET", f"{path}?{name}={junk}")
            said = f"{name}={junk[:40]}: {answer.status_code} {answer.get_data()[:200]!r}"
            assert answer.status_code < 500, said
            assert answer.status_code < 400 or not not_a_problem(answer), said
    assert not stage.changed()


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in ROWS
        if row.program == "portal" and key(row) in BODIES and who_may(row) and not row.state
    ],
    ids=str,
)
def test_a_form_with_junk_in_it_is_refused(row, stage):
    caller, own = who_may(row), stage.things["own"]
    given = call(stage, row, caller, own)
    before = stage.changed()
    if "json" in given:
        bodies = [b"{", b"[]", b"null", b'"x"', b"\xff", b" " * 1_048_577]
        sent = [{**given, "data": body, "content_type": "application/json"} for body in bodies]
        for one in sent:
            del one["json"]
    else:
        sent = [{"data": b"x" * 1_048_577, "content_type": "application/x-www-form-urlencoded"}]
    if given.get("data"):  # The others are a button each: any body that is not too large leaves it one.
        sent += [
            {"data": dict.fromkeys(given["data"], "\x00")},
            {"data": dict.fromkeys(given["data"], "ы" * 50_000)},
        ]
    if given.get("data") and key(row) not in MAY_BE_EMPTY:
        unknown = {"data": b"%FF%FE=%00&", "content_type": "application/x-www-form-urlencoded"}
        sent += [{"data": {}}, unknown]
    for one in sent:
        answer = stage.ask(caller, "portal", row.method, path_of(row, caller, own), **one)
        said = f"{str(one['data'])[:100]}: {answer.status_code} {answer.text[:300]}"
        if answer.status_code == 302 and key(row) in LED_BACK:
            assert answer.location == "/", said
        else:
            assert 400 <= answer.status_code < 500, said
            assert is_told(answer), said
        assert stage.changed() == before, said


def is_told(answer) -> bool:
    """Whether a refusal says what is wrong: as a problem document, or above the form shown again."""
    return not not_a_problem(answer) or (answer.mimetype == "text/html" and 'role="alert"' in answer.text)


@pytest.fixture(scope="module")
def postgres_stage(tmp_path_factory, postgres_server) -> Iterator[Stage]:
    """The same two schools on PostgreSQL, which keeps no NUL in a text where SQLite does."""
    names = []

    def address(name: str, _: Path) -> str:
        names.append(postgres_database(name, postgres_server))
        return postgres_server.url(names[-1])

    with two_schools(tmp_path_factory.mktemp("postgres"), address) as world:
        yield raise_curtain(world)
    for name in names:
        postgres_server.drop_database(name)


def test_on_postgresql_too_a_text_it_cannot_keep_is_refused(postgres_stage):
    own, broken = postgres_stage.things["own"], []
    for row in ROWS:
        caller = who_may(row)
        if not caller or row.state or row.rule.startswith("/events") or (row in OPEN and row.method == "GET"):
            continue
        given = call(postgres_stage, row, caller, own)
        path = path_of(row, caller, own)
        asked = [(path, {**given, "json": body}) for body in with_nul(given.get("json"))]
        if row.method == "GET":
            mark = "&" if "?" in path else "?"
            asked += [(f"{path}{mark}{name}=%00", given) for name in ("q", "cursor", "role", "week")]
        for address, sent in asked:
            answer = postgres_stage.ask(caller, row.program, row.method, address, **sent)
            if answer.status_code >= 500:
                broken.append(
                    f"{row.method} {row.program} {address} {sent.get('json')}: {answer.status_code}"
                )
    assert not broken, "\n".join(broken)


def test_on_postgresql_too_a_file_with_such_texts_is_refused(postgres_stage):
    users = [user("t1", "teacher", familyName="И\x00ванов"), user("p1", givenName="\x00", sourcedId="p\x001")]
    roster = archive({**SCHOOL, "users": users, "classes": [class_("c1", "9\x00Э")]})
    head = [
        "Activity Id",
        "Day",
        "Hour",
        "Students Sets",
        "Subject",
        "Teachers",
        "Activity Tags",
        "Room",
        "Comments",
    ]
    line = "1", "Пн\x00", "08:30", "8 а\x00", "Ал\x00гебра", "Иванова\x00", "", "1\x00", ""
    written = "".join(",".join(f'"{cell}"' for cell in cells) + "\n" for cells in (head, line))
    timetable = zipped(school_timetable__csv=written.encode())
    subjects = {"1": "Ал\x00гебра"}
    nika = {"PERIODS": {"1": {}}, "CLASSES": {"1": "8 а"}, "SUBJECTS": subjects}
    nika |= {"CLASS_SCHEDULE": {"1": {"1": {"101": {"s": ["1"]}}}}}
    nika = b"var NIKA=" + orjson.dumps(nika) + b";"
    for program, path, content in (
        ("identity", "/imports/oneroster", roster),
        ("schedule", "/imports/fet/needs", timetable),
        ("schedule", "/imports/fet", timetable),
        ("schedule", "/imports/timetables/needs", timetable),
        ("schedule", "/imports/timetables/needs", nika),
        ("schedule", "/imports/timetables/batches", nika),
    ):
        data = {"file": (io.BytesIO(content), "school.zip")}
        answer = postgres_stage.ask("operator", program, "POST", path, data=data)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert not not_a_problem(answer)


def with_nul(body: Any) -> Iterator[Any]:
    """Return the body once for each text in it, with that text made one that holds a NUL."""
    if isinstance(body, str):
        yield f"{body}\x00"
    elif isinstance(body, dict):
        for name, value in body.items():
            yield from ({**body, name: worse} for worse in with_nul(value))
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from ([*body[:number], worse, *body[number + 1 :]] for worse in with_nul(value))


NAMED = [row for row in ROWS if row.rule in ("/me", "/people", "/pages") and row.program in SERVICES]
HEADERS = ("Accept-Language", "Idempotency-Key", "X-Request-ID", "If-None-Match", "Accept", "Authorization")


@pytest.mark.parametrize("row", NAMED, ids=str)
def test_a_header_with_junk_in_it_breaks_nothing(row, stage):
    caller, own = who_may(row), stage.things["own"]
    for name in HEADERS:
        for junk in ("\xff\xfe", "é" * 5000, ',;="', "W/", "9" * 400, "Bearer \xe9.\xe9.\xe9"):
            given = call(stage, row, caller, own)
            given["headers"] = given.get("headers", {}) | {name: junk}
            answer = stage.ask(caller, row.program, row.method, path_of(row, caller, own), **given)
            assert answer.status_code < 500, (name, junk[:20], answer.text)
            assert answer.status_code < 400 or not not_a_problem(answer), (name, junk[:20])
