"""All that the services hold of one person as a file: JSON for programs, a PDF for people, the files."""

import zipfile
from collections.abc import Iterable
from typing import IO

import orjson

from services.portal.actions.subject_paper import Gathered, subject_paper

HOLDERS = ("journal", "schedule", "notify")
"""The services asked besides identity; reporting holds nothing but copies of what these tell."""


def write_subject_file(out: IO[bytes], gathered: Gathered) -> None:
    """Write a ZIP: what each service answered, the person's files, and all of it as one paper."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for service, told in gathered.held.items():
            archive.writestr(f"{service}.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))
        absent = [name for name, content in gathered.files if not _is_written(archive, name, content)]
        archive.writestr("personal-data.pdf", subject_paper(gathered, absent))


def _is_written(archive: zipfile.ZipFile, name: str, content: Iterable[bytes] | None) -> bool:
    if content is None:
        return False
    with archive.open(f"files/{name}", "w", force_zip64=True) as entry:
        for piece in content:
            entry.write(piece)
    return True


def path_of(number: int, name: str) -> str:
    """Return under which name a file lies in the archive: its own, and never one that leads elsewhere."""
    safe = "".join("_" if sign in '/\\:*?"<>|' or not sign.isprintable() else sign for sign in name)
    return f"{number:03}-{safe.lstrip('.') or 'file'}"
