"""How a command calls the services: as a client that may import into one school."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import httpx2
from rich.console import Console
from rich.table import Table

from shared.peers import Peers

LONG = 600.0  # seconds a large import may take


class Refused(click.ClickException):
    """A service refused the file; nothing was changed."""

    exit_code = 2

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['title']}. {problem['detail']}")
        self.rows = _rows_of(problem.get("errors"))

    def show(self, file: Any = None) -> None:
        """Print the refusal with every bad row."""
        super().show(file)
        table = Table("файл", "строка", "колонка", "причина")
        for row in self.rows:
            table.add_row(*(str(row.get(name) or "") for name in ("file", "line", "column", "reason")))
        if self.rows:
            Console(stderr=True).print(table)


def _rows_of(errors: Any) -> list[dict[str, Any]]:
    if isinstance(errors, dict):
        rows: list[dict[str, Any]] = errors.get("rows", [])
        return rows
    return []


@dataclass
class Caller:
    """Calls the services as a client with the right to import into one school."""

    peers: Peers
    client_id: str
    secret: str

    def post(self, service: str, path: str, *, method: str = "POST", **given: Any) -> dict[str, Any]:
        """POST (or PUT) and return the answer's JSON; Refused says what was wrong."""
        headers = {"Authorization": f"Bearer {self._token(service)}", "Accept-Language": "ru"}
        url = f"/api/{service}/v1{path}"
        client = self.peers.client(service)
        return _answer(client.request(method, url, headers=headers, timeout=LONG, **given))

    def _token(self, audience: str) -> str:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.secret,
            "audience": audience,
        }
        url = "/api/identity/v1/tokens"
        return str(_answer(self.peers.client("identity").post(url, json=asked))["access_token"])


def _answer(response: httpx2.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    if response.is_error:
        raise Refused(body)
    return body


@dataclass(frozen=True)
class Target:
    """The school that is meant: its folder, and how it is founded where there is none yet."""

    data: Path | None
    name: str = ""
    time_zone: str = ""


@contextmanager
def caller_of(target: Target) -> Iterator[Caller]:
    from deploy.founding import cli_peers

    with cli_peers(target.data, target.name, target.time_zone) as (peers, client_id, secret):
        yield Caller(peers, client_id, secret)
