"""Put a service to work from its settings."""

import importlib
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

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
    database = open_database(settings)
    check_safe(database)

    def published_keys() -> dict[str, Any]:
        answer = peers.client("identity").get(JWKS)
        answer.raise_for_status()
        keys: dict[str, Any] = answer.json()
        return keys

    return Runtime(find_service(name), settings, database, peers, KeyRing(published_keys))


def open_database(settings: Settings) -> Database:
    """Open a service's database; its sessions know what the settings say of secrets and factors."""
    database = Database(settings.database_url)
    grace = timedelta(days=settings.second_factor_grace_days)
    told: dict[str, Any] = {"second_factor": (settings.second_factor, grace)}
    if settings.seal_keys:
        told["seal_keys"] = settings.seal_keys
    database.info = {**database.info, **told}
    return database


def application_of(runtime: Runtime) -> Flask:
    """Return the WSGI application of a service or of the portal."""
    if runtime.service.name != "portal":
        return _behind_proxies(create_app(runtime), runtime.settings.trusted_proxies)
    build = importlib.import_module("services.portal.app").create_portal
    return _behind_proxies(
        build(runtime.settings, runtime.database, runtime.peers), runtime.settings.trusted_proxies
    )


def _behind_proxies(app: Flask, number: int) -> Flask:
    """Take the caller's address from what that many proxies say; from nobody when there are none."""
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=0)  # type: ignore[method-assign]
    return app


def application(name: str) -> Flask:
    """Return the application of a service whose settings are in the environment (for gunicorn)."""
    set_up_logs()
    settings = Settings.from_env(name)
    return application_of(assemble(name, settings, Peers(settings.peers)))
