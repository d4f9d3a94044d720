"""How many lessons a parallel may have, and how grave which conflict of a timetable is."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal.pages import may, time_zone
from services.portal.web import accepted, fetch, seen_state, send
from shared.clock import today

limits = Blueprint("limits", __name__, url_prefix="/timetable-limits")

COUNTS = ("per_day", "longer_days", "five_days", "six_days")
LONGEST = 4  # Digits of a number that might be meant.


@limits.get("")
def show() -> str:
    return render_template(
        "timetable_limits.html", limits=fetch("schedule", "/timetables/limits"), counts=COUNTS,
        kinds=kind_titles(), can_set=may("schedule: set timetable limits"),
        today=today(time_zone()).isoformat(),
    )  # fmt: skip


@limits.post("")
def decide() -> Response:
    """Send all that the page showed; what is no number is the service's to refuse."""
    form = request.form
    grades = [
        {"grade": grade, **{name: _number(form.get(f"{name}-{grade}", "")) for name in COUNTS}}
        for grade in form.getlist("grade", type=int)
    ]
    severities = {kind: form[f"kind-{kind}"] for kind in kind_titles() if form.get(f"kind-{kind}")}
    body = {"from_on": form.get("from_on", ""), "grades": grades, "severities": severities}
    seen = seen_state(f'"{form.get("version", "")}"')
    accepted(send("schedule", "PUT", "/timetables/limits", json=body, headers=seen))
    return redirect(url_for("limits.show"))


def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else text


def kind_titles() -> dict[str, str]:
    """Return the conflicts of which the school decides how grave they are, in words."""
    return {
        "room_small": _("кабинет мал для группы"),
        "day_limit": _("слишком много уроков за день"),
        "week_limit": _("слишком много уроков за неделю"),
        "class_gap": _("окно у класса"),
        "teacher_gap": _("окно у учителя"),
        "subject_apart": _("предмет дважды в день с перерывом"),
    }
