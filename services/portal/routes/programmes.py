"""«Прохождение программ»: who is behind and what to do; one class's plan over its lessons; for families."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import may, roles
from services.portal.routes.diary import asked_pupil, diary_page
from services.portal.texts import reason_titles
from services.portal.web import accepted, asked_id, fetch, relayed, send
from shared.names import collated, group_key
from shared.policy import sees_all

programmes = Blueprint("programmes", __name__)

Json = dict[str, Any]
GRADES = range(13)
SIZES = range(1, 61)


@programmes.get("/fulfilment")
def table() -> str:
    """Show how each page gets on with its programme, the worst forecast first."""
    grade = request.args.get("grade", "")
    asked = {"subject_id": asked_id("subject_id"), "group_id": asked_id("group_id")}
    asked["grade"] = grade if grade in {str(one) for one in GRADES} else None
    told = fetch("journal", "/fulfilment", **asked)
    whole = sees_all("journal", "follow programmes", roles())
    everything = told if not any(asked.values()) else fetch("journal", "/fulfilment")
    subjects = {one["subject"]["id"]: one["subject"]["name"] for one in everything["items"]}
    return render_template(
        "fulfilment.html", told=told, asked=asked, whole=whole, reasons=reason_titles(),
        subjects=dict(sorted(subjects.items(), key=lambda one: collated(one[1]))),
        grades=sorted({one["grade"] for one in everything["items"] if one["grade"] is not None}),
        at_risk=sum(one["is_at_risk"] for one in told["items"]),
        parallels=_parallels(told["items"]),
    )  # fmt: skip


def _parallels(items: list[Json]) -> list[list[Json]]:
    """Return the pages of each plan that has gone further in one class than in another."""
    by_plan: dict[str, list[Json]] = {}
    for one in items:
        if one["plan"]:
            by_plan.setdefault(one["plan"]["id"], []).append(one)
    apart = [own for own in by_plan.values() if any(one["behind_parallel"] for one in own)]
    return [sorted(own, key=lambda one: group_key(one["group"]["name"])) for own in apart]


@programmes.get("/fulfilment/<uuid:page_id>")
def laid(page_id: UUID) -> str:
    """Show one page's plan laid over its lessons."""
    told = fetch("journal", f"/pages/{page_id}/plan")
    found = fetch("journal", "/fulfilment")["items"] if may("journal: follow programmes") else []
    course = next((one for one in found if one["page_id"] == str(page_id)), None)
    return render_template(
        "laying.html", told=told, course=course, reasons=reason_titles(), sizes=SIZES, page_id=page_id
    )


@programmes.post("/fulfilment/<uuid:page_id>/topics/<uuid:topic_id>")
def adjust(page_id: UUID, topic_id: UUID) -> AnyResponse:
    how, _, hours = request.form.get("how", "").partition(":")
    body: Json = {"how": how}
    if hours:
        if not (hours.isascii() and hours.isdecimal() and len(hours) < 3):
            raise BadRequest
        body["hours"] = int(hours)
    accepted(send("journal", "PUT", f"/pages/{page_id}/plan/topics/{topic_id}", json=body))
    return redirect(url_for("programmes.laid", page_id=page_id, _anchor=f"topic-{topic_id}"))


@programmes.get("/journal/<uuid:page_id>/plan")
def page_plan(page_id: UUID) -> Response:
    """Hand the page's plan on to the grid's script."""
    return relayed(send("journal", "GET", f"/pages/{page_id}/plan"))


@programmes.get("/diary/programmes")
def of_pupil() -> str:
    """Show a family the hours planned, given and left of each subject (clause 2.2.9)."""
    pupil_id = asked_pupil()
    if pupil_id is None:
        return render_template("no_children.html")
    return diary_page("programmes.html", fetch("journal", "/diary/programmes", pupil_id=pupil_id))
