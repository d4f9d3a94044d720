"""The one command, `parta`. Each service brings its own group; heavy imports wait until needed."""

import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

PROGRAMS = ("identity", "schedule", "journal", "reporting", "notify", "portal")


class LateGroup(click.Group):
    """A group that looks for an unknown command among those the services bring."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command of our own, or a service's."""
        return super().get_command(ctx, cmd_name) or _brought().get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted({*super().list_commands(ctx), *_brought()})


def _brought() -> dict[str, click.Command]:
    from shared.events_cli import events
    from shared.service import find_service

    groups: list[click.Command] = [events, importlib.import_module("deploy.imports").imports]
    groups += [g for name in PROGRAMS if (g := find_service(name).commands) is not None]
    return {group.name or "": group for group in groups}


@click.group(cls=LateGroup)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PARTA_DATA",
    help="The folder of a school in one process; its databases are then used.",
)
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Parta, the class journal: services, their workers and their tools."""
    context.obj = data
    if data is not None and context.invoked_subcommand != "up":
        os.environ |= importlib.import_module("deploy.single").environment(data)


@main.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("var/school"))
@click.option("--demo", is_flag=True, help="Fill a demonstration school on the first start.")
@click.option("--name", default="Школа", help="The name of a school founded now.")
@click.option("--time-zone", default="Europe/Moscow", help="Its time zone.", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def up(*, data: Path, demo: bool, name: str, time_zone: str, host: str, port: int) -> None:
    """Serve the whole school in one process, on one port."""
    importlib.import_module("deploy.serve").serve(
        data, demo=demo, name=name, time_zone=time_zone, host=host, port=port
    )


@main.command()
@click.argument("service", type=click.Choice(PROGRAMS))
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--threads", default=8, show_default=True)
def web(service: str, bind: str, processes: int, threads: int) -> None:
    """Serve one service's HTTP API by gunicorn."""
    from shared.settings import Settings

    _refuse_sqlite(
        Settings.from_env(service)
    )  # Complains before anything starts, and once instead of per process.
    # Must be there before prometheus_client is imported; each gunicorn adds up in a folder of its own.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="parta-metrics-"))
    arguments = [
        *("--bind", bind, "--workers", str(processes), "--threads", str(threads)),
        *("--no-control-socket", "--graceful-timeout", "10"),
        *("--config", "python:shared.gunicorn_config", f"shared.assembly:application('{service}')"),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])  # noqa: S606  (our own interpreter and names)


def _refuse_sqlite(settings: Any) -> None:
    """Refuse a second process on one SQLite file (PROTOCOL C4): services apart have PostgreSQL."""
    if settings.database_url.startswith("sqlite"):
        raise click.ClickException(
            "SQLite serves one process alone. Run the whole school by `parta up`, or give "
            f"PARTA_{settings.service.upper()}_DATABASE_URL an address of PostgreSQL."
        )


@main.command()
@click.argument("service", type=click.Choice(PROGRAMS[:-1]))
def worker(service: str) -> None:
    """Run one service's relay, consumer and timed jobs; several may run, one of them works."""
    from shared.assembly import assemble
    from shared.logs import set_up_logs
    from shared.peers import Peers
    from shared.settings import Settings
    from shared.worker import Worker

    settings = Settings.from_env(service)
    _refuse_sqlite(settings)
    set_up_logs()
    Worker(assemble(service, settings, Peers(settings.peers))).run_until_signalled()


@main.command()
@click.option(
    "--into", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Renew it in a file."
)
def policy(into: Path | None) -> None:
    """Print who may do what, as the README has it."""
    from shared import policy_text

    if into is None:
        click.echo(policy_text.markdown(), nl=False)
    else:
        into.write_text(policy_text.put_into(into.read_text()))


@main.command()
@click.argument("service", type=click.Choice(PROGRAMS), required=False)
@click.option("--check", is_flag=True, help="Only say whether models and migrations agree.")
def migrate(*, service: str | None, check: bool) -> None:
    """Bring the databases to today's schema."""
    from shared.db import Database
    from shared.migrate import upgrade
    from shared.settings import Settings

    names = [service] if service else list(PROGRAMS)
    if check:
        sys.exit(_check_migrations(names))
    settings = [Settings.from_env(name) for name in names]
    for one in settings:
        upgrade(one.service, Database(one.database_url))
        click.echo(f"{one.service}: up to date")


def _check_migrations(names: list[str]) -> int:
    from shared.db import Database
    from shared.migrate import differences, upgrade

    found: dict[str, str] = {}
    for name in names:
        scratch: Any = Database("sqlite://")
        upgrade(name, scratch)
        if difference := differences(name, scratch):
            found[name] = difference
            click.echo(f"{name}: {difference}", err=True)
    return 1 if found else 0


if __name__ == "__main__":
    main(prog_name="parta")
