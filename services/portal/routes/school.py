"""Directories and periods: what the operator and the deputy head look after."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.pages import me, time_zone
from services.portal.routes.rosters import asked_day, by_parent, kind_titles, may
from services.portal.texts import contact_titles, grades_said, guardian_titles
from services.portal.web import accepted, asked_id, fetch, fetch_all, problem_of, send, visitor
from services.portal.years import asked_years
from shared import policy
from shared.clock import today
from shared.names import group_key

school = Blueprint("school", __name__)

ROLES = ("teacher", "pupil", "parent", "class_teacher", "deputy", "director", "operator")


@school.get("/people")
def people() -> str:
    """Show staff, pupils and parents; a deputy head sees those of the own parallels first."""
    return _people(request.args)


@school.post("/people/search")
def search() -> str:
    """Show the people with these names; no name comes into an address or a history (SECURITY 46)."""
    return _people(request.form)


def _people(given: Mapping[str, str]) -> str:
    asked = {name: given.get(name, "").strip() for name in ("q", "who", "role", "group_id", "cursor", "mine")}
    if not asked["mine"] and visitor().has("deputy"):
        asked["mine"] = "true"
    wanted = {name: value for name, value in asked.items() if value}
    told = accepted(send("identity", "POST", "/people/search", json=wanted))
    return render_template(
        "people.html",
        people=told["items"],
        next=told.get("next"),
        asked=asked,
        roles=ROLES,
        groups=fetch_all("identity", "/groups", kind="class"),
        may=may,
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
    answer = send("identity", "GET", f"/people/{person_id}")
    told = accepted(answer)
    staff = policy.STAFF.intersection(told["roles"])
    return render_template(
        "person.html",
        person=told,
        seen=answer.headers["ETag"],
        issued=issued,
        roles=[role for role in ROLES if role not in told["roles"] and role != "class_teacher"],
        guardians=guardian_titles(),
        contacts=contact_titles(),
        # A class teacher corrects what is known of families alone.
        corrects=may("correct contacts") and (may("change people") or not staff),
        issues=may("give out passwords") and (may("change people") or not staff),
        # A code to somebody who decides about others is given out by two.
        proposes=may("export the school")
        and not {"operator", "director"}.isdisjoint(told["roles"])
        and str(visitor().person_id) != told["id"],
        may=may,
    )


@school.get("/groups")
def groups() -> str:
    """Show the classes of a day with their numbers and groups; to a class teacher the own ones."""
    on = asked_day("on")
    told = sorted(fetch_all("identity", "/groups", on=on), key=lambda group: group_key(group["name"]))
    if not policy.sees_all("identity", "read rosters", visitor().roles):
        own = {one["id"] for one in (me() or {}).get("classes", [])}
        told = [group for group in told if own.intersection((group["id"], group["parent_id"]))]
    counted = fetch("identity", "/headcount", on=on)["items"] if may("count pupils") else []
    return render_template(
        "groups.html",
        on=on,
        classes=[group for group in told if group["kind"] == "class"],
        inside=by_parent(told),
        parents=[group for group in told if group["kind"] != "group"],
        pupils={one["group"]["id"]: one["pupils"] for one in counted},
        may=may,
    )


@school.get("/groups/<uuid:group_id>")
def group(group_id: UUID) -> str:
    """Show a class list on a day: who is there, who came, and who left this year by which order."""
    roster = fetch("identity", f"/groups/{group_id}/roster", on=asked_day("on"))
    return render_template(
        "group.html",
        group=roster["group"],
        roster=roster,
        kinds=kind_titles(),
        may=may,
        today=today(time_zone()),
    )


@school.get("/periods")
def periods() -> str:
    return _periods()


def _periods(problem: dict[str, Any] | None = None, about: UUID | None = None) -> str:
    years = asked_years()
    told = fetch("journal", "/periods", year_id=years.id)
    return render_template(
        "periods.html", years=years, periods=told["items"], year=told["year"], grades_said=grades_said,
        problem=problem, about=str(about), typed=request.form.get("reason", ""),
        now=today(time_zone()).isoformat(),
        last_begins=max((one["starts_on"] for one in told["items"]), default=""),
    )  # fmt: skip


@school.post("/periods/<uuid:period_id>/closing")
def close_period(period_id: UUID) -> Response | tuple[str, int]:
    """Close a period; what lacks is said beside it, where the reason to close it all the same is written."""
    return _changed("POST", period_id, {"reason": request.form.get("reason", "").strip() or None})


@school.post("/periods/<uuid:period_id>/reopening")
def reopen_period(period_id: UUID) -> Response | tuple[str, int]:
    """Open a period again; a reason that says nothing is asked for once more beside it."""
    return _changed("DELETE", period_id, {"reason": request.form.get("reason", "").strip()})


def _changed(method: str, period_id: UUID, body: dict[str, Any]) -> Response | tuple[str, int]:
    answer = send("journal", method, f"/periods/{period_id}/closing", json=body)
    if answer.status_code in (409, 422):
        return _periods(problem_of(answer), period_id), answer.status_code
    accepted(answer)
    return redirect(url_for("school.periods", year_id=asked_id("year_id")))
