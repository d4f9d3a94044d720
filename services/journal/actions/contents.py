"""Where contents of files are kept: a folder, or anything else that fsspec knows by an address."""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from shared.errors import Text, Unavailable
from shared.ids import new_id

CHUNK = 256 * 1024


class NowhereToKeep(Unavailable):
    """The deployment has no place for files."""

    title = Text("Файлы не принимаются", "Files are not taken")
    detail = Text(
        "Для файлов ещё не настроено хранилище. Попросите оператора школы задать PARTA_JOURNAL_FILES_URL.",
        "No storage for files is set up yet. Ask the school's operator to set PARTA_JOURNAL_FILES_URL.",
    )


class ContentLost(Unavailable):
    """The storage does not give the content back."""

    title = Text("Файл сейчас недоступен", "The file cannot be had right now")
    detail = Text(
        "Хранилище файлов не отвечает или потеряло этот файл. Повторите позже или сообщите оператору школы.",
        "The storage of files does not answer, or lost this one. Try later or tell the school's operator.",
    )


class Contents:
    """The contents of files by school and digest; never overwritten with anything else."""

    def __init__(self, url: str) -> None:
        """Keep them under an address like `file:///srv/school/files` or `s3://bucket/files`."""
        found: tuple[Any, str] = url_to_fs(url)
        self._files, self._root = found

    def put(self, school_id: UUID, digest: str, content: bytes) -> None:
        """Keep a content: whole, and on the disk, or not at all."""
        path = self._path(school_id, digest)
        if self._files.exists(path) and self._files.size(path) == len(content):
            return
        self._files.makedirs(self._parent(path), exist_ok=True)
        begun = f"{path}.{new_id().hex}"
        self._files.pipe_file(begun, content)
        self._files.mv(begun, path)
        if isinstance(self._files, LocalFileSystem):
            for settled in (path, self._parent(path)):
                _settle(settled)

    def read(self, school_id: UUID, digest: str) -> Iterator[bytes]:
        """Yield a content piece by piece; raises ContentLost before the first."""
        try:
            file = self._files.open(self._path(school_id, digest), "rb")
        except OSError as wrong:
            raise ContentLost from wrong
        return _pieces(file)

    def remove(self, school_id: UUID, digest: str) -> None:
        """Let a content go; one that is gone already is no matter."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(school_id, digest))

    def _path(self, school_id: UUID, digest: str) -> str:
        return f"{self._root.rstrip('/')}/{school_id}/{digest[:2]}/{digest}"

    def _parent(self, path: str) -> str:
        return path.rpartition("/")[0]


def _settle(path: str) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _pieces(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


@lru_cache(maxsize=8)
def contents_at(url: str) -> Contents:
    """Return the contents kept at an address; raises NowhereToKeep when the settings name none."""
    if not url:
        raise NowhereToKeep
    return Contents(url)
