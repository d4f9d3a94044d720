"""The diary: a pupil's week, for the pupil, the parents and the class teacher."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from services.portal.pages import me, time_zone
from services.portal.web import fetch, glimpse, visitor
from shared.clock import today

diary = Blueprint("diary", __name__)

WEEK = timedelta(days=7)


@diary.get("/diary")
def week() -> str:
    known = me() or {}
    children = known.get("children", [])
    pupil_id = _pupil(children)
    if pupil_id is None:
        return render_template("no_children.html")
    current = today(time_zone())
    shown = _day(request.args.get("week")) or current
    told = fetch("journal", "/diary", pupil_id=pupil_id, week=shown.isoformat())
    monday = date.fromisoformat(told["from"])
    return render_template(
        "diary.html", diary=told, children=children, pupil_id=pupil_id, today=current.isoformat(),
        monday=monday, previous=monday - WEEK, next=monday + WEEK, is_now=monday <= current < monday + WEEK,
        own=visitor().has("pupil") and pupil_id == str(visitor().person_id),
    )  # fmt: skip


@diary.get("/classes/<uuid:group_id>")
def classmates(group_id: UUID) -> str:
    """Show the class teacher's own class, each name leading to a diary."""
    roster = glimpse("identity", f"/groups/{group_id}/roster", default={"items": []})
    group = fetch("identity", f"/groups/{group_id}")
    leads = any(one["id"] == str(group_id) for one in (me() or {}).get("classes", []))
    return render_template("classmates.html", group=group, roster=roster, leads=leads)


def _pupil(children: list[dict[str, Any]]) -> str | None:
    """Return whose diary is asked for; the journal decides whether the visitor may see it."""
    asked = request.args.get("pupil_id")
    if asked:
        return _id(asked)
    if visitor().has("pupil"):
        return str(visitor().person_id)
    return str(children[0]["id"]) if children else None


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as wrong:
        raise BadRequest from wrong


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise BadRequest from wrong
