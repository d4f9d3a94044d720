"""What the operator's commands stand on: an opened service, tables, and the log of what was done."""

import getpass
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import click
import orjson
import structlog
from rich.console import Console
from rich.table import Table

from shared.apply import Applier
from shared.catchup import CatchUp, HttpSource, SourceGone
from shared.db import Database
from shared.logs import set_up_logs
from shared.operating import NotPossible
from shared.peers import Peers
from shared.service import SERVICES, Service, find_service
from shared.service_tokens import ServiceTokens
from shared.settings import Settings

Rows = Sequence[Mapping[str, Any]]


class Desk:
    """A service's database and, when asked for, its ways to the producers."""

    def __init__(self, name: str, data: Any, opened: ExitStack) -> None:
        self.service: Service = find_service(name)
        self.settings = Settings.from_env(name)
        self.database = Database(self.settings.database_url, pool_size=2)
        opened.callback(self.database.close)
        self._data = data
        self._opened = opened

    def applier(self) -> Applier:
        """Return what applies events here."""
        return Applier(self.service, self.database)

    def catch_up(self) -> CatchUp:
        """Return the ways to the producers; a school in a folder is called, or opened for it."""
        applier = self.applier()
        peers = Peers(self.settings.peers)
        if self._data is not None:
            founding = importlib.import_module("deploy.founding")
            peers, *_ = self._opened.enter_context(founding.cli_peers(self._data))
        tokens = ServiceTokens(self.settings, peers)
        return CatchUp(applier, {name: HttpSource(name, peers, tokens) for name in applier.producers})


@contextmanager
def desk(name: str) -> Iterator[Desk]:
    """Open a service for an operator's command; what cannot be done is said in one line."""
    set_up_logs()
    data = click.get_current_context().find_root().obj
    try:
        with ExitStack() as opened:
            yield Desk(name, data, opened)
    except (NotPossible, SourceGone) as wrong:
        raise click.ClickException(str(wrong)) from wrong


def log_command(service: str, reason: str, **facts: Any) -> None:
    """Log what an operator changed, and why."""
    command = click.get_current_context().info_name
    who = getpass.getuser()
    log = structlog.get_logger()
    log.warning("operator.command", command=command, service=service, reason=reason, who=who, **facts)


def tell(title: str, rows: Rows, *, as_json: bool, empty: str = "Nothing.") -> None:
    """Print rows as a table, or as one JSON document."""
    if as_json:
        click.echo(orjson.dumps(list(rows), default=str, option=orjson.OPT_INDENT_2).decode())
        return
    if not rows:
        click.echo(empty)
        return
    table = Table(title=title, title_justify="left")
    for name in rows[0]:
        number = isinstance(rows[0][name], int)
        table.add_column(name.replace("_", " "), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


service_argument = click.argument("service", type=click.Choice(SERVICES))
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")
reason_option = click.option("--reason", required=True, help="Why; it is kept in the log.")
