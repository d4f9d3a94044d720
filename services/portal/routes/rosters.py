"""Class lists on any day, movements of pupils with their orders, and how many are where."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import time_zone
from services.portal.web import NotAnswered, accepted, fetch, fetch_all, relayed, send, visitor
from shared import policy
from shared.clock import today

rosters = Blueprint("rosters", __name__)

KINDS = ("enrolment", "transfer", "departure", "return")
FIELDS = ("moved_on", "class_id", "order_number", "order_on", "place", "reason")


def kind_titles() -> dict[str, str]:
    """Return what each kind of movement is called."""
    return {
        "enrolment": _("зачисление"),
        "transfer": _("перевод в другой класс"),
        "departure": _("выбытие"),
        "return": _("возвращение"),
        "promotion": _("перевод в следующий класс"),
        "repeat": _("повторное обучение"),
        "graduation": _("выпуск"),
        "reversal": _("отмена"),
    }


def may(action: str) -> bool:
    """Whether the visitor may do something at identity."""
    return policy.allows("identity", action, visitor().roles)


def asked_day(name: str) -> str:
    """Return a day from the address, or nothing when it is none."""
    try:
        return date.fromisoformat(request.args.get(name, "")).isoformat()
    except ValueError:
        return ""


def by_parent(groups: list[dict[str, Any]]) -> dict[str | None, list[dict[str, Any]]]:
    """Return the groups that are neither classes nor parallels, by what they are part of."""
    found: dict[str | None, list[dict[str, Any]]] = {}
    for group in groups:
        if group["kind"] == "group":
            found.setdefault(group["parent_id"], []).append(group)
    return found


@rosters.get("/movements")
def movements() -> str:
    """Show the school's movements: of this year, or of the days and the class asked for."""
    asked = _asked()
    told = fetch("identity", "/movements", **asked, cursor=request.args.get("cursor", ""))
    groups = fetch_all("identity", "/groups", kind="class")
    return render_template(
        "movements.html",
        movements=told["items"],
        next=told["next"],
        asked=asked,
        groups=groups,
        kinds=kind_titles(),
    )


def _asked() -> dict[str, str]:
    plain = {name: request.args.get(name, "") for name in ("kind", "group_id")}
    return {**plain, "from_on": asked_day("from_on"), "until_on": asked_day("until_on")}


@rosters.get("/movements.xlsx")
def movements_sheet() -> Response:
    return _sheet("/movements", _asked())


@rosters.get("/headcount")
def headcount() -> str:
    asked = {"on": asked_day("on"), "since": asked_day("since")}
    return render_template("headcount.html", counted=fetch("identity", "/headcount", **asked), asked=asked)


@rosters.get("/headcount.xlsx")
def headcount_sheet() -> Response:
    return _sheet("/headcount", {"on": asked_day("on"), "since": asked_day("since")})


def _sheet(path: str, asked: Mapping[str, str]) -> Response:
    params = {name: value for name, value in asked.items() if value} | {"format": "xlsx"}
    answer = send("identity", "GET", path, params=params)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers["Content-Disposition"]
    return response


@rosters.get("/people/<uuid:person_id>/movements")
def person(person_id: UUID) -> str:
    return _person(person_id)


@rosters.post("/people/<uuid:person_id>/movements/<movement>")
def record(person_id: UUID, movement: str) -> AnyResponse | tuple[str, int]:
    """Record a movement; what is refused is said above the form, which keeps what was typed."""
    given: dict[str, Any] = {name: request.form.get(name, "").strip() or None for name in FIELDS}
    if movement == "departure":
        del given["class_id"]
    else:
        given["group_ids"] = request.form.getlist("group_ids")
    path = f"/people/{person_id}/movements/{movement if movement in KINDS else 'unknown'}"
    return _done(person_id, path, given, movement)


@rosters.post("/people/<uuid:person_id>/movements/<uuid:movement_id>/reversal")
def reverse(person_id: UUID, movement_id: UUID) -> AnyResponse | tuple[str, int]:
    given = {"reason": request.form.get("reason", "").strip()}
    return _done(person_id, f"/people/{person_id}/movements/{movement_id}/reversal", given, "reversal")


def _done(person_id: UUID, path: str, given: dict[str, Any], kind: str) -> AnyResponse | tuple[str, int]:
    answer = send("identity", "POST", path, json=given)
    if answer.status_code in (409, 422):
        return _person(person_id, kind, NotAnswered(answer).problem), answer.status_code
    accepted(answer)
    return redirect(url_for("rosters.person", person_id=person_id))


def _person(person_id: UUID, kind: str = "", problem: dict[str, Any] | None = None) -> str:
    told = fetch("identity", f"/people/{person_id}/movements")
    on = today(time_zone())
    person = fetch("identity", f"/people/{person_id}")
    groups = fetch_all("identity", "/groups") if may("record movements") else []
    return render_template(
        "movements_of.html",
        person=person,
        movements=told["items"],
        stays=told["classes"],
        may_record=may("record movements") and "pupil" in person["roles"],
        forms=_forms(told["classes"], on.isoformat()),
        opened=kind,
        problem=problem,
        form=request.form,
        today=on,
        kinds=kind_titles(),
        **_places(groups),
    )


def _forms(stays: list[dict[str, Any]], on: str) -> list[str]:
    """Return the movements that make sense now; identity decides in the end."""
    if any(one["until_on"] is None or one["until_on"] >= on for one in stays):
        return ["transfer", "departure"]
    return ["return"] if stays else ["enrolment"]


def _places(groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the classes, and the groups within each, as the forms offer them."""
    classes = [group for group in groups if group["kind"] == "class"]
    names = {group["id"]: group["name"] for group in groups}
    inside = [group for group in groups if group["kind"] == "group" and group["parent_id"]]
    return {
        "classes": classes,
        "inside": [(names.get(group["parent_id"], ""), group) for group in inside],
    }
