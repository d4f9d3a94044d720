"""The school's move to its next year: the plan as a form, its preview, the order, and the undo."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal.calls import ServiceDown
from services.portal.pages import time_zone
from services.portal.routes.rosters import asked_day
from services.portal.web import NotAnswered, accepted, fetch, fetch_all, send
from shared.clock import today

new_year = Blueprint("new_year", __name__)

STAFF = ("teacher", "educator", "deputy", "director")
PUPIL_WISHES = ("repeat", "promote", "leave")


def next_first_day(on: date) -> date:
    """Return the first of September that is near: the coming one, or until October that of this year."""
    return date(on.year + (on.month >= 10), 9, 1)


@new_year.get("/new-year")
def show() -> str:
    """Show the moves there were, and what the rules make of the school for the next year."""
    moves = fetch("identity", "/new-years")["items"]
    starts_on = asked_day("starts_on") or next_first_day(today(time_zone())).isoformat()
    is_done = any(one["undone_at"] is None and one["starts_on"] == starts_on for one in moves)
    page, _status = _page({} if is_done else {"starts_on": starts_on}, moves)
    return page


@new_year.post("/new-year")
def look() -> tuple[str, int]:
    """Show what the plan would be with the wishes of the form."""
    return _page(wishes(), fetch("identity", "/new-years")["items"])


@new_year.post("/new-year/move")
def move() -> Response | tuple[str, int]:
    """Carry out the plan that the page showed."""
    said = {name: request.form.get(name, "").strip() for name in ("seen", "order_number", "order_on")}
    asked = wishes()
    answer = send("identity", "POST", "/new-years", json=asked | said)
    if answer.status_code in (409, 422):
        return _page(asked, fetch("identity", "/new-years")["items"], NotAnswered(answer).problem)
    accepted(answer)
    return redirect(url_for("new_year.show"))


@new_year.post("/new-year/<uuid:year_move_id>/undo")
def undo(year_move_id: UUID) -> Response | tuple[str, int]:
    """Undo a move, unless a lesson of the new year has been written about: that only the journal knows."""
    moves = fetch("identity", "/new-years")["items"]
    own = next((one for one in moves if one["id"] == str(year_move_id)), None)
    if own is not None and is_begun(own["starts_on"]):
        return _page({"starts_on": own["starts_on"]}, moves, _begun())
    answer = send("identity", "POST", f"/new-years/{year_move_id}/undo")
    if answer.status_code == 409:
        return _page({"starts_on": (own or {}).get("starts_on")}, moves, NotAnswered(answer).problem)
    accepted(answer)
    return redirect(url_for("new_year.show"))


def _begun() -> dict[str, Any]:
    return {
        "status": 409,
        "title": _("Новый учебный год уже начался"),
        "detail": _("В журнале есть записи об уроках нового года. Исправляйте отдельных учеников переводом."),
    }


def is_begun(starts_on: str) -> bool:
    """Whether the journal has anything of lessons since a day; while it is silent nothing is undone."""
    return bool(fetch("journal", "/writing", since=starts_on)["is_begun"])


def wishes() -> dict[str, Any]:
    """Read the form into what identity plans from; what was left empty follows the rules."""
    form = request.form
    asked: dict[str, Any] = {"starts_on": form.get("starts_on", "")}
    if form.get("leave_on"):
        asked["leave_on"] = form["leave_on"]
    asked["classes"] = [_class_wish(group_id) for group_id in form.getlist("class")]
    names = [name for line in form.get("opened", "").splitlines() for name in line.split(",")]
    asked["opened"] = [{"name": name.strip()} for name in names if name.strip()]
    asked["pupils"] = list(_pupil_wishes())
    return asked


def _class_wish(group_id: str) -> dict[str, Any]:
    form = request.form
    wish: dict[str, Any] = {"group_id": group_id}
    for name in ("does", "name"):
        if form.get(f"{name}-{group_id}", "").strip():
            wish[name] = form[f"{name}-{group_id}"].strip()
    teacher = form.get(f"teacher-{group_id}", "")
    if teacher:
        wish["class_teacher_id"] = None if teacher == "none" else teacher
    if form.get(f"groups-{group_id}"):
        wish["keeps_groups"] = form[f"groups-{group_id}"] == "yes"
    return wish


def _pupil_wishes() -> Iterator[dict[str, Any]]:
    for name, does in request.form.items():
        if name.startswith("pupil-") and does in PUPIL_WISHES:
            pupil_id = name.removeprefix("pupil-")
            into = request.form.get(f"into-{pupil_id}", "").strip()
            yield {"pupil_id": pupil_id, "does": does} | ({"into": into} if into else {})


def _page(
    asked: dict[str, Any], moves: list[dict[str, Any]], problem: dict[str, Any] | None = None
) -> tuple[str, int]:
    """Return the page and its status; a plan that cannot be made is said in its place."""
    plan = None
    if asked:
        answer = send("identity", "POST", "/new-years/preview", json=asked)
        if answer.status_code in (409, 422):
            problem = problem or NotAnswered(answer).problem
        else:
            plan = accepted(answer)
    page = render_template(
        "new_year.html",
        asked=asked,
        plan=plan,
        said={one["group_id"]: one for one in asked.get("classes", ())},
        pupils={one["pupil_id"]: one for one in asked.get("pupils", ())},
        moves=[one | {"is_begun": _seems_begun(one)} for one in moves],
        teachers=_teachers() if plan else [],
        problem=problem,
        today=today(time_zone()),
        last_day=_day_before(asked.get("starts_on")),
    )
    return page, problem["status"] if problem else 200


def _seems_begun(one: dict[str, Any]) -> bool:
    try:
        return bool(one["may_be_undone"]) and is_begun(one["starts_on"])
    except ServiceDown:
        return True


def _day_before(day: str | None) -> str:
    try:
        return (date.fromisoformat(day or "") - timedelta(days=1)).isoformat()
    except ValueError:
        return ""


def _teachers() -> list[tuple[str, str]]:
    found = {}
    for role in STAFF:
        for one in fetch_all("identity", "/people", role=role):
            found[one["id"]] = f"{one['family_name']} {one['given_name']} {one['patronymic'] or ''}".strip()
    return sorted(found.items(), key=lambda pair: pair[1])
