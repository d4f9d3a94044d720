"""What remarks have to follow: the check of chains, merged people, erasures."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, or_, select, update

from services.journal.models import Remark, RemarkVersion
from services.journal.models.relations import remark_readings, remark_versions, remarks, revisions
from services.journal.rules.remarks import remark_text, text_digest
from shared.db import SchoolSession


def standing_remarks(session: SchoolSession, page_id: UUID) -> Iterator[tuple[Remark, str | None]]:
    """Yield a page's remarks with what its chain has to say of each; of an erased text, its digest."""
    latest = and_(RemarkVersion.remark_id == Remark.id, RemarkVersion.version == Remark.version)
    at = and_(revisions.c.page_id == Remark.page_id, revisions.c.seq == Remark.seq)
    found = (
        select(Remark, RemarkVersion, revisions.c.reason)
        .join(RemarkVersion, latest)
        .outerjoin(revisions, at)
        .where(Remark.page_id == page_id)
    )
    for remark, said, in_chain in session.execute(found):
        digest = said.digest
        if said.text is not None and said.salt is not None:
            # A reason once stood in the chain itself, and not in the digest.
            is_there = in_chain is not None and in_chain == said.reason
            digest = text_digest(said.salt, said.text, None if is_there else said.reason)
        yield remark, remark_text(said.kind, said.audience, digest)


def move_remarks(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    """Let what was written of a merged person, or read by them, be the kept one's."""
    for of in (remarks, remark_versions, remark_readings):
        session.execute(update(of).where(of.c.pupil_id == merged_id).values(pupil_id=kept_id))
    for of in (remarks, remark_versions):
        session.execute(update(of).where(of.c.made_by == merged_id).values(made_by=kept_id))
    own = remark_readings.alias("own")
    read = exists().where(own.c.remark_id == remark_readings.c.remark_id, own.c.person_id == kept_id)
    theirs = remark_readings.c.person_id == merged_id
    session.execute(update(remark_readings).where(theirs, ~read).values(person_id=kept_id))
    session.execute(delete(remark_readings).where(theirs))


def forget_remarks(session: SchoolSession, person_ids: Sequence[UUID]) -> None:
    """Forget what was written of the erased, and what they have read; the chains keep the digests."""
    nothing: dict[str, Any] = {"text": None, "salt": None, "reason": None}
    session.execute(
        update(remark_versions).where(remark_versions.c.pupil_id.in_(person_ids)).values(**nothing)
    )
    theirs = or_(remark_readings.c.pupil_id.in_(person_ids), remark_readings.c.person_id.in_(person_ids))
    session.execute(delete(remark_readings).where(theirs))
