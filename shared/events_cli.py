"""`parta events`: what an operator sees and does when events do not flow (PROTOCOL I).

Tables for people, `--json` for machines. The exit code says the rest: 0 healthy, 1 degraded,
2 critical.
"""

import dataclasses
import sys

import click
import orjson

from shared import asyncapi, inspecting, parking
from shared.db import EVERY_SCHOOL
from shared.desk import desk, json_option, service_argument, tell
from shared.events_changes import CHANGES
from shared.inspecting import CRITICAL, DEGRADED, HEALTHY


@click.group()
def events() -> None:
    """See how events flow between the services, and repair it when they do not."""


@events.command()
@service_argument
@json_option
def status(*, service: str, as_json: bool) -> None:
    """Tell how a service stands: what it hears, what it tells, what it could not send."""
    with desk(service) as at:
        heard = inspecting.heard_streams(at.service, at.database)
        told = inspecting.told_streams(at.database)
        unsent = inspecting.effects(at.database)
    behind = sum(one.head - one.published for one in told) if at.settings.broker_url else 0
    health = max([HEALTHY, *(one.health for one in heard), DEGRADED if unsent else HEALTHY])
    heard_rows = [dataclasses.asdict(one) for one in heard]
    if as_json:
        whole = {"health": health, "heard": heard_rows, "unpublished": behind, "effects": unsent}
        click.echo(orjson.dumps(whole, default=str, option=orjson.OPT_INDENT_2).decode())
    else:
        tell(f"{service} hears", heard_rows, as_json=False, empty=f"{service} has heard nothing yet.")
        if unsent:
            tell("never sent", unsent, as_json=False)
        click.echo(f"Told in {len(told)} streams; {behind} events not confirmed by the broker.")
        click.echo(("Healthy.", "Degraded: see above.", "Critical: a human must decide.")[health])
    sys.exit(health)


@events.command()
@service_argument
@json_option
def lag(*, service: str, as_json: bool) -> None:
    """Ask the producers how many events wait for this service."""
    with desk(service) as at:
        rows = inspecting.waiting(at.database, at.catch_up().sources)
    tell(f"{service} waits for", rows, as_json=as_json, empty=f"{service} hears nobody.")
    gone = any(row["waiting"] is None for row in rows)
    sys.exit(CRITICAL if gone else DEGRADED if any(row["waiting"] for row in rows) else HEALTHY)


@events.command()
@service_argument
@json_option
def streams(*, service: str, as_json: bool) -> None:
    """List the streams a service tells, their heads and how far the broker has them."""
    with desk(service) as at:
        rows = [dataclasses.asdict(one) for one in inspecting.told_streams(at.database)]
    tell(f"{service} tells", rows, as_json=as_json, empty=f"{service} has told nothing yet.")


@events.command()
@service_argument
@click.argument("stream")
@click.argument("position", type=int)
def show(*, service: str, stream: str, position: int) -> None:
    """Print one event, as told by the service or as heard by it."""
    with desk(service) as at:
        found = inspecting.show(at.database, stream, position)
    if found is None:
        raise click.ClickException(f"{service} has no event {position} of {stream}.")
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


@events.command()
@service_argument
@click.option("--stream", help="Of this stream only.")
@json_option
def parked(*, service: str, stream: str | None, as_json: bool) -> None:
    """List the events set aside, each with the error of its reaction."""
    with desk(service) as at, at.database.reading(EVERY_SCHOOL) as session:
        found = parking.listed(session, stream)
    columns = ("stream", "position", "subject", "status", "attempts", "error")
    rows = [{name: getattr(row, name) for name in columns} for row in found]
    tell(f"parked in {service}", rows, as_json=as_json, empty="Nothing is parked.")
    sys.exit(DEGRADED if any(row.status != parking.SKIPPED for row in found) else HEALTHY)


@events.command()
@service_argument
@json_option
def verify(*, service: str, as_json: bool) -> None:
    """Check the service's own log: every position there, every link intact."""
    with desk(service) as at:
        wrong = inspecting.verify(at.database)
    tell(f"wrong in the log of {service}", wrong, as_json=as_json, empty="No gaps, and every link holds.")
    sys.exit(CRITICAL if wrong else HEALTHY)


@events.command()
def contracts() -> None:
    """Print the contracts of all events as an AsyncAPI document."""
    click.echo(orjson.dumps(asyncapi.document(), option=orjson.OPT_INDENT_2).decode())


for change in CHANGES:
    events.add_command(change)
