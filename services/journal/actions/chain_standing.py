"""What a page must show by its history, and what it does show."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.journal.actions.remarks_kept import standing_remarks
from services.journal.actions.works import standing_text
from services.journal.models import Description, Entry, FinalMark, Work
from services.journal.models.relations import tasks
from services.journal.rules.homework import task_text
from shared.db import SchoolSession

Thing = tuple[str, UUID | None, int | None, UUID | None]
"""What stands on a page: (what, lesson or else period, slot, pupil)."""

Standing = dict[Thing, tuple[str | None, int]]
"""Each thing's (value, seq)."""

Merged = Mapping[UUID, UUID]
"""Who was entered twice -> who is kept."""


def replay(chain: Iterable[Row[Any]]) -> Standing:
    """Return what a page must show after these revisions."""
    said: Standing = {}
    for _ in noting(chain, said):
        pass
    return said


def noting(chain: Iterable[Row[Any]], said: Standing) -> Iterator[Row[Any]]:
    for one in chain:
        said[one.what, one.lesson_id or one.period_id, one.slot, one.pupil_id] = (one.value, one.seq)
        yield one


def standing(session: SchoolSession, page_id: UUID) -> Standing:
    """Return what a page does show."""
    shown: Standing = {}
    cells = select(Entry.lesson_id, Entry.slot, Entry.pupil_id, Entry.value, Entry.seq)
    for lesson_id, slot, pupil_id, value, seq in session.execute(cells.where(Entry.page_id == page_id)):
        shown["mark" if slot else "attendance", lesson_id, slot, pupil_id] = (value, seq)
    said = select(Entry.lesson_id, Entry.slot, Entry.pupil_id, Entry.comment, Entry.comment_seq)
    said = said.where(Entry.page_id == page_id, Entry.comment_seq > 0)
    for lesson_id, slot, pupil_id, comment, seq in session.execute(said):
        shown["comment", lesson_id, slot, pupil_id] = (comment, seq)
    due = select(Entry.lesson_id, Entry.slot, Entry.pupil_id, Entry.due_on, Entry.due_seq)
    due = due.where(Entry.page_id == page_id, Entry.due_seq > 0)
    for lesson_id, slot, pupil_id, due_on, seq in session.execute(due):
        shown["due", lesson_id, slot, pupil_id] = (due_on.isoformat() if due_on else None, seq)
    for work in session.scalars(select(Work).where(Work.page_id == page_id)):
        shown["work", work.lesson_id, work.slot, None] = (standing_text(work), work.seq)
    for lesson in session.scalars(select(Description).where(Description.page_id == page_id)):
        shown["topic", lesson.lesson_id, None, None] = (lesson.topic, lesson.seq)
        taken = str(lesson.topic_id) if lesson.topic_id else None
        shown["plan_topic", lesson.lesson_id, None, None] = (taken, lesson.seq)
        shown["homework", lesson.lesson_id, None, None] = (lesson.homework, lesson.seq)
    for final in session.scalars(select(FinalMark).where(FinalMark.page_id == page_id)):
        shown["final", final.period_id, final.slot, final.pupil_id] = (final.value, final.seq)
    for task in session.execute(select(tasks).where(tasks.c.page_id == page_id)).mappings():
        shown["task", task["lesson_id"], task["slot"], task["pupil_id"]] = (task_text(task), task["seq"])
    for remark, text in standing_remarks(session, page_id):
        shown["remark", remark.lesson_id, remark.number, remark.pupil_id] = (text, remark.seq)
    return shown


def _follow_merges(said: Standing, shown: Standing, merged: Merged) -> None:
    """Read what was written of merged people as said of whoever's cell it stands in now.

    A cell moves with the seq of its last revision. What stands nowhere was overwritten by a later
    revision of the same person's cell, or else belongs to the one kept.
    """

    def one_cell(key: Thing) -> Thing:
        *about, pupil_id = key
        return (*about, merged.get(pupil_id, pupil_id))  # type: ignore[return-value, arg-type]

    stands = {(one_cell(key), seq): key for key, (_, seq) in shown.items()}
    kept = set(merged.values())
    written = {key: said.pop(key) for key in list(said) if key[3] in merged or key[3] in kept}
    found = {key: stands.get((one_cell(key), seq)) for key, (_, seq) in written.items()}
    for key in sorted(written, key=lambda key: (found[key] is not None, written[key][1])):
        said[found[key] or one_cell(key)] = written[key]


def shown_otherwise(said: Standing, shown: Standing, merged: Merged) -> tuple[str, int] | None:
    """Return the kind and the seq of the first thing the page shows otherwise; 0: nobody wrote it."""
    _follow_merges(said, shown, merged)
    nothing = (None, 0)
    others = [
        (said.get(key, nothing)[1], key[0])
        for key in said.keys() | shown.keys()
        if shown.get(key, nothing)[0] != said.get(key, nothing)[0]
    ]
    if not others:
        return None
    seq, what = min(others)
    return what, seq
