"""Remarks and recommendations: a family reads them, teachers and the class teacher write them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.pages import led_classes, time_zone
from services.portal.routes.diary import asked_pupil, diary_page
from services.portal.web import accepted, asked_id, fetch, own_path, seen_state, send
from shared.clock import today

remarks = Blueprint("remarks", __name__)

SAID = ("kind", "audience", "text")


@remarks.get("/diary/remarks")
def of_pupil() -> str:
    """Show what teachers have written of a pupil; whoever leads the class is led to writing more."""
    pupil_id = asked_pupil()
    if pupil_id is None:
        return render_template("no_children.html")
    told = fetch("journal", "/diary/remarks", pupil_id=pupil_id, cursor=asked_id("cursor"))
    return diary_page("diary_remarks.html", told, led=led_classes())


@remarks.post("/remarks/<uuid:remark_id>/reading")
def acknowledge(remark_id: UUID) -> Response:
    accepted(send("journal", "POST", f"/remarks/{remark_id}/reading"))
    return _back()


@remarks.get("/journal/<uuid:page_id>/remarks")
def of_page(page_id: UUID) -> str:
    """Show what was written on a subject's page, with the form for more."""
    told = fetch("journal", f"/pages/{page_id}/remarks", cursor=asked_id("cursor"))
    page = fetch("journal", f"/pages/{page_id}")
    on = today(time_zone()).isoformat()
    held = [one for one in reversed(page["lessons"]) if one["on"] <= on]
    return render_template(
        "remarks.html", told=told, title=f"{told['group']['name']}, {told['subject']['name']}",
        pupils=page["pupils"], lessons=held, action=url_for("remarks.write_on_page", page_id=page_id),
        writes=page["page"]["can_edit"], chosen=asked_id("pupil_id"),
        back=url_for("journal.page", page_id=page_id),
    )  # fmt: skip


@remarks.post("/journal/<uuid:page_id>/remarks")
def write_on_page(page_id: UUID) -> Response:
    about = {name: request.form.get(name) or None for name in ("pupil_id", "lesson_id")}
    body = {**_said(), **about}
    accepted(send("journal", "POST", f"/pages/{page_id}/remarks", json=body))
    return redirect(url_for("remarks.of_page", page_id=page_id))


@remarks.get("/classes/<uuid:group_id>/remarks")
def of_class(group_id: UUID) -> str:
    """Show what was written of a class by all its teachers, with the class teacher's own form."""
    told = fetch("journal", f"/groups/{group_id}/remarks", cursor=asked_id("cursor"))
    leads = any(one["id"] == str(group_id) for one in led_classes())
    roster = fetch("identity", f"/groups/{group_id}/roster")["items"] if leads else []
    return render_template(
        "remarks.html", told=told, title=told["group"]["name"], pupils=roster, lessons=[], writes=leads,
        action=url_for("remarks.write_to_class", group_id=group_id), chosen=asked_id("pupil_id"),
        back=url_for("diary.classmates", group_id=group_id),
    )  # fmt: skip


@remarks.post("/classes/<uuid:group_id>/remarks")
def write_to_class(group_id: UUID) -> Response:
    body = {**_said(), "pupil_id": request.form.get("pupil_id", "")}
    accepted(send("journal", "POST", f"/groups/{group_id}/remarks", json=body))
    return redirect(url_for("remarks.of_class", group_id=group_id))


@remarks.post("/remarks/<uuid:remark_id>")
def change(remark_id: UUID) -> Response:
    """Correct a remark, or take it back, for a reason."""
    body: dict[str, Any] = {"reason": request.form.get("reason", "")}
    method = "DELETE" if "withdraw" in request.form else "PUT"
    if method == "PUT":
        body |= _said()
    headers = seen_state(f'"{request.form.get("seen", "")}"')
    accepted(send("journal", method, f"/remarks/{remark_id}", json=body, headers=headers))
    return _back()


def _said() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in SAID}


def _back() -> Response:
    return redirect(own_path(request.form.get("next")))
