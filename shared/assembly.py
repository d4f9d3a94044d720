"""Put a service to work from its settings."""

import importlib
from typing import Any

from flask import Flask

from shared.app import create_app
from shared.auth import KeyRing
from shared.db import Database, check_safe
from shared.logs import set_up_logs
from shared.peers import Peers
from shared.service import Runtime, find_service
from shared.settings import Settings

JWKS = "/api/identity/v1/jwks.json"


def assemble(name: str, settings: Settings, peers: Peers) -> Runtime:
    """Open the service's database and its ways to the others; refuses an unsafe database."""
    database = Database(settings.database_url)
    check_safe(database)

    def published_keys() -> dict[str, Any]:
        answer = peers.client("identity").get(JWKS)
        answer.raise_for_status()
        keys: dict[str, Any] = answer.json()
        return keys

    return Runtime(find_service(name), settings, database, peers, KeyRing(published_keys))


def application_of(runtime: Runtime) -> Flask:
    """Return the WSGI application of a service or of the portal."""
    if runtime.service.name != "portal":
        return create_app(runtime)
    build = importlib.import_module("services.portal.app").create_portal
    app: Flask = build(runtime.settings, runtime.database, runtime.peers)
    return app


def application(name: str) -> Flask:
    """Return the application of a service whose settings are in the environment (for gunicorn)."""
    set_up_logs()
    settings = Settings.from_env(name)
    return application_of(assemble(name, settings, Peers(settings.peers)))
