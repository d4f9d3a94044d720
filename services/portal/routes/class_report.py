"""How a class does: for its class teacher and for those who supervise (clauses 3.5.6, 3.5.9)."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.portal.web import asked_id, fetch

class_report = Blueprint("class_report", __name__)

MARKS = ("5", "4", "3", "2", "1", "н/а", "осв")


@class_report.get("/class-report")
def index() -> str | Response:
    """Lead to the own class; whoever reads several chooses."""
    classes = fetch("journal", "/classes")["items"]
    if len(classes) == 1:
        return redirect(url_for("class_report.show", group_id=classes[0]["id"]))
    return render_template("class_reports.html", classes=classes)


@class_report.get("/class-report/<uuid:group_id>")
def show(group_id: UUID) -> str:
    asked = asked_id("period_id")
    told = fetch("journal", f"/classes/{group_id}/report", **({"period_id": asked} if asked else {}))
    shown = [mark for mark in MARKS if any(one["counts"].get(mark) for one in told["subjects"])]
    return render_template("class_report.html", told=told, marks=shown)
