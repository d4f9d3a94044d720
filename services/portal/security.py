"""The gate of the portal: who comes in, where writes may come from, and what every answer carries."""

import time
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from werkzeug.wrappers import Response as AnyResponse

from services.portal.actions.sessions import find_visitor, note_seen
from services.portal.calls import SignedOut
from services.portal.web import Portal, portal, reading, wants_json, writing
from shared.app import count
from shared.web import request_id

PUBLIC = frozenset(
    {
        "sign_in.form",
        "sign_in.enter",
        "sign_in.choose_language",
        "sign_in.state",
        "reset.form",
        "reset.ask",
        "reset.new_form",
        "reset.set_new",
        "second_step.form",
        "second_step.take",
        "second_step.challenge",
        "second_step.by_passkey",
        "second_step.passkey_challenge",
        "oauth.authorize",
        "oauth.description",
        "oauth.end_session",
        "providers.set_out",
        "providers.come_back",
        "staff_room.screen",
        "staff_room.screen_now",
        "health.healthz",
        "health.readyz",
        "health.metrics",
    }
)
BEFORE_OWN_PASSWORD = frozenset({"sign_in.password", "sign_in.change_password", "sign_in.leave"})
BEFORE_SECOND_FACTOR = frozenset({"sign_in.leave", "proofs.prove", "proofs.challenge"})
SECOND_FACTOR_PAGES = "own_security."
POLLS = frozenset({"journal.page_data", "finals.page_data"})
"""What an open page asks by itself: nobody need sit before it, and so the idle time goes on."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES = 1024 * 1024
MAX_FILE_BYTES = 50 * 1024 * 1024
TAKES_FILES = frozenset(
    {
        *("imports.bring", "timetable_imports.bring", "curriculum.bring", "load.bring", "plans.bring"),
        *("mark_tables.bring", "homework.set_task", "homework.change_task", "tasks.hand_in"),
        *("portfolio.add", "portfolio.change"),
    }
)
"""Where files are asked for; everywhere else a body is small."""

csrf = CSRFProtect()


def protect(app: Flask, given: Portal) -> None:
    """Put the gate before the app, and the headers behind it."""
    app.config.update(
        SECRET_KEY=given.settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        # Flask's own signed cookie holds the secret of the forms, and a sign-in that waits for its
        # second step: the token in it is worth nothing without that step.
        SESSION_COOKIE_NAME="__Host-forms" if given.is_https else "forms",
        SESSION_COOKIE_SECURE=given.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # A class page may stay open all day; the token ends with the cookie.
        WTF_CSRF_SSL_STRICT=False,  # `_same_origin` asks the same of Origin, by http as well.
        PREFERRED_URL_SCHEME="https" if given.is_https else "http",
    )
    app.before_request(_begin)
    app.before_request(_same_origin)
    app.before_request(_allow_files)
    csrf.init_app(app)
    app.before_request(_admit)
    headers = _headers(given)

    @app.after_request
    def finish(response: Response) -> Response:
        return _finish(response, headers)


def _headers(given: Portal) -> dict[str, str]:
    policy = (
        ContentSecurityPolicy()
        .default_src("'none'").script_src("'self'").style_src("'self'").img_src("'self'", "data:")
        .font_src("'self'").connect_src("'self'").form_action("'self'").base_uri("'none'")
        .frame_ancestors("'none'")
    )  # fmt: skip
    fixed = Secure(
        csp=policy,
        coop=CrossOriginOpenerPolicy().same_origin(),
        hsts=StrictTransportSecurity().max_age(365 * 24 * 3600) if given.is_https else None,
        permissions=PermissionsPolicy().camera().microphone().geolocation(),
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
    return dict(fixed.headers)


def _begin() -> None:
    g.started = time.perf_counter()
    g.visitor = None
    g.request_id = request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _same_origin() -> None:
    origin = request.headers.get("Origin")
    if request.method in SAFE or not origin:
        return
    ours = {request.host, urlsplit(portal().settings.public_url).netloc}
    if origin.partition("://")[2] not in ours:
        abort(400, "origin")


def _allow_files() -> None:
    """Let those who are signed in send large files where files are asked for."""
    if request.endpoint in TAKES_FILES and request.cookies.get(portal().cookie_name):
        request.max_content_length = MAX_FILE_BYTES


def _admit() -> AnyResponse | None:
    """Find out who it is; everything but the public pages needs somebody."""
    cookie = request.cookies.get(portal().cookie_name)
    if cookie and request.endpoint != "health.healthz":
        with reading() as read:
            g.visitor, due = find_visitor(read, cookie)
        if g.visitor and due and request.endpoint not in POLLS:
            with writing() as write:
                note_seen(write, g.visitor)
    if request.endpoint is None or request.endpoint in PUBLIC:
        return None
    if g.visitor is None:
        raise SignedOut
    if g.visitor.must_change_password and request.endpoint not in BEFORE_OWN_PASSWORD:
        if wants_json():
            raise SignedOut
        return redirect(url_for("sign_in.password"))
    if g.visitor.must_enrol_factor and not _leads_to_second_factor(request.endpoint):
        if wants_json():
            raise SignedOut
        return redirect(url_for("own_security.page"))
    return None


def _leads_to_second_factor(endpoint: str) -> bool:
    return endpoint in BEFORE_SECOND_FACTOR or endpoint.startswith(SECOND_FACTOR_PAGES)


def renew_forms() -> None:
    """Begin a new secret for forms: who was somebody else a moment ago keeps nothing that fits."""
    session.clear()
    g.pop("csrf_token", None)


def _finish(response: Response, headers: dict[str, str]) -> Response:
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-ID"] = g.get("request_id", "")
    count("portal", response)
    return response
