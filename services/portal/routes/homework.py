"""A lesson's homework at the teacher's desk: tasks with files, copies, answers; and the load of a week."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal.pages import time_zone
from services.portal.routes.handed import AGAIN, Refused, handed_in, ids_of, links_of
from services.portal.routes.tasks import limits, once
from services.portal.web import accepted, asked_day, fetch, given_id, problem_of, seen_state, send
from shared.clock import today
from shared.ids import new_id

homework = Blueprint("homework", __name__)

WEEK = timedelta(days=7)
Json = dict[str, Any]
Answer = Response | str | tuple[str, int]
LESSON = "/journal/<uuid:page_id>/lessons/<uuid:lesson_id>"


@homework.get(f"{LESSON}/homework")
def lesson(page_id: UUID, lesson_id: UUID) -> Answer:
    """Show a lesson's tasks, and the forms that set, change and copy them."""
    return _page(page_id, lesson_id)


@homework.post(f"{LESSON}/tasks")
def set_task(page_id: UUID, lesson_id: UUID) -> Answer:
    """Set a task; what was typed stays on the page when it will not do."""
    return _save(page_id, lesson_id, "POST", "tasks", once())


@homework.post(f"{LESSON}/tasks/<int:slot>")
def change_task(page_id: UUID, lesson_id: UUID, slot: int) -> Answer:
    return _save(page_id, lesson_id, "PUT", f"tasks/{slot}", {}, slot)


def _save(
    page_id: UUID, lesson_id: UUID, method: str, path: str, headers: dict[str, str], slot: int | None = None
) -> Answer:
    """Hand in the files of the form, then write the task that has them."""
    try:
        files = handed_in()
        body = {**_typed(files), "file_ids": ids_of(files)}
    except Refused as refused:
        return _page(page_id, lesson_id, refused.problem, refused.files, slot), 422
    seen = seen_state(request.form.get("seen", ""))
    answer = send("journal", method, f"/lessons/{lesson_id}/{path}", json=body, headers={**seen, **headers})
    if answer.status_code in AGAIN:
        return _page(page_id, lesson_id, problem_of(answer), files, slot), answer.status_code
    return _after(page_id, lesson_id, answer)


def _typed(files: Sequence[Json]) -> Json:
    form = request.form
    if not form.get("text", "").strip():
        raise Refused({"title": _("Задание пусто"), "detail": _("Напишите, что сделать.")}, files)
    whom, _colon, id_ = form.get("for", "").partition(":")
    target = {f"{whom}_id": given_id(id_)} if whom in ("group", "pupil") else {}
    minutes = form.get("minutes", "").strip()
    return {
        "text": form.get("text", "").strip(),
        "minutes": int(minutes) if minutes.isdecimal() and len(minutes) < 5 else minutes or None,
        "due_lesson_id": given_id(form["due"]) if form.get("due") else None,
        "links": links_of(form.get("links", ""), files),
        **target,
    }


@homework.post(f"{LESSON}/tasks/<int:slot>/withdrawal")
def withdraw_task(page_id: UUID, lesson_id: UUID, slot: int) -> Answer:
    seen = seen_state(request.form.get("seen", ""))
    answer = send("journal", "DELETE", f"/lessons/{lesson_id}/tasks/{slot}", headers=seen)
    return _after(page_id, lesson_id, answer)


@homework.post(f"{LESSON}/homework/copies")
def copy(page_id: UUID, lesson_id: UUID) -> Answer:
    """Give the lessons ticked this one's text, tasks, links and files."""
    chosen = [given_id(one) for one in request.form.getlist("lesson")]
    answer = send("journal", "POST", f"/lessons/{lesson_id}/homework/copies", json={"lesson_ids": chosen})
    return _after(page_id, lesson_id, answer, "lessons")


def _after(page_id: UUID, lesson_id: UUID, answer: Any, counted: str | None = None) -> Answer:
    if answer.status_code in AGAIN:
        return _page(page_id, lesson_id, problem_of(answer)), answer.status_code
    told = accepted(answer)
    copied = told[counted] if counted else None
    return redirect(url_for("homework.lesson", page_id=page_id, lesson_id=lesson_id, copied=copied))


