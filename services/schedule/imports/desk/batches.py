"""Files on the import desk: brought, understood, rehearsed, taken over as a batch, undone (3.4.1)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import defer

from services.schedule.actions.calendar import school_today
from services.schedule.actions.versions.drafts import drop_draft
from services.schedule.actions.versions.publishing import withdraw_timetable
from services.schedule.imports.desk.names import Choices, chosen, remember, to_be_named
from services.schedule.imports.desk.trail import ChangedSince, changed_anything, put_back, state_of, trail_of
from services.schedule.imports.kinds import Upload, read_timetable
from services.schedule.imports.naming import Ids
from services.schedule.imports.taking_over import Wish, take_over
from services.schedule.models import ImportBatch, Timetable
from services.schedule.models.imports import BROUGHT, KEPT, TAKEN, UNDONE
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text

COUNTS = ("year", "subjects", "rooms", "loads", "lessons", "verdicts")
SHOWN = 100

DRAFT_CHANGED = Text(
    "черновик правили; если он не нужен, удалите его в расписаниях",
    "the draft was edited; if you do not need it, delete it among the timetables",
)


LATER = Text(
    "те же классы загружены ещё раз — сначала отмените более позднюю загрузку",
    "the same classes were imported again; undo the later import first",
)


class FileGone(Conflict):
    """The file is no longer kept: it was taken over, or a day has passed."""

    title = Text("Файл больше не хранится", "The file is no longer kept")
    detail = Text(
        "Он уже загружен или лежал больше суток. Загрузите его снова.",
        "It was taken over, or lay for more than a day. Bring it again.",
    )


class NotTaken(Conflict):
    """The batch was never taken over, so that there is nothing to undo."""

    title = Text("Этот файл не загружен", "This file was not taken over")
    detail = Text("Отменять нечего.", "There is nothing to undo.")


class LessonsHeld(Conflict):
    """Lessons of the imported timetable took place; the past is not rewritten."""

    title = Text("По этому расписанию уже учились", "Lessons of this timetable took place")
    detail = Text(
        "Оно действует с {on:%d.%m.%Y}, отменить загрузку нельзя. Опубликуйте другое расписание.",
        "It has been in force since {on:%Y-%m-%d} and cannot be undone. Publish another timetable.",
    )


def bring(
    session: SchoolSession, content: bytes, file: str, upload: Upload, brought_by: UUID | None
) -> ImportBatch:
    """Keep a file that was read; what lay on the desk for a day is forgotten."""
    stale = (ImportBatch.brought_at < now() - KEPT) & ImportBatch.content.is_not(None)
    forgotten = update(ImportBatch).where(stale).values(content=None, choices={})
    session.execute(forgotten, execution_options={"synchronize_session": False})
    batch = _batch(session, file, upload.kind, brought_by)
    batch.content = content
    session.flush()
    return batch


def _batch(session: SchoolSession, file: str, kind: str, brought_by: UUID | None) -> ImportBatch:
    batch = ImportBatch(
        school_id=UUID(session.info["school"]), kind=kind, file=file[-120:], content=None, state=BROUGHT,
        choices={}, report={}, undo=None, timetable_id=None, timetable_version=None, brought_by=brought_by,
        brought_at=now(), taken_at=None, undone_at=None,
    )  # fmt: skip
    session.add(batch)
    return batch


def find_batch(session: SchoolSession, batch_id: UUID, *, lock: bool = False) -> ImportBatch:
    """Return a batch of the school; NotFound when there is none of this id."""
    found = session.get(ImportBatch, batch_id, with_for_update=lock or None)
    if found is None:
        raise NotFound
    return found


def batches(session: SchoolSession) -> list[ImportBatch]:
    """Return the latest batches, the last first."""
    latest = select(ImportBatch).order_by(ImportBatch.brought_at.desc(), ImportBatch.id.desc()).limit(SHOWN)
    return list(session.scalars(latest.options(defer(ImportBatch.content), defer(ImportBatch.undo))))


def upload_of(batch: ImportBatch) -> Upload:
    """Return the timetable of a batch that waits; FileGone when there is none any more."""
    if batch.content is None or batch.kept_until <= now():
        raise FileGone
    return read_timetable(batch.content, batch.file)


def choose(batch: ImportBatch, choices: Choices) -> None:
    """Keep what names are to mean; those not named keep what was chosen before."""
    if batch.content is None:
        raise FileGone
    kept = {what: dict(names) for what, names in batch.choices.items()}
    for what, names in choices.items():
        given = {name: str(id_) if id_ else None for name, id_ in names.items()}
        kept[what] = kept.get(what, {}) | given
    batch.choices = kept


def choices_of(batch: ImportBatch) -> dict[str, dict[str, UUID | None]]:
    """Return what was chosen for the names of a batch."""
    return {
        what: {name: UUID(id_) if id_ else None for name, id_ in names.items()}
        for what, names in batch.choices.items()
    }


def rehearse(session: SchoolSession, upload: Upload, choices: Choices, wish: Wish) -> dict[str, Any]:
    """Return what taking over would do; the caller rolls everything back."""
    ids = Ids(**to_be_named(session, chosen(session, upload.kind, upload.timetable, choices)))
    return take_over(session, upload.timetable, ids, replace(wish, source=upload.kind), is_rehearsal=True)


def take_file(
    session: SchoolSession, file: str, upload: Upload, choices: Choices, wish: Wish
) -> dict[str, Any]:
    """Take a file over without the desk, as a batch of its own unless it changes nothing."""
    batch = _batch(session, file, upload.kind, wish.made_by)
    report, is_kept = _take(session, batch, upload, choices, wish)
    return report | {"batch_id": batch.id if is_kept else None}


def take_batch(session: SchoolSession, batch_id: UUID, choices: Choices, wish: Wish) -> dict[str, Any]:
    """Take over a file from the desk; again it only tells what was done."""
    batch = find_batch(session, batch_id, lock=True)
    if batch.state == TAKEN:
        return {**batch.report, "timetable_id": batch.timetable_id, "batch_id": batch.id, "rows": []}
    upload = upload_of(batch)
    choose(batch, choices)
    report, is_kept = _take(session, batch, upload, choices_of(batch), wish)
    return report | {"batch_id": batch.id if is_kept else None}


def _take(
    session: SchoolSession, batch: ImportBatch, upload: Upload, choices: Choices, wish: Wish
) -> tuple[dict[str, Any], bool]:
    """Take over and note how to undo it; a batch that changed nothing is dropped."""
    meanings = chosen(session, upload.kind, upload.timetable, choices)
    ids = Ids(**to_be_named(session, meanings))
    groups = set(ids.groups.values())
    known = _versions(session)
    before = state_of(session, groups)
    report = take_over(session, upload.timetable, ids, replace(wish, source=upload.kind))
    session.flush()
    session.expire_all()
    trail = trail_of(groups, before, state_of(session, groups))
    remember(session, upload.kind, meanings)
    if report["timetable_id"] in known:
        report["timetable_id"] = None  # The same draft was made before, by a batch of its own.
    if report["timetable_id"] is None and not changed_anything(trail):
        session.delete(batch)
        return report, False
    batch.content, batch.choices, batch.undo = None, {}, trail
    batch.state, batch.taken_at = TAKEN, now()
    batch.report = _plain({name: report[name] for name in COUNTS})
    batch.timetable_id, batch.timetable_version = report["timetable_id"], report["timetable_version"]
    session.flush()
    return report, True


def _versions(session: SchoolSession) -> Collection[UUID]:
    return set(session.scalars(select(Timetable.id)))


def _plain(report: Mapping[str, Any]) -> dict[str, Any]:
    year = {**report["year"], "id": str(report["year"]["id"])}
    return {**report, "year": year}


def undo(session: SchoolSession, batch_id: UUID) -> ImportBatch:
    """Take a batch back: its version, and what else it changed; undone again it stays as it is.

    Raises LessonsHeld when lessons of it took place, and ChangedSince when somebody has worked on
    what it left.
    """
    batch = find_batch(session, batch_id, lock=True)
    if batch.state == UNDONE:
        return batch
    if batch.state != TAKEN or batch.undo is None:
        raise NotTaken
    if batch.undo["loads"] and _is_followed(session, batch):
        raise ChangedSince(what=LATER)
    _take_back_version(session, batch)
    session.flush()
    put_back(session, batch.undo)
    batch.state, batch.undone_at, batch.undo = UNDONE, now(), None
    session.flush()
    return batch


def _is_followed(session: SchoolSession, batch: ImportBatch) -> bool:
    """Whether a later import, which stands, was of the same groups: it found their load as it should be."""
    later = ImportBatch.state == TAKEN, ImportBatch.taken_at > batch.taken_at
    own = set(batch.undo["groups"] if batch.undo else ())
    return any(
        undo and not own.isdisjoint(undo["groups"])
        for undo in session.scalars(select(ImportBatch.undo).where(*later))
    )


def _take_back_version(session: SchoolSession, batch: ImportBatch) -> None:
    version = session.get(Timetable, batch.timetable_id) if batch.timetable_id else None
    if version is None or version.status == "withdrawn":
        return
    if version.status == "draft":
        if version.version != batch.timetable_version:
            raise ChangedSince(what=DRAFT_CHANGED)
        drop_draft(session, version.id, None)
        return
    today = school_today(session)
    if version.from_on and version.from_on <= today:
        raise LessonsHeld(on=version.from_on)
    withdraw_timetable(session, version.id, today=today)
