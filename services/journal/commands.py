"""The journal's commands: `parta doctor journal`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import func, select

from services.journal.actions.chains import Broken, broken_chains
from services.journal.actions.evidence import (
    Export,
    NotAnExport,
    broken_seals,
    lost_seals,
    read_export,
    rewritten,
    sealed_heads,
)
from services.journal.models import HeadSeal, Page, School, SealedHead, Year
from services.journal.queries.heads import heads_of_day
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import NotFound
from shared.settings import Settings

A_FILE = click.Path(dir_okay=False, path_type=Path)
COLUMNS = (TextColumn("Pages"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@click.group()
def doctor() -> None:
    """Look whether what is kept is whole."""


@doctor.command()
@click.option("--school", type=click.UUID, help="Look at this school alone.")
@click.option("--year", help="Look at the pages of one year alone, by its name or id.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--against", type=A_FILE, help="Hold the histories against heads exported earlier.")
@click.option("--export-heads", "export", type=A_FILE, help="Write the heads of a sealed day into a file.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Which day to export; else the last sealed.")
def journal(
    *,
    school: UUID | None,
    year: str | None,
    as_json: bool,
    against: Path | None,
    export: Path | None,
    day: datetime | None,
) -> None:
    """Recompute the chains of all pages; exit 2 when one is broken, naming the first broken link.

    1 says that it could not be looked at, as when a file is not there.

    A file of exported heads, kept where the database's owner cannot reach it, finds histories that
    were written anew as a whole (--against).
    """
    if export:
        _export(export, school or _only_school(), day)
        return
    held = _read(against) if against else None
    school = held.school_id if held else school
    with _opened(school or EVERY_SCHOOL) as session:
        pages, broken, seals = _look(session, school, year, held)
        if school and not (held or broken or seals) and school not in session.scalars(_SCHOOLS):
            raise click.UsageError(f"There is no school “{school}”.")
    _tell(pages, broken, seals, as_json=as_json)
    if broken or seals:
        sys.exit(2)


@contextmanager
def _opened(school: UUID | str) -> Iterator[SchoolSession]:
    database = Database(Settings.from_env("journal").database_url)
    try:
        with database.snapshot(school) as session:
            yield session
    finally:
        database.close()


def _read(file: Path) -> Export:
    try:
        return read_export(orjson.loads(file.read_bytes()))
    except (OSError, orjson.JSONDecodeError, NotAnExport) as wrong:
        # Nothing was looked at: whoever watches for 2, what is broken, is not to be called.
        raise click.ClickException(f"{file}: {wrong}") from None


def _only_school() -> UUID:
    with _opened(EVERY_SCHOOL) as session:
        schools = session.scalars(select(School.school_id).limit(2)).all()
    if len(schools) != 1:
        raise click.UsageError("Which school? Name it by --school.")
    return schools[0]


def _export(file: Path, school: UUID, day: datetime | None) -> None:
    try:
        with _opened(school) as session:
            told = heads_of_day(session, day.date() if day else None)
    except NotFound:
        raise click.ClickException("No such day was sealed yet: a worker seals each day after it.") from None
    file.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    click.echo(f"{told['count']} pages as of {told['day']}, digest {told['digest']}")


# Whatever copy of a school was deleted to hide what its seals say.
_SCHOOLS = select(School.school_id).union(*(select(one.school_id) for one in (Page, HeadSeal, SealedHead)))


def _look(
    session: SchoolSession, school: UUID | None, year: str | None, held: Export | None
) -> tuple[int, list[Broken], list[str]]:
    years = _years(session, year) if year else []
    counted = select(func.count()).select_from(Page)
    pages = session.scalar(counted.where(Page.year_id.in_(years)) if years else counted) or 0
    console = Console(stderr=True)
    with Progress(*COLUMNS, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=pages)
        broken = {one.page_id: one for one in broken_chains(session, years, lambda _: progress.advance(task))}
    seals = []
    for one in [school] if school else session.scalars(_SCHOOLS).all():
        lost = lost_seals(session, one, held)
        seals += [f"school {one}: {why}" for why in (*broken_seals(session, one), *lost)]
        _add(broken, rewritten(session, sealed_heads(session, one)))
    if held:
        _add(broken, rewritten(session, held.heads, held.day))
    return pages, list(broken.values()), seals


def _add(broken: dict[UUID, Broken], more: Iterator[Broken]) -> None:
    for one in more:
        known = broken.get(one.page_id)
        if known is None or known.group is None:  # Of a page that is gone its seal knows the names.
            broken[one.page_id] = one


def _years(session: SchoolSession, year: str) -> list[UUID]:
    found = [one.id for one in session.scalars(select(Year)) if year in (one.name, str(one.id))]
    if not found:
        raise click.UsageError(f"There is no year “{year}”.")
    return found


def _tell(pages: int, broken: Sequence[Broken], seals: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {"pages": pages, "broken": [one._asdict() for one in broken], "seals": seals}
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for one in broken:
        click.echo(_said(one))
    for why in seals:
        click.echo(why)
    if broken:
        click.echo(f"Broken: {len(broken)} pages. Compare them with a backup and with what was printed.")
    elif not seals:
        click.echo("All chains are whole.")


def _said(one: Broken) -> str:
    """Return «5А, Математика (2026/27), page …, revision 3 (mark of 2026-10-05): a revision was changed»."""
    names = ", ".join(name for name in (one.group, one.subject) if name)
    page = f"{names} ({one.year}), " if names else ""
    of = one.lesson_on or one.period
    at = f" ({one.what}{f' of {of}' if of else ''})" if one.what else ""
    return f"{page}page {one.page_id}, revision {one.seq}{at}: {one.why}"
