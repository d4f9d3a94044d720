"""«Подтвердите, что это вы»: a proof in the middle of the work, after which the work goes on."""

from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response as AnyResponse

from services.portal.actions.sessions import renew_session
from services.portal.failures import Asked, ask_proof
from services.portal.routes.second_step import shown
from services.portal.web import (
    forms_token,
    keep_cookie,
    portal,
    problem_of,
    relayed,
    send,
    visitor,
    writing,
)

proofs = Blueprint("proofs", __name__)

PASSED_ON = ("REMOTE_ADDR", "wsgi.url_scheme")


@proofs.post("/proof")
def prove() -> AnyResponse:
    """Prove who it is, then do what was asked; whoever has proven more gets a new cookie."""
    asked = Asked.kept()
    answer = send("identity", "POST", "/me/proof", json=shown())
    if answer.status_code >= 400:
        return ask_proof(asked, problem_of(answer), answer.status_code)
    portal().calls.forget(visitor())
    with writing() as session:
        cookie = renew_session(session, visitor())
    done = redirect(asked.path) if asked.method == "GET" else _repeat(asked, cookie)
    if portal().cookie_name in str(done.headers.getlist("Set-Cookie")):
        return done  # What was done gave a newer cookie, or took it away.
    return keep_cookie(done, cookie, visitor().roles, is_shared=visitor().is_shared)  # type: ignore[arg-type]


@proofs.post("/proof/challenge")
def challenge() -> Response:
    return relayed(send("identity", "POST", "/me/proof/challenge"))


def _repeat(asked: Asked, cookie: str) -> AnyResponse:
    """Send the kept form to its page, as the browser would have, had it known the new cookie."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - As Flask's documentation does.
    cookies = {**dict(request.cookies), portal().cookie_name: cookie}
    fields: MultiDict[str, str] = MultiDict((*asked.fields, ("csrf_token", forms_token())))
    builder = EnvironBuilder(
        path=asked.path,
        method="POST",
        base_url=request.host_url,
        data=fields,
        headers=Headers({"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}),
        environ_base={n: v for n, v in request.environ.items() if n.startswith("HTTP_") or n in PASSED_ON},
    )
    known_as = g.request_id
    with app.app_context():  # With a `g` of its own.
        return Response.from_app(app.wsgi_app, builder.get_environ() | {"HTTP_X_REQUEST_ID": known_as})
