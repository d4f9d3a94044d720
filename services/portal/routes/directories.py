"""«Предметы» and «Кабинеты»: the directories that the operator keeps."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.texts import room_kind_titles, year_part_titles
from services.portal.web import accepted, fetch, fetch_all, problem_of, seen_state, send, visitor
from services.portal.year_forms import faults, number_or_none
from shared import policy
from shared.names import group_key, tidy

directories = Blueprint("directories", __name__)

Shown = dict[str, Any]
Refused = tuple[str, int]

REFUSALS = (409, 412, 422)


@directories.get("/subjects")
def subjects() -> str:
    return _subjects()


@directories.post("/subjects")
def new_subject() -> Response | Refused:
    return _saved("/subjects", _subject(), _subjects)


@directories.post("/subjects/<uuid:subject_id>")
def save_subject(subject_id: UUID) -> Response | Refused:
    return _saved(f"/subjects/{subject_id}", _subject(), _subjects)


@directories.post("/subjects/areas")
def new_area() -> Response | Refused:
    return _saved("/subject-areas", _entry(), _subjects)


@directories.post("/subjects/areas/<uuid:area_id>")
def save_area(area_id: UUID) -> Response | Refused:
    return _saved(f"/subject-areas/{area_id}", _entry(), _subjects)


@directories.get("/rooms")
def rooms() -> str:
    return _rooms()


@directories.post("/rooms")
def new_room() -> Response | Refused:
    return _saved("/rooms", _room(), _rooms)


@directories.post("/rooms/<uuid:room_id>")
def save_room(room_id: UUID) -> Response | Refused:
    return _saved(f"/rooms/{room_id}", _room(), _rooms)


def _saved(path: str, body: Shown, page: Any) -> Response | Refused:
    """Enter or change an entry; refused, the page says why and shows what was typed."""
    seen = request.form.get("seen", "")
    if seen:
        answer = send("schedule", "PUT", path, json=body, headers=seen_state(seen))
    else:
        answer = send("schedule", "POST", path, json=body)
    if answer.status_code in REFUSALS:
        return page(body | {"path": path}, problem_of(answer)), answer.status_code
    accepted(answer)
    return redirect(url_for("directories.rooms" if page is _rooms else "directories.subjects"))


def _entry() -> Shown:
    return {"name": tidy(request.form.get("name", "")), "is_closed": "is_closed" in request.form}


def _subject() -> Shown:
    area = request.form.get("area_id", "")
    return _entry() | {"short_name": tidy(request.form.get("short_name", "")), "area_id": area or None}


def _room() -> Shown:
    return _entry() | {
        "kind": request.form.get("kind", ""),
        "capacity": number_or_none(request.form.get("capacity", "").strip()),
        "building": tidy(request.form.get("building", "")),
    }


def _subjects(typed: Shown | None = None, problem: Shown | None = None) -> str:
    changes = fetch("schedule", "/years/history", what="subject")["items"][:5]
    areas = fetch_all("schedule", "/subject-areas", closed=True)
    return render_template(
        "subjects.html",
        subjects=_merged(fetch_all("schedule", "/subjects", closed=True), "/subjects", typed),
        areas=_merged(areas, "/subject-areas", typed),
        area_names={one["id"]: one["name"] for one in areas},
        **_page(changes, typed, problem),
    )


def _rooms(typed: Shown | None = None, problem: Shown | None = None) -> str:
    changes = fetch("schedule", "/years/history", what="room")["items"][:5]
    return render_template(
        "rooms.html",
        rooms=_merged(fetch_all("schedule", "/rooms", closed=True), "/rooms", typed),
        kinds=room_kind_titles(),
        **_page(changes, typed, problem),
    )


def _merged(items: list[Shown], path: str, typed: Shown | None) -> list[Shown]:
    """Return the entries in the order of people, the one being changed as it was typed."""
    shown = [one | (typed if typed and typed["path"] == f"{path}/{one['id']}" else {}) for one in items]
    return sorted(shown, key=lambda one: (one["closed_on"] is not None, group_key(one["name"])))


def _page(changes: list[Shown], typed: Shown | None, problem: Shown | None) -> Shown:
    return {
        "changes": changes,
        "typed": typed or {},
        "problem": problem,
        "faults": faults(problem or {}, year_part_titles()),
        "may_plan": policy.allows("schedule", "plan the year", visitor().roles),
        "parts": year_part_titles(),
    }
