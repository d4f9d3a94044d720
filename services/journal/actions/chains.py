"""Checking that the history of every page is whole, and that the page shows what it says."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select

from services.journal.models import Description, Entry, Page, Revision, Work
from services.journal.rules import START, link, work_text
from shared.db import SchoolSession


class Broken(NamedTuple):
    """The first place where a page's history is not what was written."""

    page_id: UUID
    seq: int
    why: str


Standing = dict[tuple[str, UUID, int | None, UUID | None], tuple[str | None, int]]
"""(what, lesson, slot, pupil) -> (value, seq): what stands on a page."""


def broken_chains(session: SchoolSession) -> Iterator[Broken]:
    """Recompute all chains of the session's school (or of every school); yield the broken ones.

    A chain breaks where a revision was changed, removed or inserted, where the page's own end is
    another than its last revision, and where a page shows something its history does not say.
    """
    pages = {page.id: page for page in session.scalars(select(Page))}
    columns = [getattr(Revision, column.name) for column in Revision.__table__.columns]
    kept = session.execute(
        select(*columns).order_by(Revision.page_id, Revision.seq), execution_options={"yield_per": 1000}
    )
    for page_id, chain in groupby(kept, key=lambda revision: revision.page_id):
        page = pages.pop(page_id, None)
        yield from _broken(session, page, list(chain)) if page else [Broken(page_id, 1, "the page is gone")]
    for page in pages.values():
        yield from _broken(session, page, [])


def _broken(session: SchoolSession, page: Page, chain: list[Row[Any]]) -> Iterator[Broken]:
    broken = broken_link(page.id, page.seq, page.head, chain) or _shows_otherwise(session, page.id, chain)
    if broken:
        yield broken


def broken_link(page_id: UUID, seq: int, head: str, chain: Iterable[Row[Any]]) -> Broken | None:
    """Return the first broken link of a page's chain, or None when it is whole."""
    before, number = START, 0
    for number, revision in enumerate(chain, 1):
        if revision.seq != number:
            return Broken(page_id, number, "a revision is missing")
        if revision.hash != link(before, dict(revision._mapping)):  # noqa: SLF001 - a Row's mapping is public.
            return Broken(page_id, number, "a revision was changed")
        before = revision.hash
    if (number, before) != (seq, head):
        return Broken(page_id, number + 1, "the page ends otherwise than its history")
    return None


def replay(chain: Iterable[Row[Any]]) -> Standing:
    """Return what a page must show after these revisions."""
    return {
        (revision.what, revision.lesson_id, revision.slot, revision.pupil_id): (revision.value, revision.seq)
        for revision in chain
    }


def standing(session: SchoolSession, page_id: UUID) -> Standing:
    """Return what a page does show."""
    shown: Standing = {}
    for entry in session.scalars(select(Entry).where(Entry.page_id == page_id)):
        what = "mark" if entry.slot else "attendance"
        shown[what, entry.lesson_id, entry.slot, entry.pupil_id] = (entry.value, entry.seq)
    for work in session.scalars(select(Work).where(Work.page_id == page_id)):
        text = work_text(work.type, work.weight, work.title)
        shown["work", work.lesson_id, work.slot, None] = (text, work.seq)
    for lesson in session.scalars(select(Description).where(Description.page_id == page_id)):
        shown["topic", lesson.lesson_id, None, None] = (lesson.topic, lesson.seq)
        shown["homework", lesson.lesson_id, None, None] = (lesson.homework, lesson.seq)
    return shown


def _shows_otherwise(session: SchoolSession, page_id: UUID, chain: list[Row[Any]]) -> Broken | None:
    said, shown = replay(chain), standing(session, page_id)
    for key in said.keys() | shown.keys():
        value, seq = said.get(key, (None, 0))
        if shown.get(key, (None, 0))[0] != value:
            return Broken(page_id, seq, f"the page shows another {key[0]} than was recorded")
    return None
