"""A pupil's portfolio: the family proposes, the class teacher enters and verifies, all of them print."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import time_zone
from services.portal.routes.diary import asked_pupil, diary_page
from services.portal.routes.handed import Refused, handed_in, ids_of
from services.portal.routes.privacy import printed
from services.portal.routes.tasks import limits, once
from services.portal.web import accepted, asked_id, fetch, seen_state, send
from shared.clock import today

portfolio = Blueprint("portfolio", __name__)

FACTS = ("section", "level", "title", "result", "held_on", "description")
Json = dict[str, object]


@portfolio.get("/diary/portfolio")
def show() -> str:
    pupil_id = asked_pupil()
    return _page(pupil_id) if pupil_id else render_template("no_children.html")


@portfolio.get("/diary/portfolio.pdf")
def paper() -> Response:
    return printed(send("journal", "GET", "/portfolio.pdf", params={"pupil_id": asked_pupil() or ""}))


@portfolio.post("/diary/portfolio")
def add() -> AnyResponse | tuple[str, int]:
    """Enter an achievement with its documents; what was typed stays when a file is not taken."""
    pupil_id = asked_pupil()
    try:
        body = {**_facts(), "pupil_id": pupil_id, "file_ids": ids_of(handed_in())}
    except Refused as refused:
        return _page(pupil_id, refused.problem, refused.files), 422
    accepted(send("journal", "POST", "/portfolio", json=body, headers=once()))
    return _back()


@portfolio.post("/diary/portfolio/<uuid:entry_id>")
def change(entry_id: UUID) -> AnyResponse | tuple[str, int]:
    """Change an achievement; documents that are unticked go."""
    try:
        files = ids_of(handed_in())
    except Refused as refused:
        return _page(asked_pupil(), refused.problem), 422
    body = {**_facts(), "file_ids": files}
    accepted(send("journal", "PUT", f"/portfolio/{entry_id}", json=body, headers=_seen()))
    return _back()


@portfolio.post("/diary/portfolio/<uuid:entry_id>/removal")
def remove(entry_id: UUID) -> AnyResponse:
    body = {"reason": request.form.get("reason", "")}
    accepted(send("journal", "DELETE", f"/portfolio/{entry_id}", json=body, headers=_seen()))
    return _back()


@portfolio.post("/diary/portfolio/<uuid:entry_id>/decision")
def decide(entry_id: UUID) -> AnyResponse:
    """Verify what the family has proposed, or decline it with a reason."""
    body = {"is_verified": "verified" in request.form, "reason": request.form.get("reason") or None}
    accepted(send("journal", "POST", f"/portfolio/{entry_id}/decision", json=body, headers=_seen()))
    return _back()


def _page(pupil_id: str | None, problem: Json | None = None, handed: Sequence[Json] = ()) -> str:
    told = fetch("journal", "/portfolio", pupil_id=pupil_id)
    return diary_page(
        "portfolio.html", told, problem=problem, typed=request.form if problem else {}, limits=limits(),
        handed=handed, on=today(time_zone()).isoformat(),
    )  # fmt: skip


def _facts() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in FACTS}


def _seen() -> dict[str, str]:
    return seen_state(f'"{request.form.get("seen", "")}"')


def _back() -> AnyResponse:
    return redirect(url_for("portfolio.show", pupil_id=asked_id("pupil_id")))
