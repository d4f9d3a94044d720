"""«Посещаемость»: a class's day by lesson, what its pupils missed, and what excuses them (clause 4.2.2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from services.portal.pages import may, time_zone
from services.portal.routes.rosters import asked_day
from services.portal.web import accepted, fetch, given_id, problem_of, send
from shared.clock import today

attendance = Blueprint("attendance", __name__, url_prefix="/attendance")

Shown = dict[str, Any]
SAID = ("from_on", "until_on", "sign", "paper", "number", "issued_on", "note")
FIELDS = ("pupil_id", "excuse_id", *SAID)


@attendance.get("")
def index() -> str | Response:
    """Lead to the own class; whoever follows several chooses."""
    classes = fetch("journal", "/classes")["items"]
    if len(classes) == 1:
        return redirect(url_for("attendance.day", group_id=classes[0]["id"]))
    return render_template("attendance.html", classes=classes)


@attendance.get("/<uuid:group_id>")
def day(group_id: UUID) -> str:
    """Show who was absent from which lesson of a day; on a day without lessons, of the last that had some."""
    asked = asked_day("on")
    told = fetch("journal", f"/attendance/{group_id}", on=asked or None)
    current = today(time_zone()).isoformat()
    is_instead = not asked and told["on"] != current
    return render_template("attendance_day.html", told=told, today=current, is_instead=is_instead)


@attendance.get("/<uuid:group_id>/totals")
def totals(group_id: UUID) -> str:
    """Show what was missed in a span, what waits for a reason, the excuses and a form for one more.

    With `excuse_id` it is the form to change that one.
    """
    return _totals(group_id, {name: request.args.get(name, "") for name in FIELDS})


@attendance.post("/<uuid:group_id>/excuses")
def excuse(group_id: UUID) -> Response | tuple[str, int]:
    """Excuse a pupil; what was typed stays on the page when it will not do."""
    _refuse_foreign(group_id)
    typed = _typed()
    return _sent(group_id, typed, "POST", f"/pupils/{given_id(typed['pupil_id'])}/excuses")


@attendance.post("/<uuid:group_id>/excuses/<uuid:excuse_id>")
def change(group_id: UUID, excuse_id: UUID) -> Response | tuple[str, int]:
    """Change an excuse; what was typed stays on the page when it will not do."""
    _refuse_foreign(group_id)
    return _sent(group_id, _typed() | {"excuse_id": str(excuse_id)}, "PUT", f"/excuses/{excuse_id}")


@attendance.post("/<uuid:group_id>/excuses/<uuid:excuse_id>/withdrawal")
def withdraw(group_id: UUID, excuse_id: UUID) -> Response:
    """Withdraw an excuse, with the reason that was asked for."""
    _refuse_foreign(group_id)
    body = {"reason": request.form.get("reason", "").strip()}
    return _done(group_id, accepted(send("journal", "DELETE", f"/excuses/{excuse_id}", json=body)))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in FIELDS}


def _sent(group_id: UUID, typed: Shown, method: str, path: str) -> Response | tuple[str, int]:
    body = {name: value for name, value in typed.items() if value and name in SAID}
    answer = send("journal", method, path, json=body)
    if answer.status_code in (409, 422):
        return _totals(group_id, typed, problem_of(answer)), answer.status_code
    return _done(group_id, accepted(answer))


def _refuse_foreign(group_id: UUID) -> None:
    """The journal asks whose the pupil is; that the address names a class of the visitor's, only we can."""
    if not may("journal: excuse absences"):
        return  # The journal says no.
    if all(one["id"] != str(group_id) for one in fetch("journal", "/classes")["items"]):
        raise NotFound


def _done(group_id: UUID, turned: Shown) -> Response:
    counts = {name: turned[name] for name in ("changed", "closed")}
    return redirect(url_for("attendance.totals", group_id=group_id, **counts))


def _totals(group_id: UUID, typed: Shown, problem: Shown | None = None) -> str:
    span = {name: asked_day(name) or None for name in ("starts_on", "ends_on")}
    told = fetch(
        "journal", f"/attendance/{group_id}/totals", **span, cursor=request.args.get("cursor") or None
    )
    changing = next((one for one in told["excuses"] if one["id"] == typed.get("excuse_id")), None)
    now_on = today(time_zone()).isoformat()
    names = {pupil["id"]: pupil["name"] for pupil in told["pupils"]}
    counts = {name: request.args.get(name, type=int) for name in ("changed", "closed")}
    return render_template(
        "attendance_totals.html",
        told=told,
        today=now_on,
        names=names,
        waiting=_by_day(told["waiting"]),
        changing=changing,
        cursor=request.args.get("cursor") or None,
        typed={"from_on": now_on, "until_on": now_on}
        | (changing or {})
        | {name: value for name, value in typed.items() if value or problem},
        problem=problem,
        done=_said(**counts) if counts["changed"] is not None else "",
        signs=sorted({sign for pupil in told["pupils"] for sign in pupil["by_sign"]}),
    )


def _by_day(waiting: list[Shown]) -> list[list[Shown]]:
    """Put lessons together that one excuse answers: those of a pupil on a day."""
    days: dict[tuple[str, str], list[Shown]] = {}
    for one in waiting:
        days.setdefault((one["on"], one["pupil"]["id"]), []).append(one)
    return list(days.values())


def _said(changed: int | None, closed: int | None) -> str:
    said = _("Готово. Изменено клеток журнала: %(changed)s.", changed=changed)
    if closed:
        said += " " + _(
            "В закрытых периодах осталось как было: %(closed)s. Изменится, когда период откроют.",
            closed=closed,
        )
    return said
