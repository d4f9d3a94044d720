"""A task as the pupil does it, on a phone first; and files, which pass through piece by piece."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.web import (
    NotAnswered,
    accepted,
    asked_id,
    fetch,
    given_id,
    glimpse,
    problem_of,
    send,
    visitor,
)
from shared.file_kinds import FILE_KINDS
from shared.ids import new_id
from shared.web import PLAIN_ID

tasks = Blueprint("tasks", __name__)

AGAIN = (409, 412, 422)
PASSED_ON = (
    "Content-Type", "Content-Length", "Content-Disposition", "Content-Security-Policy",
    "Cross-Origin-Resource-Policy",
)  # fmt: skip
Json = dict[str, Any]


class Refused(Exception):
    """A file of a form was not taken; the problem says which and why."""

    def __init__(self, problem: Json) -> None:
        """Keep the problem."""
        super().__init__()
        self.problem = problem


@tasks.get("/diary/tasks/<uuid:task_id>")
def task(task_id: UUID) -> str:
    return _page(task_id)


@tasks.post("/diary/tasks/<uuid:task_id>")
def hand_in(task_id: UUID) -> AnyResponse | tuple[str, int]:
    """Hand in an answer; what was typed stays on the page when it will not do."""
    form = request.form
    try:
        files = [*(given_id(one) for one in form.getlist("keep")), *keep_files()]
    except Refused as refused:
        return _page(task_id, refused.problem), 422
    body = {"text": form.get("text", "").strip(), "links": links_of(form.get("links", "")), "file_ids": files}
    answer = send("journal", "POST", f"/tasks/{task_id}/answers", json=body, headers=once())
    if answer.status_code in AGAIN:
        return _page(task_id, problem_of(answer)), answer.status_code
    accepted(answer)
    return redirect(url_for("tasks.task", task_id=task_id))


def _page(task_id: UUID, problem: Json | None = None) -> str:
    pupil_id = asked_id("pupil_id") or str(visitor().person_id)
    told = fetch("journal", f"/tasks/{task_id}", pupil_id=pupil_id)
    return render_template(
        "task.html",
        task=told,
        problem=problem,
        typed=request.form if problem else {},
        whose=None if pupil_id == str(visitor().person_id) else pupil_id,
        limits=limits() if told["can_answer"] else None,
        key=new_id(),
    )


@tasks.get("/files/<uuid:file_id>")
def file(file_id: UUID) -> Response:
    """Hand a file on as the journal gives it: to be saved, and never held here whole."""
    answer = send("journal", "GET", f"/files/{file_id}", streamed=True)
    if answer.status_code >= 400:
        answer.read()
        raise NotAnswered(answer)
    headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    response = Response(answer.iter_bytes(), headers=headers)
    response.call_on_close(answer.close)
    return response


def keep_files() -> list[str]:
    """Hand in the files of the form and return their ids; Refused for one that is not taken."""
    ids = []
    for one in request.files.getlist("files"):
        if not one.filename:
            continue
        sent = {"file": (one.filename, one.stream, "application/octet-stream")}
        answer = send("journal", "POST", "/files", files=sent)
        if answer.status_code in AGAIN:
            raise Refused(problem_of(answer))
        ids.append(str(accepted(answer)["id"]))
    return ids


def limits() -> Json:
    """Return which files the school takes, as a form says it: their endings and how many megabytes."""
    told = glimpse("journal", "/file-limits", default={"file_kinds": [], "file_megabytes": 0})
    endings = [
        f".{end}" for kind in told["file_kinds"] if kind in FILE_KINDS for end in FILE_KINDS[kind].endings
    ]
    return {"endings": endings, "megabytes": told["file_megabytes"], "key": str(new_id())}


def links_of(text: str) -> list[str]:
    """Return the links that a form gives, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def once() -> dict[str, str]:
    """Return the header by which a form sent twice is written once."""
    key = request.form.get("key", "")
    return {"Idempotency-Key": key} if PLAIN_ID.fullmatch(key) else {}
