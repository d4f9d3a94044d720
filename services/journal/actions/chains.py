"""Checking that the history of every page is whole, and that the page shows what it says.

A page at a time, its revisions in one pass: memory stays flat however many there are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, and_, exists, func, or_, select, union

from services.journal.actions.chain_standing import Merged, Standing, noting, shown_otherwise, standing
from services.journal.models import (
    Description,
    Entry,
    FinalMark,
    Group,
    Lesson,
    MergedPerson,
    Page,
    Period,
    Revision,
    Subject,
    Work,
    Year,
)
from services.journal.models.relations import tasks
from services.journal.rules.chain import START, is_erased, link
from shared.db import SchoolSession

AT_ONCE = 500


class Broken(NamedTuple):
    """The first place where a page's history is not what was written, as far as it can still be named."""

    page_id: UUID
    seq: int
    why: str
    group: str | None = None
    subject: str | None = None
    year: str | None = None
    what: str | None = None  # The kind of the revision there.
    lesson_on: date | None = None
    period: str | None = None


class Break(NamedTuple):
    """Where a chain is broken, and the revision there, if there is one."""

    seq: int
    why: str
    at: Row[Any] | None = None


# Whatever is written on a page: a page deleted with its history leaves it behind.
WRITTEN = (*(one.__table__.c for one in (Entry, FinalMark, Work, Description)), tasks.c)
REVISION = [getattr(Revision, column.name) for column in Revision.__table__.columns]


def broken_chains(
    session: SchoolSession,
    years: Sequence[UUID] = (),
    on_page: Callable[[Row[Any]], object] = lambda _: None,
) -> Iterator[Broken]:
    """Recompute all chains of the session's school (or of every school); yield the broken ones.

    A chain breaks where a revision was changed, removed or inserted, where the page's own end is
    another than its last revision, and where a page shows something its history does not say. Words
    erased with whom they were about break nothing. A page that is gone is named by what still
    stands on it.
    Of some years alone, if named; `on_page` is told of each page that was looked at. Wants a snapshot
    (`Database.snapshot`) where others write meanwhile.
    """
    merged = {one.merged_id: one.kept_id for one in session.scalars(select(MergedPerson))}
    for page in _pages(session, years):
        found = _first_break(session, page, merged)
        if found:
            yield _named(session, page, found)
        on_page(page)
    yield from _of_pages_gone(session)


def _pages(session: SchoolSession, years: Sequence[UUID]) -> Iterator[Row[Any]]:
    """Yield the pages with their names, a few hundred at a time."""
    asked: Select[Any] = (
        select(Page.id, Page.school_id, Page.seq, Page.head)
        .add_columns(Group.name.label("group"), Subject.name.label("subject"), Year.name.label("year"))
        .outerjoin(Group, Group.id == Page.group_id)
        .outerjoin(Subject, Subject.id == Page.subject_id)
        .outerjoin(Year, Year.id == Page.year_id)
    )
    asked = (asked.where(Page.year_id.in_(years)) if years else asked).order_by(Page.id).limit(AT_ONCE)
    last = None
    while found := session.execute(asked.where(Page.id > last) if last else asked).all():
        yield from found
        last = found[-1].id


def _first_break(session: SchoolSession, page: Row[Any], merged: Merged) -> Break | None:
    kept = session.execute(
        select(*REVISION).where(Revision.page_id == page.id).order_by(Revision.seq),
        execution_options={"yield_per": 1000},
    )
    said: Standing = {}
    found = broken_link(page, noting(kept, said))
    kept.close()
    if found:
        return found
    other = shown_otherwise(said, standing(session, page.id), merged) or _explained_otherwise(session, page)
    if other is None:
        return _held_otherwise(session, page)
    what, seq = other
    return Break(seq, f"the page shows another {what} than was recorded", _revision(session, page, seq))


def broken_link(page: Row[Any], chain: Iterable[Row[Any]]) -> Break | None:
    """Return the first broken link of a page's chain, or None when it is whole."""
    before, number = START, 0
    for number, revision in enumerate(chain, 1):
        if number > page.seq:
            return Break(number, "a revision was added", revision)
        if revision.seq != number:
            return Break(number, "a revision is missing")
        said = dict(revision._mapping)  # noqa: SLF001 - a Row's mapping is public.
        is_whole = is_erased(revision) or revision.hash == link(before, said)
        if revision.school_id != page.school_id or not is_whole:
            return Break(number, "a revision was changed", revision)
        before = revision.hash
    if number < page.seq:
        return Break(number + 1, "a revision is missing")
    return None if before == page.head else Break(page.seq, "the page ends otherwise than its history")


def _explained_otherwise(session: SchoolSession, page: Row[Any]) -> tuple[str, int] | None:
    """Return the first term-end mark whose reason is another than its revision has (clause 2.1)."""
    own = and_(Revision.page_id == FinalMark.page_id, Revision.seq == FinalMark.seq)
    others = (
        select(FinalMark.seq)
        .join(Revision, own)
        .where(FinalMark.page_id == page.id, FinalMark.reason != func.coalesce(Revision.reason, ""))
    )
    seq = session.scalar(others.order_by(FinalMark.seq).limit(1))
    return None if seq is None else ("reason of a final", seq)


def _held_otherwise(session: SchoolSession, page: Row[Any]) -> Break | None:
    """Return the first revision whose lesson stands on another day or page than when it was written.

    A lesson never moves: another hour or day is another lesson (schedule), so its copy was tampered with.
    """
    others = (
        select(Revision.seq, Lesson.id)
        .outerjoin(Lesson, and_(Lesson.id == Revision.lesson_id, Lesson.page_id == Revision.page_id))
        .where(Revision.page_id == page.id, Revision.lesson_on.is_not(None))
        .where(or_(Lesson.id.is_(None), Lesson.held_on != Revision.lesson_on))
    )
    found = session.execute(others.order_by(Revision.seq).limit(1)).first()
    if found is None:
        return None
    why = "its lesson is on another day than was recorded" if found.id else "its lesson is gone from the page"
    return Break(found.seq, why, _revision(session, page, found.seq))


def _revision(session: SchoolSession, page: Row[Any], seq: int) -> Row[Any] | None:
    asked = select(*REVISION).where(Revision.page_id == page.id, Revision.seq == seq)
    return session.execute(asked).first()


def _of_pages_gone(session: SchoolSession) -> Iterator[Broken]:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL statement_timeout = 0")
    kept = (one.page_id for one in (Revision.__table__.c, *WRITTEN))
    gone = union(*(select(of).where(~exists().where(Page.id == of)) for of in kept))
    for page_id in session.scalars(gone):
        yield Broken(page_id, 1, "the page is gone")


def _named(session: SchoolSession, page: Row[Any], found: Break) -> Broken:
    at = found.at
    period = session.get(Period, at.period_id) if at is not None and at.period_id else None
    return Broken(
        page.id,
        found.seq,
        found.why,
        page.group,
        page.subject,
        page.year,
        at.what if at is not None else None,
        at.lesson_on if at is not None else None,
        period.name if period else None,
    )
