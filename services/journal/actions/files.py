"""Handing in files, using them in things, and sweeping away what nobody uses (clause 3.9.6).

A file is handed in first and used after, so that a form with five photos survives a bad line. Its
content is kept before its row is committed, and named by a row of its own before that: whatever
ends the process, there is no file without its content, and no content that the sweep cannot find.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update

from services.journal.actions.contents import Contents, contents_at
from services.journal.models import FileContent, Parameter, School, StoredFile
from services.journal.models.relations import file_contents, own_school, stored_files
from services.journal.rules.files import KINDS, MOST_MEGABYTES, Checked, check_file
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.parameters import parameter_on
from shared.auth import Actor
from shared.bulk import insert_rows, upsert_rows
from shared.clock import now, today
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text
from shared.ids import new_id
from shared.service import Runtime

KEPT_UNUSED = timedelta(days=1)
MOST_UNUSED = 30
LIMITS = {"file_kinds": KINDS, "file_megabytes": MOST_MEGABYTES}


class TooManyUnused(Conflict):
    """Somebody handed in many files and used none of them."""

    title = Text("Слишком много файлов без дела", "Too many files not used yet")
    detail = Text(
        "Вы загрузили {most} файлов и ни один не приложили. Приложите их или подождите сутки.",
        "You have uploaded {most} files and attached none of them. Attach them or wait a day.",
    )


class FileGone(Invalid):
    """A file named is not the caller's, is used elsewhere already, or was swept away."""

    title = Text("Файл не найден", "The file is not there")
    detail = Text(
        "Один из файлов уже убран: он пролежал без дела сутки. Загрузите его ещё раз.",
        "One of the files is gone: it was not used for a day. Upload it once more.",
    )


def hand_in(database: Database, contents: Contents, actor: Actor, name: str, content: bytes) -> StoredFile:
    """Keep a file of the caller's, to be used in something within a day.

    Handed in again before it is used, it is the same file. Its own two transactions, for nothing
    slow happens within one. Raises what `rules.files.check_file` does, and TooManyUnused.
    """
    if actor.school_id is None or actor.person_id is None:
        raise NotFound
    with database.reading(actor.school_id) as session:
        limits = file_limits(session)
    file = check_file(name, content, limits["file_kinds"], limits["file_megabytes"])
    digest = hashlib.sha256(content).hexdigest()
    with database.writing(actor.school_id) as session:
        # Whoever sweeps holds this row: what is found here stays for a day from now on.
        row = {"school_id": actor.school_id, "digest": digest, "kept_at": now()}
        upsert_rows(session, file_contents, [row], ("school_id", "digest"))
    contents.put(actor.school_id, digest, content)
    with database.writing(actor.school_id) as session:
        session.info["actor"] = actor.subject
        kept = _keep(session, actor.person_id, file, digest)
        session.flush()
        session.expunge(kept)
    return kept


def file_limits(session: SchoolSession) -> dict[str, Any]:
    """Return which files the school takes today: `file_kinds`, and how large in `file_megabytes`."""
    asked = select(Parameter.name, Parameter.told).where(Parameter.name.in_(LIMITS))
    told = {row.name: row.told for row in session.execute(asked)}
    day = today(session.scalar(select(School.time_zone)) or TIME_ZONE)
    return {name: parameter_on(told.get(name), day, default) for name, default in LIMITS.items()}


def _keep(session: SchoolSession, owner_id: UUID, file: Checked, digest: str) -> StoredFile:
    mine = select(StoredFile).where(StoredFile.owner_id == owner_id, StoredFile.used_as.is_(None))
    again = session.scalars(mine.where(StoredFile.digest == digest, StoredFile.name == file.name)).first()
    if again is not None:
        again.kept_at = now()
        return again
    if session.scalar(select(func.count()).select_from(mine.subquery())) >= MOST_UNUSED:  # type: ignore[operator]
        raise TooManyUnused(most=MOST_UNUSED)
    kept = StoredFile(
        id=new_id(),
        school_id=own_school(session),
        owner_id=owner_id,
        name=file.name,
        kind=file.kind,
        size=len(file.content),
        digest=digest,
        kept_at=now(),
    )
    session.add(kept)
    return kept


