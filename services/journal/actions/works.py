"""Works of a lesson (контрольная, ответ …): what the marks of its slots are for, and their weight."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row

from services.journal.actions.pages import Link, append, lock_lesson, open_works
from services.journal.models.relations import own_school, works
from services.journal.rules import USUAL_WORK, WORK_TYPES, Change, work_text
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Stale
from shared.events.journal import WorkSet
from shared.outbox import publish


class WorkChanged(Stale):
    """Somebody else changed the same work since the caller saw the page."""


class Work(NamedTuple):
    """What the marks of one slot are for."""

    slot: int
    type: str
    weight: int
    title: str = ""

    @property
    def text(self) -> str:
        """The work as revisions keep it."""
        return work_text(self.type, self.weight, self.title)


def work_of(slot: int, type: str, weight: int | None = None, title: str = "") -> Work:
    """Return a work with the weight its type usually has, unless another is given."""
    return Work(slot, type, WORK_TYPES[type].weight if weight is None else weight, title)


def set_work(session: SchoolSession, actor: Actor, lesson_id: UUID, seen_seq: int, work: Work) -> Link:
    """Give a slot of a lesson its type, weight and title; may be done ahead of the lesson.

    Setting what is set already changes nothing. Raises WorkChanged when somebody else set it to
    something else after `seen_seq`.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    new, changes = work_changes(open_works(session, lesson), [work], seen_seq)
    if not changes:
        return Link(lesson.seq, lesson.head)
    links = append(session, actor, lesson, changes, None)
    keep_works(session, lesson, new, links)
    tell_works(session, lesson, new, links)
    return links[-1]


def work_changes(
    standing: Mapping[int, Row[Any]], given: Iterable[Work], seen_seq: int
) -> tuple[list[Work], list[Change]]:
    """Return which of the given works are news, and as which changes; raises WorkChanged."""
    new, changes = [], []
    for work in given:
        now = standing.get(work.slot)
        was = work_text(now.type, now.weight, now.title) if now else None
        if work.text == was:
            continue
        if now and now.seq > seen_seq:
            raise WorkChanged(errors={"works": [{"slot": work.slot, "work": was, "seq": now.seq}]})
        new.append(work)
        changes.append(Change("work", work.slot, None, work.text, was))
    return new, changes


def usual_works(standing: Mapping[int, Row[Any]], given: Sequence[Work], slots: Iterable[int]) -> list[Work]:
    """Return an answer of weight 1 for each slot in use that is no work yet and is given none."""
    known = standing.keys() | {work.slot for work in given}
    return [work_of(slot, USUAL_WORK) for slot in sorted(set(slots) - known)]


def keep_works(session: SchoolSession, lesson: Row[Any], new: Sequence[Work], links: Sequence[Link]) -> None:
    """Store works as they now stand; `links` begin with those of their changes."""
    rows = [
        {
            "page_id": lesson.page_id,
            "lesson_id": lesson.id,
            **work._asdict(),
            "seq": at.seq,
            "school_id": own_school(session),
        }
        for work, at in zip(new, links, strict=False)
    ]
    upsert_rows(session, works, rows, key=("page_id", "lesson_id", "slot"))


def tell_works(session: SchoolSession, lesson: Row[Any], new: Sequence[Work], links: Sequence[Link]) -> None:
    """Tell the school of each work set; `links` begin with those of their changes."""
    for work, at in zip(new, links, strict=False):
        told = WorkSet(
            page_id=lesson.page_id,
            lesson_id=lesson.id,
            slot=work.slot,
            work=work.type,
            weight=work.weight,
            title=work.title,
            seq=at.seq,
            head=at.head,
        )
        publish(session, told)