def _page(
    page_id: UUID,
    lesson_id: UUID,
    problem: Json | None = None,
    handed: Sequence[Json] = (),
    slot: int | None = None,
) -> str:
    """Show the page; what was typed of a new task, or of the one of a slot, stays when it will not do."""
    told = fetch("journal", f"/lessons/{lesson_id}/homework")
    for task in told["tasks"]:
        task["typed"] = _as_typed(task) if slot == task["slot"] else None
    copied = request.args.get("copied", "")
    return render_template(
        "homework.html",
        told=told,
        lesson=told["lesson"],
        page_id=page_id,
        problem=problem,
        typed=request.form if problem and slot is None else {},
        handed=handed,
        copied=int(copied) if copied.isdecimal() and len(copied) < 4 else None,
        limits=limits() if told["can_edit"] else None,
        key=new_id(),
        groups=_by_group(told["parallel"], told["lesson"]["on"]),
    )


def _as_typed(task: Json) -> Json:
    form = request.form
    links = [line for line in form.get("links", "").splitlines() if line.strip()]
    return {
        **task,
        "text": form.get("text", ""),
        "minutes": form.get("minutes"),
        "due_lesson_id": form.get("due"),
        "links": links,
        "files": [file for file in task["files"] if file["id"] in form.getlist("keep")],
    }


def _by_group(lessons: list[Json], on: str) -> dict[str, list[Json]]:
    """Return the lessons of parallel classes by class, the one nearest to a day first."""
    near = date.fromisoformat(on)
    found: dict[str, list[Json]] = {}
    for one in sorted(lessons, key=lambda one: abs((date.fromisoformat(one["on"]) - near).days)):
        found.setdefault(one["group"], []).append(one)
    return dict(sorted(found.items()))


@homework.get("/tasks/<uuid:task_id>/answers")
def answers(task_id: UUID) -> str:
    """Show who has handed in, those who wait for the teacher first among equals."""
    return _answers(task_id)


def _answers(task_id: UUID, problem: Json | None = None, to: UUID | None = None) -> str:
    """Show the answers; what was typed in reply to one of them stays when it will not do."""
    told = fetch("journal", f"/tasks/{task_id}/answers")
    waiting = [one["id"] for one in told["pupils"] if is_waiting(one)]
    versions = ((one["id"], version["id"]) for one in told["pupils"] for version in one["versions"])
    typed = {pupil: request.form.get("text", "") for pupil, version in versions if version == str(to)}
    return render_template("answers.html", told=told, waiting=waiting, problem=problem, typed=typed)


def is_waiting(pupil: Json) -> bool:
    """Whether a pupil's latest version has no reply yet."""
    return bool(pupil["versions"]) and not pupil["versions"][0]["replies"]


@homework.post("/answers/<uuid:answer_id>/replies")
def reply(answer_id: UUID) -> Answer:
    """Accept an answer or return it, and go on to the next that waits."""
    form = request.form
    task_id = given_id(form.get("task", ""))
    body = {"text": form.get("text", "").strip(), "is_returned": form.get("verdict") == "return"}
    answer = send("journal", "POST", f"/answers/{answer_id}/replies", json=body, headers=once())
    if answer.status_code in AGAIN:
        return _answers(UUID(task_id), problem_of(answer), answer_id), answer.status_code
    accepted(answer)
    told = fetch("journal", f"/tasks/{task_id}/answers")
    left = next((one["id"] for one in told["pupils"] if is_waiting(one)), None)
    anchor = f"pupil-{left}" if left else None
    return redirect(url_for("homework.answers", task_id=task_id, _anchor=anchor))


@homework.get("/homework-load")
def load_index() -> Answer:
    """Lead to the own class's load; whoever sees several chooses."""
    classes = fetch("journal", "/classes")["items"]
    if len(classes) == 1:
        return redirect(url_for("homework.load", group_id=classes[0]["id"]))
    return render_template("homework_loads.html", classes=classes)


@homework.get("/homework-load/<uuid:group_id>")
def load(group_id: UUID) -> str:
    """Show how much homework a class has for each day of a week, against the norm (СанПиН)."""
    shown = asked_day("week") or today(time_zone())
    told = fetch("journal", f"/homework-load/{group_id}", week=shown.isoformat())
    monday = date.fromisoformat(told["from"])
    return render_template(
        "homework_load.html", told=told, monday=monday, previous=monday - WEEK, next=monday + WEEK,
        today=today(time_zone()).isoformat(),
    )  # fmt: skip
