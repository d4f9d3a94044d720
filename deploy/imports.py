"""`parta import`: bring people and a timetable in from files, through the services' own APIs."""

import io
import json
import zipfile
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

    def post(self, service: str, path: str, **given: Any) -> dict[str, Any]:
        """POST and return the answer's JSON; Refused says what was wrong."""
        headers = {"Authorization": f"Bearer {self._token(service)}", "Accept-Language": "ru"}
        url = f"/api/{service}/v1{path}"
        return _answer(self.peers.client(service).post(url, headers=headers, timeout=LONG, **given))

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


def import_oneroster(
    caller: Caller, archive: bytes, *, org: str = "", dry_run: bool = False
) -> dict[str, Any]:
    """Bring in people, classes and rosters from a OneRoster or SDS archive (ZIP)."""
    params = {"dry_run": str(dry_run).lower()} | ({"org": org} if org else {})
    files = {"file": ("oneroster.zip", archive)}
    return caller.post("identity", "/imports/oneroster", params=params, files=files)


def import_fet(caller: Caller, name: str, file: bytes, *, dry_run: bool = False) -> dict[str, Any]:
    """Bring in a FET timetable; teachers and classes it names are found in the school or made.

    The schedule is asked first whether it would take the file, so that a bad one makes nobody.
    """
    files = {"file": (name, file)}
    needs = caller.post("schedule", "/imports/fet/needs", files=files)
    named = {
        "teachers": [{"key": teacher, "name": teacher} for teacher in needs["teachers"]],
        "groups": needs["groups"],
    }
    rehearsal = caller.post("identity", "/imports/names", params={"dry_run": "true"}, json=named)
    first, again = {"dry_run": "true"}, {"dry_run": "false"}
    report = _schedule_fet(caller, files, rehearsal, first)
    if dry_run:
        return report
    made = caller.post("identity", "/imports/names", params=again, json=named)
    return _schedule_fet(caller, files, made, again) | {"people": made["created"]}


def _schedule_fet(
    caller: Caller, files: dict[str, Any], ids: dict[str, Any], params: dict[str, str]
) -> dict[str, Any]:
    known = json.dumps({"teachers": ids["teachers"], "groups": ids["groups"]})
    return caller.post("schedule", "/imports/fet", params=params, files=files, data={"ids": known})


def packed(path: Path) -> bytes:
    """Return a ZIP as it is, and a folder of files as a ZIP."""
    if path.is_file():
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(path).as_posix())
    return buffer.getvalue()


@contextmanager
def _caller(data: Path | None) -> Iterator[Caller]:
    from deploy.single import cli_peers

    with cli_peers(data) as (peers, client_id, secret):
        yield Caller(peers, client_id, secret)


@click.group("import")
def imports() -> None:
    """Bring a school in from files; all of a file or nothing, and again changes nothing."""


@imports.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--org", default="", help="Which school of the file, when it has several.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def oneroster(data: Path | None, *, source: Path, org: str, dry_run: bool) -> None:
    """Import people, classes and rosters: OneRoster CSV or Microsoft SDS, a folder or a ZIP."""
    console = Console(stderr=True)
    with console.status(f"{source.name} …"), _caller(data) as caller:
        report = import_oneroster(caller, packed(source), org=org, dry_run=dry_run)
    _print(report)


@imports.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def fet(data: Path | None, *, source: Path, dry_run: bool) -> None:
    """Import a FET timetable, solved or not: a .fet file, its CSV, or a folder or ZIP of them."""
    console = Console(stderr=True)
    with console.status(f"{source.name} …"), _caller(data) as caller:
        name = source.name if source.is_file() else f"{source.name}.zip"
        report = import_fet(caller, name, packed(source), dry_run=dry_run)
    _print(report)


def _print(report: dict[str, Any]) -> None:
    """Print a report: counts as a table, then what was left out and why."""
    table = Table("что", "итог")
    lists = {key: value for key, value in report.items() if isinstance(value, list)}
    for key, value in report.items():
        if key not in lists:
            table.add_row(
                key,
                ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else str(value),
            )
    console = Console()
    console.print(table)
    for key, items in lists.items():
        if items:
            console.print(f"{key}: {len(items)}")
            for item in items[:50]:
                console.print("  " + ", ".join(f"{k}: {v}" for k, v in item.items()))
