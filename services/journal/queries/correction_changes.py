"""The change that settled a request: the last of its cell from the report, or its being opened again, on."""

from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from services.journal.models.relations import TABLES, merged_people, revisions
from services.journal.rules.corrections import CONFIRMED, CORRECTED

corrections = TABLES["corrections"]

_of_cell = revisions.alias("of_cell")
_same = (
    getattr(_of_cell.c, name).is_not_distinct_from(getattr(corrections.c, name))
    for name in ("page_id", "lesson_id", "period_id", "what", "slot")
)
_is_the_pupils = or_(
    _of_cell.c.pupil_id.is_not_distinct_from(corrections.c.pupil_id),
    _of_cell.c.pupil_id.in_(
        select(merged_people.c.merged_id).where(merged_people.c.kept_id == corrections.c.pupil_id)
    ),
)
_last_change = select(func.max(_of_cell.c.seq)).where(
    *_same,
    _is_the_pupils,
    or_(  # A save that names the request settles it a moment before its own revision is written.
        _of_cell.c.request_id == corrections.c.id,
        _of_cell.c.at.between(corrections.c.asked_at, corrections.c.settled_at),
    ),
)


def with_change(asked: Select[Any]) -> Select[Any]:
    """Return a query of requests that reads with each what settled it, for `change_of`."""
    return asked.add_columns(
        revisions.c.seq.label("changed_seq"),
        revisions.c.was.label("changed_from"),
        revisions.c.value.label("changed_to"),
    ).outerjoin(
        revisions,
        and_(revisions.c.page_id == corrections.c.page_id, revisions.c.seq == _last_change.scalar_subquery()),
    )


def change_of(row: Row[Any]) -> dict[str, str | None] | None:
    """Return from what to what an entry was put right; None while it is not."""
    is_changed = row.state in (CORRECTED, CONFIRMED) and row.changed_seq is not None
    return {"was": row.changed_from, "value": row.changed_to} if is_changed else None
