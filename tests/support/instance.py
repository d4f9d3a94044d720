"""Identity and the portal on one port, over HTTP: what another program meets of a deployment."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from werkzeug.serving import make_server

from shared.assembly import application_of, assemble
from shared.db import Database
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.identity.makers import MEMORY, PASSWORD, make_school
from tests.support.databases import sqlite_url
from tests.support.ports import free_port

REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Instance:
    """A deployment of one school."""

    url: str
    identity: Runtime
    school: UUID

    @property
    def issuer(self) -> str:
        return f"{self.url}/api/identity/v1"

    @property
    def database(self) -> Database:
        return self.identity.database


class Browser:
    """A browser without scripts: it keeps cookies, sends forms, and follows what pages lead to."""

    def __init__(self, instance: Instance) -> None:
        self.url = instance.url
        self.client = httpx2.Client(trust_env=False, timeout=60, headers={"Accept": "text/html"})

    def open(self, address: str) -> httpx2.Response:
        """Open an address and go on to where it leads, as long as that is this deployment."""
        return self._follow(self.client.get(self._whole(address)))

    def send(self, page: httpx2.Response, action: str, **fields: str) -> httpx2.Response:
        """Send a form of a page."""
        token = TOKEN.search(page.text)
        assert token, page.text
        given = {"csrf_token": token[1]} | fields
        return self._follow(self.client.post(self._whole(action), data=given))

    def sign_in(self, page: httpx2.Response, login: str) -> httpx2.Response:
        """Fill in the sign-in page."""
        found = re.search(r'name="next" value="([^"]*)"', page.text)
        onward = found[1].replace("&amp;", "&") if found else "/"
        return self.send(page, "/sign-in", login=login, password=PASSWORD, next=onward)

    def _follow(self, answer: httpx2.Response) -> httpx2.Response:
        for _ in range(10):
            target = led_to(answer)
            if not target.startswith((self.url, "/")):
                return answer
            answer = self.client.get(self._whole(target))
        raise AssertionError("led in a circle")

    def _whole(self, address: str) -> str:
        return self.url + address if address.startswith("/") else address


def led_to(answer: httpx2.Response) -> str:
    """Return where an answer leads, by a redirect or by its page; empty when it stays."""
    if answer.is_redirect:
        return str(answer.headers["Location"])
    found = REFRESH.search(answer.text)
    return found[1].replace("&amp;", "&") if found else ""


@contextmanager
def open_instance(folder: Path, **given: Any) -> Iterator[Instance]:
    """Serve a new deployment; it may call others on this machine."""
    folder.mkdir(exist_ok=True)
    port, peers = free_port(), Peers({})
    url = f"http://127.0.0.1:{port}"
    runtimes = {
        name: assemble(name, _settings(name, folder, url, given), peers) for name in ("identity", "portal")
    }
    apps = {name: application_of(runtime) for name, runtime in runtimes.items()}
    peers.put_in_process("identity", apps["identity"])

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        name = "identity" if environ["PATH_INFO"].startswith("/api/identity/") else "portal"
        return apps[name](environ, start_response)

    server = make_server("127.0.0.1", port, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Instance(url, runtimes["identity"], make_school(runtimes["identity"].database))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        for runtime in runtimes.values():
            runtime.database.close()


def _settings(name: str, folder: Path, url: str, given: dict[str, Any]) -> Settings:
    return Settings(
        service=name,
        database_url=sqlite_url(name, folder),
        secret_key="tests' own" if name == "portal" else "",
        argon2_memory_kib=MEMORY,
        public_url=url,
        **{"may_call_private": True} | given,
    )
