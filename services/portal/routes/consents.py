"""Consents of a class for its class teacher, and how complete all classes are for the deputy head."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import me
from services.portal.routes.privacy import printed
from services.portal.web import accepted, fetch, given_id, send, visitor

consents = Blueprint("consents", __name__)


@consents.get("/consents")
def classes() -> str | AnyResponse:
    """Lead a class teacher to the own class; show the others how many have handed in what."""
    led = [one for one in (me() or {}).get("classes", []) if one["kind"] == "class"]
    if led and not visitor().has("operator", "deputy", "director"):
        return redirect(url_for("consents.of_class", group_id=led[0]["id"]))
    told = fetch("identity", "/consents/completeness")
    return render_template("consents.html", classes=told["items"], purposes=_purposes())


@consents.get("/consents/<uuid:group_id>")
def of_class(group_id: UUID) -> str:
    told = fetch("identity", f"/groups/{group_id}/consents")
    return render_template(
        "class_consents.html", group=told["group"], pupils=told["items"], purposes=_purposes(),
        records=visitor().has("class_teacher", "operator"),
    )  # fmt: skip


@consents.post("/consents")
def receive() -> AnyResponse:
    """Note a paper that a family has handed in; `group_id` says to which page to come back."""
    group_id = given_id(request.form.get("group_id", ""))
    person_id, _colon, signer = request.form.get("signed", "").partition(":")
    body = {"kind": request.form.get("kind", ""), "given_by": signer or None, "method": "paper"}
    body["given_on"] = request.form.get("given_on") or None
    accepted(send("identity", "POST", f"/people/{given_id(person_id)}/consents", json=body))
    return redirect(url_for("consents.of_class", group_id=group_id))


@consents.get("/consents/<uuid:group_id>/forms.pdf")
def forms(group_id: UUID) -> Response:
    asked = {"kind": request.args.get("kind", ""), "missing": request.args.get("missing", "true")}
    return printed(send("identity", "GET", f"/groups/{group_id}/consents/forms.pdf", params=asked))


def _purposes() -> list[dict[str, object]]:
    listed: list[dict[str, object]] = fetch("identity", "/consents/purposes")["items"]
    return [one for one in listed if one["asked"]]
