"""A pupil's portfolio: the family proposes, the class teacher enters and verifies, all of them print."""

from collections.abc import Sequence
from uuid import UUID

import httpx2
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import time_zone
from services.portal.routes.diary import asked_pupil, diary_page
from services.portal.routes.handed import AGAIN, Refused, handed_in, ids_of
from services.portal.routes.privacy import printed
from services.portal.routes.tasks import limits, once
from services.portal.web import accepted, asked_id, fetch, problem_of, seen_state, send
from shared.clock import today

portfolio = Blueprint("portfolio", __name__)

FACTS = ("section", "level", "title", "result", "held_on", "description")
Json = dict[str, object]
Answer = AnyResponse | tuple[str, int]


@portfolio.get("/diary/portfolio")
def show() -> str:
    pupil_id = asked_pupil()
    return _page(pupil_id) if pupil_id else render_template("no_children.html")


@portfolio.get("/diary/portfolio.pdf")
def paper() -> Response:
    return printed(send("journal", "GET", "/portfolio.pdf", params={"pupil_id": asked_pupil() or ""}))


@portfolio.post("/diary/portfolio")
def add() -> Answer:
    """Enter an achievement with its documents; what was typed stays when it will not do."""
    pupil_id = asked_pupil()
    try:
        files = handed_in()
    except Refused as refused:
        return _page(pupil_id, refused.problem, refused.files), 422
    body = {**_facts(), "pupil_id": pupil_id, "file_ids": ids_of(files)}
    return _after(send("journal", "POST", "/portfolio", json=body, headers=once()), files)


@portfolio.post("/diary/portfolio/<uuid:entry_id>")
def change(entry_id: UUID) -> Answer:
    """Change an achievement; documents that are unticked go."""
    try:
        files = handed_in()
    except Refused as refused:
        return _page(asked_pupil(), refused.problem, refused.files, entry_id), 422
    body = {**_facts(), "file_ids": ids_of(files)}
    answer = send("journal", "PUT", f"/portfolio/{entry_id}", json=body, headers=_seen())
    return _after(answer, files, entry_id)


@portfolio.post("/diary/portfolio/<uuid:entry_id>/removal")
def remove(entry_id: UUID) -> Answer:
    body = {"reason": request.form.get("reason", "")}
    answer = send("journal", "DELETE", f"/portfolio/{entry_id}", json=body, headers=_seen())
    return _after(answer, about=entry_id)


@portfolio.post("/diary/portfolio/<uuid:entry_id>/decision")
def decide(entry_id: UUID) -> Answer:
    """Verify what the family has proposed, or decline it with a reason."""
    body = {"is_verified": "verified" in request.form, "reason": request.form.get("reason") or None}
    answer = send("journal", "POST", f"/portfolio/{entry_id}/decision", json=body, headers=_seen())
    return _after(answer, about=entry_id)


def _after(answer: httpx2.Response, handed: Sequence[Json] = (), about: UUID | None = None) -> Answer:
    if answer.status_code in AGAIN:
        return _page(asked_pupil(), problem_of(answer), handed, about), answer.status_code
    accepted(answer)
    return redirect(url_for("portfolio.show", pupil_id=asked_id("pupil_id")))


def _page(
    pupil_id: str | None,
    problem: Json | None = None,
    handed: Sequence[Json] = (),
    about: UUID | None = None,
) -> str:
    """Show the portfolio; what was typed of a new entry, or of the one it is about, stays in its form."""
    told = fetch("journal", "/portfolio", pupil_id=pupil_id)
    return diary_page(
        "portfolio.html", told, problem=problem, typed=_typed() if problem else {}, limits=limits(),
        about=about and str(about), handed=handed, on=today(time_zone()).isoformat(),
    )  # fmt: skip


def _typed() -> Json:
    return {**request.form, "kept": request.form.getlist("keep")}


def _facts() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in FACTS}


def _seen() -> dict[str, str]:
    return seen_state(f'"{request.form.get("seen", "")}"')
