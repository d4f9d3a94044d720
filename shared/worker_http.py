"""A worker's own small web server: `/metrics` for Prometheus, `/readyz` and `/healthz` for who runs it."""

import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def serve(port: int, trouble: Callable[[], str]) -> None:
    """Answer on this port, in a thread of its own; `trouble` says why nothing is consumed now."""

    def answer(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return _reply(start, "200 OK", generate_latest(), CONTENT_TYPE_LATEST)
        if path == "/healthz":
            return _reply(start, "200 OK", b"ok")
        if path == "/readyz":
            why = trouble()
            return _reply(start, "503 Service Unavailable" if why else "200 OK", (why or "ready").encode())
        return _reply(start, "404 Not Found", b"/metrics, /readyz and /healthz are here.")

    # Prometheus and the orchestrator come from other machines; there is nothing secret to read.
    server = make_server("0.0.0.0", port, answer, handler_class=_Quiet)  # noqa: S104
    threading.Thread(target=server.serve_forever, name="worker-http", daemon=True).start()


def _reply(start: StartResponse, status: str, body: bytes, kind: str = "text/plain") -> list[bytes]:
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


class _Quiet(WSGIRequestHandler):
    """Logs no line per request: a probe comes every few seconds."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
