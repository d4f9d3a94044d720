"""Whatever a school uploads with its timetable in it: what it is shows in the content, not in the name."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from services.schedule.imports.asc import ROOT as ASC_ROOT
from services.schedule.imports.asc import timetable_from_asc
from services.schedule.imports.bundle import timetable_in
from services.schedule.imports.document import read_xml
from services.schedule.imports.nika import is_nika, timetable_from_nika
from services.schedule.imports.tables import grids_of, is_timetable_table, timetable_from_tables
from services.schedule.imports.timetable import Faults, Timetable
from services.schedule.imports.untis import is_untis, sheets_of, timetable_from_untis
from shared.imports import is_zip, unpack

KINDS = ("fet", "asc", "untis", "nika", "xlsx")
"""Where timetables come from; `xlsx` is any table, a CSV too."""

_BEGINNING = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<([\w.:-]+)", re.DOTALL)
_BINARY = (b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")


class Upload(NamedTuple):
    """A timetable, and which program's file it was in."""

    kind: str
    timetable: Timetable


def read_timetable(content: bytes, name: str) -> Upload:
    """Return the timetable in an uploaded file or ZIP of files; BadRows tells every fault of it.

    Known are FET, aSc TimeTables XML, Untis GPU files, НИКА, and tables in XLSX or CSV.
    """
    files = _files(content, name)
    for path, one in files.items():
        file = PurePosixPath(path).name
        if _root(one) == ASC_ROOT:
            return Upload("asc", timetable_from_asc(read_xml(one, file), file))
        if is_nika(one):
            return Upload("nika", timetable_from_nika(one, file))
        if is_zip(one):
            return Upload("xlsx", timetable_from_tables(grids_of(one, file), file))
    return _read_texts(files, name)


def _read_texts(files: Mapping[str, bytes], name: str) -> Upload:
    """Read files that only their rows tell apart."""
    if not any(one.startswith(_BINARY) for one in files.values()):
        if found := timetable_in({path: one for path, one in files.items() if _may_be_fet(path, one)}):
            return Upload("fet", found)
        plain = {path: one for path, one in files.items() if _root(one) is None}
        sheets = sheets_of(plain)
        if is_untis(sheets):
            return Upload("untis", timetable_from_untis(sheets))
        for path, one in plain.items():
            grids = grids_of(one, path)
            if is_timetable_table(grids):
                return Upload("xlsx", timetable_from_tables(grids, PurePosixPath(path).name))
    faults = Faults(name)
    faults.add(
        0,
        "",
        "Это не расписание: нужен файл FET, aSc (XML), Untis (GPU), НИКА (nika_data….js), XLSX или их ZIP.",
        "This is no timetable: a file of FET, aSc (XML), Untis (GPU), НИКА, an XLSX, or a ZIP is needed.",
    )
    faults.raise_if_any()
    raise AssertionError


def _may_be_fet(path: str, content: bytes) -> bool:
    """Whether a file that is called XML is XML; FET's other files are CSV."""
    return _root(content) is not None or not path.casefold().endswith((".fet", ".xml"))


def _files(content: bytes, name: str) -> dict[str, bytes]:
    if not is_zip(content):
        return {name: content}
    files = unpack(content)
    if "xl/workbook.xml" in (path.casefold() for path in files):
        return {name: content}  # A workbook is a ZIP, too.
    hidden = ("__MACOSX", ".")
    return {
        path: one for path, one in sorted(files.items()) if not path.rpartition("/")[2].startswith(hidden)
    }


def _root(content: bytes) -> str | None:
    """Return the root element's name; None for what is no XML."""
    found = _BEGINNING.match(content[:4000].replace(b"\0", b"").decode("latin-1").lstrip("\ufeffï»¿þÿ"))
    return found[1] if found else None
