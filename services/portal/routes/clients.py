"""Programs: the operator registers them, everybody sees and sends away those they let in."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.web import accepted, fetch, problem_of, seen_state, send

clients = Blueprint("clients", __name__)

# As identity names them; those of people first, then what a program does in its own name.
SCOPES = (
    "openid", "profile", "email", "school", "identity:read", "schedule:read", "journal:read",
    "journal:write", "reporting:read", "notify:read", "import",
)  # fmt: skip
NEW = {
    "id": "", "name": "", "is_public": False, "is_enabled": True, "is_preapproved": False,
    "scopes": ["openid", "profile", "school"], "redirect_uris": [], "post_logout_uris": [],
    "logout_uri": "", "public_keys": {}, "version": 0,
}  # fmt: skip


@clients.get("/clients")
def list_clients() -> str:
    return render_template("clients.html", clients=fetch("identity", "/clients")["items"])


@clients.get("/clients/new")
def new_client() -> str:
    fetch("identity", "/clients")  # Refuses who may not register programs before they fill in a form.
    return _form(NEW)


@clients.post("/clients")
def add_client() -> str | tuple[str, int]:
    body = _described()
    answer = send("identity", "POST", "/clients", json=body)
    if answer.status_code == 422:
        return _form(NEW | body, problem_of(answer)), 422
    return _form(accepted(answer))


@clients.get("/clients/<client_id>")
def client(client_id: str) -> str:
    return _form(fetch("identity", f"/clients/{client_id}"))


@clients.post("/clients/<client_id>")
def change_client(client_id: str) -> str | Response | tuple[str, int]:
    body = _described()
    answer = send("identity", "PUT", f"/clients/{client_id}", json=body, headers=_seen())
    if answer.status_code == 422:
        shown = {**NEW, **body, "id": client_id, "version": request.form.get("version", "")}
        return _form(shown, problem_of(answer)), 422
    accepted(answer)
    return redirect(url_for("clients.list_clients"))


@clients.post("/clients/<client_id>/secret")
def renew_secret(client_id: str) -> str:
    """Give a program a new secret; it is shown on this page and nowhere else."""
    return _form(accepted(send("identity", "POST", f"/clients/{client_id}/secret", headers=_seen())))


@clients.post("/clients/<client_id>/removal")
def remove_client(client_id: str) -> Response:
    accepted(send("identity", "DELETE", f"/clients/{client_id}", headers=_seen()))
    return redirect(url_for("clients.list_clients"))


@clients.get("/connected")
def connected() -> str:
    programs = fetch("identity", "/me/clients")["items"]
    linked = fetch("identity", "/me/links")["items"]
    return render_template("connected.html", programs=programs, linked=linked)


@clients.post("/connected/<client_id>/end")
def disconnect(client_id: str) -> Response:
    accepted(send("identity", "DELETE", f"/me/clients/{client_id}"))
    return redirect(url_for("clients.connected"))


def _form(shown: dict[str, Any], problem: dict[str, Any] | None = None) -> str:
    return render_template("client.html", client=shown, scopes=SCOPES, problem=problem)


def _seen() -> dict[str, str]:
    return seen_state(f'"{request.form.get("version", "")}"')


def _described() -> dict[str, Any]:
    form = request.form
    return {
        "name": form.get("name", ""),
        "is_public": form.get("kind") == "public",
        "is_enabled": "is_enabled" in form,
        "is_preapproved": "is_preapproved" in form,
        "scopes": form.getlist("scopes"),
        "redirect_uris": form.get("redirect_uris", "").split(),
        "post_logout_uris": form.get("post_logout_uris", "").split(),
        "logout_uri": form.get("logout_uri", "").strip(),
        "public_keys": form.get("public_keys", "").strip() or None,
    }
