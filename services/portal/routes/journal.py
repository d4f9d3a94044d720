"""The teacher's journal: the list of class pages, the grid, and what the grid asks for.

The JSON addresses hand the grid's requests on to the journal as they are: the journal alone
decides what may be saved.
"""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from services.portal.grid import columns, grid_data, month_spans, rows
from services.portal.pages import FEW, the_year, time_zone
from services.portal.routes.deadlines import lesson_signs, unfilled_today
from services.portal.timetables import day_notes
from services.portal.web import NotAnswered, asked_day, fetch, fetch_all, glimpse, relayed, send, visitor
from services.portal.years import Years, asked_years
from shared.clock import today
from shared.names import collated, group_key

journal = Blueprint("journal", __name__, url_prefix="/journal")

Shown = dict[str, Any]
LONGEST_REST = timedelta(days=14)  # Holidays within a year are no longer.
NO_GRADE = "-"
OF_A_CELL = ("lesson_id", "pupil_id", "period_id", "slot")
PASSED_ON = ("Content-Type", "If-Match", "If-None-Match", "Idempotency-Key")


@journal.get("")
def pages() -> str:
    """Show a teacher the own pages, first those of today; the deputy and the director, all."""
    mine = visitor().has("teacher", "class_teacher") and request.args.get("all") != "true"
    years = asked_years()
    told = fetch_all("journal", "/pages", mine="true" if mine else None, year_id=years.id)
    told.sort(key=lambda page: (group_key(page["group"]["name"]), page["subject"]["name"]))
    return _own(told, years) if mine else _every(told, years)


def _own(told: list[Shown], years: Years) -> str:
    """Show the own pages; what waits to be done stands above those of this year alone."""
    if not years.is_current:
        return render_template("pages.html", by_group=_by_group(told), mine=True, years=years)
    current = today(time_zone())
    lessons = _next_lessons(told, current)
    return render_template(
        "pages.html", by_group=_by_group(told), mine=True, years=years, lessons=lessons,
        on=lessons[0]["on"] if lessons else None, today=current.isoformat(), unfilled=unfilled_today(current),
        waiting=glimpse("journal", "/answers/waiting", {"items": []})["items"],
    )  # fmt: skip


def _every(told: list[Shown], years: Years) -> str:
    """Show how many pages each parallel has, and the pages of the one or of the teacher chosen."""
    asked = {name: request.args.get(name, "") for name in ("grade", "teacher")}
    grades: dict[str, list[Shown]] = {}
    for page in told:
        grades.setdefault(_grade(page), []).append(page)
    shown = [
        page
        for page in told
        if asked["grade"] in ("", _grade(page)) and asked["teacher"] in ("", *page["teachers"])
    ]
    is_long = len(told) > FEW
    is_summary = is_long and not any(asked.values())
    teachers = sorted({name for page in told for name in page["teachers"]}, key=collated)
    return render_template(
        "pages.html", by_group={} if is_summary else _by_group(shown), mine=False, is_long=is_long,
        is_summary=is_summary, grades=grades, asked=asked, teachers=teachers, years=years,
    )  # fmt: skip


def _grade(page: Shown) -> str:
    """Return the parallel of a page's group, by its name: «7» of «7А»."""
    found = re.match(r"\d+", page["group"]["name"])
    return found[0] if found else NO_GRADE


def _by_group(pages: list[Shown]) -> dict[str, list[Shown]]:
    by_group: dict[str, list[Shown]] = {}
    for page in pages:
        by_group.setdefault(page["group"]["name"], []).append(page)
    return by_group


def _next_lessons(told: list[Shown], current: date) -> list[Shown]:
    """Return the visitor's lessons of today, or of the next day that has some, each with its page."""
    span = {"from": current.isoformat(), "until": (current + LONGEST_REST).isoformat()}
    mine = {"teacher_id": str(visitor().person_id)}
    lessons = glimpse("schedule", "/lessons", {"items": []}, **mine, **span)["items"]
    pages = {(page["group"]["id"], page["subject"]["id"]): page for page in told}
    found = [(lesson, pages.get((lesson["group"]["id"], lesson["subject"]["id"]))) for lesson in lessons]
    known = [{**lesson, "page": page} for lesson, page in found if page]
    first = min((lesson["on"] for lesson in known), default=None)
    return [lesson for lesson in known if lesson["on"] == first]


