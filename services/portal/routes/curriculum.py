"""«Учебный план»: a table of subjects and plans, edited like a spreadsheet, approved by the director."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import may, time_zone
from services.portal.script_texts import sheet_texts
from services.portal.web import (
    NotAnswered,
    accepted,
    fetch,
    fetch_all,
    given_id,
    problem_of,
    relayed,
    seen_state,
    send,
)
from shared.clock import today
from shared.names import collated, group_key

curriculum = Blueprint("curriculum", __name__, url_prefix="/curriculum")

PARTS = ("required", "formed")
PASSED_ON = ("Content-Type", "If-Match")
LONG = 120.0
Outcome = dict[str, Any]


@curriculum.get("")
def table() -> str:
    return _page()


def _page(outcome: Outcome | None = None) -> str:
    """Show all plans in work, a draft in the stead of what it is to replace."""
    plans = fetch("schedule", "/curricula")["items"]
    replaced = {one["replaces_id"] for one in plans}
    shown = [one for one in plans if one["id"] not in replaced]
    subjects = {one["id"]: one["name"] for one in fetch_all("schedule", "/subjects")}
    rows = _rows(shown, subjects)
    edits = may("schedule: draft the curriculum")
    return render_template(
        "curriculum.html", plans=shown, rows=rows, subjects=subjects, outcome=outcome, edits=edits,
        classes=_classes() if edits else [], today=today(time_zone()),
        data={
            "columns": [_column(one, rows, edits=edits) for one in shown],
            "rows": [{"subject_id": id_, "part": part} for part, id_, _ in rows],
            "texts": sheet_texts(),
        },
    )  # fmt: skip


def _classes() -> list[dict[str, Any]]:
    found = fetch_all("identity", "/groups", kind="class")
    return sorted(found, key=lambda one: group_key(one["name"]))


def _rows(plans: list[dict[str, Any]], subjects: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return part, subject and name of each row: what any plan has, and what was just asked for."""
    used = {(item["part"], item["subject"]["id"]) for plan in plans for item in plan["items"]}
    asked = (one.partition(":") for one in request.args.getlist("row"))
    used |= {(part, id_) for part, _, id_ in asked if part in PARTS and id_ in subjects}
    named = ((part, id_, subjects[id_]) for part, id_ in used if id_ in subjects)
    return sorted(named, key=lambda row: (PARTS.index(row[0]), collated(row[2])))


def _column(plan: dict[str, Any], rows: list[tuple[str, str, str]], *, edits: bool) -> dict[str, Any]:
    items = {(item["part"], item["subject"]["id"]): item for item in plan["items"]}
    return {
        "url": url_for("curriculum.save", curriculum_id=plan["id"]),
        "version": plan["version"],
        "title": plan["name"],
        "limit": plan["week_limit"],
        "editable": edits and plan["status"] == "draft",
        "body": {name: plan[name] for name in ("name", "grade")}
        | {"class_ids": [one["id"] for one in plan["classes"]]},
        "cells": [_cell(items.get((part, id_))) for part, id_, _ in rows],
    }


def _cell(item: dict[str, Any] | None) -> dict[str, Any] | None:
    if item is None:
        return None
    year = item["hours_per_year"] if item["is_year_given"] else None
    return {"hours": item["hours_per_week"], "groups": item["group_count"], "year": year}


@curriculum.put("/<uuid:curriculum_id>")
def save(curriculum_id: UUID) -> Response:
    """Hand the column that the page's script sends on to schedule, which alone decides."""
    return hand_on(f"/curricula/{curriculum_id}")


def hand_on(path: str, **given: Any) -> Response:
    """Hand a script's PUT on to schedule, and its answer back."""
    known = ((name, request.headers.get(name, "")) for name in PASSED_ON)
    headers = {name: value for name, value in known if value and value.isascii()}
    return relayed(send("schedule", "PUT", path, headers=headers, content=request.get_data(), **given))


@curriculum.post("")
def make() -> AnyResponse:
    classes = [given_id(one) for one in request.form.getlist("class_ids")]
    grade = request.form.get("grade", "")
    body = {
        "name": request.form.get("name", ""),
        "grade": int(grade) if grade.isdecimal() and len(grade) < 3 else grade,
        "class_ids": classes,
    }
    accepted(send("schedule", "POST", "/curricula", json=body))
    return redirect(url_for("curriculum.table"))


@curriculum.post("/<uuid:curriculum_id>/edition")
def begin_edition(curriculum_id: UUID) -> AnyResponse:
    accepted(send("schedule", "POST", f"/curricula/{curriculum_id}/editions"))
    return redirect(url_for("curriculum.table"))


@curriculum.post("/<uuid:curriculum_id>/approval")
def approve(curriculum_id: UUID) -> AnyResponse:
    body = {name: request.form.get(name, "") for name in ("order_number", "order_on")}
    headers = seen_state(request.form.get("seen", ""))
    accepted(send("schedule", "POST", f"/curricula/{curriculum_id}/approval", json=body, headers=headers))
    return redirect(url_for("curriculum.table"))


@curriculum.post("/<uuid:curriculum_id>/deletion")
def remove(curriculum_id: UUID) -> AnyResponse:
    headers = seen_state(request.form.get("seen", ""))
    accepted(send("schedule", "DELETE", f"/curricula/{curriculum_id}", headers=headers))
    return redirect(url_for("curriculum.table"))


@curriculum.get("/history")
def history() -> str:
    """List all editions, those replaced among them, with the orders that approved them."""
    told = fetch("schedule", "/curricula", history="true")["items"]
    return render_template("curriculum_history.html", plans=told)


@curriculum.post("/import")
def bring() -> str | tuple[str, int]:
    outcome, status = brought("curriculum")
    return _page(outcome), status


@curriculum.get("/export")
def export() -> Response:
    return taken("/exports/curriculum", ("xlsx", "csv"))


def brought(what: str) -> tuple[Outcome, int]:
    """Send the form's file on to schedule; what became of it, or all its bad rows, goes into the page."""
    file = request.files.get("file")
    content = (file.filename or "file", file.read()) if file else ("file", b"")
    is_rehearsal = request.form.get("dry_run") == "1"
    answer = send(
        "schedule", "POST", f"/imports/{what}", files={"file": content}, timeout=LONG,
        params={"dry_run": "true"} if is_rehearsal else {},
    )  # fmt: skip
    if answer.status_code == 422:
        return {"problem": problem_of(answer), "is_rehearsal": is_rehearsal}, 422
    return {"done": accepted(answer), "is_rehearsal": is_rehearsal}, 200


def taken(path: str, kinds: tuple[str, ...]) -> Response:
    """Hand a file of schedule on as a download, in the format asked for or else the first."""
    kind = request.args.get("format", kinds[0])
    if kind not in kinds:
        raise NotFound
    answer = send("schedule", "GET", path, params={"format": kind}, timeout=LONG)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    return response
