"""The commands of `parta events` that change something: each wants a reason and logs it."""

import dataclasses
import sys
from pathlib import Path
from uuid import UUID

import click

from shared import cursors, operating, parking, reconciling, retrying
from shared.db import EVERY_SCHOOL
from shared.desk import Desk, desk, json_option, log_command, reason_option, service_argument, tell
from shared.inspecting import DEGRADED, HEALTHY

all_option = click.option("--all", "every", is_flag=True, help="Every stream that it can be done to.")


def _chosen(at: Desk, stream: str | None, *, every: bool, state: str | None = None) -> list[str]:
    """Return the stream named, or all those heard (in a state)."""
    with at.database.reading(EVERY_SCHOOL) as session:
        known = cursors.every(session)
    if stream is not None:
        if stream not in known:
            raise operating.NotPossible(
                f"{at.service.name} does not hear {stream}. Heard: {', '.join(sorted(known)) or 'nothing'}."
            )
        return [stream]
    if not every:
        raise click.UsageError("Name a STREAM, or say --all.")
    return sorted(name for name, cursor in known.items() if state in (None, cursor.state))


@click.command()
@service_argument
@click.option("--stream", help="Of this stream only.")
@click.option("--subject", help="Of this subject only; needs --stream.")
@reason_option
def retry(*, service: str, stream: str | None, subject: str | None, reason: str) -> None:
    """Handle parked events again, in order."""
    with desk(service) as at:
        log_command(service, reason, stream=stream, subject=subject)
        applier = at.applier()
        with at.database.reading(EVERY_SCHOOL) as session:
            rows = parking.listed(session, stream)
        due = {(row.stream, row.subject): None for row in rows if subject in (None, row.subject)}
        handled = sum(retrying.retry(applier, *one) for one in due)
        with at.database.reading(EVERY_SCHOOL) as session:
            left = parking.count(session)
    click.echo(f"{handled} handled, {left} still parked.")
    sys.exit(DEGRADED if left else HEALTHY)


@click.command()
@service_argument
@click.argument("stream")
@click.argument("position", type=int)
@reason_option
def skip(*, service: str, stream: str, position: int, reason: str) -> None:
    """Never handle a parked event; those waiting behind it are handled now."""
    with desk(service) as at:
        log_command(service, reason, stream=stream, position=position)
        if not retrying.skip(at.applier(), stream, position):
            raise operating.NotPossible(f"Event {position} of {stream} is not parked.")
    click.echo("Skipped.")


@click.command()
@service_argument
@click.argument("stream", required=False)
@all_option
@click.option("--needed", is_flag=True, help="The streams of which status says so, after an upgrade.")
@reason_option
def rebuild(*, service: str, stream: str | None, every: bool, needed: bool, reason: str) -> None:
    """Empty what was made from a stream and hear it again from the beginning; sends nothing again."""
    with desk(service) as at:
        if needed:
            log_command(service, reason)
            found = operating.rebuild_passed_over(at.service, at.database)
            for one, types in found.items():
                click.echo(f"{one}: emptied for {types}; the worker fills it again.")
            if not found:
                click.echo("Nothing needs it.")
            return
        for one in _chosen(at, stream, every=every):
            log_command(service, reason, stream=one)
            deleted = operating.rebuild(at.service, at.database, one)
            click.echo(f"{one}: {deleted} rows deleted; the worker fills them again.")


@click.command()
@service_argument
@click.argument("stream", required=False)
@all_option
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder for the file of lost events; the present one unless told.",
)
@reason_option
def accept(*, service: str, stream: str | None, every: bool, save: Path, reason: str) -> None:
    """Take over the history of a producer that came back from an old copy.

    Events it no longer has are saved to a file first; then the stream is rebuilt.
    """
    with desk(service) as at:
        catch_up = at.catch_up()
        for one in _chosen(at, stream, every=every, state=cursors.DIVERGED):
            log_command(service, reason, stream=one)
            file, lost = operating.accept(catch_up, one, save)
            click.echo(f"{one}: {lost} lost events saved to {file}; the worker fills the rest again.")


@click.command()
@service_argument
@click.argument("stream")
@reason_option
def pause(*, service: str, stream: str, reason: str) -> None:
    """Apply nothing of a stream until it is resumed."""
    with desk(service) as at:
        (one,) = _chosen(at, stream, every=False)
        log_command(service, reason, stream=one)
        operating.pause(at.database, one)
    click.echo(f"{stream} is paused.")


@click.command()
@service_argument
@click.argument("stream")
@reason_option
def resume(*, service: str, stream: str, reason: str) -> None:
    """Go on with a paused stream."""
    with desk(service) as at:
        (one,) = _chosen(at, stream, every=False)
        log_command(service, reason, stream=one)
        operating.resume(at.database, one)
    click.echo(f"{stream} goes on; the worker fetches what it missed.")


@click.command()
@service_argument
@click.argument("stream")
@click.option("--subject", required=True, help="Whose data: person/<id>.")
@reason_option
def redact(*, service: str, stream: str, subject: str, reason: str) -> None:
    """Erase a subject's data from the service's log and tell everybody to do the same."""
    with desk(service) as at:
        log_command(service, reason, stream=stream, subject=subject)
        count = operating.redact(at.database, stream, subject)
    click.echo(f"{count} events lost their data; an erasure event was told.")


@click.command()
@service_argument
@click.option("--school", type=click.UUID, required=True)
@json_option
def reconcile(*, service: str, school: UUID, as_json: bool) -> None:
    """Compare a school's copied data with what the producers' logs say; changes nothing."""
    with desk(service) as at:
        compared = reconciling.reconcile(at.catch_up(), school)
    rows = [dataclasses.asdict(one) | {"agrees": one.agrees} for one in compared]
    tell(f"{service} of school {school}", rows, as_json=as_json, empty=f"{service} copies nothing.")
    wrong = [one.table for one in compared if not one.agrees]
    if wrong and not as_json:
        click.echo(f"Differs: {', '.join(wrong)}. parta events rebuild {service} heals it.")
    sys.exit(DEGRADED if wrong else HEALTHY)


CHANGES = (retry, skip, rebuild, accept, pause, resume, redact, reconcile)
