"""A valid request for every row of the table, about whatever thing it is to be about."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from shared.clock import today
from tests.access.stage import Stage, Things
from tests.access.table import Row
from tests.access.world import PASSWORD, ZONE
from tests.identity.archives import SCHOOL, archive, class_, place, user
from tests.schedule.makers import make_fet

Given = dict[str, Any]
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
NEW_PASSWORD = "берёза шумит 23 ночи"


def path_of(row: Row, caller: str, things: Things, **instead: object) -> str:
    """Return the address with the ids of these things in it, or others named `instead`."""
    return PLACE.sub(
        lambda found: str(instead.get(found[1]) or place_of(row, caller, things, found[1])), row.address
    )


def place_of(row: Row, caller: str, things: Things, name: str) -> object:
    """Return what stands in a place of the address."""
    if name == "session_id":
        return things.sessions.get(caller, things.sessions["teacher"])
    if name == "notice_id":
        return things.notices.get(caller, things.notices["pupil"])
    fixed = {"stream": f"{row.program}/{things.school.id}", "name": "docs.js", "path": "nothing/here"}
    return fixed[name] if name in fixed else getattr(things, name)


def set_state(stage: Stage, row: Row, things: Things) -> None:
    """Bring the thing into the state the row is about."""
    if row.state == "period closed":
        _close_period(stage, things)


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


def _person(stage: Stage, caller: str, things: Things) -> Given:
    path = f"/people/{things.person_id}"
    body = {"family_name": "Иная", "given_name": "Фамилия", "email": "other@example.org"}
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


def _group(stage: Stage, caller: str, things: Things) -> Given:
    body = {"name": "7Я", "grade": 7, "class_teacher_id": str(things.of.leader_id)}
    path = f"/groups/{things.group_id}"
    return {"json": body, "headers": seen(stage, things, "operator", "identity", path)}


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
    groups = {name: str(things.group_id) for name in ("8", "8 а")}
    ids = {"teachers": {"Иванова М. П.": str(things.teacher_id)}, "groups": groups}
    return {"data": {"file": (io.BytesIO(make_fet()), "school.fet"), "ids": orjson.dumps(ids).decode()}}


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


def _password(stage: Stage, caller: str, things: Things) -> Given:
    own = stage.world.first
    old = own.one_time_password if caller == "newcomer" else PASSWORD
    return {"json": {"password": old, "new_password": NEW_PASSWORD}}


def _password_form(stage: Stage, caller: str, things: Things) -> Given:
    own = _password(stage, caller, things)["json"]
    return {"data": own | {"again": NEW_PASSWORD}}


def _fixed(**given: Any) -> Callable[[Stage, str, Things], Given]:
    return lambda *_: dict(given)


def _json(make: Callable[[Things], Any]) -> Callable[[Stage, str, Things], Given]:
    return lambda _stage, _caller, things: {"json": make(things)}


def _text(id_: UUID) -> str:
    return str(id_)


BODIES: dict[str, Callable[[Stage, str, Things], Given]] = {
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
    "identity PUT /me/password": _password,
    "identity PUT /school": _school,
    "identity POST /people": _fixed(json={"family_name": "Новый", "given_name": "Человек"}),
    "identity PUT /people/<uuid:person_id>": _person,
    "identity POST /people/<uuid:person_id>/roles": _fixed(json={"role": "educator"}),
    "identity POST /guardianships": _json(
        lambda things: {"guardian_id": _text(things.guardian_id), "pupil_id": _text(things.of.pupils[2])}
    ),
    "identity POST /groups": _json(
        lambda things: {"kind": "class", "name": "1Ъ", "class_teacher_id": _text(things.of.leader_id)}
    ),
    "identity PUT /groups/<uuid:group_id>": _group,
    "identity POST /groups/<uuid:group_id>/enrolments": _enrolment,
    "identity POST /groups/<uuid:group_id>/enrolments/end": _leaving,
    "identity POST /imports/oneroster": _roster,
    "identity POST /imports/names": _names,
    "schedule PUT /years/current": _year,
    "schedule POST /imports/fet/needs": _needs,
    "schedule POST /imports/fet": _timetable,
    "journal POST /lessons/<uuid:lesson_id>/entries": _entries,
    "journal PUT /lessons/<uuid:lesson_id>/description": _description,
    "journal PUT /lessons/<uuid:lesson_id>/works/<int:slot>": _work,
    "journal DELETE /periods/<uuid:period_id>/closing": _fixed(json={"reason": "Закрыли рано."}),
    "notify PUT /preferences": _fixed(json={"email_enabled": False, "language": "en"}),
    "portal POST /sign-in": lambda *given: {"data": _login(*given)},
    "portal POST /password": _password_form,
    "portal POST /notices/preferences": _fixed(data={"email": "on", "language": "en"}),
    "portal POST /periods/<uuid:period_id>/reopening": _fixed(data={"reason": "Закрыли рано."}),
    "portal POST /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/entries": _entries,
    "portal PUT /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/description": _description,
    "portal PUT /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>": _work,
}
