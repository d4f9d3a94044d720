"""«Тематические планы»: the school's shared base, a plan as a spreadsheet, and the classes that follow it."""

from typing import Any
from uuid import UUID

import httpx2
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden, NotFound
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import may
from services.portal.script_texts import plan_texts, sheet_texts
from services.portal.web import (
    NotAnswered,
    accepted,
    asked_id,
    fetch,
    fetch_all,
    given_id,
    problem_of,
    relayed,
    seen_state,
    send,
)
from shared.names import collated

plans = Blueprint("plans", __name__, url_prefix="/plans")

LONG = 120.0
LONGEST = 500  # Of what goes on in an address; the journal takes less.
FORMATS = ("xlsx", "csv")
Json = dict[str, Any]


@plans.get("")
def index() -> str:
    return _list()


def _list(outcome: Json | None = None) -> str:
    years = _years()
    chosen = next((one for one in years if one["id"] == request.form.get("year_id")), None)
    is_every_year = request.args.get("every_year") == "true" or bool(chosen and not chosen["is_to_plan"])
    told = fetch("journal", "/plans", every_year="true" if is_every_year else None)["items"]
    asked = {"subject_id": asked_id("subject_id"), "grade": request.args.get("grade", "")}
    shown = [
        one
        for one in told
        if asked["subject_id"] in (None, one["subject"]["id"]) and asked["grade"] in ("", str(one["grade"]))
    ]
    return render_template(
        "plans.html", plans=shown, outcome=outcome, every_year=is_every_year, asked=asked,
        planned=_by_name({one["subject"]["id"]: one["subject"]["name"] for one in told}),
        grades=sorted({one["grade"] for one in told}),
        subjects=_subjects(years) if may("journal: keep plans") else {}, years=years,
    )  # fmt: skip


def _years() -> list[Json]:
    """Return the years that plans may be made for: that of today and those to come, the next one first."""
    known = fetch("journal", "/years")["items"]
    begun = next((one["starts_on"] for one in known if one["is_current"]), "")
    return sorted((one for one in known if one["starts_on"] >= begun), key=lambda one: str(one["starts_on"]))


def _subjects(years: list[Json]) -> dict[str, str]:
    """Return what the visitor may plan: every subject, or those of the own pages of these years."""
    if may("schedule: plan the year"):
        found = {one["id"]: one["name"] for one in fetch_all("schedule", "/subjects")}
    else:
        pages = [
            page for one in years for page in fetch_all("journal", "/pages", mine="true", year_id=one["id"])
        ]
        found = {page["subject"]["id"]: page["subject"]["name"] for page in pages}
    return _by_name(found)


def _by_name(found: dict[str, str]) -> dict[str, str]:
    return dict(sorted(found.items(), key=lambda one: collated(one[1])))


@plans.post("")
def make() -> AnyResponse:
    body = {"subject_id": given_id(request.form.get("subject_id", "")), "name": request.form.get("name", "")}
    made = accepted(send("journal", "POST", "/plans", json=body | {"grade": _grade()} | _year()))
    return redirect(url_for("plans.show", plan_id=made["id"]))


def _year() -> dict[str, str]:
    """Return the year chosen, where one is to choose from: else the journal knows which is to be planned."""
    return {"year_id": given_id(request.form["year_id"])} if request.form.get("year_id") else {}


def _grade() -> int:
    given = request.form.get("grade", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 3):
        raise BadRequest
    return int(given)


@plans.get("/<uuid:plan_id>")
def show(plan_id: UUID) -> str:
    """Show a plan; who keeps it edits it in place."""
    plan = fetch("journal", f"/plans/{plan_id}")
    keeps = may("journal: keep plans")
    edits, years = keeps and plan["can_edit"], _years() if keeps else []
    data = {
        "url": url_for("plans.save", plan_id=plan_id),
        "version": plan["version"],
        "name": plan["name"],
        "editable": edits,
        "topics": plan["topics"],
        "begins": next((one["starts_on"] for one in years if one["id"] == plan["year"]["id"]), ""),
        "outOfOrder": plan["out_of_order"],
        "texts": sheet_texts() | plan_texts(),
    }
    return render_template("plan.html", plan=plan, edits=edits, keeps=keeps, data=data, years=years)


