"""The WSGI application of a service: its routes behind one gate, with docs, health and metrics."""

import os
import time
from importlib.resources import files
from typing import Any

import flask_smorest
import orjson
import structlog
from flask import Blueprint, Flask, Response, current_app, g, request, send_from_directory
from flask.json.provider import JSONProvider
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from shared import policy, problems, web, witness
from shared.auth import Access, BadToken, within_grant
from shared.ended import EndedSessions
from shared.errors import Denied, Text
from shared.feed import feed
from shared.service import Runtime

MAX_BODY_BYTES = 1024 * 1024
OURS_AND_PUBLIC = ("api-docs.", "parta.")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

REQUESTS = Counter(
    "parta_http_requests_total",
    "Requests answered. Worry when 5xx grow.",
    ("service", "route", "method", "status"),
)
SECONDS = Histogram(
    "parta_http_request_seconds",
    "Time to answer. Worry when the 95th percentile passes a second.",
    ("service", "route"),
)


class EndpointWithoutRule(Exception):
    """An endpoint does not say who may call it; the service will not start (deny by default)."""


class OrjsonProvider(JSONProvider):
    """JSON by orjson, which knows UUIDs and dates."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Return JSON text."""
        return orjson.dumps(obj, default=_said).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return what JSON text says."""
        return orjson.loads(s)


def _said(value: Any) -> str:
    """Say a text that comes in both languages in the caller's."""
    if isinstance(value, Text):
        return value.said(web.language())
    raise TypeError(type(value).__name__)


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's API with our problem documents (and with Allow kept on 405)."""

    ERROR_SCHEMA = problems.ProblemOut

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.MEDIA_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer with a problem document."""
        return problems.http_error(error)


def create_app(runtime: Runtime) -> Flask:
    """Build a service's application; raises EndpointWithoutRule for an unguarded route.

    UnknownAction is raised for a route whose action the policy does not know.
    """
    name = runtime.service.name
    prefix = f"/api/{name}/v1"
    app = Flask(name, static_folder=None, template_folder=str(files("shared") / "templates"))
    app.json = OrjsonProvider(app)
    app.config.update(_openapi(name, prefix), MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    app.extensions["parta"] = runtime
    api = Api(app)
    for part in (feed, *runtime.service.blueprints):
        if isinstance(part, flask_smorest.Blueprint):
            api.register_blueprint(part, url_prefix=prefix)
        else:
            app.register_blueprint(part)
    app.register_blueprint(_own_pages(prefix))
    problems.register(app)
    app.before_request(_admit)
    app.after_request(_finish)
    app.extensions["access"] = _guards(app, name)
    if runtime.service.witness is not None:
        witness.register(app, runtime.service.witness)
    app.extensions["ended"] = EndedSessions(runtime.database)
    return app


def _openapi(name: str, prefix: str) -> dict[str, Any]:
    return {
        "API_TITLE": f"Parta · {name}",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": prefix,
        "OPENAPI_JSON_PATH": "openapi.json",
        "OPENAPI_SWAGGER_UI_PATH": "docs",
        "OPENAPI_SWAGGER_UI_URL": f"{prefix}/docs/assets/",
        "API_SPEC_OPTIONS": {
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
            },
            "security": [{"token": []}],
        },
    }


def _own_pages(prefix: str) -> Blueprint:
    """Return the pages that every service has beside its own."""
    own = Blueprint("parta", "parta")

    @own.get(f"{prefix}/docs/assets/<path:name>")
    def docs_asset(name: str) -> Response:
        folder = files("shared") / "static" if name == "docs.js" else files("flask_swagger_ui") / "dist"
        return send_from_directory(str(folder), name)

    @own.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @own.get("/readyz")
    def readyz() -> dict[str, str]:
        with web.runtime().database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return {"status": "ready"}

    @own.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)

    return own


def registry() -> CollectorRegistry:
    """Return the metrics of this process, or of all processes of the program when it has several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    gathered = CollectorRegistry()
    MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]
    return gathered


def _guards(app: Flask, service: str) -> dict[str, Access]:
    """Return who may call each endpoint, as the endpoint or the policy says."""
    views = {
        endpoint: view
        for endpoint, view in app.view_functions.items()
        if not endpoint.startswith(OURS_AND_PUBLIC)
    }
    open_doors = [endpoint for endpoint, view in views.items() if not hasattr(view, "access")]
    if open_doors:
        raise EndpointWithoutRule(", ".join(sorted(open_doors)))
    said: dict[str, Access] = {endpoint: vars(view)["access"] for endpoint, view in views.items()}
    return {
        endpoint: policy.rule(service, access.action).access if access.action else access
        for endpoint, access in said.items()
    }


def _admit() -> None:
    """Let the request in, or refuse it before anything of it is read."""
    g.started = time.perf_counter()
    g.request_id = web.request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    endpoint = request.endpoint
    if endpoint is None or endpoint.startswith(OURS_AND_PUBLIC):
        return
    runtime = web.runtime()
    access: Access = current_app.extensions["access"].get(endpoint, Access())
    if access.public:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SignInNeeded
    try:
        g.actor = runtime.keys.actor(token, runtime.service.name)
    except BadToken as wrong:
        raise SignInNeeded from wrong
    ended: EndedSessions = current_app.extensions["ended"]
    if g.actor.session_id is not None and ended.holds(g.actor.session_id):
        raise SignInNeeded
    if not access.admits(g.actor):
        raise Denied
    if not within_grant(g.actor, access, runtime.service.name, request.method):
        raise Denied


class SignInNeeded(HTTPException):
    """The token is missing, forged or expired, or its session has ended."""

    code = 401

    def get_headers(self, *_: Any, **__: Any) -> list[tuple[str, str]]:
        """Name the scheme to sign in by."""
        return [("WWW-Authenticate", "Bearer")]


def _finish(response: Response) -> Response:
    if tag := g.get("etag"):
        response.set_etag(tag)
        if request.method == "GET" and response.status_code == 200:
            response.make_conditional(request)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    count(web.runtime().service.name, response)
    return response


def count(service: str, response: Response) -> None:
    """Count an answer, and how long it took since `g.started`."""
    route = request.url_rule.rule if request.url_rule else "unknown"
    # Anybody may make up methods; each would be kept for ever.
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(service, route, method, response.status_code).inc()
    SECONDS.labels(service, route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
