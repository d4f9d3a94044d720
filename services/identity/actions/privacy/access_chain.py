"""The chain through the access log: sealed within a minute, rooted daily, verified, pruned after a year.

Each record's digest covers the record and the digest before it. Whoever changes a byte, takes a
record out or puts one in breaks the chain there; whoever makes a new chain has other roots than
those that were printed, or shipped with the log lines that every sealing writes (SECURITY 48).
"""

import hashlib
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from services.identity.models import AccessLink, AccessRecord, AccessRoot, Circle, table
from services.identity.rules.access_log import KEPT, SEALED_LATE
from shared.bulk import insert_rows
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.noted import circle_of

AT_ONCE = 2_000
LOOKED_BACK = timedelta(hours=1)  # Longer than any transaction is kept waiting.
ADDED = {"service": "identity", "arrived_at": None}
"""Columns that came later, with what they hold of own records: these are sealed as they always were."""

log = structlog.get_logger()

_RECORD = table(AccessRecord).c
_LINK = table(AccessLink).c


@dataclass(frozen=True)
class Broken:
    """The first place of a chain that is not as it was sealed."""

    chain: str
    number: int
    record_id: UUID | None
    why: str


def digest_of(before: bytes, record: Any) -> bytes:
    """Return the digest of a record in its place."""
    told = orjson.dumps(
        {name: value for name, value in record.items() if name not in ADDED or value != ADDED[name]},
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.sha256(before + told).digest()


def seal_log(database: Database) -> int:
    """Take what is not in the chains yet into them; return how many records it was."""
    sealed = 0
    while True:
        with database.writing(EVERY_SCHOOL) as session:
            found = _unsealed(session)
            for school, records in groupby(found, key=lambda record: record["school_id"]):
                _extend(session, school, list(records))
        sealed += len(found)
        if len(found) < AT_ONCE:
            return sealed


def _unsealed(session: SchoolSession) -> Sequence[Any]:
    last = session.scalar(select(func.max(_LINK.at)))
    asked = (
        select(*_RECORD)
        .outerjoin(table(AccessLink), _LINK.record_id == _RECORD.id)
        .where(_LINK.record_id.is_(None))
    )
    if last is not None:
        asked = asked.where(_came(operator.ge, last - LOOKED_BACK))
    in_order = asked.order_by(func.coalesce(_RECORD.arrived_at, _RECORD.at), _RECORD.at, _RECORD.id)
    rows = session.execute(in_order.limit(AT_ONCE)).mappings().all()
    return sorted(rows, key=lambda record: str(record["school_id"]))  # Stable: by arrival within a school.


def _came(compare: Callable[[Any, Any], Any], instant: datetime) -> ColumnElement[bool]:
    """Compare when records came here: own ones when they were made. Said so that indexes serve it."""
    own = and_(_RECORD.arrived_at.is_(None), compare(_RECORD.at, instant))
    return or_(own, compare(_RECORD.arrived_at, instant))


def _extend(session: SchoolSession, school: UUID | None, records: Sequence[Any]) -> None:
    chain, day = _chain(school), now().date()
    end = select(_LINK.number, _LINK.digest).where(_LINK.chain == chain).order_by(_LINK.number.desc())
    number, digest = session.execute(end.limit(1)).first() or _from_root(session, chain)
    rows = []
    for record in records:
        number, digest = number + 1, digest_of(digest, record)
        rows.append(
            {
                "record_id": record["id"],
                "school_id": school,
                "chain": chain,
                "number": number,
                "day": day,
                "at": record["arrived_at"] or record["at"],
                "digest": digest,
            }
        )
    insert_rows(session, table(AccessLink), rows)
    log.info("access_log.sealed", chain=chain, number=number, digest=digest.hex())


def _chain(school: UUID | None) -> str:
    return str(school) if school else "_"


def _from_root(session: SchoolSession, chain: str, number: int | None = None) -> tuple[int, bytes]:
    """Return where a chain goes on whose older links are gone: at its last root, or the one named."""
    found = select(AccessRoot).where(AccessRoot.chain == chain).order_by(AccessRoot.number.desc())
    if number is not None:
        found = found.where(AccessRoot.number == number)
    root = session.scalars(found.limit(1)).first()
    return (root.number, root.digest) if root else (0, b"")


def root_days(database: Database) -> int:
    """Keep the last digest of each day that is over; return how many roots are new."""
    with database.writing(EVERY_SCHOOL) as session:
        rooted = select(AccessRoot.chain, func.max(AccessRoot.day)).group_by(AccessRoot.chain)
        known = dict(session.execute(rooted).all())
        ends = select(_LINK.chain, _LINK.day, func.max(_LINK.number).label("number"))
        if known:  # Whatever is older has its root.
            ends = ends.where(_LINK.day >= min(known.values()))
        ends = ends.where(_LINK.day < now().date()).group_by(_LINK.chain, _LINK.day)
        last = ends.subquery()
        asked = select(_LINK.chain, _LINK.day, _LINK.school_id, _LINK.number, _LINK.digest).join(
            last, (last.c.chain == _LINK.chain) & (last.c.number == _LINK.number)
        )
        rows = [dict(row) for row in session.execute(asked).mappings()]
        new = [row for row in rows if row["chain"] not in known or row["day"] > known[row["chain"]]]
        insert_rows(session, table(AccessRoot), new)
    return len(new)


def verify_log(database: Database, outside: Sequence[tuple[str, str, str]] = ()) -> Broken | None:
    """Return the first record that is not as it was sealed; None when all are.

    `outside` are roots kept elsewhere: (chain, day, hex digest).
    """
    with database.reading(EVERY_SCHOOL) as session:
        chains = session.scalars(select(_LINK.chain).distinct().order_by(_LINK.chain)).all()
        for chain in chains:
            if broken := _walk(session, chain):
                return broken
        return _circles(session) or _put_in(session) or _other_roots(session, outside)


def _walk(session: SchoolSession, chain: str) -> Broken | None:
    rooted = select(AccessRoot.number, AccessRoot.digest).where(AccessRoot.chain == chain)
    roots = dict(session.execute(rooted).all())
    first = session.scalar(select(func.min(_LINK.number)).where(_LINK.chain == chain)) or 1
    number, digest = _from_root(session, chain, first - 1) if first > 1 else (0, b"")
    for link in _links(session, chain):
        number += 1
        if link["number"] != number:
            return Broken(chain, number, None, "the record is gone from the chain")
        if link["id"] is None:
            return Broken(chain, number, link["record_id"], "the record is gone")
        digest = digest_of(digest, {name: link[name] for name in _RECORD.keys()})  # noqa: SIM118  (columns, not a dict)
        if digest != link["digest"]:
            return Broken(chain, number, link["record_id"], "the record was changed")
        if roots.get(number, digest) != digest:
            return Broken(chain, number, link["record_id"], "the chain differs from its root")
    return Broken(chain, number + 1, None, "the chain is cut off") if max(roots, default=0) > number else None


def _links(session: SchoolSession, chain: str) -> Iterator[Any]:
    """Return the links of a chain with their records, a page at a time."""
    after = 0
    while True:
        asked = (
            select(_LINK.record_id, _LINK.number, _LINK.digest, *_RECORD)
            .outerjoin(table(AccessRecord), _RECORD.id == _LINK.record_id)
            .where(_LINK.chain == chain, _LINK.number > after)
            .order_by(_LINK.number)
            .limit(AT_ONCE)
        )
        page = session.execute(asked).mappings().all()
        yield from page
        if len(page) < AT_ONCE:
            return
        after = page[-1]["number"]


def _circles(session: SchoolSession) -> Broken | None:
    """Find a circle that lost or gained somebody: its id is the digest of its members."""
    found = session.execute(select(Circle.id, Circle.person_id).order_by(Circle.id, Circle.person_id))
    for circle, members in groupby(found, key=lambda row: row[0]):
        if circle_of([person for _, person in members]) != circle:
            record = select(_RECORD.id, _RECORD.school_id).where(_RECORD.about == circle).order_by(_RECORD.at)
            id_, school = session.execute(record.limit(1)).first() or (None, None)
            return Broken(_chain(school), 0, id_, "whom it is about was changed")
    return None


def _put_in(session: SchoolSession) -> Broken | None:
    """Find a record that never was in the chain although its time is long over."""
    asked = (
        select(_RECORD.id, _RECORD.school_id)
        .outerjoin(table(AccessLink), _LINK.record_id == _RECORD.id)
        .where(_LINK.record_id.is_(None), _came(operator.lt, now() - SEALED_LATE))
        .order_by(_RECORD.at)
    )
    found = session.execute(asked.limit(1)).first()
    return Broken(_chain(found.school_id), 0, found.id, "the record was never sealed") if found else None


def _other_roots(session: SchoolSession, outside: Sequence[tuple[str, str, str]]) -> Broken | None:
    for chain, day, digest in outside:
        here = select(AccessRoot.number, AccessRoot.digest, AccessRoot.day).where(AccessRoot.chain == chain)
        kept = {str(row.day): (row.number, row.digest.hex()) for row in session.execute(here)}
        number, known = kept.get(day, (0, ""))
        if known != digest:
            return Broken(chain, number, None, f"the root of {day} is not the one that was kept elsewhere")
    return None


def prune_log(database: Database, kept: timedelta = KEPT) -> int:
    """Delete days older than a year whose root is kept; the chain goes on from that root."""
    until = now() - kept
    with database.writing(EVERY_SCHOOL) as session:
        old = (
            select(AccessRoot.chain, func.max(AccessRoot.number).label("number"))
            .where(AccessRoot.day < until.date())
            .group_by(AccessRoot.chain)
        )
        gone = 0
        for chain, number in session.execute(old).all():
            due = (_LINK.chain == chain, _LINK.number <= number)
            records = select(_LINK.record_id).where(*due)
            deleted = session.execute(delete(table(AccessRecord)).where(_RECORD.id.in_(records)))
            session.execute(delete(table(AccessLink)).where(*due))
            gone += int(deleted.rowcount)  # type: ignore[attr-defined]
        circle = table(Circle).c
        named = select(_RECORD.id).where(_RECORD.about == circle.id)
        session.execute(delete(table(Circle)).where(circle.at < until, ~named.exists()))
    return gone
