"""Sign-in, sign-out, an own password, and the language."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from services.portal.actions.sessions import end_session, open_session, renew_session
from services.portal.calls import ServiceDown
from services.portal.failures import failure
from services.portal.security import renew_forms
from services.portal.web import (
    LANGUAGE_COOKIE,
    accepted,
    drop_cookie,
    forms_token,
    keep_cookie,
    own_path,
    passed_on,
    portal,
    problem_of,
    send,
    visitor,
    wants_json,
    writing,
)
from shared.web import LANGUAGES

sign_in = Blueprint("sign_in", __name__)

YEAR_SECONDS = 365 * 24 * 3600


@sign_in.get("/sign-in")
def form() -> str | AnyResponse:
    if g.visitor:
        return redirect(own_path(request.args.get("next")))
    return _form()


def _form(problem: dict[str, Any] | None = None) -> str:
    entered = request.form if request.method == "POST" else request.args
    return render_template(
        "sign_in.html",
        problem=problem,
        next=own_path(entered.get("next")),
        login=request.form.get("login", ""),
    )


@sign_in.post("/sign-in")
def enter() -> str | AnyResponse | tuple[str, int]:
    """Sign in; a script that asks in the middle of its work gets JSON, and stays where it is."""
    given = {"login": request.form.get("login", "").strip(), "password": request.form.get("password", "")}
    try:
        answer = portal().calls.call("identity", "POST", "/sessions", passed_on(), json=given)
    except ServiceDown:
        if wants_json():
            raise
        told = {"title": _("Войти пока нельзя"), "detail": _("Вход не отвечает. Повторите через минуту.")}
        return _form(told), 503
    if answer.status_code >= 400:
        told = problem_of(answer)
        if wants_json():
            return failure(answer.status_code, "not-signed-in", told.get("title", ""), told.get("detail", ""))
        return _form(told), answer.status_code
    signed_in = answer.json()
    _end_the_old_session()
    with writing() as session:
        cookie = open_session(session, signed_in)
    renew_forms()
    response = _state(signed_in["person"]["id"]) if wants_json() else redirect(_onward(signed_in))
    return keep_cookie(response, cookie, signed_in["roles"])  # type: ignore[arg-type]


def _onward(signed_in: dict[str, Any]) -> str:
    if signed_in["must_change_password"]:
        return url_for("sign_in.password")
    return own_path(request.form.get("next"))


def _state(person_id: str) -> Response:
    return jsonify(person=person_id, csrf=forms_token())


@sign_in.get("/sign-in/state")
def state() -> Response:
    """Tell the grid who is signed in now, and the token for its writes."""
    return _state(str(g.visitor.person_id) if g.visitor else "")


@sign_in.post("/sign-out")
def leave() -> AnyResponse:
    """End the session here and at identity; identity being down does not keep anybody signed in."""
    _end_the_old_session()
    renew_forms()
    return drop_cookie(redirect(url_for("sign_in.form")))  # type: ignore[arg-type]


def _end_the_old_session() -> None:
    if g.visitor is None:
        return
    with writing() as session:
        end_session(session, g.visitor)
    portal().calls.forget(g.visitor)
    ended = {"session_token": g.visitor.session_token}
    try:
        portal().calls.call("identity", "DELETE", "/sessions", passed_on(), json=ended)
    except ServiceDown:
        # Its own age limit ends it; the cookie that could use it is gone already.
        return


@sign_in.get("/password")
def password() -> str:
    return render_template("password.html", problem=None, forced=visitor().must_change_password)


@sign_in.post("/password")
def change_password() -> AnyResponse | tuple[str, int]:
    given = request.form
    problem = None
    if given.get("new_password") != given.get("again"):
        problem = {"title": _("Пароли не совпали"), "detail": _("Введите новый пароль дважды одинаково.")}
    else:
        body = {"password": given.get("password", ""), "new_password": given.get("new_password", "")}
        answer = send("identity", "PUT", "/me/password", json=body)
        if answer.status_code >= 400:
            problem = problem_of(answer)
    if problem:
        page = render_template("password.html", problem=problem, forced=visitor().must_change_password)
        return page, 422
    accepted(answer)
    with writing() as session:
        cookie = renew_session(session, visitor())
    portal().calls.forget(visitor())
    renew_forms()
    return keep_cookie(redirect("/"), cookie, visitor().roles)  # type: ignore[arg-type]


@sign_in.post("/language/<code>")
def choose_language(code: str) -> AnyResponse:
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(own_path(request.form.get("next")))
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=YEAR_SECONDS, secure=portal().is_https, httponly=True, samesite="Lax"
    )
    return response
