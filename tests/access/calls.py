"""A valid request for every row of the table, about whatever thing it is to be about."""

import io
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson

from shared.clock import today
from tests.access.contradiction_calls import OF_CONTRADICTIONS, accept, contradict
from tests.access.correction_calls import OF_CORRECTIONS, settle
from tests.access.credentials import OF_CREDENTIALS, issue_code
from tests.access.diary_calls import OF_DIARIES
from tests.access.factors import BODIES as OF_FACTORS
from tests.access.final_calls import OF_FINALS, attest
from tests.access.homework_calls import OF_HOMEWORK
from tests.access.mark_calls import OF_MARKS, await_work, empty_work
from tests.access.plan_calls import OF_PLANS, approve_plan
from tests.access.stage import Stage, Things
from tests.access.table import Row
from tests.access.thematic_calls import OF_THEMATIC_PLANS, follow_no_plan
from tests.access.world import PASSWORD, SECRET, ZONE
from tests.access.year_calls import OF_THE_YEAR
from tests.identity.archives import SCHOOL, archive, class_, place, user
from tests.schedule.makers import make_fet

Given = dict[str, Any]
# They take forms and refuse by RFC 6749, 5.2, in its JSON: it is programs that read it, not people.
OAUTH_FORMS = tuple(f"identity POST /oauth/{name}" for name in ("token", "introspect", "revoke"))
BATCHES = "/imports/timetables/batches"
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
NEW_PASSWORD = "берёза шумит 23 ночи"


def path_of(row: Row, caller: str, things: Things, **instead: object) -> str:
    """Return the address with the ids of these things in it, or others named `instead`."""
    return PLACE.sub(
        lambda found: str(instead.get(found[1]) or place_of(row, caller, things, found[1])), row.address
    )


def place_of(row: Row, caller: str, things: Things, name: str) -> object:
    """Return what stands in a place of the address."""
    if name == "seq":
        return things.printed_seq
    if name == "session_id":
        return things.sessions.get(caller, things.sessions["teacher"])
    if name == "notice_id":
        return things.notices.get(caller, things.notices["pupil"])
    if name == "correction_id":
        return things.corrections.get(caller, things.corrections["parent"])
    if name == "feed_id":
        return things.calendars.get(caller, things.calendars["pupil"])
    if name == "file_id":
        return things.files.get(caller, things.files["pupil"])
    named = "docs.js" if "/docs/" in row.address else "correction_hours"
    named = "template-pupils" if "/files/" in row.address else named
    fixed = {"stream": f"{row.program}/{things.school.id}", "name": named, "path": "nothing/here"}
    fixed["column"] = str(things.period_id)
    fixed |= {"token": "nobodys", "passkey_id": "01a20a16-cacb-748b-a7cc-def595b43a18"}
    fixed |= {"client_id": program_of(things), "provider_id": f"esia-of-{program_of(things)}"}
    return fixed[name] if name in fixed else getattr(things, name)


def program_of(things: Things) -> str:
    """Return the id of the program that the things' school has registered."""
    return "diary" if things.school.mark.isdigit() else "kanareyka"


def set_state(stage: Stage, row: Row, things: Things) -> None:
    """Bring the thing into the state the row is about."""
    if row.state == "code issued":
        issue_code(stage, things)
    if row.state == "period closed":
        _close_period(stage, things)
    if row.state == "departed":
        path = f"/people/{things.pupil_id}/movements/departure"
        things.movement_id = _done(stage, things, path, _ordered(today(ZONE) - timedelta(days=1)))
    if "<uuid:import_id>" in row.rule:
        things.import_id = _rehearsed(stage, things)
    if "<uuid:batch_id>" in row.rule:
        things.batch_id = _brought(stage, things)
    if row.state == "taken":
        _schedule(stage, things, f"{BATCHES}/{things.batch_id}/application", json=_taken(things))
    if row.rule.startswith("/exports/"):
        _approve_export(stage, things)
    if row.state == "approved":
        approve_plan(stage, things)
    if row.state == "not followed":
        follow_no_plan(stage, things)
    if row.state == "attested":
        attest(stage, things)
    if row.state == "awaited":
        await_work(stage, things)
    if row.state == "emptied":
        empty_work(stage, things)
    if row.state == "contradicted":
        contradict(stage, things)
    if row.state == "accepted":
        things.acceptance_id = accept(stage, things)
    if row.state == "settled":
        settle(stage, things)
    if row.state == "published":
        _publish(stage, things)
    if row.state == "year moved":
        wanted = _year_move(stage, "operator", things)["json"]
        things.year_move_id = _done(stage, things, "/new-years", wanted)


