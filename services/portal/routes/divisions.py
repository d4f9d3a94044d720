"""Divisions of a class into groups, who led it when, and confirmed class lists."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal.pages import time_zone
from services.portal.routes.rosters import asked_day, may
from services.portal.web import accepted, fetch, fetch_all, seen_state, send, visitor
from shared.clock import today

divisions = Blueprint("divisions", __name__)

Shown = dict[str, Any]
MAX_PARTS = 6


def ways() -> dict[str, str]:
    """Return the ways to divide a class."""
    return {"alphabet": _("по алфавиту"), "sex": _("по полу"), "hand": _("вручную")}


@divisions.post("/groups")
def open_group() -> Response:
    """Open a class, a group within one or across a parallel, or a parallel."""
    given = {name: request.form.get(name, "").strip() for name in ("kind", "name", "parent_id", "grade")}
    body: Shown = {name: value for name, value in given.items() if value} | {"name": given["name"]}
    if given["grade"].isascii() and given["grade"].isdigit():
        body["grade"] = int(given["grade"])
    opened = accepted(send("identity", "POST", "/groups", json=body))
    return redirect(url_for("divisions.page", group_id=opened["id"]))


@divisions.post("/groups/<uuid:group_id>/leader")
def give_leader(group_id: UUID) -> Response:
    """Give a class its class teacher, from today or an earlier day that the order names."""
    if not may("change groups"):
        abort(403)
    known = fetch("identity", f"/groups/{group_id}")
    body = {name: known[name] for name in ("name", "grade", "parent_id", "division")}
    body["class_teacher_id"] = request.form.get("class_teacher_id") or None
    body["class_teacher_from"] = request.form.get("from_on") or None
    headers = seen_state(request.form.get("seen", ""))
    accepted(send("identity", "PUT", f"/groups/{group_id}", json=body, headers=headers))
    return redirect(url_for("divisions.page", group_id=group_id))


@divisions.get("/groups/<uuid:group_id>/divisions")
def page(group_id: UUID) -> str:
    """Show how a class is divided; with a division named, how it would be, to be changed and applied."""
    known = fetch("identity", f"/groups/{group_id}/divisions")["items"]
    answer = send("identity", "GET", f"/groups/{group_id}")
    group = accepted(answer)
    changes_leader = group["kind"] == "class" and may("change groups")
    return render_template(
        "divisions.html",
        group=group,
        seen=answer.headers["ETag"],
        staff=fetch_all("identity", "/people", who="staff") if changes_leader else [],
        leaders=fetch("identity", f"/groups/{group_id}/class-teachers")["items"],
        divisions=known,
        proposed=_proposed(group_id, known),
        ways=ways(),
        today=today(time_zone()).isoformat(),
        most=MAX_PARTS,
        may=may,
    )


def _proposed(group_id: UUID, known: list[Shown]) -> Shown | None:
    name = request.args.get("division", "").strip()
    if not name or not may("change groups"):
        return None
    if way := request.args.get("way"):
        asked = {"division": name, "way": way, "parts": request.args.get("parts", "2"), "on": asked_day("on")}
        found: Shown = fetch("identity", f"/groups/{group_id}/divisions/proposal", **asked)
        return _as_table(found, found["parts"])
    same = next((one for one in known if one["division"] == name), None)
    return _as_table(same, same["groups"]) if same else None


def _as_table(found: Shown, parts: list[Shown]) -> Shown:
    """Return the parts' names, and every pupil with the number of the part they would be in."""
    placed: list[tuple[Shown, int | None]] = [
        (pupil, number) for number, part in enumerate(parts) for pupil in part["pupils"]
    ]
    placed += [(pupil, None) for pupil in found["left_out"]]
    return {
        "division": found["division"],
        "names": [part["name"] for part in parts],
        "pupils": sorted(placed, key=lambda one: one[0]["name"].replace("ё", "е")),
    }


@divisions.post("/groups/<uuid:group_id>/divisions")
def apply(group_id: UUID) -> Response:
    """Divide the class as the form says."""
    names = request.form.getlist("name")
    chosen: list[list[str]] = [[] for _one in names]
    for field, number in request.form.items():
        pupil_id = field.removeprefix("part-")
        if pupil_id != field and number.isascii() and number.isdigit() and int(number) < len(names):
            chosen[int(number)].append(pupil_id)
    body = {
        "division": request.form.get("division", "").strip(),
        "from_on": request.form.get("from_on") or today(time_zone()).isoformat(),
        "parts": [{"name": name, "pupil_ids": ids} for name, ids in zip(names, chosen, strict=True)],
    }
    accepted(send("identity", "POST", f"/groups/{group_id}/divisions", json=body))
    return redirect(url_for("divisions.page", group_id=group_id))


@divisions.get("/confirmations")
def confirmations() -> str:
    """Show which class lists were confirmed this month; class teachers confirm their own here."""
    mine = "true" if visitor().has("deputy") and request.args.get("mine") != "false" else ""
    told = fetch("identity", "/confirmations", month=asked_day("month"), mine=mine)["items"]
    return render_template(
        "confirmations.html",
        classes=told,
        month=asked_day("month"),
        mine=mine,
        may=may,
        me_id=str(visitor().person_id),
    )


@divisions.post("/groups/<uuid:group_id>/confirmation")
def confirm(group_id: UUID) -> Response:
    accepted(send("identity", "POST", f"/groups/{group_id}/confirmation"))
    return redirect(url_for("divisions.confirmations"))
