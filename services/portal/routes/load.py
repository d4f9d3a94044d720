"""«Нагрузка»: subjects of a parallel by its classes, with teachers, hours, and what the plan asks for."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import may
from services.portal.routes.curriculum import Outcome, brought, hand_on, taken
from services.portal.script_texts import sheet_texts
from services.portal.web import accepted, fetch, fetch_all, pedagogues, seen_state, send
from shared.names import collated, group_key, names_apart

load = Blueprint("load", __name__, url_prefix="/load")

Found = dict[str, Any]
Pages = dict[tuple[str, str], Found]
"""By group and subject."""


@load.get("")
def table() -> str:
    return _page()


def _page(outcome: Outcome | None = None) -> str:
    """Show one parallel, the load of its classes beside what the curriculum asks for."""
    groups = fetch_all("identity", "/groups")
    grades = sorted({one["grade"] for one in groups if one["kind"] == "class" and one["grade"] is not None})
    asked = request.args.get("grade", "")
    grade = int(asked) if asked in map(str, grades) else next(iter(grades), None)
    checked = fetch("schedule", "/loads/check")
    people = _teachers()
    subjects = {one["id"]: one["name"] for one in fetch_all("schedule", "/subjects")}
    classes = _classes(groups, grade)
    loads = {one["id"]: fetch("schedule", "/loads/table", group_id=one["id"]) for one in classes}
    edits = may("schedule: assign the load")
    rows, columns = _sheet(classes, groups, loads, checked, subjects, edits=edits)
    hours = {one["id"]: one["hours_per_week"] for one in checked["teachers"]}
    return render_template(
        "load.html", grades=grades, grade=grade, rows=rows, columns=columns, people=people, hours=hours,
        idle=[name for id_, name in people if id_ not in hours], checked=checked, outcome=outcome,
        subjects=subjects, edits=edits,
        data={
            "columns": columns,
            "rows": [{"subject_id": row["subject_id"], "slot": row["slot"]} for row in rows],
            "teachers": [{"id": id_, "name": name} for id_, name in people],
            "texts": sheet_texts(),
        },
    )  # fmt: skip


def _classes(groups: list[Found], grade: int | None) -> list[Found]:
    found = (one for one in groups if one["kind"] == "class" and one["grade"] == grade)
    return sorted(found, key=lambda one: group_key(one["name"]))


def _teachers() -> list[tuple[str, str]]:
    people = pedagogues()
    parts = [(one["family_name"], one["given_name"], one["patronymic"]) for one in people]
    # In full for namesakes: what is typed has to mean one person.
    return [(one["id"], name) for one, name in zip(people, names_apart(parts), strict=True)]


def _sheet(
    classes: list[Found], groups: list[Found], loads: dict[str, Found], checked: Found,
    subjects: dict[str, str], *, edits: bool,
) -> tuple[list[Found], list[Found]]:  # fmt: skip
    """Return the rows, each a subject for whole classes or for their first, second… groups, and columns."""
    planned = {
        (row["group"]["id"], row["subject"]["id"]): row for row in checked["items"] if row["is_planned"]
    }
    taught = {
        (item["group_id"], item["subject_id"]): item for told in loads.values() for item in told["items"]
    }
    within = _within(groups)
    columns = [_column(one, loads[one["id"]], edits=edits) for one in classes]
    rows: list[Found] = []
    for subject in _subjects(loads, checked, subjects):
        named = subject, subjects[subject]
        places = [_groups_for(one, *named, within[one["id"]], taught, planned) for one in classes]
        for slot in range(max(map(len, places), default=1)):
            rows.append({"subject_id": subject, "name": subjects[subject], "slot": slot})
            for column, own in zip(columns, places, strict=True):
                column["cells"].append(_cell(own[slot] if slot < len(own) else None, subject, taught))
        for column, one in zip(columns, classes, strict=True):
            if plan := planned.get((one["id"], subject)):
                column["plan"][subject] = {"hours": plan["planned"], "groups": plan["group_count"]}
    return rows, columns


def _within(groups: list[Found]) -> dict[str, list[Found]]:
    """Return the groups of each class, as they are listed."""
    found: dict[str, list[Found]] = defaultdict(list)
    for one in sorted(groups, key=lambda one: group_key(one["name"])):
        if one["kind"] == "group" and one.get("parent_id"):
            found[one["parent_id"]].append(one)
    return found


def _subjects(loads: dict[str, Found], checked: Found, subjects: dict[str, str]) -> list[str]:
    """Return the subjects that are taught or planned in these classes, or were asked for, by name."""
    used = {item["subject_id"] for told in loads.values() for item in told["items"]}
    used |= {row["subject"]["id"] for row in checked["items"] if row["group"]["id"] in loads}
    used |= set(request.args.getlist("row"))
    return sorted(used & subjects.keys(), key=lambda id_: collated(subjects[id_]))


def _column(one: Found, told: Found, *, edits: bool) -> Found:
    return {
        "url": url_for("load.save", group_id=one["id"]),
        "version": told["version"],
        "title": one["name"],
        "editable": edits,
        "plan": {},
        "cells": [],
    }


def _groups_for(
    class_: Found, subject: str, name: str, own: list[Found], taught: Pages, planned: Pages
) -> list[Found]:
    """Return the class, and its groups in a subject: those that are taught it, or are named after it."""
    plan = planned.get((class_["id"], subject))
    has_load = [one for one in own if (one["id"], subject) in taught]
    named = [one for one in own if one not in has_load and collated(name) in collated(one["name"])]
    wanted = plan["group_count"] if plan and plan["group_count"] > 1 else 0
    found = [*has_load, *named[: max(0, wanted - len(has_load))]]
    return [class_, *sorted(found, key=lambda one: group_key(one["name"]))]


def _cell(group: Found | None, subject: str, taught: Pages) -> Found | None:
    if group is None:
        return None
    item = taught.get((group["id"], subject))
    known = {"group_id": group["id"], "name": group["name"]}
    if item is None:
        return known | {"hours": None, "teachers": []}
    return known | {"hours": item["hours_per_week"], "teachers": item["teacher_ids"]}


@load.put("/<uuid:group_id>")
def save(group_id: UUID) -> Response:
    """Hand the load of a class, as the page's script sends it, on to schedule, which alone decides."""
    return hand_on("/loads/table", params={"group_id": str(group_id)})


