"""«Параметры школы»: its card, every parameter with its clause and default, and their history."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby, zip_longest
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import format_date, format_decimal
from werkzeug.wrappers import Response

from services.portal.pages import time_zone
from services.portal.routes.rosters import may
from services.portal.web import accepted, fetch, language, problem_of, seen_state, send
from shared.clock import today
from shared.names import tidy

parameters = Blueprint("parameters", __name__)

Shown = dict[str, Any]
DETAILS = ("name", "short_name", "address", "phone", "email")
BLANK_ROWS = 2
NUMBER = re.compile(r"-?[0-9]{1,9}")
HUNDREDTHS = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?")
LEAP_YEAR = "2024"  # Any will do to write a day of the year; this one has them all.


@parameters.get("/school")
def overview() -> str:
    """Show the school's card and all parameters as they are today, or on the day asked for."""
    answer = send("identity", "GET", "/school")
    on = request.args.get("on", "")
    items = fetch("identity", "/school/parameters", on=on)["items"]
    return render_template(
        "school.html",
        school=accepted(answer),
        seen=answer.headers["ETag"],
        sections=[(title, list(those)) for title, those in groupby(items, lambda one: one["section_title"])],
        on=on,
        said=said,
        may=may,
    )


@parameters.post("/school")
def change_card() -> Response:
    """Change what documents call the school and where it is."""
    known = fetch("identity", "/school")
    body = {name: known[name] for name in ("time_zone", "scale")}
    body |= {name: request.form.get(name, "").strip() for name in DETAILS}
    headers = seen_state(request.form.get("seen", ""))
    accepted(send("identity", "PUT", "/school", json=body, headers=headers))
    return redirect(url_for("parameters.overview"))


@parameters.get("/school/parameters/<name>")
def parameter(name: str) -> str:
    return _page(fetch("identity", f"/school/parameters/{name}"))


@parameters.post("/school/parameters/<name>")
def set_parameter(name: str) -> Response | tuple[str, int]:
    """Set a parameter from a day on; what was typed stays on the page when it will not do."""
    known = fetch("identity", f"/school/parameters/{name}")
    given = request.form.get
    body = {
        "value": typed(known, request.form),
        "valid_from": given("valid_from") or today(time_zone()).isoformat(),
        "reason": given("reason", "").strip(),
        "act_number": given("act_number", "").strip() or None,
        "act_on": given("act_on") or None,
    }
    headers = seen_state(f'"{given("version", "")}"')
    answer = send("identity", "PUT", f"/school/parameters/{name}", json=body, headers=headers)
    if answer.status_code in (409, 412, 422):
        return _page(known | {"value": body["value"]}, problem_of(answer)), answer.status_code
    accepted(answer)
    return redirect(url_for("parameters.parameter", name=name))


def _page(known: Shown, problem: Shown | None = None) -> str:
    return render_template(
        "parameter.html",
        parameter=known,
        problem=problem,
        today=today(time_zone()).isoformat(),
        blank=[{}] * BLANK_ROWS,
        said=said,
        number_of=number_of,
        may=may,
    )


def typed(known: Shown, form: Any) -> Any:
    """Return the value that a form of the parameter's kind says; identity judges it."""
    value: Any = form.get("value", "").strip()
    match known["form"]:
        case "whole":
            return _number(value)
        case "signs":
            return value.split()
        case "several":
            return form.getlist("value")
        case "by_grade":
            return {grade: form.get(f"grade-{grade}", "") for grade in known["bounds"]["grades"]}
        case "rows" | "by_subject":
            return _typed_rows(known["bounds"], form)
        case "numbers":
            return {
                key: _typed_of(known["bounds"], form.get(f"n-{key}", "")) for key in known["bounds"]["keys"]
            }
        case "year_day":
            return value[-5:]  # A field for days gives the year as well.
    return value


def _typed_rows(bounds: Shown, form: Any) -> list[Shown]:
    """Return the rows that have a title; a new one is known by its title, a word for a word."""
    if "options" in bounds:  # A scale for each subject named.
        pairs = zip(form.getlist("subject"), form.getlist("scale"), strict=False)
        return [{"subject": tidy(subject), "scale": scale} for subject, scale in pairs if subject.strip()]
    flags = list(bounds["flags"])
    columns = [form.getlist(name) for name in ("key", "ru", "en", "weight", *flags)]
    rows = []
    for cells in zip_longest(*columns, fillvalue=""):
        key, title, en, weight, *said_flags = (tidy(cell) for cell in cells)
        if not title:
            continue
        row: Shown = {bounds["key"]: key or "-".join(title.split()), "ru": title, "en": en or title}
        if bounds["least"] is not None:
            row["weight"] = _number(weight)
        row |= {flag: yes == "yes" for flag, yes in zip(flags, said_flags, strict=True)}
        rows.append(row)
    return rows


def _number(text: str) -> Any:
    """Return the number a text is; whatever else it is, identity refuses it."""
    return int(text) if NUMBER.fullmatch(text) else text


def _typed_of(bounds: Shown, text: str) -> Any:
    """Return a whole number, or the hundredths of one like 4,65; whatever else it is, identity refuses it."""
    plain = text.strip().replace(",", ".")
    if not bounds["hundredths"]:
        return _number(plain)
    found = HUNDREDTHS.fullmatch(plain)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else text


def number_of(bounds: Shown, value: Any) -> str:
    """Write a number of a table of numbers: 4,50 where they are hundredths."""
    if not bounds["hundredths"] or not isinstance(value, int):
        return str(value)
    return str(format_decimal(Decimal(value) / 100, "0.00"))


def said(known: Shown, value: Any) -> str:
    """Write a value the way people say it: «1–9: четверти, 10–11: полугодия», «30 июня»."""
    match known["form"]:
        case "choice":
            return str(known["bounds"]["options"].get(value, value))
        case "several":
            return ", ".join(str(known["bounds"]["options"].get(one, one)) for one in value)
        case "signs":
            return " ".join(value)
        case "by_grade":
            return _said_by_grade(known["bounds"], value)
        case "rows" | "by_subject":
            return "; ".join(_said_row(known["bounds"], row) for row in value)
        case "numbers":
            shown = (f"{key}: {number_of(known['bounds'], value[key])}" for key in known["bounds"]["keys"])
            return "; ".join(shown)
        case "year_day":
            return str(_day(value))
    return str(value)


def _said_by_grade(bounds: Shown, value: Mapping[str, str]) -> str:
    spans = []
    for kind, grades in groupby(bounds["grades"], lambda grade: value.get(grade, "")):
        run = list(grades)
        span = run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}"
        spans.append(f"{span}: {bounds['options'].get(kind, kind)}")
    return ", ".join(spans)


def _said_row(bounds: Shown, row: Shown) -> str:
    if "options" in bounds:
        return f"{row['subject']} — {bounds['options'].get(row['scale'], row['scale'])}"
    title = row[language()]
    return f"{title} — {row['weight']}" if "weight" in row else f"{row[bounds['key']]} — {title}"


def _day(value: str) -> str:
    return str(format_date(date.fromisoformat(f"{LEAP_YEAR}-{value}"), "d MMMM"))
