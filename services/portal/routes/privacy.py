"""«Мои данные»: consents, who looked, everything as one file; and for the school requests and erasures."""

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from services.portal.access_titles import action_titles, endpoint_titles
from services.portal.actions.subject_file import HOLDERS, path_of, write_subject_file
from services.portal.actions.subject_paper import Gathered
from services.portal.calls import ServiceDown
from services.portal.pages import me, time_zone
from services.portal.texts import role_title
from services.portal.web import (
    NotAnswered,
    accepted,
    fetch,
    glimpse,
    problem_of,
    relayed,
    send,
    visitor,
)
from shared import policy
from shared.clock import today

privacy = Blueprint("privacy", __name__)

MOST_BYTES = 500_000_000
"""Of a person's files in the archive; what does not fit is named in it, and is to be had one by one."""


@privacy.get("/data")
def own() -> str:
    return _page(visitor().person_id)


@privacy.get("/data/<uuid:person_id>")
def of_person(person_id: UUID) -> str:
    return _page(person_id)


def _page(person_id: UUID) -> str:
    """Show what there is to decide about a person's data; whose it may not be is refused by identity."""
    given = fetch("identity", f"/people/{person_id}/consents")["items"]
    live = {one["kind"]: one for one in given if not one["withdrawn_on"]}
    family = [{"id": str(visitor().person_id), "name": ""}, *(me() or {}).get("children", [])]
    is_own = str(person_id) in {one["id"] for one in family}
    path, answers = f"/people/{person_id}", visitor().has("operator", "director")
    readers = fetch("identity", f"{path}/readers", cursor=request.args.get("cursor")) if is_own else {}
    asked = fetch("identity", f"{path}/requests")["items"] if is_own or answers else []
    return render_template(
        "data.html", person_id=person_id, family=family, is_own=is_own, live=live, given=given,
        purposes=_purposes(person_id, live), readers=readers.get("items", []), next=readers.get("next"),
        person=None if is_own else glimpse("identity", path), requests=asked, may_ask=is_own or answers,
        actions=action_titles(), endpoints=endpoint_titles(),
        may_record=is_own or visitor().has("operator", "class_teacher"),
        may_erase=answers,
    )  # fmt: skip


def _purposes(person_id: UUID, live: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what this person is asked for: parents of letters to them, and of children the rest."""
    listed: list[dict[str, Any]] = fetch("identity", "/consents/purposes")["items"]
    is_parent = person_id == visitor().person_id and visitor().roles == {"parent"}
    is_child = str(person_id) in {one["id"] for one in (me() or {}).get("children", [])}
    about = "parent" if is_parent else "pupil" if is_child else None
    return [one for one in listed if about in (None, one["about"]) or one["kind"] in live]


@privacy.post("/data/<uuid:person_id>/consents")
def consent(person_id: UUID) -> AnyResponse:
    """Consent electronically to what is one's own or one's child's to give; staff takes in papers."""
    method = "paper" if request.form.get("paper") else "electronic"
    body = {"kind": request.form.get("kind", ""), "method": method}
    accepted(send("identity", "POST", f"/people/{person_id}/consents", json=body))
    return _back(person_id)


@privacy.post("/data/<uuid:person_id>/consents/<kind>/withdrawal")
def withdraw(person_id: UUID, kind: str) -> AnyResponse:
    accepted(send("identity", "POST", f"/people/{person_id}/consents/{kind}/withdrawal", json={}))
    return _back(person_id)


@privacy.get("/data/<uuid:person_id>/form.pdf")
def form(person_id: UUID) -> Response:
    asked = {"kind": request.args.get("kind", "")}
    return printed(send("identity", "GET", f"/people/{person_id}/consents/form.pdf", params=asked))


@privacy.post("/data/<uuid:person_id>/requests")
def ask(person_id: UUID) -> AnyResponse:
    body = {"kind": request.form.get("kind", "")}
    accepted(send("identity", "POST", f"/people/{person_id}/requests", json=body))
    return _back(person_id)


@privacy.get("/data/<uuid:person_id>/file.zip")
def download(person_id: UUID) -> Response:
    """Gather what every service holds of a person; identity decides whether it is the visitor's to have."""
    held = {"identity": fetch("identity", f"/people/{person_id}/data")}
    missing = []
    for service in HOLDERS:
        try:
            answer = send(service, "GET", f"/people/{person_id}/data")
        except ServiceDown:
            missing.append(service)
            continue
        if answer.status_code < 300:
            held[service] = answer.json()
        elif answer.status_code != 404:  # It holds nothing, or says why it may not tell.
            held[service] = {"refused": problem_of(answer)}
    listed = held.get("journal", {}).get("held", {}).get("stored_files", [])
    out = TemporaryFile()  # noqa: SIM115 - closed with the answer, which reads it.
    zone, words = time_zone(), action_titles() | {role: role_title(role) for role in policy.ROLES}
    gathered = Gathered(str(person_id), today(zone), ZoneInfo(zone), held, missing, words, _contents(listed))
    write_subject_file(out, gathered)
    out.seek(0)
    return send_file(out, "application/zip", as_attachment=True, download_name="personal-data.zip")


def _contents(listed: list[dict[str, Any]]) -> Iterator[tuple[str, Iterable[bytes] | None]]:
    """Read the files one after another, as long as the archive does not grow too large."""
    whole = 0
    for number, one in enumerate(listed, 1):
        name, whole = path_of(number, one["name"]), whole + one["size"]
        try:
            answer = send("journal", "GET", f"/files/{one['id']}", streamed=True)
        except ServiceDown:
            yield name, None
            continue
        is_had = answer.status_code < 300 and whole <= MOST_BYTES
        try:
            yield name, answer.iter_bytes() if is_had else None
        finally:
            answer.close()


@privacy.post("/data/<uuid:person_id>/erasure")
def propose_erasure(person_id: UUID) -> AnyResponse:
    body = {"ground": request.form.get("ground", "")}
    accepted(send("identity", "POST", f"/people/{person_id}/erasure", json=body))
    return redirect(url_for("privacy.requests"))


@privacy.get("/data-requests")
def requests() -> str:
    return render_template(
        "data_requests.html", requests=fetch("identity", "/subject-requests")["items"],
        erasures=fetch("identity", "/erasures")["items"], today=today(time_zone()).isoformat(),
    )  # fmt: skip


@privacy.post("/data-requests/<uuid:request_id>/outcome")
def answer(request_id: UUID) -> AnyResponse:
    body = {"outcome": request.form.get("outcome", "")}
    accepted(send("identity", "POST", f"/subject-requests/{request_id}/outcome", json=body))
    return redirect(url_for("privacy.requests"))


@privacy.post("/erasures/<uuid:erasure_id>/<decision>")
def decide_erasure(erasure_id: UUID, decision: str) -> AnyResponse:
    if decision not in ("approval", "refusal"):
        raise NotFound
    accepted(send("identity", "POST", f"/erasures/{erasure_id}/{decision}"))
    return redirect(url_for("privacy.requests"))


@privacy.get("/erasures/<uuid:erasure_id>/act.pdf")
def act(erasure_id: UUID) -> Response:
    return printed(send("identity", "GET", f"/erasures/{erasure_id}/act.pdf"))


def printed(answer: httpx2.Response) -> Response:
    """Hand a service's PDF to the browser, or its refusal as a page."""
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    return relayed(answer)


def _back(person_id: UUID) -> AnyResponse:
    return redirect(url_for("privacy.of_person", person_id=person_id))
