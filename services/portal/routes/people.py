"""Changes on cards of people: their data, contacts, roles, representatives, and areas of deputies."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.routes.rosters import may
from services.portal.texts import guardian_titles
from services.portal.web import accepted, fetch, prove_first, seen_state, send

people = Blueprint("people", __name__)

NAMES = ("family_name", "given_name", "patronymic")
FIELDS = (*NAMES, "email", "birth_on", "sex", "file_number", "position", "language")
GRADES = range(1, 12)
FOUND = 20  # More than that, and the name wants to be typed on.


@people.post("/people")
def add() -> Response:
    """Enter a person with a first role and go on to the card."""
    if request.form.get("role"):
        prove_first()  # Before anybody is entered: a role is given by proof only, and the form is sent again.
    return _shown(_enter())


@people.post("/people/<uuid:person_id>")
def change(person_id: UUID) -> Response:
    accepted(send("identity", "PUT", f"/people/{person_id}", json=_person(), headers=_seen()))
    return _shown(person_id)


@people.post("/people/<uuid:person_id>/contacts")
def change_contacts(person_id: UUID) -> Response:
    columns = [request.form.getlist(name) for name in ("kind", "value", "note")]
    contacts = [
        {"kind": kind, "value": value.strip(), "note": note.strip()}
        for kind, value, note in zip(*columns, strict=False)
        if value.strip()
    ]
    path = f"/people/{person_id}/contacts"
    accepted(send("identity", "PUT", path, json={"contacts": contacts}, headers=_seen()))
    return _shown(person_id)


@people.post("/people/<uuid:person_id>/roles")
def give_role(person_id: UUID) -> Response:
    """Give a role at once, or lead to the approvals where it waits for a second person."""
    body = {name: request.form.get(name, "").strip() for name in ("role", "reason")}
    given = accepted(send("identity", "POST", f"/people/{person_id}/roles", json=body))
    return redirect(url_for("approvals.show")) if given["waits_until"] else _shown(person_id)


@people.post("/people/<uuid:person_id>/roles/<role>/end")
def take_role(person_id: UUID, role: str) -> Response:
    accepted(send("identity", "DELETE", f"/people/{person_id}/roles/{role}"))
    return _shown(person_id)


@people.get("/people/<uuid:person_id>/representatives")
def representatives(person_id: UUID) -> str:
    """Show who answers for a pupil, and whom to add: somebody found by name, or somebody new."""
    return _representatives(person_id, "")


@people.post("/people/<uuid:person_id>/representatives/search")
def find_representative(person_id: UUID) -> str:
    """Show whom the names typed may mean; they come into no address (SECURITY 46)."""
    return _representatives(person_id, request.form.get("q", "").strip())


def _representatives(person_id: UUID, wanted: str) -> str:
    if not may("change people"):
        abort(403)
    return render_template(
        "representatives.html",
        person=fetch("identity", f"/people/{person_id}"),
        found=_found(wanted)[:FOUND] if wanted else [],
        q=wanted,
        most=FOUND,
        kinds=guardian_titles(),
    )


def _found(wanted: str) -> list[dict[str, Any]]:
    told = accepted(send("identity", "POST", "/people/search", json={"q": wanted}))
    return list(told["items"])


@people.post("/people/<uuid:person_id>/representatives")
def add_representative(person_id: UUID) -> Response:
    """Make somebody a pupil's representative: one who is known, or one entered by this very form."""
    guardian_id = request.form.get("guardian_id") or _enter()
    body = {"guardian_id": guardian_id, "pupil_id": str(person_id), "kind": request.form.get("relation", "")}
    accepted(send("identity", "POST", "/guardianships", json=body))
    return redirect(url_for("people.representatives", person_id=person_id))


@people.post("/people/<uuid:person_id>/representatives/<uuid:guardian_id>/end")
def end_representative(person_id: UUID, guardian_id: UUID) -> Response:
    accepted(send("identity", "DELETE", f"/guardianships/{guardian_id}/{person_id}"))
    return redirect(url_for("people.representatives", person_id=person_id))


@people.get("/areas")
def areas() -> str:
    """Show which parallels and subjects each deputy head answers for."""
    told = fetch("identity", "/areas")["items"]
    return render_template("areas.html", areas=told, grades=GRADES, may=may)


@people.post("/areas/<uuid:deputy_id>")
def assign_area(deputy_id: UUID) -> Response:
    subjects = [one.strip() for one in request.form.get("subjects", "").split(",")]
    grades = [grade for grade in GRADES if str(grade) in request.form.getlist("grades")]
    body = {"grades": grades, "subjects": [one for one in subjects if one]}
    accepted(send("identity", "PUT", f"/areas/{deputy_id}", json=body, headers=_seen()))
    return redirect(url_for("people.areas"))


def _enter() -> str:
    entered = accepted(send("identity", "POST", "/people", json=_person()))
    if role := request.form.get("role"):
        accepted(send("identity", "POST", f"/people/{entered['id']}/roles", json={"role": role}))
    return str(entered["id"])


def _person() -> dict[str, Any]:
    """Return what the form says of a person; what is empty is not known."""
    given = {name: request.form[name].strip() for name in FIELDS if name in request.form}
    return {name: value if value or name in NAMES else None for name, value in given.items()}


def _seen() -> dict[str, str]:
    return seen_state(request.form.get("seen", ""))


def _shown(person_id: UUID | str) -> Response:
    return redirect(url_for("school.person", person_id=person_id))
