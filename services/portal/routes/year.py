"""«Учебный год» and «Звонки»: what the operator plans, the deputy and the director look at."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal.pages import time_zone
from services.portal.texts import (
    bell_titles,
    day_kind_titles,
    grades_said,
    period_kind_titles,
    weekday_titles,
    year_part_titles,
)
from services.portal.web import accepted, fetch, fetch_all, problem_of, seen_state, send, visitor
from services.portal.year_forms import faults, grades_typed, number_or_none, rows_of
from shared import policy
from shared.clock import today
from shared.names import group_key, tidy

year = Blueprint("year", __name__)

Shown = dict[str, Any]
Refused = tuple[str, int]

REFUSALS = (409, 412, 422)
PERIOD = ("id", "name", "kind", "starts_on", "ends_on", "grades")
HOLIDAY = ("name", "starts_on", "ends_on", "grades")
DAY = ("day", "kind", "name", "weekday", "week", "bell_schedule_id", "grades")
NUMBERS = 11  # Lessons 0 to 10 have a row, more when there are more.


@year.get("/year")
def show() -> str:
    """Show the year: periods by parallel, holidays, special days, the length of the week."""
    changes = _changes("year")  # Refused to whom the page is not for.
    answer = send("schedule", "GET", "/years/current")
    if answer.status_code == 404:
        return _year_page(_usual_year(), '"0"', changes)
    return _year_page(accepted(answer), answer.headers["ETag"], changes)


@year.post("/year")
def save() -> Response | Refused:
    """Change the year, or enter the first one; what was typed stays on the page when it will not do."""
    known = send("schedule", "GET", "/years/current")
    bells = known.json()["bells"] if known.status_code == 200 else []
    body = _typed_year() | {"bells": bells}
    headers = seen_state(request.form.get("seen", ""))
    answer = send("schedule", "PUT", "/years/current", json=body, headers=headers)
    if answer.status_code in REFUSALS:
        page = _year_page(body, request.form.get("seen", ""), _changes("year"), problem_of(answer))
        return page, answer.status_code
    accepted(answer)
    return redirect(url_for("year.show"))


@year.get("/year/history")
def history() -> str:
    """Show who changed what of the year and the directories, the latest first."""
    told = fetch("schedule", "/years/history", cursor=request.args.get("cursor", ""))
    return render_template("year_history.html", changes=told["items"], next=told["next"], **_words())


@year.get("/bells")
def bells() -> str:
    """Show the bell schedules as one table, a column each, and the shifts of the classes."""
    changes = _changes("bells")
    answer = send("schedule", "GET", "/bells")
    if answer.status_code == 404:
        return render_template("bells.html", bells=None, may_plan=_may_plan(), changes=[])
    return _bells_page(accepted(answer), answer.headers["ETag"], changes)


@year.post("/bells")
def save_bells() -> Response | Refused:
    """Change the bell schedules; one whose name was wiped out goes."""
    body = _typed_bells()
    seen = request.form.get("seen", "")
    answer = send("schedule", "PUT", "/bells", json=body, headers=seen_state(seen))
    if answer.status_code in REFUSALS:
        shifts = fetch("schedule", "/bells")["shifts"]
        page = _bells_page(body | {"shifts": shifts}, seen, _changes("bells"), problem_of(answer))
        return page, answer.status_code
    accepted(answer)
    return redirect(url_for("year.bells"))


@year.post("/bells/shifts")
def save_shift() -> Response | Refused:
    """Put a class into a shift from a day on."""
    group_id, seen = request.form.get("group_id", type=UUID), request.form.get("seen", "")
    body = {"shift": request.form.get("shift", type=int), "from_on": request.form.get("from_on", "")}
    path = f"/groups/{group_id or UUID(int=0)}/shift"
    answer = send("schedule", "PUT", path, json=body, headers=seen_state(seen))
    if answer.status_code in REFUSALS:
        shown = fetch("schedule", "/bells")
        return _bells_page(shown, seen, _changes("bells"), problem_of(answer)), answer.status_code
    accepted(answer)
    return redirect(url_for("year.bells"))


def _changes(what: str) -> list[Shown]:
    found: list[Shown] = fetch("schedule", "/years/history", what=what)["items"]
    return found[:5]


def _may_plan() -> bool:
    return policy.allows("schedule", "plan the year", visitor().roles)


def _words() -> Shown:
    return {
        "kinds": period_kind_titles(),
        "day_kinds": day_kind_titles(),
        "weekdays": weekday_titles(),
        "parts": year_part_titles(),
        "grades_said": grades_said,
    }


def _usual_year() -> Shown:
    """Return a first year to be corrected: nobody has to type what is the same everywhere."""
    day = today(time_zone())
    first = day.year if day.month >= 6 else day.year - 1  # From June on, it is the next one.
    return {
        "name": f"{first}/{first + 1}",
        "starts_on": date(first, 9, 1).isoformat(),
        "ends_on": date(first + 1, 5, 31).isoformat(),
        "school_days": 5,
        "periods": [],
        "holidays": [],
        "special_days": [],
    }


def _year_page(shown: Shown, seen: str, changes: list[Shown], problem: Shown | None = None) -> str:
    bells = send("schedule", "GET", "/bells")
    return render_template(
        "year.html",
        year=shown,
        seen=seen,
        schedules=bells.json()["schedules"] if bells.status_code == 200 else [],
        changes=changes,
        problem=problem,
        faults=faults(problem or {}, year_part_titles()),
        may_plan=_may_plan(),
        today=today(time_zone()).isoformat(),
        **_words(),
    )


def _typed_year() -> Shown:
    form = request.form
    periods = [_with_grades(row) for row in rows_of(form, "period", PERIOD) if row["name"]]
    for row in periods:
        if not row["id"]:
            del row["id"]
    days = [_with_grades(row) for row in rows_of(form, "day", DAY) if row["day"]]
    for row in days:
        row |= {name: number_or_none(row[name]) for name in ("weekday", "week")}
        row["bell_schedule_id"] = row["bell_schedule_id"] or None
    return {
        **{name: tidy(form.get(name, "")) for name in ("name", "starts_on", "ends_on")},
        "school_days": number_or_none(form.get("school_days", "")),
        "periods": periods,
        "holidays": [_with_grades(row) for row in rows_of(form, "holiday", HOLIDAY) if row["name"]],
        "special_days": days,
    }


def _with_grades(row: Shown) -> Shown:
    return row | {"grades": grades_typed(row["grades"])}


def _bells_page(shown: Shown, seen: str, changes: list[Shown], problem: Shown | None = None) -> str:
    columns = [{"name": _("Обычные"), "bells": shown["usual"]}, *shown["schedules"]]
    if _may_plan():
        columns.append({"name": "", "bells": []})
    highest = max((bell["number"] for one in columns for bell in one["bells"]), default=0)
    classes = [one for one in fetch_all("identity", "/groups") if one["kind"] != "parallel"]
    return render_template(
        "bells.html",
        bells=shown,
        columns=[one | {"at": {bell["number"]: bell for bell in one["bells"]}} for one in columns],
        numbers=range(max(NUMBERS, highest + 1)),
        seen=seen,
        classes=sorted(classes, key=lambda one: group_key(one["name"])),
        changes=changes,
        problem=problem,
        faults=faults(problem or {}, bell_titles()),
        may_plan=_may_plan(),
        today=today(time_zone()).isoformat(),
        **_words(),
    )


def _typed_bells() -> Shown:
    """Read the columns: the first is the usual schedule, each other one with a name is a schedule."""
    form = request.form
    schedules = []
    for place, (id_, name, shift) in enumerate(
        zip(*(form.getlist(f"schedule-{one}") for one in ("id", "name", "shift")), strict=False), 1
    ):
        if tidy(name):
            given: Shown = {
                "name": tidy(name),
                "shift": number_or_none(shift),
                "weekdays": [number_or_none(one) for one in form.getlist(f"{place}-weekdays")],
                "bells": _typed_times(place),
            }
            schedules.append(given | ({"id": id_} if id_ else {}))
    return {"usual": _typed_times(0), "schedules": schedules}


def _typed_times(place: int) -> list[Shown]:
    rows = zip(*(request.form.getlist(f"{place}-{one}") for one in ("starts", "ends")), strict=False)
    times = [
        {"number": number, "starts": starts or None, "ends": ends or None}
        for number, (starts, ends) in enumerate(rows)
    ]
    kept = {int(one) for one in request.form.getlist(f"{place}-kept") if one.isdigit()}
    return [one for one in times if one["starts"] or one["ends"] or one["number"] in kept]