@journal.get("/<uuid:page_id>")
def page(page_id: UUID) -> str:
    """Show the class page; what the grid needs to know stands in it, so that it asks for nothing.

    A link to a lesson names its day, `?on=`, for the period, and `#<lesson>/<pupil>` for the cell.
    """
    told = fetch("journal", f"/pages/{page_id}", period_id=request.args.get("period_id"), on=asked_day("on"))
    shown = columns(told)
    now_on = today(time_zone()).isoformat()
    signs = lesson_signs(str(page_id), told["period"])
    notes = _notes(told)
    return render_template(
        "page.html", page=told, columns=shown, rows=rows(told, shown, now_on), months=month_spans(shown),
        data={**grid_data(told, visitor(), now_on), "signs": signs, "notes": notes},
        today=now_on, signs=signs, notes=notes,
    )  # fmt: skip


def _notes(told: Shown) -> dict[str, str]:
    """Return by day what sets a lesson's day apart for the page's parallel: moved, remote, shortened."""
    year, grade = the_year(), _grade(told["page"])

    def concerning(name: str) -> list[Shown]:
        rows = year.get(name, ())
        return [
            {**one, "grades": []} for one in rows if not one["grades"] or grade in map(str, one["grades"])
        ]

    own = {name: concerning(name) for name in ("holidays", "special_days")}
    days = {lesson["on"] for lesson in told["lessons"]}
    return {on: "; ".join(notes) for on in days if (notes := day_notes(on, own))}


@journal.get("/<uuid:page_id>/data")
def page_data(page_id: UUID) -> Response:
    asked = {"period_id": request.args.get("period_id")} if request.args.get("period_id") else {}
    return _hand_on("GET", f"/pages/{page_id}", params=asked)


@journal.post("/<uuid:page_id>/lessons/<uuid:lesson_id>/entries")
def post_entries(page_id: UUID, lesson_id: UUID) -> Response:  # noqa: ARG001 - The address is the page's; the journal knows its lessons.
    return _hand_on("POST", f"/lessons/{lesson_id}/entries")


@journal.put("/<uuid:page_id>/lessons/<uuid:lesson_id>/description")
def put_description(page_id: UUID, lesson_id: UUID) -> Response:  # noqa: ARG001 - The address is the page's; the journal knows its lessons.
    return _hand_on("PUT", f"/lessons/{lesson_id}/description")


@journal.put("/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>")
def put_work(page_id: UUID, lesson_id: UUID, slot: int) -> Response:  # noqa: ARG001 - The address is the page's; the journal knows its lessons.
    return _hand_on("PUT", f"/lessons/{lesson_id}/works/{slot}")


@journal.delete("/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot>")
def delete_work(page_id: UUID, lesson_id: UUID, slot: int) -> Response:  # noqa: ARG001 - The address is the page's; the journal knows its lessons.
    return _hand_on("DELETE", f"/lessons/{lesson_id}/works/{slot}")


@journal.put("/<uuid:page_id>/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/comment")
def put_comment(page_id: UUID, lesson_id: UUID, slot: int, pupil_id: UUID) -> Response:  # noqa: ARG001 - The address is the page's; the journal knows its lessons.
    return _hand_on("PUT", f"/lessons/{lesson_id}/entries/{slot}/{pupil_id}/comment")


@journal.put("/<uuid:page_id>/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/due")
def put_due(page_id: UUID, lesson_id: UUID, slot: int, pupil_id: UUID) -> Response:  # noqa: ARG001 - The address is the page's; the journal knows its lessons.
    return _hand_on("PUT", f"/lessons/{lesson_id}/entries/{slot}/{pupil_id}/due")


@journal.get("/<uuid:page_id>/revisions")
def revisions(page_id: UUID) -> Response:
    asked = {name: request.args[name] for name in OF_A_CELL if name in request.args}
    return _hand_on("GET", f"/pages/{page_id}/revisions", params=asked)


@journal.get("/<uuid:page_id>/spread.pdf")
def spread(page_id: UUID) -> Response:
    """Hand the printed spread on from reporting."""
    asked = {"period_id": request.args["period_id"]} if "period_id" in request.args else {}
    answer = send("reporting", "GET", f"/pages/{page_id}/spread.pdf", params=asked)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = Response(answer.content, content_type=answer.headers.get("Content-Type", "application/pdf"))
    response.headers["Content-Disposition"] = "inline; filename=spread.pdf"
    return response


def _hand_on(method: str, path: str, **given: Any) -> Response:
    # What is no plain text is nobody's ETag or key, and no header can hold it.
    headers = {
        name: value for name in PASSED_ON if (value := request.headers.get(name, "")).isascii() and value
    }
    return relayed(send("journal", method, path, headers=headers, content=request.get_data(), **given))
