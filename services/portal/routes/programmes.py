"""«Прохождение программ»: who is behind and what to do; one class's plan over its lessons; for families."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import FEW, may
from services.portal.routes.diary import asked_pupil, diary_page
from services.portal.texts import reason_titles
from services.portal.web import accepted, asked_id, fetch, relayed, send
from services.portal.years import asked_years
from shared.names import collated, group_key

programmes = Blueprint("programmes", __name__)

Json = dict[str, Any]
NO_GRADE = 99  # Behind all that have one.
SIZES = range(1, 61)


@programmes.get("/fulfilment")
def table() -> str:
    """Show how each parallel gets on with its programmes, and of those chosen each page, the worst first."""
    asked = {"subject_id": asked_id("subject_id"), "grade": request.args.get("grade", "")}
    asked["risk"] = request.args.get("risk", "")
    years = asked_years()
    everything = fetch("journal", "/fulfilment", year_id=years.id)["items"]
    found = [one for one in everything if _is_asked(one, asked)]
    is_summary = len(found) > FEW and not (asked["subject_id"] or asked["grade"])
    subjects = {one["subject"]["id"]: one["subject"]["name"] for one in everything}
    return render_template(
        "fulfilment.html", items=[] if is_summary else found, asked=asked, reasons=reason_titles(),
        years=years,
        summary=_by_grade(found) if is_summary else [],
        subjects=dict(sorted(subjects.items(), key=lambda one: collated(one[1]))),
        grades=sorted({one["grade"] for one in everything if one["grade"] is not None}),
        at_risk=sum(one["is_at_risk"] for one in found),
        parallels=[] if is_summary else parted_classes(found),
    )  # fmt: skip


def _is_asked(one: Json, asked: Json) -> bool:
    return (
        asked["subject_id"] in (None, one["subject"]["id"])
        and asked["grade"] in ("", str(one["grade"]))
        and (not asked["risk"] or one["is_at_risk"])
    )


def _by_grade(items: list[Json]) -> list[Json]:
    """Return how the pages of each parallel get on together."""
    by_grade: dict[int, list[Json]] = {}
    for one in items:
        by_grade.setdefault(NO_GRADE if one["grade"] is None else one["grade"], []).append(one)
    return [
        {
            "grade": None if grade == NO_GRADE else grade,
            "pages": len(own),
            "due": sum(one["due"] for one in own),
            "given": sum(one["given"] for one in own),
            "behind": sum(one["lag"] > 0 for one in own),
            "at_risk": sum(one["is_at_risk"] for one in own),
            "without_plan": sum(not one["plan"] for one in own),
            "short_plan": sum(one["reasons"]["plan_short"] > 0 for one in own),
        }
        for grade, own in sorted(by_grade.items())
    ]


def parted_classes(items: list[Json]) -> list[list[Json]]:
    """Return the pages of each plan that has gone further in one of them than in another."""
    by_plan: dict[str, list[Json]] = {}
    for one in items:
        if one["plan"]:
            by_plan.setdefault(one["plan"]["id"], []).append(one)
    apart = [own for own in by_plan.values() if len({one["reached"] for one in own}) > 1]
    return [sorted(own, key=lambda one: group_key(one["group"]["name"])) for own in apart]


@programmes.get("/fulfilment/<uuid:page_id>")
def laid(page_id: UUID) -> str:
    """Show one page's plan laid over its lessons."""
    told = fetch("journal", f"/pages/{page_id}/plan")
    year_id = asked_id("year_id")
    found: list[Json] = []
    if may("journal: follow programmes"):
        found = fetch("journal", "/fulfilment", year_id=year_id)["items"]
    course = next((one for one in found if one["page_id"] == str(page_id)), None)
    return render_template(
        "laying.html", told=told, course=course, reasons=reason_titles(), sizes=SIZES, page_id=page_id,
        year_id=year_id,
    )  # fmt: skip


@programmes.post("/fulfilment/<uuid:page_id>/topics/<uuid:topic_id>")
def adjust(page_id: UUID, topic_id: UUID) -> AnyResponse:
    how, _, hours = request.form.get("how", "").partition(":")
    body: Json = {"how": how}
    if hours:
        if not (hours.isascii() and hours.isdecimal() and len(hours) < 3):
            raise BadRequest
        body["hours"] = int(hours)
    accepted(send("journal", "PUT", f"/pages/{page_id}/plan/topics/{topic_id}", json=body))
    year_id, anchor = asked_id("year_id"), f"topic-{topic_id}"
    return redirect(url_for("programmes.laid", page_id=page_id, year_id=year_id, _anchor=anchor))


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
