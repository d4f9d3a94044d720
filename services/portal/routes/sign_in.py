"""Sign-in, sign-out, an own password, and the language."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask import session as kept
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

WAITS = 202
SECOND_STEP = "second_step"
YEAR_SECONDS = 365 * 24 * 3600


@sign_in.get("/sign-in")
def form() -> str | AnyResponse:
    if g.visitor:
        return redirect(own_path(request.args.get("next")))
    return sign_in_page()


def sign_in_page(problem: dict[str, Any] | None = None, onward: str | None = None) -> str:
    """Return the page to sign in on, which goes on to where it was asked from."""
    entered = request.form if request.method == "POST" else request.args
    return render_template(
        "sign_in.html",
        problem=problem,
        next=own_path(onward or entered.get("next")),
        login=request.form.get("login", ""),
        school=(school := _school(entered.get("school", ""))),
        providers=_providers(school),
    )


def _school(named: str) -> str:
    """Return the school that the page's address names; empty when it is no id at all."""
    try:
        return str(UUID(named))
    except ValueError:
        return ""


def _providers(school: str) -> list[dict[str, Any]]:
    """Return the other providers to sign in by at a school; none while identity is silent."""
    asked = {"school_id": school} if school else {}
    try:
        answer = portal().calls.call("identity", "GET", "/providers/open", passed_on(), params=asked)
    except ServiceDown:
        return []
    return list(accepted(answer)["items"])


@sign_in.post("/sign-in")
def enter() -> str | AnyResponse | tuple[str, int]:
    """Sign in; a script that asks in the middle of its work gets JSON, and stays where it is."""
    given: dict[str, Any] = {
        "login": request.form.get("login", "").strip(),
        "password": request.form.get("password", ""),
        "is_shared": "is_shared" in request.form,
    }
    try:
        answer = portal().calls.call("identity", "POST", "/sessions", passed_on(), json=given)
    except ServiceDown:
        if wants_json():
            raise
        told = {"title": _("Войти пока нельзя"), "detail": _("Вход не отвечает. Повторите через минуту.")}
        return sign_in_page(told), 503
    if answer.status_code >= 400:
        told = problem_of(answer)
        if wants_json():
            return failure(answer.status_code, "not-signed-in", told.get("title", ""), told.get("detail", ""))
        return sign_in_page(told), answer.status_code
    onward = own_path(request.form.get("next"))
    if answer.status_code == WAITS:
        return wait_for_second_step(answer.json(), onward, is_shared=given["is_shared"])
    return let_in(answer.json(), onward, is_shared=given["is_shared"])


def wait_for_second_step(told: dict[str, Any], onward: str, *, is_shared: bool) -> AnyResponse:
    """Remember a sign-in whose password was right, and lead on to its second step."""
    known = {"token": told["pending_token"], "ways": told["ways"]}
    kept[SECOND_STEP] = known | {"next": onward, "is_shared": is_shared}
    if wants_json():
        return jsonify(second_step=told["ways"], csrf=forms_token())
    return redirect(url_for("second_step.form"))


def let_in(signed_in: dict[str, Any], onward: str, *, is_shared: bool) -> AnyResponse:
    """Open the browser's session for whom identity has let in, with a new cookie (SECURITY 14)."""
    _end_the_old_session()
    with writing() as session:
        cookie = open_session(session, signed_in, is_shared=is_shared)
    renew_forms()
    if signed_in["must_change_password"]:
        onward = url_for("sign_in.password")
    response = _state(signed_in["person"]["id"]) if wants_json() else redirect(onward)
    return keep_cookie(response, cookie, signed_in["roles"], is_shared=is_shared)  # type: ignore[arg-type]


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
        cookie = renew_session(session, visitor(), must_change_password=False)
    portal().calls.forget(visitor())
    renew_forms()
    return keep_cookie(redirect("/"), cookie, visitor().roles, is_shared=visitor().is_shared)  # type: ignore[arg-type]


@sign_in.post("/language/<code>")
def choose_language(code: str) -> AnyResponse:
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(own_path(request.form.get("next")))
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=YEAR_SECONDS, secure=portal().is_https, httponly=True, samesite="Lax"
    )
    return response
