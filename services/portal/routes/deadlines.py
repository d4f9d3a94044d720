"""Deadlines of the regulation: the board of a teacher, a class or the school, and signs over lessons."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from services.portal.pages import FEW, may, moment, time_zone
from services.portal.web import asked_day, asked_id, fetch, glimpse, visitor
from shared.clock import today
from shared.names import group_key

deadlines = Blueprint("deadlines", __name__, url_prefix="/deadlines")

WEEK = timedelta(days=7)
ACTION = "journal: follow deadlines"
FIGURES = ("met", "near", "late")


def owed_words() -> dict[str, str]:
    """Return what is owed, and how it stands."""
    return {
        "topic": _("тема"),
        "homework": _("задание"),
        "attendance": _("посещаемость"),
        "mark": _("отметки"),
        "work": _("письменная работа"),
        "awaited": _("работа с «•»"),
        "final": _("отметки за период"),
        "met": _("в срок"),
        "near": _("срок близко"),
        "late": _("просрочено"),
        "ahead": _("срок впереди"),
    }


@deadlines.get("")
def board() -> str:
    """Show how deadlines are kept: of all by class and teacher, of those chosen lesson by lesson."""
    current = today(time_zone())
    span = {"from": asked_day("from") or current - WEEK, "until": asked_day("until") or current}
    narrowed = {name: asked_id(name) for name in ("group_id", "teacher_id")}
    told = fetch("journal", "/deadlines", **{name: day.isoformat() for name, day in span.items()}, **narrowed)
    rows = _rows(told["counts"], "teacher", "group")
    is_summary = len(rows) > FEW and not any(narrowed.values())
    return render_template(
        "deadlines.html", told=told, rows=rows, span=span, narrowed=narrowed, words=owed_words(),
        by_class=_worst_first(told["classes"], "group") if is_summary else [],
        by_teacher=_worst_first(told["counts"], "teacher") if is_summary else [],
    )  # fmt: skip


def _rows(counts: list[dict[str, Any]], *by: str) -> list[dict[str, Any]]:
    """Add the deadlines of each teacher or class, or both, together."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in counts:
        key = tuple((one[name] or {}).get("id", "") for name in by)
        row = rows.setdefault(key, {**one, **dict.fromkeys(FIGURES, 0)})
        for figure in FIGURES:
            row[figure] += one[figure]
    return list(rows.values())


def _worst_first(counts: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    rows = [row for row in _rows(counts, by) if row[by]]
    return sorted(rows, key=lambda row: (-row["late"], -row["near"], group_key(row[by]["name"])))


def lesson_signs(page_id: str, period: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Return by lesson what is owed and how it stands, in words; nothing when the journal is silent."""
    if period is None or not may(ACTION):
        return {}
    span = {"from": period["starts_on"], "until": period["ends_on"]}
    told = glimpse("journal", f"/pages/{page_id}/deadlines", {"items": []}, **span)
    words = {**owed_words(), "done_late": _("внесено после срока")}
    return {one["lesson_id"]: _sign(one["owed"], words) for one in told["items"]}


def _sign(owed: list[dict[str, Any]], words: dict[str, str]) -> dict[str, str]:
    """Say of a lesson: «просрочено: тема, задание; срок близко: отметки (до 5 окт., 23:59)».

    What was done after all calls for nothing any more: it is said, and no dot stands over the lesson.
    """
    by_state: dict[str, list[dict[str, Any]]] = {"late": [], "near": [], "done_late": []}
    for one in owed:
        state = "done_late" if one["state"] == "late" and one["done_at"] else one["state"]
        by_state.get(state, []).append(one)
    parts = []
    for state, these in by_state.items():
        if these:
            what = ", ".join(dict.fromkeys(words[one["what"]] for one in these))
            due = max(one["due"] for one in these)
            parts.append(f"{words[state]}: {what} ({_('до %(moment)s', moment=moment(due))})")
    waits = next((state for state in ("late", "near") if by_state[state]), "")
    return {"state": waits, "text": "; ".join(parts)}


def unfilled_today(day: date) -> list[dict[str, Any]]:
    """Return the visitor's own lessons of today that still lack something, each with what it lacks."""
    if not (may(ACTION) and visitor().has("teacher", "class_teacher")):
        return []
    on = day.isoformat()
    told = glimpse("journal", "/deadlines", {"items": []}, **{"from": on, "until": on}, mine="true")
    words = owed_words()
    found: dict[str, dict[str, Any]] = {}
    for one in told["items"]:
        if one["what"] in ("final", "awaited"):  # They have days of their own.
            continue
        lesson = found.setdefault(one["lesson_id"], {**one, "lacks": []})
        lesson["lacks"].append(words[one["what"]])
        lesson["url"] = url_for(
            "journal.page", page_id=one["page_id"], on=one["on"], _anchor=one["lesson_id"]
        )
    return list(found.values())
