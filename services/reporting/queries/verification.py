"""A digest on paper held against the history of its page; no personal data is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select

from services.reporting.models import Group, Page, PageHead, School, Subject, Year
from services.reporting.queries.access import TIME_ZONE
from services.reporting.rules import DIGEST_LETTERS, year_title
from shared.db import SchoolSession
from shared.errors import NotFound, Text


class DigestUnknown(NotFound):
    """No page ever was in the state that the paper names."""

    title = Text("Такой свёртки нет", "There is no such digest")
    detail = Text(
        "Сверьте адрес и свёртку с напечатанными на листе. Если всё набрано верно, "
        "лист не соответствует журналу: обратитесь в школу.",
        "Compare the address and the digest with those on the sheet. If they are right, "
        "the sheet does not agree with the register: ask the school.",
    )


@dataclass(frozen=True, slots=True)
class Verification:
    """A state of a page that a digest proves, and how far the page has moved on since."""

    page_id: UUID
    seq: int
    digest: str
    school: str
    year: str
    group: str
    subject: str
    stood_at: datetime  # in the school's own time
    changes_since: int


def verification(session: SchoolSession, page_id: str, seq: str, digest: str) -> Verification:
    """Find the state of a page that a digest belongs to; DigestUnknown when there was none.

    The three parts come as typed: whatever they are, the answer is a state or DigestUnknown. The
    session is one across schools, for paper does not say whose it is.
    """
    state = _state(session, *_read(page_id, seq, digest))
    if state is None:
        raise DigestUnknown
    zone = ZoneInfo(state.time_zone or TIME_ZONE)
    return Verification(
        page_id=state.page_id,
        seq=state.seq,
        digest=digest.lower()[:DIGEST_LETTERS],
        school=state.school or "",
        year=year_title(state.year or ""),
        group=state.group or "",
        subject=state.subject or "",
        stood_at=state.changed_at.astimezone(zone),
        changes_since=state.last - state.seq,
    )


def _read(page_id: str, seq: str, digest: str) -> tuple[UUID, int, str]:
    digest = digest.lower()
    if len(digest) < DIGEST_LETTERS or not digest.isalnum() or not seq.isascii() or len(seq) > 9:
        raise DigestUnknown
    try:
        return UUID(page_id), int(seq), digest
    except ValueError as wrong:
        raise DigestUnknown from wrong


def _state(session: SchoolSession, page_id: UUID, seq: int, digest: str) -> Row[Any] | None:
    last = select(func.max(PageHead.seq)).where(PageHead.page_id == page_id).scalar_subquery()
    found = session.execute(
        select(
            PageHead.page_id,
            PageHead.seq,
            PageHead.head,
            PageHead.changed_at,
            last.label("last"),
            School.name.label("school"),
            School.time_zone,
            Year.name.label("year"),
            Group.name.label("group"),
            Subject.name.label("subject"),
        )
        .select_from(PageHead)
        .join(Page, Page.id == PageHead.page_id)
        .outerjoin(School, School.school_id == Page.school_id)
        .outerjoin(Year, Year.id == Page.year_id)
        .outerjoin(Group, Group.id == Page.group_id)
        .outerjoin(Subject, Subject.id == Page.subject_id)
        .where(PageHead.page_id == page_id, PageHead.seq == seq)
    ).one_or_none()
    return found if found is not None and found.head.startswith(digest) else None
