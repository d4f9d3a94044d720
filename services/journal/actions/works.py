"""Works of a lesson (контрольная, ответ …): what the marks of its slots are for, and their weight."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, select

from services.journal.actions.correcting import Why, tell_corrected
from services.journal.actions.pages import Link, append, lock_lesson, open_lesson
from services.journal.models.relations import entries, own_school, run, works
from services.journal.rules.access import writes_whole
from services.journal.rules.chain import Change, work_text
from services.journal.rules.marks import USUAL_WORK, WorkType, works_on
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, Stale, Text
from shared.events.journal import WorkSet, WorkWithdrawn
from shared.outbox import publish


class WorkChanged(Stale):
    """Somebody else changed the same work since the caller saw the page."""


class WorkMarked(Conflict):
    """Marks stand under the work."""

    title = Text("Под работой стоят отметки", "There are marks under the work")
    detail = Text(
        "Отметок под этой работой: {count}. Сотрите их, и работу можно будет убрать.",
        "Marks under this work: {count}. Clear them, and the work can be taken back.",
    )


class UnknownWork(Invalid):
    """The school has no such type of work on the lesson's day."""

    title = Text("Такого вида работы нет", "There is no such type of work")
    detail = Text(
        "На день урока в школе такие виды работ: {known}. Выберите один из них.",
        "On the lesson's day the school has these types of work: {known}. Choose one of them.",
    )


MARKS = (
    select(func.count())
    .select_from(entries)
    .where(
        entries.c.page_id == bindparam("page_id"),
        entries.c.lesson_id == bindparam("lesson_id"),
        entries.c.slot == bindparam("slot"),
        entries.c.value.is_not(None),
    )
)


class Work(NamedTuple):
    """What the marks of one slot are for; a weight of 0 is the one its type has on the lesson's day.

    A work of internal monitoring (внутренний мониторинг, ВМ) is due sooner (clause 3.6.4); whether
    it is written is told by its type.
    """

    slot: int
    type: str
    weight: int
    title: str = ""
    is_monitoring: bool = False
    counts: bool = True
    is_written: bool = False

    @property
    def text(self) -> str:
        """The work as revisions keep it."""
        return standing_text(self)


def standing_text(work: Any) -> str:
    """Return a work, or a row of one, as revisions keep it."""
    flags = {"is_monitoring": work.is_monitoring, "counts": work.counts}
    return work_text(work.type, work.weight, work.title, **flags)


def work_of(slot: int, type: str, weight: int | None = None, title: str = "", **flags: bool) -> Work:
    """Return a work with the weight its type has, unless another is given; flags as in Work."""
    return Work(slot, type, weight or 0, title, **flags)


def weighed(lesson: Row[Any], standing: Mapping[int, Row[Any]], given: Iterable[Work]) -> list[Work]:
    """Return works with the weights, and being written or not, of the lesson's day; raises UnknownWork.

    A work whose type the school has given up since stays what it is.
    """
    kinds = works_on(lesson.work_types, lesson.held_on)
    found = []
    for work in given:
        now = standing.get(work.slot)
        kind: Any = kinds.get(work.type) or (now if now is not None and now.type == work.type else None)
        if kind is None:
            raise UnknownWork(known=_titles(kinds), errors={"works": [{"slot": work.slot}]})
        found.append(work._replace(weight=work.weight or kind.weight, is_written=kind.is_written))
    return found


def _titles(kinds: Mapping[str, WorkType]) -> Text:
    titles = [kind.title for kind in kinds.values()]
    return Text(", ".join(title.ru for title in titles), ", ".join(title.en for title in titles))


def set_work(session: SchoolSession, actor: Actor, lesson_id: UUID, seen_seq: int, work: Work) -> Link:
    """Give a slot of a lesson its type, weight and title; may be done ahead of the lesson.

    Setting what is set already changes nothing. Raises WorkChanged when somebody else set it to
    something else after `seen_seq`.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    standing, closed = open_lesson(session, lesson)
    new, changes = work_changes(standing, weighed(lesson, standing, [work]), seen_seq)
    if not changes:
        return Link(lesson.seq, lesson.head)
    links = append(session, actor, lesson, changes, None, lesson=lesson)
    keep_works(session, lesson, new, links)
    tell_works(session, lesson, new, links)
    tell_corrected(session, lesson.page_id, closed, changes, links[-1].seq, Why(None), lesson)
    return links[-1]


def withdraw_work(session: SchoolSession, actor: Actor, lesson_id: UUID, seen_seq: int, slot: int) -> Link:
    """Take back a work under which nothing stands; withdrawing what is not there changes nothing.

    Raises WorkMarked, and WorkChanged when somebody else set it after `seen_seq`.
    """
    lesson = lock_lesson(session, actor, lesson_id, seen_seq)
    standing, closed = open_lesson(session, lesson)
    now = standing.get(slot)
    if now is None:
        return Link(lesson.seq, lesson.head)
    if now.seq > seen_seq:
        raise WorkChanged(errors={"works": [{"slot": slot, "work": standing_text(now), "seq": now.seq}]})
    place = {"page_id": lesson.page_id, "lesson_id": lesson.id, "slot": slot}
    if marks := run(session, MARKS, **place).scalar_one():
        raise WorkMarked(count=marks)
    changes = [Change("work", slot, None, None, standing_text(now))]
    [end] = append(session, actor, lesson, changes, None, lesson=lesson)
    session.connection().execute(
        delete(works).where(*(works.c[name] == value for name, value in place.items()))
    )
    publish(session, WorkWithdrawn(**place, seq=end.seq, head=end.head))
    tell_corrected(session, lesson.page_id, closed, changes, end.seq, Why(None), lesson)
    return end


def work_changes(
    standing: Mapping[int, Row[Any]], given: Iterable[Work], seen_seq: int
) -> tuple[list[Work], list[Change]]:
    """Return which of the given works are news, and as which changes; raises WorkChanged."""
    new, changes = [], []
    for work in given:
        now = standing.get(work.slot)
        was = standing_text(now) if now else None
        if work.text == was:
            continue
        if now and now.seq > seen_seq:
            raise WorkChanged(errors={"works": [{"slot": work.slot, "work": was, "seq": now.seq}]})
        new.append(work)
        changes.append(Change("work", work.slot, None, work.text, was))
    return new, changes


def refuse_works(lesson: Row[Any], changes: Iterable[Change]) -> None:
    """Raise Denied for changed works where the caller writes of some pupils alone: they are everybody's.

    An answer in a column nobody uses yet changes no one's marks, and is what a mark there makes anyway.
    """
    if writes_whole(lesson):
        return
    usual = {
        one.slot: one.text for one in weighed(lesson, {}, (work_of(n.slot or 0, USUAL_WORK) for n in changes))
    }
    if any(one.was is not None or one.value != usual[one.slot or 0] for one in changes):
        raise Denied


def usual_works(standing: Mapping[int, Row[Any]], given: Sequence[Work], slots: Iterable[int]) -> list[Work]:
    """Return an answer for each slot in use that is no work yet and is given none."""
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
            is_written=work.is_written,
            is_monitoring=work.is_monitoring,
            counts=work.counts,
            seq=at.seq,
            head=at.head,
        )
        publish(session, told)
