"""Signing in through another identity provider, and linking it to oneself."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.portal.failures import failure
from services.portal.routes.oauth import onward
from services.portal.routes.sign_in import WAITS, let_in, wait_for_second_step
from services.portal.web import (
    NotAnswered,
    accepted,
    passed_on,
    portal,
    problem_of,
    send,
)

providers = Blueprint("providers", __name__)

KEPT_SECONDS = 600
SIGN_IN, LINK = "in", "link"


@providers.post("/sign-in/provider/<provider_id>")
def set_out(provider_id: str) -> Response:
    """Send the browser to a provider; what it keeps proves that it is the one that comes back."""
    answer = portal().calls.call("identity", "POST", f"/providers/{provider_id}/visits", passed_on())
    return _sent(accepted(answer), SIGN_IN)


@providers.post("/connected/providers/<provider_id>/link")
def link(provider_id: str) -> Response:
    return _sent(accepted(send("identity", "POST", f"/me/links/{provider_id}/visits")), LINK)


@providers.post("/connected/providers/<provider_id>/end")
def unlink(provider_id: str) -> AnyResponse:
    accepted(send("identity", "DELETE", f"/me/links/{provider_id}"))
    return redirect(url_for("clients.connected"))


@providers.get("/sign-in/provider")
def come_back() -> AnyResponse:
    """Take what the provider sent the browser back with."""
    what, state, browser_key = _kept()
    if not state or state != request.args.get("state") or not request.args.get("code"):
        title = _("Вход не состоялся")
        return failure(
            400, "not-vouched", title, _("Провайдер не пустил вас или прошло больше десяти минут.")
        )
    back = {"state": state, "browser_key": browser_key, "code": request.args["code"],
            "issuer": request.args.get("iss") or None}  # fmt: skip
    if what == LINK and g.visitor:
        accepted(send("identity", "POST", "/me/links", json=back))
        return _forgotten(redirect(url_for("clients.connected")))
    answer = portal().calls.call("identity", "POST", "/sessions/provider", passed_on(), json=back)
    if answer.status_code == 409:
        page = render_template("provider_unknown.html", problem=problem_of(answer))
        return Response(page, status=409)  # What the browser keeps serves to link after the sign-in.
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    enter = wait_for_second_step if answer.status_code == WAITS else let_in
    return _forgotten(enter(answer.json(), "/", is_shared=False))


@providers.get("/connected/known")
def known() -> str:
    return render_template("provider_link.html")


@providers.post("/connected/known")
def link_known() -> AnyResponse:
    """Link whom the provider named before this person signed in."""
    _what, state, browser_key = _kept()
    kept = {"state": state or "-", "browser_key": browser_key or "-"}
    accepted(send("identity", "POST", "/me/links/known", json=kept))
    return _forgotten(redirect(url_for("clients.connected")))


def _cookie_name() -> str:
    return "__Host-provider" if portal().is_https else "provider"


def _kept() -> tuple[str, str, str]:
    what, _dot, rest = request.cookies.get(_cookie_name(), "").partition(".")
    state, _dot, browser_key = rest.partition(".")
    return what, state, browser_key


def _sent(told: dict[str, Any], what: str) -> Response:
    response = onward(told["address"])
    response.set_cookie(
        _cookie_name(),
        f"{what}.{told['state']}.{told['browser_key']}",
        max_age=KEPT_SECONDS,
        secure=portal().is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def _forgotten(response: AnyResponse) -> AnyResponse:
    response.delete_cookie(_cookie_name(), secure=portal().is_https, httponly=True, samesite="Lax")
    return response
