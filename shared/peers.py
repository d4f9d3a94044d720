"""The way to the other services over HTTP: by URL, or in process when one process is the school."""

from collections.abc import Mapping
from typing import Any

import httpx2

TIMEOUT = httpx2.Timeout(30.0, connect=3.0)


class Peers:
    """Hands out a client per service; the same code whether the service is far or in process."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self._apps: dict[str, Any] = {}
        self._clients: dict[str, httpx2.Client] = {}

    def put_in_process(self, name: str, wsgi_app: Any) -> None:
        """Call this service's WSGI application directly from now on."""
        self._apps[name] = wsgi_app
        self._clients.pop(name, None)

    def client(self, name: str) -> httpx2.Client:
        """Return the client of a service; paths start with `/api/<name>/v1/`."""
        if name not in self._clients:
            if name in self._apps:
                transport: Any = httpx2.WSGITransport(app=self._apps[name])
                made = httpx2.Client(transport=transport, base_url=f"http://{name}", timeout=TIMEOUT)
            else:
                made = httpx2.Client(base_url=self._urls[name], timeout=TIMEOUT)
            self._clients[name] = made
        return self._clients[name]
