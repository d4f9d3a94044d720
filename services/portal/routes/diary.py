"""The diary: a pupil's week, subjects and periods, for the pupil, the parents and the class teacher."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, render_template

from services.portal.pages import me, the_year, time_zone
from services.portal.texts import final_titles
from services.portal.timetables import day_notes
from services.portal.web import asked_day, asked_id, fetch, glimpse, visitor
from shared.clock import today

diary = Blueprint("diary", __name__)

WEEK = timedelta(days=7)
Json = dict[str, Any]


@diary.get("/diary")
def week() -> str:
    pupil_id = asked_pupil()
    if pupil_id is None:
        return render_template("no_children.html")
    current = today(time_zone())
    shown = asked_day("week") or current
    told = fetch("journal", "/diary", pupil_id=pupil_id, week=shown.isoformat())
    monday, year = date.fromisoformat(told["from"]), the_year()
    for one in told["days"]:
        one["notes"] = day_notes(one["on"], year)
    return diary_page(
        "diary.html", told, monday=monday, previous=monday - WEEK, next=monday + WEEK,
        is_now=monday <= current < monday + WEEK, gist=_gist(told["days"]),
    )  # fmt: skip


@diary.get("/diary/period")
def period() -> str:
    """Show a period's sheet: all subjects with their marks, averages and absences."""
    pupil_id = asked_pupil()
    if pupil_id is None:
        return render_template("no_children.html")
    told = fetch("journal", "/diary/period", pupil_id=pupil_id, period_id=asked_id("period_id"))
    years: dict[str, list[Json]] = {}
    for one in told["periods"]:
        years.setdefault(one["year"]["name"], []).append(one)
    return diary_page("diary_period.html", told, years=years, final_titles=final_titles())


@diary.get("/diary/subjects/<uuid:subject_id>")
def subject(subject_id: UUID) -> str:
    """Show a subject's lessons of a year, the latest first, and the marks of all years."""
    asked = {"pupil_id": asked_pupil(), "year_id": asked_id("year_id")}
    told = fetch("journal", f"/diary/subjects/{subject_id}", **asked)
    on = today(time_zone()).isoformat()
    for one in told["periods"]:
        one["lessons"] = [lesson for lesson in reversed(one["lessons"]) if _has_news(lesson, on)]
    told["periods"] = [one for one in reversed(told["periods"]) if one["lessons"]]
    return diary_page("diary_subject.html", told)


@diary.get("/diary/lessons/<uuid:lesson_id>/marks/<int:slot>")
def mark(lesson_id: UUID, slot: int) -> str:
    """Show what a mark was put for, by whom and when, and what stood there before."""
    told = fetch("journal", f"/diary/lessons/{lesson_id}/marks/{slot}", pupil_id=asked_pupil())
    return diary_page("diary_mark.html", told)


@diary.get("/diary/pages/<uuid:page_id>/finals/<column>")
def final(page_id: UUID, column: str) -> str:
    """Show who put a term-end mark and when, and what stood there before."""
    path = f"/diary/pages/{page_id}/finals/{quote(column, safe='')}"
    told = fetch("journal", path, pupil_id=asked_pupil())
    return diary_page("diary_final.html", told, final_titles=final_titles())


@diary.get("/classes/<uuid:group_id>")
def classmates(group_id: UUID) -> str:
    """Show the class teacher's own class, each name leading to a diary."""
    roster = fetch("identity", f"/groups/{group_id}/roster")
    leads = any(one["id"] == str(group_id) for one in (me() or {}).get("classes", []))
    nothing: Json = {"items": []}
    path = f"/groups/{group_id}/portfolio"
    waiting = glimpse("journal", path, default=nothing) if leads else nothing
    return render_template(
        "classmates.html", group=roster["group"], roster=roster, leads=leads, waiting=waiting["items"]
    )


def diary_page(template: str, told: Json, **more: Any) -> str:
    """Show a view of a diary; `whose` names the pupil in its links, nobody in the own one's."""
    pupil_id = told["pupil"]["id"]
    own = visitor().has("pupil") and pupil_id == str(visitor().person_id)
    return render_template(
        template, diary=told, children=(me() or {}).get("children", []), pupil_id=pupil_id, own=own,
        whose=None if own else pupil_id, today=today(time_zone()).isoformat(), **more,
    )  # fmt: skip


def asked_pupil() -> str | None:
    """Return whose diary is asked for; the journal decides whether the visitor may see it."""
    asked = asked_id("pupil_id")
    if asked:
        return asked
    if visitor().has("pupil"):
        return str(visitor().person_id)
    children = (me() or {}).get("children", [])
    return str(children[0]["id"]) if children else None


def _has_news(lesson: Json, on: str) -> bool:
    """Whether a lesson has been, or something is said of it already."""
    return bool(lesson["on"] <= on or lesson["topic"] or lesson["homework"])


def _gist(days: Iterable[Json]) -> Json:
    """Return the week in a line: each subject's marks, and how many lessons were missed."""
    marks: dict[str, list[Json]] = {}
    missed = 0
    for one in days:
        for lesson in one["lessons"]:
            for entry in lesson["entries"]:
                if entry["slot"]:
                    marks.setdefault(lesson["subject"], []).append({**entry, "lesson_id": lesson["id"]})
                elif entry["value"] != "оп":
                    missed += 1
    return {"marks": marks, "missed": missed}
