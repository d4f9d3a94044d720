"""Composing a timetable with FET: what of, how long, how far it has come; and files for FET."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import may
from services.portal.web import NotAnswered, accepted, fetch, given_id, problem_of, relayed, send

compositions = Blueprint("compositions", __name__, url_prefix="/compositions")

PATH = "/timetables/compositions"
LONG = 60.0  # seconds in which the whole school is written down


@compositions.get("")
def show() -> str:
    if not may("schedule: export a timetable"):
        raise Forbidden
    return _page({})


def _page(asked: dict[str, str], problem: dict[str, Any] | None = None) -> str:
    return render_template(
        "compositions.html",
        versions=fetch("schedule", "/timetables")["items"],
        asked=asked,
        problem=problem,
        **_runs(may_see=may("schedule: compose a timetable")),
    )


def _runs(*, may_see: bool) -> dict[str, Any]:
    return {
        "runs": fetch("schedule", PATH)["items"] if may_see else [],
        "statuses": {
            "waiting": _("в очереди"),
            "running": _("составляется"),
            "done": _("готово"),
            "failed": _("не удалось"),
            "stopped": _("остановлено"),
        },
    }


@compositions.get("/runs")
def runs() -> str:
    """The list of runs alone, which the page takes anew while one is under way."""
    return render_template("composition_runs.html", **_runs(may_see=True))


@compositions.post("")
def begin() -> AnyResponse | tuple[str, int]:
    form = request.form
    source = form.get("timetable_id", "")
    minutes = form.get("minutes", "")
    body = {
        "name": form.get("name", ""),
        "timetable_id": given_id(source) if source else None,
        "keep_locked": bool(form.get("keep_locked")),
        "limit_seconds": int(minutes) * 60 if minutes.isdecimal() and len(minutes) < 5 else minutes,
    }
    answer = send("schedule", "POST", PATH, json=body, timeout=LONG)
    if answer.status_code in (409, 422):
        return _page(form.to_dict(), problem_of(answer)), answer.status_code
    accepted(answer)
    return redirect(url_for("compositions.show"))


@compositions.post("/<uuid:composition_id>/stop")
def stop(composition_id: UUID) -> AnyResponse:
    accepted(send("schedule", "POST", f"{PATH}/{composition_id}/stop"))
    return redirect(url_for("compositions.show"))


@compositions.post("/<uuid:composition_id>/removal")
def remove(composition_id: UUID) -> AnyResponse:
    accepted(send("schedule", "DELETE", f"{PATH}/{composition_id}"))
    return redirect(url_for("compositions.show"))


@compositions.get("/load.fet")
def load_file() -> Response:
    return _downloaded("/loads/fet")


@compositions.get("/versions/<uuid:timetable_id>.fet")
def version_file(timetable_id: UUID) -> Response:
    return _downloaded(f"/timetables/{timetable_id}/fet")


def _downloaded(path: str) -> Response:
    answer = send("schedule", "GET", path, timeout=LONG)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    return response
