"""Who may have a file: whoever handed it in until it is used, and then whom the thing concerns."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.journal.models import StoredFile
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Reader = Callable[[SchoolSession, Actor, UUID], bool]
"""Whether the caller may see the thing with this id, and so its files."""


def file_for(
    session: SchoolSession, actor: Actor, file_id: UUID, readers: Mapping[str, Reader]
) -> StoredFile:
    """Return a file the caller may have; raises NotFound for all others.

    `readers` say it by what a file is used as (`StoredFile.used_as`).
    """
    file = session.scalars(select(StoredFile).where(StoredFile.id == file_id)).first()
    if file is None or not _may_have(session, actor, file, readers):
        raise NotFound
    return file


def _may_have(session: SchoolSession, actor: Actor, file: StoredFile, readers: Mapping[str, Reader]) -> bool:
    if file.used_as is None or file.used_in is None:
        return file.owner_id == actor.person_id
    return readers[file.used_as](session, actor, file.used_in)


def files_said(
    session: SchoolSession, used_as: str, used_in: Collection[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """Return what is told of the files of these things, by thing, in the order they were handed in."""
    if not used_in:
        return {}
    asked = select(StoredFile).where(StoredFile.used_as == used_as, StoredFile.used_in.in_(used_in))
    found: dict[UUID, list[dict[str, Any]]] = {}
    for file in session.scalars(asked.order_by(StoredFile.id)):
        said = {name: getattr(file, name) for name in ("id", "name", "kind", "size")}
        found.setdefault(file.used_in, []).append(said)  # type: ignore[arg-type]
    return found
