"""Directories and periods: what the operator and the deputy head look after."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.web import accepted, fetch, fetch_all, send
from shared.names import group_key

school = Blueprint("school", __name__)

ROLES = ("teacher", "pupil", "parent", "class_teacher", "deputy", "director", "operator")


@school.get("/people")
def people() -> str:
    asked = {name: request.args.get(name, "") for name in ("q", "role", "group_id", "cursor")}
    told = fetch("identity", "/people", **asked)
    return render_template(
        "people.html", people=told["items"], next=told.get("next"), asked=asked, roles=ROLES
    )


@school.get("/people/<uuid:person_id>")
def person(person_id: UUID) -> str:
    return _person(person_id)


@school.post("/people/<uuid:person_id>/password")
def person_password(person_id: UUID) -> str:
    """Issue a one-time password; it is shown on this page and nowhere else."""
    issued = accepted(send("identity", "POST", f"/people/{person_id}/credentials"))
    return _person(person_id, issued)


def _person(person_id: UUID, issued: dict[str, Any] | None = None) -> str:
    told = fetch("identity", f"/people/{person_id}")
    return render_template("person.html", person=told, issued=issued)


@school.get("/groups")
def groups() -> str:
    told = sorted(fetch_all("identity", "/groups"), key=lambda group: group_key(group["name"]))
    return render_template("groups.html", groups=told)


@school.get("/groups/<uuid:group_id>")
def group(group_id: UUID) -> str:
    told = fetch("identity", f"/groups/{group_id}")
    roster = fetch("identity", f"/groups/{group_id}/roster")
    return render_template("group.html", group=told, roster=roster)


@school.get("/periods")
def periods() -> str:
    return render_template("periods.html", periods=fetch_all("journal", "/periods"))


@school.post("/periods/<uuid:period_id>/closing")
def close_period(period_id: UUID) -> Response:
    accepted(send("journal", "POST", f"/periods/{period_id}/closing"))
    return redirect(url_for("school.periods"))


@school.post("/periods/<uuid:period_id>/reopening")
def reopen_period(period_id: UUID) -> Response:
    reason = {"reason": request.form.get("reason", "").strip()}
    accepted(send("journal", "DELETE", f"/periods/{period_id}/closing", json=reason))
    return redirect(url_for("school.periods"))
