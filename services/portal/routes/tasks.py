"""A task as the pupil does it, on a phone first; and files, which pass through piece by piece."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.routes.handed import AGAIN, Refused, handed_in, ids_of, links_of
from services.portal.web import (
    NotAnswered,
    accepted,
    asked_id,
    fetch,
    glimpse,
    problem_of,
    send,
    visitor,
)
from shared.file_kinds import FILE_KINDS
from shared.ids import new_id
from shared.web import PLAIN_ID

tasks = Blueprint("tasks", __name__)

PASSED_ON = (
    "Content-Type", "Content-Length", "Content-Disposition", "Content-Security-Policy",
    "Cross-Origin-Resource-Policy",
)  # fmt: skip
Json = dict[str, Any]


@tasks.get("/diary/tasks/<uuid:task_id>")
def task(task_id: UUID) -> str:
    return _page(task_id)


@tasks.post("/diary/tasks/<uuid:task_id>")
def hand_in(task_id: UUID) -> AnyResponse | tuple[str, int]:
    """Hand in an answer; what was typed stays on the page when it will not do."""
    form = request.form
    try:
        files = handed_in()
        links = links_of(form.get("links", ""), files)
    except Refused as refused:
        return _page(task_id, refused.problem, refused.files), 422
    body = {"text": form.get("text", "").strip(), "links": links, "file_ids": ids_of(files)}
    answer = send("journal", "POST", f"/tasks/{task_id}/answers", json=body, headers=once())
    if answer.status_code in AGAIN:
        return _page(task_id, problem_of(answer), files), answer.status_code
    accepted(answer)
    return redirect(url_for("tasks.task", task_id=task_id))


def _page(task_id: UUID, problem: Json | None = None, handed: Sequence[Json] = ()) -> str:
    pupil_id = asked_id("pupil_id") or str(visitor().person_id)
    told = fetch("journal", f"/tasks/{task_id}", pupil_id=pupil_id)
    return render_template(
        "task.html",
        task=told,
        problem=problem,
        typed=request.form if problem else {},
        handed=handed,
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


def limits() -> Json:
    """Return which files the school takes, as a form says it: their endings and how many megabytes."""
    told = glimpse("journal", "/file-limits", default={"file_kinds": [], "file_megabytes": 0})
    endings = [
        f".{end}" for kind in told["file_kinds"] if kind in FILE_KINDS for end in FILE_KINDS[kind].endings
    ]
    return {"endings": endings, "megabytes": told["file_megabytes"], "key": str(new_id())}


def once() -> dict[str, str]:
    """Return the header by which a form sent twice is written once."""
    key = request.form.get("key", "")
    return {"Idempotency-Key": key} if PLAIN_ID.fullmatch(key) else {}
