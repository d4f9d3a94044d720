"""Errors reported and corrected: the lists of families and staff, one request, and its steps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal.pages import may, time_zone
from services.portal.reported import COLUMNS, final_of, mark_of
from services.portal.web import accepted, asked_id, fetch, given_id, glimpse, problem_of, seen_state, send
from shared.clock import today

corrections = Blueprint("corrections", __name__, url_prefix="/corrections")

OF_LESSON: tuple[str, ...] = ("lesson_id",)
OF_PERIOD: tuple[str, ...] = ("page_id", "period_id")
WHAT = dict.fromkeys(("mark", "attendance", "topic", "homework"), OF_LESSON) | {"final": OF_PERIOD}
"""What may be wrong, and by which ids it is named."""

IDS = (*OF_LESSON, *OF_PERIOD, "pupil_id")
REFUSED = (409, 412, 422)
"""What is said beside what was typed: closed, changed meanwhile, no such mark, nothing but spaces."""

LOOKED_BACK = timedelta(days=30)
"""How far the figures of the deputy reach."""


def words() -> dict[str, str]:
    """Return what entries, states, steps and deadlines are called."""
    return {
        "mark": _("отметка"),
        "attendance": _("посещаемость"),
        "topic": _("тема урока"),
        "homework": _("домашнее задание"),
        "final": _("итоговая отметка"),
        "open": _("ищут исполнителя"),
        "assigned": _("исправляют"),
        "corrected": _("исправлено"),
        "declined": _("отклонено"),
        "confirmed": _("закрыто"),
        "reported": _("сообщено об ошибке"),
        "reopened": _("открыто снова"),
        "approved": _("завуч разрешил исправить закрытую запись"),
        "withdrawn": _("разрешение отозвано"),
        "escalated": _("завуч предупреждён о сроке"),
        "met": _("в срок"),
        "near": _("срок близко"),
        "late": _("просрочено"),
        "ahead": _("в работе"),
        "school_days": _("считаются только учебные дни"),
        "hours": _("считаются все часы подряд"),
    }


@corrections.get("")
def index() -> str:
    told = fetch("journal", "/corrections", cursor=request.args.get("cursor"))
    return render_template("corrections.html", told=told, words=words(), figures=_figures())


def _figures() -> dict[str, Any] | None:
    """Return how requests of the last days were kept to their time, for whom the school's are to count."""
    if not may("journal: count corrections"):
        return None
    day = today(time_zone())
    span = {"from": (day - LOOKED_BACK).isoformat(), "until": day.isoformat()}
    found: dict[str, Any] | None = glimpse("journal", "/corrections/figures", **span)
    return found


@corrections.get("/new")
def new() -> str:
    """Ask what is wrong with the entry one came from."""
    if not may("journal: report errors"):
        abort(403)
    what = request.args.get("what", "")
    if what not in WHAT or not all(map(asked_id, WHAT[what])):
        abort(404)
    return _form(request.args)


def _form(given: Mapping[str, str], problem: dict[str, Any] | None = None) -> str:
    cell = {name: given.get(name, "") for name in (*IDS, "slot", "what")}
    return render_template(
        "new_correction.html", cell=cell, words=words(), mark=mark_of(cell), final=final_of(cell),
        problem=problem, typed=given.get("text", ""),
    )  # fmt: skip


@corrections.post("")
def report() -> Response | tuple[str, int]:
    """Report the error; what was reported already is said above the words, which stay."""
    slot = request.form.get("slot", "")
    body: dict[str, Any] = {
        **{name: given_id(given) for name in IDS if (given := request.form.get(name))},
        "what": request.form.get("what", ""),
        "text": request.form.get("text", "").strip(),
        "slot": int(slot) if slot in map(str, range(10)) else None,
    }
    answer = send("journal", "POST", "/corrections", json=body)
    if answer.status_code == 409:
        return _form(request.form, problem_of(answer)), 409
    return redirect(url_for("corrections.show", correction_id=accepted(answer)["id"]))


@corrections.get("/<uuid:correction_id>")
def show(correction_id: UUID) -> str:
    return _shown(fetch("journal", f"/corrections/{correction_id}"))


def _shown(told: dict[str, Any], problem: dict[str, Any] | None = None) -> str:
    return render_template(
        "correction.html", told=told, words=words(), organises=may("journal: organise corrections"),
        problem=problem, typed=request.form if problem else {},
    )  # fmt: skip


@corrections.post("/<uuid:correction_id>/assignment")
def assign(correction_id: UUID) -> Response | tuple[str, int]:
    body = {"assignee_id": given_id(request.form.get("assignee_id", ""))}
    return _step(correction_id, "PUT", "assignment", body)


@corrections.post("/<uuid:correction_id>/approval")
def approve(correction_id: UUID) -> Response | tuple[str, int]:
    return _step(correction_id, "DELETE" if "withdraw" in request.form else "PUT", "approval")


@corrections.post("/<uuid:correction_id>/settlement")
def settle(correction_id: UUID) -> Response | tuple[str, int]:
    note = request.form.get("note", "").strip() or None
    return _step(
        correction_id, "PUT", "settlement", {"outcome": request.form.get("outcome", ""), "note": note}
    )


@corrections.post("/<uuid:correction_id>/answer")
def answer(correction_id: UUID) -> Response | tuple[str, int]:
    text = request.form.get("text", "").strip() or None
    return _step(correction_id, "PUT", "answer", {"is_confirmed": "confirm" in request.form, "text": text})


@corrections.post("/<uuid:correction_id>/change")
def change(correction_id: UUID) -> Response | tuple[str, int]:
    """Write the correction by the page's own save, which names the request and settles it.

    What the journal refuses is said beside what was typed.
    """
    if not may("journal: settle corrections"):
        abort(403)
    told = fetch("journal", f"/corrections/{correction_id}")
    headers = seen_state(request.form.get("seen", ""))
    method, path, body = _save(told)
    answer = send("journal", method, path, json=body | {"request_id": told["id"]}, headers=headers)
    return _after(correction_id, answer)


def _save(told: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Return the save that a correction is written by: of cells, of a lesson's texts, of term-end marks."""
    value = request.form.get("value", "").strip() or None
    lesson = f"/lessons/{told['lesson_id']}"
    if told["what"] in ("topic", "homework"):
        standing = told["standing"] or {}
        texts = {name: standing.get(name) for name in ("topic", "homework")}
        return "PUT", f"{lesson}/description", texts | {told["what"]: value}
    cell = {"pupil_id": (told["pupil"] or {}).get("id"), "value": value}
    if told["what"] == "final":
        column = COLUMNS[told["slot"]] or told["period_id"]
        # The words of a family stay with the request: what is written on the page is read by others.
        reason = {"reason": f"По обращению № {told['number']}"}
        return "POST", f"/pages/{told['page_id']}/finals/{column}", {"entries": [cell]} | reason
    return "POST", f"{lesson}/entries", {"entries": [cell | {"slot": told["slot"]}]}


def _step(
    correction_id: UUID, method: str, step: str, body: dict[str, Any] | None = None
) -> Response | tuple[str, int]:
    given = {"json": body} if body is not None else {}
    return _after(correction_id, send("journal", method, f"/corrections/{correction_id}/{step}", **given))


def _after(correction_id: UUID, answer: httpx2.Response) -> Response | tuple[str, int]:
    if answer.status_code in REFUSED:
        again = fetch("journal", f"/corrections/{correction_id}")
        return _shown(again, problem_of(answer)), answer.status_code
    accepted(answer)
    return redirect(url_for("corrections.show", correction_id=correction_id))