def _done(stage: Stage, things: Things, path: str, body: Any) -> UUID:
    """Let the operator of the things' school do something, and return the id of what came of it."""
    token = stage.token("operator", "identity", things.school)
    headers = {"Authorization": f"Bearer {token}"}
    client = stage.world.apps["identity"].test_client()
    answer = client.post(f"/api/identity/v1{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return UUID(answer.json["id"])


def _publish(stage: Stage, things: Things) -> None:
    """Let the operator publish the draft from tomorrow on."""
    client = stage.world.apps["schedule"].test_client()
    headers = {"Authorization": f"Bearer {stage.token('operator', 'schedule', things.school)}"}
    headers |= _with_draft(stage, things, None)["headers"]
    path = f"/api/schedule/v1/timetables/{things.timetable_id}/publication"
    assert client.post(path, json=_publication(), headers=headers).status_code == 200


def _publication() -> dict[str, Any]:
    return {"from_on": str(today(ZONE) + timedelta(days=1)), "accept_conflicts": True}


def _with_draft(stage: Stage, things: Things, body: Any) -> Given:
    path = f"/timetables/{things.timetable_id}"
    return {"json": body, "headers": seen(stage, things, "operator", "schedule", path)}


def _draft_form(stage: Stage, things: Things, **fields: Any) -> Given:
    tag = _with_draft(stage, things, None)["headers"]["If-Match"]
    return {"data": fields | {"version": tag.strip('"')}}


def _card(stage: Stage, _: str, things: Things) -> Given:
    body = {"subject_id": _text(things.of.subject_id), "group_ids": [_text(things.group_id)]}
    return _with_draft(stage, things, body | {"weekday": 1, "number": 1})


def _card_gone(stage: Stage, caller: str, things: Things) -> Given:
    return {"headers": _card(stage, caller, things)["headers"]}


def _limits(stage: Stage, _: str, things: Things) -> Given:
    body = {"from_on": str(today(ZONE)), "severities": {"teacher_gap": "off"}}
    return {"json": body, "headers": seen(stage, things, "operator", "schedule", "/timetables/limits")}


def _rehearsed(stage: Stage, things: Things) -> UUID:
    token = stage.token("operator", "identity", things.school)
    client = stage.world.apps["identity"].test_client()
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/api/identity/v1/imports", headers=headers, **_list(stage, "operator", things))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json["id"])


def _brought(stage: Stage, things: Things) -> UUID:
    """Let the operator bring a timetable to the desk."""
    return UUID(_schedule(stage, things, BATCHES, **_needs(stage, "operator", things))["id"])


def _schedule(stage: Stage, things: Things, path: str, **given: Any) -> Any:
    headers = {"Authorization": f"Bearer {stage.token('operator', 'schedule', things.school)}"}
    answer = (
        stage.world.apps["schedule"].test_client().post(f"/api/schedule/v1{path}", headers=headers, **given)
    )
    assert answer.status_code < 300, answer.text
    return answer.json


def _taken(things: Things) -> dict[str, Any]:
    return {"ids": _meanings(things), "with_loads": False}


def _meanings(things: Things) -> dict[str, dict[str, str]]:
    groups = {name: str(things.group_id) for name in ("8", "8 а")}
    return {"teachers": {"Иванова М. П.": str(things.teacher_id)}, "groups": groups}


def _approve_export(stage: Stage, things: Things) -> None:
    """Let the director agree that the operator takes the lists out."""
    wanted = {"kind": "export the school", "reason": "Сверка"}
    approval_id = _done(stage, things, "/approvals", wanted)
    token = stage.token("director", "identity", things.school)
    client = stage.world.apps["identity"].test_client()
    path = f"/api/identity/v1/approvals/{approval_id}/approval"
    assert client.post(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def _list(stage: Stage, caller: str, things: Things) -> Given:
    rows = f"Фамилия;Имя;Класс\n{things.school.text('Списков')};Иван;9Ы\n"
    return {"data": {"file": (io.BytesIO(rows.encode()), "list.csv")}}


def _shown_import(stage: Stage, caller: str, things: Things) -> Given:
    path = f"/imports/{things.import_id}"
    return {"json": {"digest": _read(stage, things, "operator", "identity", path).get("digest", "0" * 64)}}


def _twins(stage: Stage, caller: str, things: Things) -> Given:
    return {"json": {"keep_id": str(things.person_id), "drop_id": str(things.twin_id)}}


def _as_form(make: Callable[[Stage, str, Things], Given]) -> Callable[[Stage, str, Things], Given]:
    return lambda *given: {"data": make(*given)["json"]}


def call(stage: Stage, row: Row, caller: str, things: Things) -> Given:
    """Return what to send: body, form or file, and headers."""
    make = BODIES.get(key(row))
    return make(stage, caller, things) if make else {}


def key(row: Row) -> str:
    """Return what a row's body is known by."""
    return f"{row.program} {row.method} {row.rule}"


def _close_period(stage: Stage, things: Things) -> None:
    answer = (
        stage.world.apps["journal"]
        .test_client()
        .post(
            f"/api/journal/v1/periods/{things.period_id}/closing",
            json={"reason": "Так решили"},
            headers={"Authorization": f"Bearer {stage.token('deputy', 'journal', things.school)}"},
        )
    )
    assert answer.status_code == 204, answer.text


def seen(stage: Stage, things: Things, who: str, program: str, path: str) -> dict[str, str]:
    """Return the If-Match of somebody who has just looked at a thing of their school."""
    answer = (
        stage.world.apps[program]
        .test_client()
        .get(
            f"/api/{program}/v1{path}",
            headers={"Authorization": f"Bearer {stage.token(who, program, things.school)}"},
        )
    )
    return {"If-Match": answer.headers["ETag"]}


def _login(stage: Stage, caller: str, things: Things) -> Given:
    return {"login": things.school.logins["teacher"], "password": PASSWORD}


def _school(stage: Stage, caller: str, things: Things) -> Given:
    body = {"name": "Школа имени таблицы", "time_zone": ZONE, "scale": ["5", "4", "3", "2"]}
    return {"json": body, "headers": seen(stage, things, "operator", "identity", "/school")}


def _parameter(stage: Stage, caller: str, things: Things) -> Given:
    body = {"value": 48, "valid_from": today(ZONE).isoformat(), "reason": "Так решили"}
    path = "/school/parameters/correction_hours"
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


def _person(stage: Stage, caller: str, things: Things) -> Given:
    path = f"/people/{things.person_id}"
    body = {"family_name": "Иная", "given_name": "Фамилия", "email": "other@example.org"}
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


def _contacts(stage: Stage, caller: str, things: Things) -> Given:
    body = {"contacts": [{"kind": "phone", "value": "+7 900 000-00-00", "note": "мама"}]}
    path = f"/people/{things.person_id}"
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


def _area(stage: Stage, caller: str, things: Things) -> Given:
    body = {"grades": [7], "subjects": ["Математика"]}
    path = f"/areas/{things.deputy_id}"
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


def _form(stage: Stage, caller: str, things: Things, *, of: Callable[..., Given]) -> Given:
    """Return a request to identity as the portal's form sends it: plain fields, and what was seen."""
    given = of(stage, caller, things)
    return {**given["json"], "seen": given["headers"]["If-Match"]}


def _contacts_form(stage: Stage, caller: str, things: Things) -> Given:
    asked = _contacts(stage, caller, things)
    return {**asked["json"]["contacts"][0], "seen": asked["headers"]["If-Match"]}


def _group(stage: Stage, caller: str, things: Things) -> Given:
    body = {"name": "7Я", "grade": 7, "class_teacher_id": str(things.of.leader_id)}
    path = f"/groups/{things.group_id}"
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


def _division(stage: Stage, caller: str, things: Things) -> Given:
    parts = [{"name": f"английский {number}", "pupil_ids": []} for number in (1, 2)]
    parts[0]["pupil_ids"] = [str(things.pupil_id)]
    return {"json": {"division": "английский", "from_on": today(ZONE).isoformat(), "parts": parts}}


def _ordered(moved_on: date, **more: str) -> dict[str, str]:
    order = {"order_number": "17-у", "order_on": today(ZONE).isoformat()}
    return {"moved_on": moved_on.isoformat(), **order, **more}


def _arrival(stage: Stage, caller: str, things: Things) -> Given:
    return {"json": _ordered(today(ZONE), class_id=str(things.group_id))}


def _transfer(stage: Stage, caller: str, things: Things) -> Given:
    other = next(one for one in things.school.classes if one is not things.of)
    return {"json": _ordered(today(ZONE), class_id=str(other.group_id))}


def _departure(stage: Stage, caller: str, things: Things) -> Given:
    return {"json": _ordered(today(ZONE))}


def _next_year(stage: Stage, caller: str, things: Things) -> dict[str, Any]:
    on = today(ZONE)
    classes = [{"group_id": str(one.group_id), "does": "graduate"} for one in things.school.classes]
    return {"starts_on": f"{on.year + (on.month >= 10)}-09-01", "classes": classes}


def _year_move(stage: Stage, caller: str, things: Things) -> Given:
    wanted = _next_year(stage, caller, things)
    headers = {"Authorization": f"Bearer {stage.token('operator', 'identity', things.school)}"}
    client = stage.world.apps["identity"].test_client()
    plan = client.post("/api/identity/v1/new-years/preview", json=wanted, headers=headers).json
    order = {"order_number": "61-у", "order_on": today(ZONE).isoformat()}
    return {"json": {**wanted, "seen": plan["digest"], **order}}


def _year_form(stage: Stage, caller: str, things: Things) -> Given:
    wanted = _year_move(stage, caller, things)["json"]
    classes = wanted.pop("classes")
    form = {**wanted, "class": [one["group_id"] for one in classes]}
    return {"data": form | {f"does-{one['group_id']}": one["does"] for one in classes}}


def _enrolment(stage: Stage, caller: str, things: Things) -> Given:
    first_day = today(ZONE) - timedelta(days=100)
    return {"json": {"pupil_id": str(things.pupil_id), "from_on": first_day.isoformat()}}


def _leaving(stage: Stage, caller: str, things: Things) -> Given:
    return {"json": {"pupil_id": str(things.pupil_id), "until_on": today(ZONE).isoformat()}}


def _roster(stage: Stage, caller: str, things: Things) -> Given:
    users = [user("t1", "teacher"), user("p1")]
    places = [place("c1", "t1", "teacher", primary="true"), place("c1", "p1")]
    content = archive({**SCHOOL, "users": users, "classes": [class_("c1", "9Э")], "enrollments": places})
    return {"data": {"file": (io.BytesIO(content), "school.zip")}}


def _names(stage: Stage, caller: str, things: Things) -> Given:
    groups = [{"key": "9Ю", "name": "9Ю", "kind": "class", "grade": 9}]
    return {"json": {"teachers": [{"key": "т", "name": "Толстой Л. Н."}], "groups": groups}}


def _year(stage: Stage, caller: str, things: Things) -> Given:
    path = "/years/current"
    year = _read(stage, things, "operator", "schedule", path)
    body = {name: value for name, value in year.items() if name != "id"} | {"name": "Иной год"}
    return {"json": body, "headers": seen(stage, things, "operator", "schedule", path)}


def _read(stage: Stage, things: Things, who: str, program: str, path: str) -> Any:
    client = stage.world.apps[program].test_client()
    token = stage.token(who, program, things.school)
    return client.get(f"/api/{program}/v1{path}", headers={"Authorization": f"Bearer {token}"}).json


def _needs(stage: Stage, caller: str, things: Things) -> Given:
    return {"data": {"file": (io.BytesIO(make_fet()), "school.fet")}}


def _timetable(stage: Stage, caller: str, things: Things) -> Given:
    ids = orjson.dumps(_meanings(things)).decode()
    return {"data": {"file": (io.BytesIO(make_fet()), "school.fet"), "ids": ids}}


def _page_seen(things: Things) -> dict[str, str]:
    return {"If-Match": f'"{things.seq}"'}


def _entries(stage: Stage, caller: str, things: Things) -> Given:
    entries = [{"pupil_id": str(things.of.pupils[1]), "slot": 1, "value": "4"}]
    works = [{"slot": 2, "type": "test", "weight": 2, "title": "Тест"}]
    body = {"entries": entries, "works": works, "reason": "Описка"}
    return {"json": body, "headers": _page_seen(things)}


def _description(stage: Stage, caller: str, things: Things) -> Given:
    return {"json": {"topic": "Иная тема", "homework": "§ 7"}, "headers": _page_seen(things)}


def _work(stage: Stage, caller: str, things: Things) -> Given:
    return {"json": {"type": "dictation", "weight": 4, "title": "Диктант"}, "headers": _page_seen(things)}


def _on_page(stage: Stage, caller: str, things: Things) -> Given:
    return {"headers": _page_seen(things)}


def _password(stage: Stage, caller: str, things: Things) -> Given:
    own = stage.world.first
    old = own.one_time_password if caller == "newcomer" else PASSWORD
    return {"json": {"password": old, "new_password": NEW_PASSWORD}}


def _password_form(stage: Stage, caller: str, things: Things) -> Given:
    own = _password(stage, caller, things)["json"]
    return {"data": own | {"again": NEW_PASSWORD}}


def _own_name(form: dict[str, str]) -> Given:
    """Ask as the program `feed`, which proves itself by its secret."""
    pair = b64encode(f"feed:{quote(SECRET)}".encode()).decode()
    asked = form | {"resource": "http://127.0.0.1:8000/api/journal/v1"}
    return {"data": asked, "headers": {"Authorization": f"Basic {pair}"}}


def _fixed(**given: Any) -> Callable[[Stage, str, Things], Given]:
    return lambda *_: dict(given)


def _json(make: Callable[[Things], Any]) -> Callable[[Stage, str, Things], Given]:
    return lambda _stage, _caller, things: {"json": make(things)}


def _text(id_: UUID) -> str:
    return str(id_)


def _calendar(_: Stage, caller: str, things: Things) -> dict[str, str]:
    if caller in ("pupil", "parent"):
        return {"kind": "pupil", "about_id": str(things.pupil_id)}
    return {"kind": "group", "about_id": str(things.group_id)}


def _absence(_: Stage, __: str, things: Things) -> dict[str, str]:
    day = str(things.day)
    return {"teacher_id": str(things.teacher_id), "from_on": day, "until_on": day, "reason": "illness"}


def _client(stage: Stage, caller: str, things: Things) -> Given:
    """Describe a program as the API takes it; the one there is has version 1."""
    uris = ["https://diary.example.org/back"]
    body = {"name": "Дневник", "scopes": ["openid"], "redirect_uris": uris, "is_preapproved": True}
    return {"json": body, "headers": {"If-Match": '"1"'}}


def _provider(stage: Stage, caller: str, things: Things) -> Given:
    body = {"title": "ЕСИА", "issuer": "https://esia.example.org", "client_id": "we", "secret": "s" * 40}
    return {"json": body, "headers": {"If-Match": '"1"'}}


QUERY = (
    "response_type=code&client_id=diary&redirect_uri=https://diary.example.org/back&scope=openid"
    f"&code_challenge_method=S256&code_challenge={'a' * 43}"
)
KEPT = {"state": "nobodys", "browser_key": "nobodys"}
PROGRAM_FORM = {
    "name": "Дневник",
    "kind": "confidential",
    "scopes": "openid",
    "redirect_uris": "https://diary.example.org/back",
    "version": "1",
}

BODIES: dict[str, Callable[[Stage, str, Things], Given]] = {
    **OF_FACTORS,
    **OF_CREDENTIALS,
    **OF_THE_YEAR,
    **OF_PLANS,
    **OF_HOMEWORK,
    **OF_DIARIES,
    **OF_FINALS,
    **OF_CORRECTIONS,
    **OF_CONTRADICTIONS,
    **OF_THEMATIC_PLANS,
    **OF_MARKS,
    "identity POST /sessions": lambda *given: {"json": _login(*given)},
    "identity DELETE /sessions": lambda stage, *_: {
        "json": {"session_token": stage.session_token("director")}
    },
    "identity POST /tokens": lambda stage, *_: {
        "json": {
            "grant_type": "session",
            "session_token": stage.session_token("teacher"),
            "audience": "journal",
        }
    },
    "schedule POST /absences": lambda *given: {"json": _absence(*given)},
    "schedule POST /timetables": _fixed(json={"name": "Проба"}),
    "schedule PUT /timetables/limits": _limits,
    "schedule PUT /timetables/<uuid:timetable_id>": lambda stage, _, things: _with_draft(
        stage, things, {"name": things.school.text("Проба")}
    ),
    "schedule POST /timetables/<uuid:timetable_id>/cards": _card,
    "schedule PUT /timetables/<uuid:timetable_id>/cards/<uuid:card_id>": _card,
    "schedule DELETE /timetables/<uuid:timetable_id>/cards/<uuid:card_id>": _card_gone,
    "schedule DELETE /timetables/<uuid:timetable_id>": lambda stage, _, things: {
        "headers": _with_draft(stage, things, None)["headers"]
    },
    "schedule POST /timetables/<uuid:timetable_id>/publication": lambda stage, _, things: _with_draft(
        stage, things, _publication()
    ),
    "schedule POST /timetables/compositions": _fixed(json={"name": "Проба"}),
    "portal POST /compositions": _fixed(data={"name": "Проба", "minutes": "1"}),
    "portal POST /substitutions/absences": lambda *given: {"data": _absence(*given)},
    "portal POST /substitutions": lambda _, __, things: {"data": {f"lesson-{things.lesson_id}": "cancel"}},
    "portal POST /substitutions/other": lambda _, __, things: {
        "data": {"lesson_id": str(things.lesson_id), "kind": "cancel"}
    },
    "schedule POST /substitutions": _json(
        lambda things: {"items": [{"lesson_id": _text(things.lesson_id), "kind": "cancel"}]}
    ),
    "schedule POST /screens": _fixed(json={"name": "Учительская"}),
    "portal POST /staff-room/screens": _fixed(data={"name": "Учительская"}),
    "schedule POST /calendars": lambda *given: {"json": _calendar(*given)},
    "portal POST /timetable-limits": lambda stage, _, things: {
        "data": {
            "from_on": str(today(ZONE)),
            "kind-teacher_gap": "off",
            "version": _limits(stage, _, things)["headers"]["If-Match"].strip('"'),
        }
    },
    "portal POST /timetables": _fixed(data={"name": "Проба"}),
    "portal POST /timetables/<uuid:timetable_id>/name": lambda stage, _, things: _draft_form(
        stage, things, name="Другое"
    ),
    "portal POST /timetables/<uuid:timetable_id>/end": lambda stage, _, things: _draft_form(stage, things),
    "portal POST /timetables/<uuid:timetable_id>/cards": _card,
    "portal PUT /timetables/<uuid:timetable_id>/cards/<uuid:card_id>": _card,
    "portal DELETE /timetables/<uuid:timetable_id>/cards/<uuid:card_id>": _card_gone,
    "portal POST /timetables/<uuid:timetable_id>/publication": lambda stage, _, things: _draft_form(
        stage, things, **_publication() | {"accept_conflicts": "on"}
    ),
    "portal POST /timetable/calendars": lambda *given: {"data": _calendar(*given)},
    "identity POST /oauth/token": lambda *_: _own_name({"grant_type": "client_credentials"}),
    "identity POST /oauth/introspect": lambda *_: _own_name({"token": "x"}),
    "identity POST /oauth/revoke": lambda *_: _own_name({"token": "x"}),
    "identity POST /oauth/requests": _fixed(json={"query": QUERY}),
    "identity POST /oauth/authorizations": _fixed(json={"query": QUERY, "decision": "allow"}),
    "identity POST /oauth/leavings": _fixed(json={"query": "client_id=diary"}),
    "identity POST /clients": lambda *given: {"json": _client(*given)["json"]},
    "identity PUT /clients/<client_id>": _client,
    "identity POST /clients/<client_id>/secret": _fixed(headers={"If-Match": '"1"'}),
    "identity DELETE /clients/<client_id>": _fixed(headers={"If-Match": '"1"'}),
    "identity POST /providers": lambda *given: {"json": _provider(*given)["json"] | {"id": "new"}},
    "identity PUT /providers/<provider_id>": _provider,
    "identity DELETE /providers/<provider_id>": _fixed(headers={"If-Match": '"1"'}),
    "identity POST /sessions/provider": _fixed(json=KEPT | {"code": "x"}),
    "identity POST /me/links": _fixed(json=KEPT | {"code": "x"}),
    "identity POST /me/links/known": _fixed(json=KEPT),
    "portal POST /oauth/consent": _fixed(data={"query": "", "decision": "allow"}),
    "portal POST /oauth/end-session": _fixed(data={"query": ""}),
    "portal POST /clients": _fixed(data=PROGRAM_FORM),
    "portal POST /clients/<client_id>": _fixed(data=PROGRAM_FORM),
    "portal POST /clients/<client_id>/secret": _fixed(data={"version": "1"}),
    "portal POST /clients/<client_id>/removal": _fixed(data={"version": "1"}),
    "identity PUT /me/password": _password,
    "identity POST /me/proof": lambda *given: {
        "json": {"password": _password(*given)["json"]["password"]},
    },
    "identity PUT /school": _school,
    "identity PUT /school/parameters/<name>": _parameter,
    "identity POST /people/search": _fixed(json={"q": "Ученик"}),
    "identity POST /people": _fixed(json={"family_name": "Новый", "given_name": "Человек"}),
    "identity PUT /people/<uuid:person_id>": _person,
    "identity PUT /people/<uuid:person_id>/contacts": _contacts,
    "identity PUT /areas/<uuid:deputy_id>": _area,
    "identity POST /people/<uuid:person_id>/roles": _fixed(json={"role": "educator"}),
    "identity POST /guardianships": _json(
        lambda things: {"guardian_id": _text(things.guardian_id), "pupil_id": _text(things.of.pupils[2])}
    ),
    "identity POST /people/<uuid:person_id>/consents": lambda _stage, caller, things: {
        "json": {
            "kind": "portfolio",
            "given_by": _text(things.guardian_id),
            "method": "electronic" if caller == "parent" else "paper",
        }
    },
    "identity POST /people/<uuid:person_id>/requests": _fixed(json={"kind": "access"}),
    "identity POST /subject-requests/<uuid:request_id>/outcome": _fixed(json={"outcome": "Выдано."}),
    "identity POST /people/<uuid:person_id>/erasure": _fixed(json={"ground": "request"}),
    "identity POST /people/<uuid:person_id>/consents/<kind>/withdrawal": _fixed(json={}),
    "identity POST /groups": _json(
        lambda things: {"kind": "class", "name": "1Ъ", "class_teacher_id": _text(things.of.leader_id)}
    ),
    "identity PUT /groups/<uuid:group_id>": _group,
    "identity POST /groups/<uuid:group_id>/divisions": _division,
    "identity POST /groups/<uuid:group_id>/enrolments": _enrolment,
    "identity POST /groups/<uuid:group_id>/enrolments/end": _leaving,
    "identity POST /people/<uuid:person_id>/movements/enrolment": _arrival,
    "identity POST /people/<uuid:person_id>/movements/return": _arrival,
    "identity POST /people/<uuid:person_id>/movements/transfer": _transfer,
    "identity POST /people/<uuid:person_id>/movements/departure": _departure,
    "identity POST /people/<uuid:person_id>/movements/<uuid:movement_id>/reversal": _fixed(
        json={"reason": "Записано по ошибке"}
    ),
    "identity POST /new-years/preview": lambda *given: {"json": _next_year(*given)},
    "identity POST /new-years": _year_move,
    "identity POST /approvals": _fixed(json={"kind": "export the school", "reason": "Сверка"}),
    "portal POST /approvals": _fixed(data={"reason": "Сверка"}),
    "identity POST /imports/oneroster": _roster,
    "identity POST /imports/names": _names,
    "identity POST /imports": _list,
    "identity PUT /imports/<uuid:import_id>/decisions": _fixed(json={"decisions": {}}),
    "identity POST /imports/<uuid:import_id>/application": _shown_import,
    "identity POST /people/merge": _twins,
    "portal POST /imports": _list,
    "portal POST /timetable-imports": _needs,
    "portal POST /imports/<uuid:import_id>/application": _as_form(_shown_import),
    "portal POST /duplicates/merge": _as_form(_twins),
    "schedule PUT /years/current": _year,
    "schedule POST /imports/fet/needs": _needs,
    "schedule POST /imports/fet": _timetable,
    "schedule POST /imports/timetables/needs": _needs,
    "schedule POST /imports/timetables": _timetable,
    "schedule POST /imports/timetables/batches": _needs,
    "schedule PUT /imports/timetables/batches/<uuid:batch_id>/names": _fixed(json={"ids": {}}),
    "schedule POST /imports/timetables/batches/<uuid:batch_id>/rehearsal": _fixed(json={}),
    "schedule POST /imports/timetables/batches/<uuid:batch_id>/application": lambda _, __, things: {
        "json": _taken(things)
    },
    "journal POST /lessons/<uuid:lesson_id>/entries": _entries,
    "journal PUT /lessons/<uuid:lesson_id>/description": _description,
    "journal PUT /lessons/<uuid:lesson_id>/works/<int:slot>": _work,
    "journal DELETE /lessons/<uuid:lesson_id>/works/<int:slot>": _on_page,
    "journal DELETE /periods/<uuid:period_id>/closing": _fixed(json={"reason": "Закрыли рано."}),
    "notify PUT /preferences": _fixed(json={"email_enabled": False, "language": "en"}),
    "portal POST /people/<uuid:person_id>/movements/<movement>": lambda *given: {
        "data": _departure(*given)["json"]
    },
    "portal POST /people/<uuid:person_id>/movements/<uuid:movement_id>/reversal": _fixed(
        data={"reason": "Записано по ошибке"}
    ),
    "portal POST /new-year": _year_form,
    "portal POST /new-year/move": _year_form,
    "portal POST /consents": lambda _stage, _caller, things: {
        "data": {
            "kind": "portfolio",
            "signed": f"{things.pupil_id}:{things.guardian_id}",
            "group_id": str(things.group_id),
        }
    },
    "portal POST /data/<uuid:person_id>/consents": lambda _stage, caller, _things: {
        "data": {"kind": "portfolio"} | ({} if caller == "parent" else {"paper": "1"})
    },
    "portal POST /data/<uuid:person_id>/requests": _fixed(data={"kind": "access"}),
    "portal POST /data/<uuid:person_id>/erasure": _fixed(data={"ground": "request"}),
    "portal POST /data-requests/<uuid:request_id>/outcome": _fixed(data={"outcome": "Выдано."}),
    "portal POST /people": _fixed(data={"family_name": "Новый", "given_name": "Человек"}),
    "portal POST /people/<uuid:person_id>": lambda *given: {"data": _form(*given, of=_person)},
    "portal POST /people/<uuid:person_id>/contacts": lambda *given: {"data": _contacts_form(*given)},
    "portal POST /people/<uuid:person_id>/roles": _fixed(data={"role": "educator"}),
    "portal POST /people/<uuid:person_id>/representatives": lambda _, __, things: {
        "data": {"guardian_id": _text(things.guardian_id), "relation": "mother"}
    },
    "portal POST /areas/<uuid:deputy_id>": lambda *given: {"data": _form(*given, of=_area)},
    "portal POST /school": lambda *given: {"data": _form(*given, of=_school)},
    "portal POST /school/parameters/<name>": _fixed(data={"value": "48", "version": "0"}),
    "portal POST /groups": _fixed(data={"kind": "class", "name": "1Ъ", "grade": "1"}),
    "portal POST /groups/<uuid:group_id>/leader": lambda stage, _, things: {
        "data": {
            "class_teacher_id": str(things.of.leader_id),
            "seen": seen(stage, things, "operator", "identity", f"/groups/{things.group_id}")["If-Match"],
        }
    },
    "portal POST /groups/<uuid:group_id>/divisions": lambda _, __, things: {
        "data": {
            "division": "английский",
            "name": ["английский 1", "английский 2"],
            f"part-{things.pupil_id}": "1",
        }
    },
    "portal POST /sign-in": lambda *given: {"data": _login(*given)},
    "portal POST /password": _password_form,
    "portal POST /proof": _fixed(data={"password": PASSWORD, "path": "/", "method": "GET"}),
    "portal POST /notices/preferences": _fixed(data={"email": "on", "language": "en"}),
    "portal POST /periods/<uuid:period_id>/reopening": _fixed(data={"reason": "Закрыли рано."}),
    "portal POST /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/entries": _entries,
    "portal PUT /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/description": _description,
    "portal PUT /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>": _work,
    "portal DELETE /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>": _on_page,
}
