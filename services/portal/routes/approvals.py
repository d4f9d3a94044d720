"""Approvals: what one person proposes, another decides."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.pages import may
from services.portal.web import accepted, fetch, send

approvals = Blueprint("approvals", __name__, url_prefix="/approvals")


@approvals.get("")
def show() -> str:
    told: list[dict[str, Any]] = fetch("identity", "/approvals")["items"]
    waiting = [one for one in told if one["state"] == "waiting"]
    decided = [one for one in told if one["state"] != "waiting"]
    return render_template(
        "approvals.html", waiting=waiting, decided=decided, may_export=may("identity: export the school")
    )


@approvals.post("")
def propose() -> Response:
    """Propose the export of the whole school, or to give a leader a code."""
    body = {"kind": "export the school", "reason": request.form.get("reason", "").strip()}
    if person_id := request.form.get("person_id"):
        body |= {"kind": "give out a code", "person_id": person_id}
    accepted(send("identity", "POST", "/approvals", json=body))
    return redirect(url_for("approvals.show"))


@approvals.post("/<uuid:approval_id>/approval")
def approve(approval_id: UUID) -> Response:
    accepted(send("identity", "POST", f"/approvals/{approval_id}/approval"))
    return redirect(url_for("approvals.show"))


@approvals.post("/<uuid:approval_id>/refusal")
def decline(approval_id: UUID) -> Response:
    accepted(send("identity", "POST", f"/approvals/{approval_id}/refusal"))
    return redirect(url_for("approvals.show"))
