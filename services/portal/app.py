"""The portal's application: pages, their assets, and the gate before them."""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response
from flask_babel import Babel
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from werkzeug.routing import BaseConverter
from whitenoise import WhiteNoise

from services.portal import failures, pages, security
from services.portal.calls import Calls, Proof
from services.portal.routes import BLUEPRINTS
from services.portal.web import Portal, language, portal
from shared.app import OrjsonProvider, registry
from shared.db import Database
from shared.peers import Peers
from shared.settings import Settings

HERE = Path(__file__).parent
OWN_ASSETS = HERE / "static"
BOOTSTRAP = Path(str(files("flask_bootstrap"))) / "static" / "bootstrap5" / "css" / "bootstrap.min.css"


class SecretKeyNeeded(SystemExit):
    """Without a secret key anybody could forge the portal's forms."""


class Word(BaseConverter):
    """What a place of an address may hold: nothing that would mean more in the address of a service."""

    regex = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}"


def create_portal(settings: Settings, database: Database, peers: Peers) -> Flask:
    """Build the portal over a database of its own and the services its peers lead to."""
    if not settings.secret_key:
        raise SecretKeyNeeded("Set PARTA_PORTAL_SECRET_KEY to a long random text and start again.")
    app = Flask("services.portal", static_folder=None, template_folder=str(HERE / "templates"))
    app.json = OrjsonProvider(app)
    given = Portal(settings, database, Calls(peers, Proof(settings, peers)))
    app.extensions["portal"] = given
    app.url_map.converters["default"] = Word
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Babel(app, default_locale="ru", default_translation_directories=str(HERE / "translations"),
          locale_selector=language, timezone_selector=pages.time_zone)  # fmt: skip
    security.protect(app, given)
    failures.register(app)
    for blueprint in (*BLUEPRINTS, _health()):
        app.register_blueprint(blueprint)
    pages.register(app, _serve_assets(app))
    return app


def _serve_assets(app: Flask) -> str:
    """Serve scripts and styles under a path that changes with them, so that browsers may keep them."""
    own = sorted(path for path in OWN_ASSETS.rglob("*") if path.is_file())
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (*own, BOOTSTRAP))).hexdigest()[:12]
    prefix = f"/static/{digest}/"
    served = WhiteNoise(
        app.wsgi_app, allow_all_origins=False, add_headers_function=_no_sniffing,
        immutable_file_test=lambda _path, url: url.startswith(prefix),
    )  # fmt: skip
    served.add_files(str(OWN_ASSETS), prefix=prefix)
    served.add_files(str(BOOTSTRAP.parent), prefix=f"{prefix}bootstrap/")
    app.wsgi_app = served  # type: ignore[method-assign]
    return prefix


def _no_sniffing(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _health() -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @health.get("/readyz")
    def readyz() -> dict[str, str]:
        with portal().database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return {"status": "ready"}

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)

    return health
