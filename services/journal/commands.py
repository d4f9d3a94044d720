"""The journal's commands: `parta doctor journal`."""

import sys

import click

from services.journal.actions.chains import broken_chains
from shared.db import EVERY_SCHOOL, Database
from shared.settings import Settings


@click.group()
def doctor() -> None:
    """Look whether what is kept is whole."""


@doctor.command()
def journal() -> None:
    """Recompute the chains of all pages; exit 2 when one is broken, naming the first broken link."""
    database = Database(Settings.from_env("journal").database_url)
    with database.reading(EVERY_SCHOOL) as session:
        broken = list(broken_chains(session))
    database.close()
    for page_id, seq, why in broken:
        click.echo(f"page {page_id}, revision {seq}: {why}")
    if broken:
        click.echo(f"Broken: {len(broken)} pages. Compare them with a backup and with what was printed.")
        sys.exit(2)
    click.echo("All chains are whole.")
