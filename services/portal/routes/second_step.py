"""The second step of signing in, and signing in by a passkey."""

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask import session as kept
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from services.portal.failures import failure
from services.portal.routes.sign_in import SECOND_STEP, let_in, sign_in_page
from services.portal.web import own_path, passed_on, portal, problem_of, relayed, wants_json

second_step = Blueprint("second_step", __name__, url_prefix="/sign-in")

OVER = "urn:parta:problem:second-step-over"
CODE_WAYS = ("totp", "recovery")


@second_step.get("/second-step")
def form() -> str | AnyResponse:
    if SECOND_STEP not in kept:
        return redirect(url_for("sign_in.form"))
    return _form()


def _form(problem: dict[str, Any] | None = None) -> str:
    waiting = kept[SECOND_STEP]
    way = request.values.get("way", waiting["ways"][0])
    return render_template("second_step.html", ways=waiting["ways"], way=way, problem=problem)


@second_step.post("/second-step")
def take() -> str | AnyResponse | tuple[str, int]:
    """Take the second step by a code or a passkey; when it is over, the password is asked for again."""
    waiting = kept.get(SECOND_STEP)
    if waiting is None:
        return _begin_anew({"title": _("Начните вход заново"), "detail": _("Введите логин и пароль.")})
    body = {"pending_token": waiting["token"], **shown()}
    answer = portal().calls.call("identity", "POST", "/sessions/factor", passed_on(), json=body)
    if answer.status_code < 400:
        return let_in(answer.json(), own_path(waiting["next"]), is_shared=waiting["is_shared"])
    told = problem_of(answer)
    if told.get("type") == OVER:
        del kept[SECOND_STEP]
        return _begin_anew(told, waiting["next"])
    if wants_json():
        return failure(answer.status_code, "not-signed-in", told.get("title", ""), told.get("detail", ""))
    return _form(told), answer.status_code


def _begin_anew(told: dict[str, Any], onward: str = "/") -> tuple[str, int] | Response:
    if wants_json():
        return failure(401, "second-step-over", told["title"], told["detail"])
    return sign_in_page(told, onward), 401


def shown() -> dict[str, Any]:
    """Return what a form shows to prove somebody: a code, a password, or a passkey's answer."""
    form = request.form
    if form.get("credential"):
        return {"way": "passkey", "credential": credential()}
    if form.get("way") in CODE_WAYS:
        return {"way": form["way"], "code": form.get("code", "").strip()}
    return {"way": "password", "password": form.get("password", "")}


def credential() -> dict[str, Any]:
    """Return the passkey's answer that a script has put into the form."""
    try:
        read = orjson.loads(request.form.get("credential", ""))
    except orjson.JSONDecodeError as wrong:
        raise BadRequest from wrong
    if not isinstance(read, dict):
        raise BadRequest
    return read


@second_step.post("/second-step/challenge")
def challenge() -> Response:
    waiting = kept.get(SECOND_STEP) or {"token": "none"}
    body = {"pending_token": waiting["token"]}
    return relayed(
        portal().calls.call("identity", "POST", "/sessions/factor/challenge", passed_on(), json=body)
    )


@second_step.post("/passkey/challenge")
def passkey_challenge() -> Response:
    return relayed(portal().calls.call("identity", "POST", "/sessions/passkey/challenge", passed_on()))


@second_step.post("/passkey")
def by_passkey() -> AnyResponse | tuple[str, int]:
    """Sign in by a passkey alone."""
    is_shared = "is_shared" in request.form
    body = {"credential": credential(), "is_shared": is_shared}
    answer = portal().calls.call("identity", "POST", "/sessions/passkey", passed_on(), json=body)
    onward = own_path(request.form.get("next"))
    if answer.status_code < 400:
        return let_in(answer.json(), onward, is_shared=is_shared)
    return sign_in_page(problem_of(answer), onward), answer.status_code
