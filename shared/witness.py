"""Tell a service that keeps an access log of each request it answered (SECURITY 47).

The log is written in a transaction of its own, after the answer is made and before it is sent. A
read that cannot be noted is not given; a change that cannot be is done already, and an alarm.
"""

from functools import partial
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, request
from prometheus_client import Counter
from werkzeug.exceptions import HTTPException

from shared import problems, web
from shared.concerns import told_concerns
from shared.errors import Unavailable
from shared.noted import PERSONS
from shared.service import Answered, Witness
from shared.visits import client_address

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

UNNOTED = Counter(
    "parta_access_unnoted_total",
    "Requests that could not be noted in the access log. Worry about any.",
    ("service",),
)

log = structlog.get_logger()


def register(app: Flask, witness: Witness) -> None:
    """Let a service bear witness; to be registered last, so that it sees answers first."""
    app.after_request(partial(_bear_witness, witness))


def _bear_witness(witness: Witness, response: Response) -> Response:
    runtime, answered = web.runtime(), _answered(response)
    if answered is None:
        return response
    try:
        witness(runtime, answered)
    except Exception:
        UNNOTED.labels(runtime.service.name).inc()
        log.exception("access_log.unnoted", endpoint=answered.endpoint)
        return problems.refused(Unavailable()) if answered.is_read else response
    return response


def _answered(response: Response) -> Answered | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint not in current_app.extensions["access"]:
        return None
    view = current_app.view_functions[endpoint]
    access = getattr(view, "access", None)
    return Answered(
        endpoint=endpoint,
        action=access.action if access else "",
        is_read=request.method in SAFE or getattr(view, "reads", False),
        status=response.status_code,
        actor=g.get("actor"),
        address=client_address(),
        request_id=g.get("request_id", ""),
        named=_named(),
        login=_login(),
        **told_concerns(),
    )


def _named() -> dict[str, Any]:
    """Return what the address names: its places, and the people its query asks about."""
    asked = {name: request.args.get(name, type=UUID) for name in PERSONS if name in request.args}
    return {**asked, **(request.view_args or {})}


def _login() -> str | None:
    """Return under which login somebody yet unknown tries something; nothing else of the body."""
    if "actor" in g or not request.is_json:
        return None
    try:
        body: Any = request.get_json(silent=True)
    except HTTPException:  # Larger than is read at all, or cut short; it is refused for that already.
        return None
    login = body.get("login") if isinstance(body, dict) else None
    return login if isinstance(login, str) else None
