"""The authorization page: a program asks to know who somebody is, and the person says yes or no."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response as AnyResponse

from services.portal.calls import SignedOut
from services.portal.failures import Asked, ask_proof
from services.portal.routes.sign_in import leave
from services.portal.web import accepted, passed_on, portal, send

oauth = Blueprint("oauth", __name__)

DESCRIPTION = "/api/identity/v1/.well-known/openid-configuration"
MARK = "&asked-at="  # Behind the query of somebody whom we have sent to prove themselves.


@oauth.get("/.well-known/oauth-authorization-server/api/identity/v1")
def description() -> AnyResponse:
    """Lead to identity's description from where RFC 8414 has it."""
    return redirect(DESCRIPTION)


@oauth.get("/oauth/authorize")
def authorize() -> AnyResponse:
    """Send the person back to the program with a code, or ask for what is missing first."""
    query, since = _asked()
    if g.visitor is None:
        return _unknown(query)
    if g.visitor.must_change_password:
        return redirect(url_for("sign_in.password"))
    if g.visitor.must_enrol_factor:
        return redirect(url_for("own_security.page"))
    try:
        return _next(query, since)
    except SignedOut:
        if since is None:  # Comes here again, marked, and is led to the sign-in page.
            return redirect(_marked(query))
        raise


@oauth.post("/oauth/consent")
def consent() -> AnyResponse:
    """Take the person's answer."""
    given, since = request.form, None
    with suppress(ValueError):  # It is empty for most.
        since = datetime.fromisoformat(given.get("since", "")).astimezone(UTC)
    return _next(given.get("query", ""), since, given.get("decision", "deny"))


def _unknown(query: str) -> AnyResponse:
    told = accepted(_call("/oauth/requests", query))
    if told["redirect_to"]:
        return redirect(told["redirect_to"])
    return redirect(url_for("sign_in.form", next=_marked(query)))


def _next(query: str, since: datetime | None, decision: str = "") -> AnyResponse:
    body = {"query": query, "since": since.isoformat() if since else None, "decision": decision}
    told = accepted(send("identity", "POST", "/oauth/authorizations", json=body))
    if told["ask"] == "sign_in":
        return ask_proof(Asked(_marked(query), "GET"), status=200)
    if told["ask"] == "consent":
        return Response(render_template("consent.html", asked=told, query=query, since=since))
    return redirect(told["redirect_to"]) if since is None and not decision else onward(told["redirect_to"])


def onward(address: str) -> Response:
    """Lead a browser elsewhere after a form: our pages' policy forbids forms to end at another site."""
    return Response(render_template("onward.html", address=address))


def _call(path: str, query: str) -> Any:
    return portal().calls.call("identity", "POST", path, passed_on(), json={"query": query})


def _asked() -> tuple[str, datetime | None]:
    """Return the query, and since when this browser was asked to prove itself for it, if it was."""
    whole = request.query_string.decode("ascii", "replace")
    query, mark, signed = whole.partition(MARK)
    if not mark:
        return whole, None
    try:
        digest, since = _signer().unsign(signed, return_timestamp=True)
    except BadSignature:
        return whole, None
    return (query, since) if digest.decode() == _digest(query) else (whole, None)


def _marked(query: str) -> str:
    return f"{url_for('oauth.authorize')}?{query}{MARK}{_signer().sign(_digest(query)).decode()}"


def _signer() -> TimestampSigner:
    return TimestampSigner(portal().settings.secret_key, salt="asked to prove themselves")


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:32]


@oauth.get("/oauth/end-session")
def end_session() -> AnyResponse:
    """Sign out by a program's wish; who did not sign in to it by this browser is asked first."""
    query = request.query_string.decode("ascii", "replace")
    told = accepted(_call("/oauth/leavings", query))
    if g.visitor is None:
        return redirect(told["redirect_to"] or url_for("sign_in.form"))
    if told["person_id"] != str(g.visitor.person_id):
        return Response(render_template("leaving.html", asked=told, query=query))
    response = leave()
    response.location = told["redirect_to"] or response.location
    return response


@oauth.post("/oauth/end-session")
def confirm_end() -> AnyResponse:
    """Sign out, as the person has confirmed."""
    told = accepted(_call("/oauth/leavings", request.form["query"]))
    left = leave()
    if not told["redirect_to"]:
        return left
    response = onward(told["redirect_to"])
    for cookie in left.headers.getlist("Set-Cookie"):
        response.headers.add("Set-Cookie", cookie)
    return response
