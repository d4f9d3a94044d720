"""«Безопасность»: the own second factors, sessions and sign-ins; and their end for others."""

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from services.portal.actions.sessions import renew_session
from services.portal.routes.second_step import credential
from services.portal.web import (
    accepted,
    fetch,
    glimpse,
    keep_cookie,
    portal,
    problem_of,
    prove_first,
    relayed,
    send,
    visitor,
    writing,
)

own_security = Blueprint("own_security", __name__)

QR_PIXELS = 5  # per module; a phone reads it from a screen at arm's length


@own_security.get("/security")
def page() -> str:
    """Show it all; while a second factor has to come first, only what leads to one."""
    factors = fetch("identity", "/me/factors")
    known: dict[str, Any] = {"sessions": [], "tries": []}
    if not visitor().must_enrol_factor:
        known["sessions"] = glimpse("identity", "/me/sessions", {"items": []})["items"]
        known["tries"] = glimpse("identity", "/me/sign-ins", {"items": []})["items"]
    return render_template("security.html", factors=factors, forced=visitor().must_enrol_factor, **known)


@own_security.post("/security/totp")
def begin_totp() -> str:
    return _totp(accepted(send("identity", "POST", "/me/totp")))


def _totp(told: dict[str, Any], problem: dict[str, Any] | None = None) -> str:
    try:
        drawn = segno.make(told["uri"], micro=False).svg_inline(scale=QR_PIXELS, border=2)
    except segno.DataOverflowError as wrong:  # Sent back with a wrong code, and not as it was given out.
        raise BadRequest from wrong
    return render_template("totp.html", told=told, qr=Markup(drawn), problem=problem)  # noqa: S704 - Drawn by segno.


@own_security.post("/security/totp/confirm")
def confirm_totp() -> AnyResponse | str | tuple[str, int]:
    """Let the app serve; a wrong code shows the same QR code again."""
    body = {"code": request.form.get("code", "").strip()}
    answer = send("identity", "PUT", "/me/totp", json=body)
    if answer.status_code == 422:
        told = {name: request.form.get(name, "") for name in ("secret", "uri")}
        return _totp(told, problem_of(answer)), 422
    return _changed(accepted(answer)["recovery_codes"])


@own_security.post("/security/totp/remove")
def remove_totp() -> AnyResponse | str:
    accepted(send("identity", "DELETE", "/me/totp"))
    return _changed([])


@own_security.post("/security/codes")
def renew_codes() -> AnyResponse | str:
    return _changed(accepted(send("identity", "POST", "/me/recovery-codes"))["recovery_codes"])


@own_security.get("/security/passkeys/new")
def new_passkey() -> str:
    prove_first()  # The browser's own dialogue could not be repeated.
    return render_template("new_passkey.html")


@own_security.post("/security/passkeys/challenge")
def passkey_challenge() -> Response:
    return relayed(send("identity", "POST", "/me/passkeys/challenge"))


@own_security.post("/security/passkeys")
def add_passkey() -> AnyResponse | str:
    body = {"credential": credential(), "name": request.form.get("name", "").strip() or "—"}
    return _changed(accepted(send("identity", "POST", "/me/passkeys", json=body))["recovery_codes"])


@own_security.post("/security/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: UUID) -> AnyResponse | str:
    accepted(send("identity", "DELETE", f"/me/passkeys/{passkey_id}"))
    return _changed([])


def _changed(codes: list[str]) -> AnyResponse:
    """Go on with a new cookie, for the session may more now, and show spare codes if there are any."""
    portal().calls.forget(visitor())
    due = fetch("identity", "/me/factors")
    with writing() as session:
        still = visitor().must_enrol_factor and not (due["totp_since"] or due["passkeys"])
        cookie = renew_session(session, visitor(), must_enrol_factor=still)
    if codes:
        shown = render_template("recovery_codes.html", codes=codes)
        response = Response(shown, content_type="text/html; charset=utf-8")
    else:
        response = redirect(url_for("own_security.page"))  # type: ignore[assignment]
    return keep_cookie(response, cookie, visitor().roles, is_shared=visitor().is_shared)


@own_security.post("/security/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> AnyResponse:
    accepted(send("identity", "DELETE", f"/me/sessions/{session_id}"))
    return redirect(url_for("own_security.page"))


@own_security.post("/security/sessions/end-others")
def end_others() -> AnyResponse:
    accepted(send("identity", "DELETE", "/me/sessions"))
    return redirect(url_for("own_security.page"))


@own_security.post("/people/<uuid:person_id>/second-step/reset")
def reset_factors(person_id: UUID) -> AnyResponse:
    accepted(send("identity", "DELETE", f"/people/{person_id}/factors"))
    return redirect(url_for("school.person", person_id=person_id))


@own_security.post("/people/<uuid:person_id>/sessions/end")
def end_sessions(person_id: UUID) -> AnyResponse:
    accepted(send("identity", "DELETE", f"/people/{person_id}/sessions"))
    return redirect(url_for("school.person", person_id=person_id))
