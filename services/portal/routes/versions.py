"""Composing the timetable: its versions, the editor of one, and what the editor asks for.

The JSON addresses hand the editor's requests on to schedule as they are: it alone decides what
may be placed where.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.editor import editor_data, source_titles
from services.portal.pages import may, time_zone
from services.portal.web import accepted, fetch, fetch_all, glimpse, pedagogues, relayed, seen_state, send
from shared.clock import today

versions = Blueprint("versions", __name__, url_prefix="/timetables")

PASSED_ON = ("Content-Type", "If-Match", "Idempotency-Key")


@versions.get("")
def index() -> str:
    known = fetch("schedule", "/timetables")["items"]
    return render_template(
        "timetables.html", versions=known, sources=source_titles(),
        can_draft=may("schedule: draft timetables"), can_publish=may("schedule: publish a timetable"),
        today=today(time_zone()).isoformat(),
    )  # fmt: skip


@versions.post("")
def make() -> AnyResponse:
    """Make a draft: empty, of what is in force, or a copy of a version."""
    body = {"name": request.form.get("name", "").strip()}
    if source := request.form.get("copy_of"):
        body["copy_of"] = source
    made = accepted(send("schedule", "POST", "/timetables", json=body))
    return redirect(url_for("versions.edit", timetable_id=made["id"]))


@versions.get("/<uuid:timetable_id>")
def edit(timetable_id: UUID) -> str:
    told = fetch("schedule", f"/timetables/{timetable_id}")
    conflicts = fetch("schedule", f"/timetables/{timetable_id}/conflicts")["items"]
    can_edit = told["status"] == "draft" and may("schedule: draft timetables")
    known = {
        "groups": fetch_all("identity", "/groups"),
        "year": glimpse("schedule", "/years/current", default={}),
        "subjects": fetch_all("schedule", "/subjects"),
        "rooms": fetch_all("schedule", "/rooms"),
        "teachers": pedagogues() if can_edit else [],
    }
    data = editor_data(told, conflicts, known, can_edit=can_edit)
    return render_template(
        "timetable_editor.html", timetable=told, data=data, can_edit=can_edit,
        can_publish=can_edit and may("schedule: publish a timetable"), today=today(time_zone()).isoformat(),
    )  # fmt: skip


@versions.post("/<uuid:timetable_id>/name")
def rename(timetable_id: UUID) -> AnyResponse:
    body = {"name": request.form.get("name", "").strip()}
    accepted(send("schedule", "PUT", f"/timetables/{timetable_id}", json=body, headers=_seen()))
    return redirect(url_for("versions.index"))


@versions.post("/<uuid:timetable_id>/end")
def throw_away(timetable_id: UUID) -> AnyResponse:
    accepted(send("schedule", "DELETE", f"/timetables/{timetable_id}", headers=_seen()))
    return redirect(url_for("versions.index"))


@versions.post("/<uuid:timetable_id>/publication")
def publish(timetable_id: UUID) -> str:
    """Make lessons of the draft, and tell how many."""
    body: dict[str, Any] = {"from_on": request.form.get("from_on", "")}
    if until_on := request.form.get("until_on"):
        body["until_on"] = until_on
    body["accept_conflicts"] = "accept_conflicts" in request.form
    path = f"/timetables/{timetable_id}/publication"
    tally = accepted(send("schedule", "POST", path, json=body, headers=_seen()))
    return render_template("timetable_published.html", tally=tally, from_on=body["from_on"])


@versions.post("/<uuid:timetable_id>/withdrawal")
def withdraw(timetable_id: UUID) -> AnyResponse:
    accepted(send("schedule", "DELETE", f"/timetables/{timetable_id}/publication"))
    return redirect(url_for("versions.index"))


def _seen() -> dict[str, str]:
    return seen_state(f'"{request.form.get("version", "")}"')


@versions.get("/<uuid:timetable_id>/data")
def data(timetable_id: UUID) -> Response:
    return _hand_on("GET", f"/timetables/{timetable_id}")


@versions.get("/<uuid:timetable_id>/conflicts")
def conflicts(timetable_id: UUID) -> Response:
    return _hand_on("GET", f"/timetables/{timetable_id}/conflicts")


@versions.post("/<uuid:timetable_id>/cards")
def post_card(timetable_id: UUID) -> Response:
    return _hand_on("POST", f"/timetables/{timetable_id}/cards")


@versions.put("/<uuid:timetable_id>/cards/<uuid:card_id>")
def put_card(timetable_id: UUID, card_id: UUID) -> Response:
    return _hand_on("PUT", f"/timetables/{timetable_id}/cards/{card_id}")


@versions.delete("/<uuid:timetable_id>/cards/<uuid:card_id>")
def delete_card(timetable_id: UUID, card_id: UUID) -> Response:
    return _hand_on("DELETE", f"/timetables/{timetable_id}/cards/{card_id}")


@versions.get("/<uuid:timetable_id>/cards/<uuid:card_id>/places")
def places(timetable_id: UUID, card_id: UUID) -> Response:
    return _hand_on("GET", f"/timetables/{timetable_id}/cards/{card_id}/places")


def _hand_on(method: str, path: str) -> Response:
    # What is no plain text is nobody's ETag or key, and no header can hold it.
    headers = {
        name: value for name in PASSED_ON if (value := request.headers.get(name, "")).isascii() and value
    }
    return relayed(send("schedule", method, path, headers=headers, content=request.get_data()))
