"""Whatever file a school brings: which format it is, and the roster that it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from services.identity.actions.importing.roster import Roster
from services.identity.imports.checks import Known, check_references
from services.identity.imports.choice import roster_of
from services.identity.imports.lists import read_lists
from services.identity.imports.roster import csv_files, read_archive
from services.identity.rules.lists import AUTO
from shared.grids import Grid, Line, read_grids
from shared.imports import BadArchive, BadRows, is_zip, read_csv, unpack


@dataclass(frozen=True)
class Wanted:
    """How a file is to be read: which school of several, who is listed, as of which day."""

    on: date
    org: str | None = None
    who: str = AUTO
    is_complete: bool = False


def read_file(content: bytes, name: str, wanted: Wanted, known: Callable[[str], Known]) -> Roster:
    """Read a file of any format into a roster, or refuse it with every bad row (BadRows)."""
    if is_archive(content):
        return read_archive(content, wanted.org, known)
    grids = read_grids(content, name)
    parsed = read_lists(grids, "XLSX" if is_zip(content) else "CSV", wanted.who, wanted.on)
    check_references(parsed, Known())
    if parsed.errors:
        raise BadRows(parsed.errors)
    return roster_of(parsed, None, is_complete=wanted.is_complete)


def is_archive(content: bytes) -> bool:
    """Whether it is a ZIP of tables, rather than one table."""
    if not is_zip(content):
        return False
    try:
        return not any(name.casefold().startswith("xl/") for name in unpack(content))
    except BadArchive:
        return b"xl/workbook" not in content


def grids_of(content: bytes, name: str) -> list[Grid]:
    """Return the tables of a file as they stand, to be given back with what is wrong in them."""
    if not is_archive(content):
        return read_grids(content, name)
    grids = []
    for file, data in csv_files(content).values():
        table = read_csv(data, file)
        head = Line(1, table.columns)
        rows = (
            Line(row.line, tuple(row.cells.get(column, "") for column in table.columns)) for row in table.rows
        )
        grids.append(Grid(PurePosixPath(file).name, (head, *rows)))
    return grids
