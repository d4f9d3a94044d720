"""A comment on a mark: said to the pupil and the parents, and kept in the cell's history."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update

from services.journal.actions.cells import read_column, refuse_foreign
from services.journal.actions.pages import Link, append, lock_cells, open_works
from services.journal.models.relations import entries, run
from services.journal.rules.chain import Change
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Stale, Text
from shared.events.journal import MarkCommented
from shared.outbox import publish


class NothingToComment(Conflict):
    """A comment is about what stands in the cell."""

    title = Text("Клетка пуста", "The cell is empty")
    detail = Text("Сначала поставьте отметку, потом поясните её.", "Put the mark first, then comment on it.")


class CommentChanged(Stale):
    """Somebody else commented on the same mark since the caller saw the page."""


CELL = select(entries.c.value, entries.c.comment, entries.c.comment_seq).where(
    *(entries.c[name] == bindparam(name) for name in ("page_id", "lesson_id", "slot", "pupil_id"))
)


def comment_mark(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    pupil_id: UUID,
    slot: int,
    text: str | None,
) -> Link:
    """Say something of what stands in a cell, or take it back with None.

    Saying what is said already changes nothing. Raises CommentChanged when somebody else said
    something else after `seen_seq`.
    """
    lesson = lock_cells(session, actor, lesson_id, seen_seq)
    refuse_foreign(session, actor, lesson, pupil_id)
    key = {"page_id": lesson.page_id, "lesson_id": lesson.id, "slot": slot, "pupil_id": pupil_id}
    cell = run(session, CELL, **key).first()
    if cell is None and pupil_id not in read_column(session, actor, lesson):
        raise NotFound
    open_works(session, lesson)
    if cell is None or (text is not None and cell.value is None):
        raise NothingToComment
    if cell.comment == text:
        return Link(lesson.seq, lesson.head)
    if cell.comment_seq > seen_seq:
        raise CommentChanged(errors={"comment": {"text": cell.comment, "seq": cell.comment_seq}})
    change = Change("comment", slot, pupil_id, text, cell.comment)
    [end] = append(session, actor, lesson, [change], None, lesson=lesson)
    own = update(entries).where(*(entries.c[name] == value for name, value in key.items()))
    session.connection().execute(own.values(comment=text, comment_seq=end.seq))
    publish(session, _commented(lesson, change, end))
    return end


def _commented(lesson: Row[Any], change: Change, end: Link) -> MarkCommented:
    return MarkCommented(
        page_id=lesson.page_id,
        lesson_id=lesson.id,
        pupil_id=change.pupil_id,
        slot=change.slot or 0,
        is_commented=change.value is not None,
        seq=end.seq,
        head=end.head,
    )
