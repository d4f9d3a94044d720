"""The timetable of a week, of whomever it is asked for, and of a day of the whole school."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.pages import me, the_year, time_zone
from services.portal.timetables import WEEK, columns_of_school, day_notes, days_of_week, hours_of, shown_day
from services.portal.web import (
    accepted,
    asked_day,
    asked_id,
    fetch,
    fetch_all,
    glimpse,
    portal,
    send,
    visitor,
)
from shared.clock import today
from shared.names import group_key
from shared.policy import FAMILY, STAFF

timetable = Blueprint("timetable", __name__, url_prefix="/timetable")

DAY = timedelta(days=1)
KINDS = ("group_id", "teacher_id", "room_id")  # Whose week staff may ask for.


@timetable.get("")
def week() -> str:
    current = today(time_zone())
    on = asked_day("on") or asked_day("week") or current
    monday = on - timedelta(days=on.weekday())
    whose, known = _choice(), _known()
    span = {"from": monday.isoformat(), "until": (monday + WEEK - DAY).isoformat()}
    lessons = fetch("schedule", "/agenda", **span, **whose)["items"] if whose is not None else []
    days = days_of_week(monday, lessons, the_year())
    return render_template(
        "timetable.html", week=monday, days=days, hours=hours_of(lessons), whose=whose or {},
        is_chosen=whose is not None, known=known, kind=_kind(whose),
        children=(me() or {}).get("children", []), monday=monday, sunday=monday + WEEK - DAY,
        today=current, previous=monday - WEEK, next=monday + WEEK, is_now=monday <= current < monday + WEEK,
        shown=shown_day(days, asked_day("on"), current), calendars=_calendars(),
    )  # fmt: skip


@timetable.get("/day")
def day() -> str:
    """Show a day of the whole school: classes across, lessons down."""
    current = today(time_zone())
    on = asked_day("on") or current
    span = {"from": on.isoformat(), "until": on.isoformat()}
    lessons = fetch("schedule", "/agenda", **span)["items"]
    classes = [one for one in _groups() if one["kind"] == "class"]
    return render_template(
        "timetable_day.html", week=on, tables=columns_of_school(classes, lessons),
        hours=hours_of(lessons), on=on, today=current, previous=on - DAY, next=on + DAY,
        notes=day_notes(on, the_year()),
    )  # fmt: skip


@timetable.post("/calendars")
def subscribe() -> str:
    """Give out an address; it is shown on this page and nowhere else."""
    wanted = {"kind": request.form.get("kind", ""), "about_id": request.form.get("about_id", "")}
    given = accepted(send("schedule", "POST", "/calendars", json=wanted))
    return render_template("calendar.html", address=portal().settings.public_url + given["path"])


@timetable.post("/calendars/<uuid:feed_id>/end")
def unsubscribe(feed_id: UUID) -> Response:
    accepted(send("schedule", "DELETE", f"/calendars/{feed_id}"))
    return redirect(url_for("timetable.week"))


def _choice() -> dict[str, str] | None:
    """Return whose lessons are asked for; None when nothing is chosen.

    A family sees its own and has no choice; staff begin with their own lessons or their class.
    """
    children = (me() or {}).get("children", [])
    is_staff = visitor().has(*STAFF)
    child = asked_id("pupil_id") or (children[0]["id"] if children and not is_staff else None)
    asked = {kind: id for kind in KINDS if (id := asked_id(kind))}
    if asked or child:
        return asked or {"pupil_id": str(child)}
    if not is_staff:
        return {}
    if "view" in request.args:
        return None
    if visitor().has("teacher"):
        return {"teacher_id": str(visitor().person_id)}
    led = (me() or {}).get("classes", [])
    return {"group_id": led[0]["id"]} if led else None


def _kind(whose: dict[str, str] | None) -> str:
    """Return by what the week is looked at: a class, a teacher, a room, or one's own."""
    if whose is None:
        return request.args.get("view", "group_id")
    if whose.get("teacher_id") == str(visitor().person_id):
        return "own"
    return next((kind for kind in KINDS if kind in whose), "own")


def _known() -> dict[str, list[dict[str, Any]]]:
    """Return what staff may choose from; a family has no choice."""
    if not visitor().has(*STAFF):
        return {}
    return {
        "group_id": _groups(),
        "teacher_id": glimpse("schedule", "/teachers", default={"items": []})["items"],
        "room_id": sorted(fetch_all("schedule", "/rooms"), key=lambda room: group_key(room["name"])),
    }


def _groups() -> list[dict[str, Any]]:
    return sorted(fetch_all("identity", "/groups"), key=lambda group: group_key(group["name"]))


def _calendars() -> list[dict[str, Any]]:
    """Return what the visitor may subscribe to, each with the subscription there is."""
    had = {(one["kind"], one["about_id"]): one for one in fetch("schedule", "/calendars")["items"]}
    person, known = str(visitor().person_id), me() or {}
    offered = []
    if visitor().has("teacher"):
        offered.append(("teacher", person, None))
    if visitor().has("pupil"):
        offered.append(("pupil", person, None))
    offered += [("pupil", child["id"], child["name"]) for child in known.get("children", [])]
    offered += [("group", led["id"], led["name"]) for led in known.get("classes", [])]
    for kind in ("group", "room"):
        asked = asked_id(f"{kind}_id")
        if asked and not visitor().has(*FAMILY) and (kind, asked) not in {one[:2] for one in offered}:
            offered.append((kind, asked, None))
    return [
        {"kind": kind, "about_id": about, "name": name, "feed": had.pop((kind, about), None)}
        for kind, about, name in offered
    ] + [
        {"kind": one["kind"], "about_id": one["about_id"], "name": one["about"], "feed": one}
        for one in had.values()
    ]