@load.get("/check")
def check() -> str:
    """Show what nobody teaches and what nobody planned, in the whole school."""
    found = fetch("schedule", "/loads/check")
    wrong = [
        row | {"places": places}
        for row in found["items"]
        if (places := [one for one in row["places"] if one["uncovered"] or one["over"]])
    ]
    taught = {one["id"] for one in found["teachers"]}
    idle = [name for id_, name in _teachers() if id_ not in taught]
    return render_template("load_check.html", found=found, wrong=wrong, idle=idle)


@load.get("/tariff")
def tariff() -> str:
    return render_template("tariff.html", tariff=fetch("schedule", "/tariff"))


@load.get("/tariff/file")
def tariff_file() -> Response:
    return taken("/tariff", ("pdf", "xlsx"))


@load.post("/tariff/rate")
def set_rate() -> AnyResponse:
    body = {"hours_per_week": request.form.get("hours", "")}
    headers = seen_state(request.form.get("seen", ""))
    accepted(send("schedule", "PUT", "/tariff/rate", json=body, headers=headers))
    return redirect(url_for("load.tariff"))


@load.post("/import")
def bring() -> tuple[str, int]:
    outcome, status = brought("loads")
    return _page(outcome), status


@load.get("/export")
def export() -> Response:
    return taken("/exports/loads", ("xlsx", "csv"))
