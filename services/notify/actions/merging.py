"""Two people who turned out to be one: what was told to or about the one is the other's now."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.notify.models import (
    Deputy,
    Guardianship,
    Letter,
    MailConsent,
    MergedPerson,
    News,
    Notice,
    Person,
    Preference,
    Warned,
    table_of,
)
from services.notify.models.homework import PupilHomework
from shared.db import SchoolSession
from shared.events.identity import PersonMerged
from shared.merges import note_merge
from shared.service import Received

Column = InstrumentedAttribute[UUID]

# The columns that name a person, and what else makes a row one of its kind.
NAMING: Sequence[tuple[type[Any], Column, tuple[str, ...] | None]] = (
    (News, News.pupil_id, ("event_id",)),
    (PupilHomework, PupilHomework.pupil_id, ("event_id",)),
    (Notice, Notice.pupil_id, ("event_id", "recipient_id")),
    (Notice, Notice.recipient_id, ("event_id", "pupil_id")),
    (Guardianship, Guardianship.pupil_id, ("guardian_id",)),
    (Guardianship, Guardianship.guardian_id, ("pupil_id",)),
    (Preference, Preference.person_id, ()),
    (MailConsent, MailConsent.person_id, ()),
    (Deputy, Deputy.person_id, ()),
    (Warned, Warned.person_id, None),
    (Letter, Letter.recipient_id, None),
)
UNSYNCHRONIZED = {"synchronize_session": False}


def merge_people(session: SchoolSession, received: Sequence[Received[PersonMerged]]) -> None:
    """Give what was told to or about each merged person to the one kept; again it changes nothing."""
    for one in received:
        merged_id = one.told.merged_id
        kept_id = note_merge(session, table_of(MergedPerson), one.school_id, merged_id, one.told.kept_id)
        for model, column, others in NAMING:
            _move(session, model, column, others, (merged_id, kept_id))
        session.execute(delete(Person).where(Person.id == merged_id))


def _move(
    session: SchoolSession,
    model: type[Any],
    column: Column,
    others: tuple[str, ...] | None,
    ids: tuple[UUID, UUID],
) -> None:
    merged_id, kept_id = ids
    if others is not None:  # Where the one kept has the like, that stands.
        kept = aliased(model)
        alike = [getattr(kept, name) == getattr(model, name) for name in others]
        doubled = exists().where(getattr(kept, column.key) == kept_id, *alike)
        session.execute(delete(model).where(column == merged_id, doubled), execution_options=UNSYNCHRONIZED)
    moved = update(model).where(column == merged_id).values({column.key: kept_id})
    session.execute(moved, execution_options=UNSYNCHRONIZED)


def as_kept(session: SchoolSession, news: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return news of merged pupils as news of those kept: the journal may have heard of it later."""
    kept = kept_people(session, {row["pupil_id"] for row in news})
    # Of two in one event the last counts.
    renamed = {(row["event_id"], kept[row["pupil_id"]]): row for row in news}
    return [{**row, "pupil_id": pupil_id} for (_, pupil_id), row in renamed.items()]


def kept_people(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return by which id each of these people is known now: the own one, unless they were merged."""
    known = {one: one for one in ids}
    found = select(MergedPerson).where(MergedPerson.merged_id.in_(known))
    return known | {one.merged_id: one.kept_id for one in session.scalars(found)}
