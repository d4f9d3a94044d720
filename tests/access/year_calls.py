"""Valid requests about the year, its bells and the directories."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from services.schedule.models import Room, Subject, SubjectArea, Year
from shared.clock import today
from tests.access.stage import Stage, Things
from tests.access.world import ZONE

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]

ENTRIES = {
    "subjects": (Subject, "subject_id"),
    "subject-areas": (SubjectArea, "area_id"),
    "rooms": (Room, "room_id"),
}
BELLS = {"usual": [{"number": 1, "starts": "08:30", "ends": "09:15"}]}


def _seen(stage: Stage, things: Things, model: type[Any] = Year, of: str | None = None) -> str:
    """Return the state that the school's operator would have seen of the year, or of an entry."""
    with stage.world.runtimes["schedule"].database.reading(things.school.id) as session:
        asked = select(model.version)
        return f'"{session.scalar(asked.where(model.id == getattr(things, of)) if of else asked)}"'


def _change(body: Given, *seen: Any) -> Maker:
    return lambda stage, _caller, things: {
        "json": body,
        "headers": {"If-Match": _seen(stage, things, *seen)},
    }


def _sent(form: Given, *seen: Any) -> Maker:
    return lambda stage, _caller, things: {"data": {**form, "seen": _seen(stage, things, *seen)}}


def _year_form(stage: Stage, _caller: str, things: Things) -> Given:
    day = today(ZONE)
    form = {
        "name": "Иной год",
        "starts_on": day.replace(day=1).isoformat(),
        "ends_on": day.replace(day=28).isoformat(),
        "school_days": "5",
        "period-id": "",
        "period-name": "Период",
        "period-kind": "module",
        "period-starts_on": day.replace(day=1).isoformat(),
        "period-ends_on": day.replace(day=28).isoformat(),
        "period-grades": "1–11",
    }
    return {"data": {**form, "seen": _seen(stage, things)}}


def _shift_form(stage: Stage, _caller: str, things: Things) -> Given:
    form = {"group_id": str(things.group_id), "shift": "2", "from_on": today(ZONE).isoformat()}
    return {"data": {**form, "seen": _seen(stage, things)}}


def _fixed_name(*_: Any) -> Given:
    return {"json": {"name": "Новое название"}}


OF_THE_YEAR: dict[str, Maker] = {
    "schedule PUT /bells": _change(BELLS),
    "schedule PUT /groups/<uuid:group_id>/shift": lambda stage, _, things: {
        "json": {"shift": 2, "from_on": today(ZONE).isoformat()},
        "headers": {"If-Match": _seen(stage, things)},
    },
    "portal POST /year": _year_form,
    "portal POST /bells": _sent({"0-starts": "08:30", "0-ends": "09:15"}),
    "portal POST /bells/shifts": _shift_form,
    "portal POST /subjects": lambda *_: {"data": {"name": "Новый предмет"}},
    "portal POST /subjects/<uuid:subject_id>": _sent({"name": "Иной предмет"}, *ENTRIES["subjects"]),
    "portal POST /subjects/areas": lambda *_: {"data": {"name": "Новая область"}},
    "portal POST /subjects/areas/<uuid:area_id>": _sent({"name": "Иная область"}, *ENTRIES["subject-areas"]),
    "portal POST /rooms": lambda *_: {"data": {"name": "Новый кабинет", "kind": "gym"}},
    "portal POST /rooms/<uuid:room_id>": _sent({"name": "Иной кабинет", "kind": "gym"}, *ENTRIES["rooms"]),
    **{f"schedule POST /{noun}": _fixed_name for noun in ENTRIES},
    **{
        f"schedule PUT /{noun}/<uuid:{id_}>": _change({"name": "Иное название"}, model, id_)
        for noun, (model, id_) in ENTRIES.items()
    },
}
