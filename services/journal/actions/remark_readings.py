"""That a remark was read («ознакомлен»), as the pupil and each parent say once."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from services.journal.models import Guardianship, Remark, RemarkReading, RemarkVersion
from services.journal.rules.remarks import FAMILY
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.events.journal_diary import RemarkAcknowledged
from shared.outbox import publish


def acknowledge_remark(session: SchoolSession, actor: Actor, remark_id: UUID) -> None:
    """Keep that the pupil or a parent has read it; again, it changes nothing."""
    found = session.execute(
        select(Remark, RemarkVersion.audience)
        .join(RemarkVersion, _is_latest())
        .where(Remark.id == remark_id, RemarkVersion.kind.is_not(None))
        .with_for_update(of=Remark)
    ).first()
    if found is None or actor.person_id is None or not _is_told(session, actor, *found):
        raise NotFound
    remark = found[0]
    if session.get(RemarkReading, (remark_id, actor.person_id)) is not None:
        return
    session.add(
        RemarkReading(
            remark_id=remark_id, person_id=actor.person_id, school_id=remark.school_id,
            pupil_id=remark.pupil_id, version=remark.version, at=now(),
        )
    )  # fmt: skip
    told = RemarkAcknowledged(
        remark_id=remark_id, pupil_id=remark.pupil_id, reader_id=actor.person_id, version=remark.version
    )
    publish(session, told)


def _is_latest() -> Any:
    return and_(RemarkVersion.remark_id == Remark.id, RemarkVersion.version == Remark.version)


def _is_told(session: SchoolSession, actor: Actor, remark: Remark, audience: str) -> bool:
    if remark.pupil_id == actor.person_id:
        return audience == FAMILY
    mine = select(Guardianship).where(
        Guardianship.guardian_id == actor.person_id, Guardianship.pupil_id == remark.pupil_id
    )
    return session.scalars(mine).first() is not None
