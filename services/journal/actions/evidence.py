"""Holding today's histories against the heads that were sealed before, here and in exported files.

Whoever owns the database can write whole chains anew, and the seals in it as well; an exported
file, once it lies elsewhere, no longer.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select

from services.journal.actions.chains import Broken
from services.journal.models import Group, HeadSeal, Page, Revision, SealedHead, Subject, Year
from services.journal.models.heads import HEAD
from services.journal.rules.heads import FORMAT, START, digest_of_day
from shared.bus import event_log
from shared.db import SchoolSession
from shared.events import contract_of, read
from shared.events.journal import HeadsSealed
from shared.outbox import stream_name


class NotAnExport(ValueError):
    """The file is no export of heads, or was changed since; the text says how."""


class Head(NamedTuple):
    """A page's head as it was sealed."""

    page_id: UUID
    group_id: UUID
    subject_id: UUID
    year_id: UUID
    seq: int
    head: str


class Export(NamedTuple):
    """The heads of one school and day."""

    school_id: UUID
    day: date
    before: str
    digest: str
    heads: list[Head]


def read_export(told: Any) -> Export:
    """Read an exported file's JSON; NotAnExport when its own digest does not fit what it says."""
    if not isinstance(told, Mapping) or told.get("format") != FORMAT:
        raise NotAnExport(f"It does not say “format”: “{FORMAT}”.")
    try:
        heads = [_head(*(head[name] for name in HEAD)) for head in told["pages"]]
        export = Export(
            UUID(told["school_id"]), date.fromisoformat(told["day"]), told["before"], told["digest"], heads
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NotAnExport(f"It cannot be read: {wrong!r}.") from wrong
    if digest_of_day(*export[:3], heads) != export.digest:
        raise NotAnExport("Its digest is not the digest of its pages: the file itself was changed.")
    return export


def _head(page: str, group: str, subject: str, year: str, seq: int, head: str) -> Head:
    return Head(UUID(page), UUID(group), UUID(subject), UUID(year), seq, head)


def broken_seals(session: SchoolSession, school_id: UUID) -> Iterator[str]:
    """Recompute the digests of all sealed days of a school; yield what is wrong with them."""
    heads: dict[UUID, Head] = {}
    before = START
    grown = _grown(session, school_id)
    for seal in session.scalars(
        select(HeadSeal).where(HeadSeal.school_id == school_id).order_by(HeadSeal.day)
    ):
        heads |= grown.pop(seal.day, {})
        if seal.before != before:
            yield f"the seal of {seal.day} does not follow from the one before it"
        if digest_of_day(school_id, seal.day, seal.before, heads.values()) != seal.digest:
            yield f"the seal of {seal.day} was changed"
        before = seal.digest
    yield from (f"the seal of {day} is gone" for day in grown)


def lost_seals(session: SchoolSession, school_id: UUID, held: Export | None) -> Iterator[str]:
    """Yield the days whose seal is gone or another than was told of in its time, or than a file has.

    Days at the end leave no gap in the chain of days: what was told of them outlasts them in the log.
    """
    standing = {
        seal.day: (seal.before, seal.digest)
        for seal in session.scalars(select(HeadSeal).where(HeadSeal.school_id == school_id))
    }
    for told in _seals_told(session, school_id):
        if standing.get(told.day, (told.before, told.digest)) != (told.before, told.digest):
            yield f"the seal of {told.day} is another than was told of when it was made"
        elif told.day not in standing:
            yield f"the seal of {told.day} is gone"
    if held is not None and standing.get(held.day) != (held.before, held.digest):
        how = "another than the file has" if held.day in standing else "gone, though the file has it"
        yield f"the seal of {held.day} is {how}"


def _seals_told(session: SchoolSession, school_id: UUID) -> Iterator[HeadsSealed]:
    contract = contract_of(HeadsSealed)
    log = event_log.c
    told = select(log.type, log.data).where(
        log.stream == stream_name("journal", school_id),
        log.subject == f"school/{school_id}",
        log.type == contract.type,
        log.data.is_not(None),
    )
    for type_, data in session.execute(told.order_by(log.position)):
        yield read(type_, orjson.loads(data))


def _grown(session: SchoolSession, school_id: UUID) -> dict[date, dict[UUID, Head]]:
    columns = (SealedHead.day, *(getattr(SealedHead, name) for name in HEAD))
    grown: dict[date, dict[UUID, Head]] = {}
    for day, *head in session.execute(select(*columns).where(SealedHead.school_id == school_id)):
        grown.setdefault(day, {})[head[0]] = Head(*head)
    return grown


def sealed_heads(session: SchoolSession, school_id: UUID) -> list[Head]:
    """Return every head of a school that was ever sealed, oldest first."""
    asked = select(*(getattr(SealedHead, name) for name in HEAD)).where(SealedHead.school_id == school_id)
    return [Head(*row) for row in session.execute(asked.order_by(SealedHead.day, SealedHead.page_id))]


def rewritten(session: SchoolSession, heads: Iterable[Head], day: date | None = None) -> Iterator[Broken]:
    """Yield the pages whose history no longer contains the head it had, in the order of the heads."""
    sealed = f"as it was sealed{f' on {day}' if day else ''}"
    for head in heads:
        page = session.execute(
            select(Page.group_id, Page.subject_id, Page.year_id, Revision.hash)
            .outerjoin(Revision, (Revision.page_id == Page.id) & (Revision.seq == head.seq))
            .where(Page.id == head.page_id)
        ).first()
        if page is None:
            yield _named(session, head, "the page is gone")
        elif tuple(page[:3]) != head[1:4]:
            yield _named(session, head, f"the page is not of the class, subject and year {sealed}")
        elif page.hash != head.head:
            yield _named(session, head, f"the history up to here is not {sealed}")


def _named(session: SchoolSession, head: Head, why: str) -> Broken:
    group, subject, year = (
        session.scalar(select(model.name).where(model.id == id_))
        for model, id_ in ((Group, head.group_id), (Subject, head.subject_id), (Year, head.year_id))
    )
    return Broken(head.page_id, head.seq, why, group, subject, year)