def use_files(
    session: SchoolSession, actor: Actor, file_ids: Collection[UUID], used_as: str, used_in: UUID
) -> None:
    """Let a thing have exactly these files: its own of before, and others the caller has handed in.

    Its files that are not named are let go. Raises FileGone, and then nothing has changed.
    """
    standing = set(session.scalars(select(StoredFile.id).where(_used(used_as, [used_in]))))
    new = set(file_ids) - standing
    if new:
        own = (StoredFile.id.in_(new), StoredFile.owner_id == actor.person_id, StoredFile.used_as.is_(None))
        found = session.scalars(select(StoredFile.id).where(*own).with_for_update()).all()
        if len(found) < len(new):
            raise FileGone
        taken = update(stored_files).where(stored_files.c.id.in_(new))
        session.execute(taken.values(used_as=used_as, used_in=used_in))
    gone = standing - set(file_ids)
    if gone:
        session.execute(delete(stored_files).where(stored_files.c.id.in_(gone)))


def let_go(session: SchoolSession, used_as: str, used_in: Collection[UUID]) -> None:
    """Let all files of these things go; their contents are swept away later."""
    if used_in:
        session.execute(delete(StoredFile).where(_used(used_as, used_in)))


def files_of(session: SchoolSession, used_as: str, used_in: Collection[UUID]) -> dict[UUID, list[StoredFile]]:
    """Return the files of these things, each thing's in the order they were handed in."""
    found: dict[UUID, list[StoredFile]] = {}
    asked = select(StoredFile).where(_used(used_as, used_in)).order_by(StoredFile.id)
    for file in session.scalars(asked) if used_in else ():
        found.setdefault(file.used_in, []).append(file)  # type: ignore[arg-type]
    return found


def digests_of(session: SchoolSession, used_as: str, used_in: UUID) -> list[str]:
    """Return the digests of the files of a thing."""
    return list(session.scalars(select(StoredFile.digest).where(_used(used_as, [used_in]))))


def copy_files(session: SchoolSession, owner_id: UUID, files: Iterable[tuple[StoredFile, UUID]]) -> None:
    """Give things files of the same content and name: pairs of a file and the thing to have it, too."""
    rows = [
        {
            "id": new_id(),
            "school_id": file.school_id,
            "owner_id": owner_id,
            **{name: getattr(file, name) for name in ("name", "kind", "size", "digest", "used_as")},
            "kept_at": now(),
            "used_in": used_in,
        }
        for file, used_in in files
    ]
    insert_rows(session, stored_files, rows)


def forget_files(session: SchoolSession, owner_ids: Sequence[UUID], used_as: Collection[str]) -> None:
    """Let go what people handed in for such things, and what they have not used; for an erasure."""
    theirs = stored_files.c.owner_id.in_(owner_ids)
    unused_or = stored_files.c.used_as.is_(None) | stored_files.c.used_as.in_(used_as)
    session.execute(delete(stored_files).where(theirs, unused_or))


def _used(used_as: str, used_in: Collection[UUID]) -> Any:
    return (StoredFile.used_as == used_as) & StoredFile.used_in.in_(used_in)


def sweep_files(runtime: Runtime) -> None:
    """Sweep away files that nobody has used for a day, and contents that no file has."""
    if not runtime.settings.files_url:
        return
    contents, before = contents_at(runtime.settings.files_url), now() - KEPT_UNUSED
    with runtime.database.writing(EVERY_SCHOOL) as session:
        unused = (StoredFile.used_as.is_(None), StoredFile.kept_at < before)
        session.execute(delete(StoredFile).where(*unused), execution_options={"synchronize_session": False})
    has_file = exists().where(
        stored_files.c.school_id == file_contents.c.school_id, stored_files.c.digest == file_contents.c.digest
    )
    with runtime.database.reading(EVERY_SCHOOL) as session:
        asked = select(FileContent.school_id, FileContent.digest)
        orphans = session.execute(asked.where(FileContent.kept_at < before, ~has_file)).all()
    for school_id, digest in orphans:
        with runtime.database.writing(EVERY_SCHOOL) as session:
            is_it = (file_contents.c.school_id == school_id, file_contents.c.digest == digest)
            gone = delete(file_contents).where(*is_it, file_contents.c.kept_at < before, ~has_file)
            # The row first: where a file of this content came meanwhile, it cannot go, nor does the content.
            if session.execute(gone.returning(file_contents.c.digest)).first():
                contents.remove(school_id, digest)
