"""Valid requests about the curriculum and the load."""

import io
from collections.abc import Callable
from typing import Any

from tests.access.stage import Stage, Things

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]

GRADE = 7
ORDER = {"order_number": "1-у", "order_on": "2026-08-30"}
PLAN = "Предмет;Параллель;Часов в неделю\nШахматы;3;1\n"
LOAD = "Учитель;Предмет;Класс;Часов\n"


def _state(stage: Stage, things: Things, path: str) -> str:
    """Return the state that the school's operator would have seen."""
    headers = {"Authorization": f"Bearer {stage.token('operator', 'schedule', things.school)}"}
    client = stage.world.apps["schedule"].test_client()
    return str(client.get(f"/api/schedule/v1{path}", headers=headers).headers["ETag"])


def approve_plan(stage: Stage, things: Things) -> None:
    """Let the director have approved the curriculum."""
    client = stage.world.apps["schedule"].test_client()
    headers = {"Authorization": f"Bearer {stage.token('director', 'schedule', things.school)}"}
    path = f"/api/schedule/v1{_plan(things)}/approval"
    headers["If-Match"] = _state(stage, things, _plan(things))
    assert client.post(path, json=ORDER, headers=headers).status_code == 200


def _plan(things: Things) -> str:
    return f"/curricula/{things.curriculum_id}"


def _load(things: Things) -> str:
    return f"/loads/table?group_id={things.group_id}"


def _rate(_things: Things) -> str:
    return "/tariff"


def _body(things: Things) -> Given:
    item = {"subject_id": str(things.subject_id), "hours_per_week": 1.5}
    return {"name": "Иной план", "grade": GRADE, "items": [item]}


def _table(things: Things) -> Given:
    row = {"subject_id": str(things.subject_id), "group_id": str(things.group_id), "hours_per_week": 2}
    return {"items": [row | {"teacher_ids": [str(things.teacher_id)]}]}


def _seen(path: Callable[[Things], str], body: Callable[[Things], Given] | None = None) -> Maker:
    def given(stage: Stage, _caller: str, things: Things) -> Given:
        headers = {"headers": {"If-Match": _state(stage, things, path(things))}}
        return headers | ({"json": body(things)} if body else {})

    return given


def _form(path: Callable[[Things], str], **fields: str) -> Maker:
    return lambda stage, _caller, things: {"data": {**fields, "seen": _state(stage, things, path(things))}}


def _file(text: str) -> Maker:
    return lambda *_: {"data": {"file": (io.BytesIO(text.encode()), "list.csv")}}


OF_PLANS: dict[str, Maker] = {
    "schedule POST /curricula": lambda _, __, things: {"json": _body(things)},
    "schedule PUT /curricula/<uuid:curriculum_id>": _seen(_plan, _body),
    "schedule DELETE /curricula/<uuid:curriculum_id>": _seen(_plan),
    "schedule POST /curricula/<uuid:curriculum_id>/approval": _seen(_plan, lambda _: ORDER),
    "schedule PUT /loads/table": _seen(_load, _table),
    "schedule PUT /tariff/rate": _seen(_rate, lambda _: {"hours_per_week": 20}),
    "schedule POST /imports/curriculum": _file(PLAN),
    "schedule POST /imports/loads": _file(LOAD),
    "portal POST /curriculum": lambda *_: {"data": {"name": "План", "grade": "3"}},
    "portal POST /curriculum/import": _file(PLAN),
    "portal PUT /curriculum/<uuid:curriculum_id>": _seen(_plan, _body),
    "portal POST /curriculum/<uuid:curriculum_id>/approval": _form(_plan, **ORDER),
    "portal POST /curriculum/<uuid:curriculum_id>/deletion": _form(_plan),
    "portal POST /load/import": _file(LOAD),
    "portal PUT /load/<uuid:group_id>": _seen(_load, _table),
    "portal POST /load/tariff/rate": _form(_rate, hours="20"),
}
