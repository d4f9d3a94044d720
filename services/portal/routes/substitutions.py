"""Substitutions of a day: for the deputy, who decides, and for the staff-room, which reads."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from services.portal.pages import may, time_zone
from services.portal.texts import absence_titles
from services.portal.web import (
    NotAnswered,
    accepted,
    asked_day,
    asked_id,
    fetch,
    fetch_all,
    given_id,
    pedagogues,
    problem_of,
    relayed,
    send,
)
from shared.clock import today
from shared.names import group_key, names_apart

substitutions = Blueprint("substitutions", __name__, url_prefix="/substitutions")

DAY = timedelta(days=1)
FILE_TYPES = ("pdf", "xlsx")
MENDABLE = (409, 422)  # What another choice may mend.
Answered = Response | tuple[str, int]


@substitutions.get("")
def of_day() -> str:
    return _page(asked_day("on") or today(time_zone()))


def _page(shown: date, kept: Mapping[str, str] | None = None, problem: dict[str, Any] | None = None) -> str:
    """Show a day; after a refusal with the reason and what was chosen."""
    current = today(time_zone())
    days = {"from": shown.isoformat(), "until": shown.isoformat()}
    decides = may("schedule: decide substitutions")
    return render_template(
        "substitutions.html", shown=shown, today=current, previous=shown - DAY, next=shown + DAY,
        register=fetch("schedule", "/substitutions", **days)["items"], reasons=absence_titles(),
        decides=decides, accounts=may("schedule: account for substitutions"),
        kept=kept or {}, problem=problem,
        **(_to_decide(days) if decides else {}),
    )  # fmt: skip


def _to_decide(days: dict[str, str]) -> dict[str, Any]:
    """Return what the deputy decides with: who is away, what is needed, and any lesson of a class."""
    needed = _needs(days)
    group = asked_id("group_id")
    taken = {one["id"] for one in needed}
    agenda = fetch("schedule", "/agenda", **days, group_id=group)["items"] if group else []
    others = [one for one in agenda if one["is_held"] and not one["change"] and one["id"] not in taken]
    return {
        "absences": fetch("schedule", "/absences", **days)["items"],
        "needs": needed,
        "others": others,
        "group_id": group,
        "groups": sorted(fetch_all("identity", "/groups"), key=lambda one: group_key(one["name"])),
        "teachers": _teachers(),
        "rooms": fetch_all("schedule", "/rooms"),
        "subjects": fetch_all("schedule", "/subjects"),
    }


@substitutions.post("")
def decide() -> Answered:
    """Send what was chosen for each lesson; what stands on «decide later» is left out."""
    lessons = [(name, value) for name, value in request.form.items() if name.startswith("lesson-")]
    if not lessons:
        raise BadRequest  # The page asks about a lesson at least.
    chosen = [_decision(given_id(name.removeprefix("lesson-")), value) for name, value in lessons if value]
    return _decided(chosen) if chosen else _back()


@substitutions.post("/other")
def decide_otherwise() -> Answered:
    """Decide about one lesson in any way there is."""
    names = ("lesson_id", "kind", "stand_in_id", "subject_id", "room_id", "on", "note")
    one: dict[str, Any] = {name: request.form[name] for name in names if request.form.get(name)}
    if number := request.form.get("number", ""):
        one["number"] = int(number) if number.isdigit() else number
    return _decided([one])


def _decided(items: list[dict[str, Any]]) -> Answered:
    answer = send("schedule", "POST", "/substitutions", json={"items": items})
    if answer.status_code in MENDABLE:
        shown = _posted_day() or today(time_zone())
        return _page(shown, request.form, problem_of(answer)), answer.status_code
    accepted(answer)
    return _back()


@substitutions.post("/<uuid:substitution_id>/withdrawal")
def withdraw(substitution_id: UUID) -> Response:
    accepted(send("schedule", "DELETE", f"/substitutions/{substitution_id}"))
    return _back()


@substitutions.post("/absences")
def enter_absence() -> Response:
    names = ("teacher_id", "from_on", "until_on", "reason", "note")
    body = {name: request.form.get(name, "") for name in names}
    accepted(send("schedule", "POST", "/absences", json=body))
    return _back()


@substitutions.post("/absences/<uuid:absence_id>/end")
def cancel_absence(absence_id: UUID) -> Response:
    accepted(send("schedule", "DELETE", f"/absences/{absence_id}"))
    return _back()


@substitutions.get("/sheet.<file_type>")
def sheet(file_type: str) -> Response:
    """Hand out the sheet of a day for the staff-room, as PDF or XLSX."""
    shown = asked_day("on") or today(time_zone())
    return _handed_out("/substitutions/sheet", file_type, on=shown.isoformat())


@substitutions.get("/hours")
def hours() -> str:
    """Show the hours of a month, for the payroll."""
    first, after = _asked_month()
    told = fetch("schedule", "/substitutions/hours", **_days_of(first, after))["items"]
    return render_template(
        "substitution_hours.html", hours=told, first=first, previous=first - DAY, next=after
    )


@substitutions.get("/register.<file_type>")
def register(file_type: str) -> Response:
    """Hand out the register of a month for the payroll, as PDF or XLSX."""
    return _handed_out("/substitutions/register", file_type, **_days_of(*_asked_month()))


def _asked_month() -> tuple[date, date]:
    """Return the first day of the month that is asked for, and of the month after it."""
    first = (asked_day("month") or today(time_zone())).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _days_of(first: date, after: date) -> dict[str, str]:
    return {"from": first.isoformat(), "until": (after - DAY).isoformat()}


def _handed_out(path: str, file_type: str, **asked: str) -> Response:
    if file_type not in FILE_TYPES:
        raise NotFound
    answer = send("schedule", "GET", path, params=asked | {"format": file_type})
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers["Content-Disposition"]
    return response


def _needs(days: dict[str, str]) -> list[dict[str, Any]]:
    """Return the lessons nothing was decided about, each with the stand-in proposed for it."""
    told = fetch("schedule", "/substitutions/needs", **days)
    proposed = {one["lesson_id"]: one["stand_in"]["id"] for one in told["proposal"]}
    return [
        lesson | {"proposed": proposed.get(lesson["id"])}
        for lesson in told["items"]
        if not lesson["substitution"]
    ]


def _teachers() -> list[tuple[str, str]]:
    people = pedagogues()
    names = names_apart([(one["family_name"], one["given_name"], one["patronymic"]) for one in people])
    return [(one["id"], name) for one, name in zip(people, names, strict=True)]


def _decision(lesson_id: str, value: str) -> dict[str, str]:
    kind, _, stand_in = value.partition(":")
    named = {"stand_in_id": stand_in} if stand_in else {}
    return {"lesson_id": lesson_id, "kind": kind, **named}


def _posted_day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return None


def _back() -> Response:
    return redirect(url_for("substitutions.of_day", on=_posted_day()))
