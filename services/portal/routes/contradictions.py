"""«Противоречия»: what cannot all be true in the journal, where, and what was looked into (clause 4.2.1)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.routes.finals import periods_of_class
from services.portal.web import accepted, asked_id, fetch, given_id, problem_of, send

contradictions = Blueprint("contradictions", __name__, url_prefix="/contradictions")

ABOUT = ("kind", "lesson_id", "pupil_id")
PLACE = ("period_id", "group_id")


@contradictions.get("")
def board() -> str:
    """Show the contradictions of a period in the school or in a class, the open ones first."""
    return _board({name: asked_id(name) for name in PLACE})


@contradictions.post("/acceptances")
def accept() -> Response | tuple[str, int]:
    """Note «проверено» with the reason; what is no contradiction any more is said on the page."""
    place = _place()
    body = {name: request.form.get(name, "") for name in (*ABOUT, "note")}
    answer = send("journal", "POST", "/contradictions/acceptances", json=body)
    if answer.status_code == 409:
        return _board(place, problem_of(answer)), 409
    accepted(answer)
    return redirect(url_for("contradictions.board", **place))


@contradictions.post("/acceptances/<uuid:acceptance_id>/withdrawal")
def withdraw(acceptance_id: UUID) -> Response:
    """Take «проверено» back: the contradiction is open again."""
    accepted(send("journal", "DELETE", f"/contradictions/acceptances/{acceptance_id}"))
    return redirect(url_for("contradictions.board", **_place()))


def _place() -> dict[str, Any]:
    """Return of which period and class the page was that the form stood on."""
    given = {name: request.form.get(name, "") for name in PLACE}
    return {name: given_id(value) if value else None for name, value in given.items()}


def _board(asked: dict[str, str | None], problem: dict[str, Any] | None = None) -> str:
    # Without the year: contradictions are looked for in half a year at most.
    classes = fetch("journal", "/classes")["items"]
    listed = {"items": fetch("journal", "/periods")["items"]}
    listed, chosen = periods_of_class(listed, classes, asked["group_id"], asked["period_id"])
    period = next((one for one in listed["items"] if one["id"] == chosen), None)
    told: dict[str, Any] = {"items": [], "classes": []}
    if period:
        span = {"from": period["starts_on"], "until": period["ends_on"]}
        told = fetch("journal", "/contradictions", group_id=asked["group_id"], **span)
    parts = {
        is_seen: [one for one in told["items"] if bool(one["accepted"]) == is_seen]
        for is_seen in (False, True)
    }
    return render_template(
        "contradictions.html", listed=listed, chosen=chosen, told=told, group_id=asked["group_id"],
        waiting=parts[False], seen=parts[True], problem=problem, about=ABOUT,
        place={"period_id": chosen, "group_id": asked["group_id"]},
        classes=classes, known={one["id"] for one in classes},
    )  # fmt: skip