@plans.put("/<uuid:plan_id>")
def save(plan_id: UUID) -> Response:
    """Hand the plan that the page's script sends on to the journal, which alone decides."""
    known = ((name, request.headers.get(name, "")) for name in ("Content-Type", "If-Match"))
    headers = {name: value for name, value in known if value and value.isascii()}
    content = request.get_data()
    return relayed(send("journal", "PUT", f"/plans/{plan_id}", headers=headers, content=content))


@plans.post("/<uuid:plan_id>/copy")
def copy(plan_id: UUID) -> AnyResponse:
    body: Json = {"name": request.form.get("name", "").strip() or None} | _year()
    if request.form.get("grade"):
        body["grade"] = _grade()
    made = accepted(send("journal", "POST", f"/plans/{plan_id}/copies", json=body))
    return redirect(url_for("plans.show", plan_id=made["id"]))


@plans.post("/<uuid:plan_id>/deletion")
def remove(plan_id: UUID) -> AnyResponse:
    headers = seen_state(request.form.get("seen", ""))
    accepted(send("journal", "DELETE", f"/plans/{plan_id}", headers=headers))
    return redirect(url_for("plans.index"))


@plans.post("/<uuid:plan_id>/pages")
def let_follow(plan_id: UUID) -> AnyResponse:
    """Let the pages ticked follow the plan, and those no longer ticked none."""
    if not may("journal: keep plans"):
        raise Forbidden
    chosen = {given_id(one) for one in request.form.getlist("page_ids")}
    for page in fetch("journal", f"/plans/{plan_id}")["pages"]:
        if page["is_mine"] and page["follows"] != (page["id"] in chosen):
            body = {"plan_id": str(plan_id) if page["id"] in chosen else None}
            accepted(send("journal", "PUT", f"/pages/{page['id']}/plan", json=body))
    return redirect(url_for("plans.show", plan_id=plan_id, _anchor="classes"))


@plans.post("/import")
def bring() -> str | tuple[str, int]:
    """Send the form's file on to the journal; what became of it, or all its bad rows, goes into the page.

    What takes more topics out of use than a rehearsal has shown is not done: it is rehearsed first.
    """
    file = request.files.get("file")
    content = (file.filename or "file", file.read()) if file else ("file", b"")
    is_rehearsal = request.form.get("dry_run") == "1"
    asked = {name: request.form.get(name, "").strip() for name in ("subject_id", "grade", "name")}
    params = {name: value for name, value in asked.items() if value} | _year()
    if any(len(value) > LONGEST for value in params.values()):
        raise BadRequest
    agreed = request.form.get("agreed", type=int) or 0
    answer = _sent(content, params, None if is_rehearsal else agreed)
    if answer.status_code == 409:
        is_rehearsal, answer = True, _sent(content, params, None)
    if answer.status_code == 422:
        return _list({"problem": problem_of(answer), "is_rehearsal": is_rehearsal}), 422
    return _list({"done": accepted(answer), "is_rehearsal": is_rehearsal})


def _sent(content: tuple[str, bytes], params: dict[str, str], agreed: int | None) -> httpx2.Response:
    """Send the table to be brought in; to be rehearsed when nothing is agreed to."""
    how = {"dry_run": "true"} if agreed is None else {"agreed": str(max(agreed, 0))}
    return send(
        "journal", "POST", "/imports/plans", files={"file": content}, timeout=LONG, params=params | how
    )


@plans.get("/template")
def template() -> Response:
    return _taken("/imports/plans/template")


@plans.get("/<uuid:plan_id>/export")
def export(plan_id: UUID) -> Response:
    return _taken(f"/plans/{plan_id}/export")


def _taken(path: str) -> Response:
    kind = request.args.get("format", FORMATS[0])
    if kind not in FORMATS:
        raise NotFound
    answer = send("journal", "GET", path, params={"format": kind}, timeout=LONG)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    return response
