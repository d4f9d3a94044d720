"""What each settling of a request put right: the last change of its cell since it was reported, or again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from services.journal.models import CorrectionStep
from services.journal.models.relations import TABLES, merged_people, revisions, run, school
from services.journal.rules.corrections import CORRECTED, REOPENED
from shared.db import SchoolSession

Json = dict[str, Any]

corrections = TABLES["corrections"]

_same_cell = and_(
    *(
        getattr(revisions.c, name).is_not_distinct_from(getattr(corrections.c, name))
        for name in ("page_id", "lesson_id", "period_id", "what", "slot")
    ),
    or_(
        revisions.c.pupil_id.is_not_distinct_from(corrections.c.pupil_id),
        revisions.c.pupil_id.in_(
            select(merged_people.c.merged_id).where(merged_people.c.kept_id == corrections.c.pupil_id)
        ),
    ),
)
CHANGES = (
    select(revisions.c.at, revisions.c.request_id, revisions.c.was, revisions.c.value)
    .select_from(corrections.join(revisions, _same_cell))
    .where(
        corrections.c.id == bindparam("request"),
        corrections.c.school_id == school,
        revisions.c.at >= bindparam("since"),
    )
    .order_by(revisions.c.seq)
)


def changes_of(session: SchoolSession, request_id: UUID, steps: Sequence[CorrectionStep]) -> dict[int, Json]:
    """Return from what to what an entry was put right, by the numbers of the steps that say so, in order.

    What was put right once stays told when its reporter opens the request again.
    """
    if not any(step.step == CORRECTED for step in steps):
        return {}
    rows = run(session, CHANGES, request=request_id, since=steps[0].at).all()
    found = {}
    for step, since, until in _settlings(steps):
        # A save that names the request settles it a moment before its own revision is written.
        own = [
            row
            for row in rows
            if since <= row.at
            and (row.at <= step.at or (row.request_id == request_id and (until is None or row.at < until)))
        ]
        if own:
            found[step.number] = {"was": own[-1].was, "value": own[-1].value}
    return found


def _settlings(
    steps: Sequence[CorrectionStep],
) -> Iterator[tuple[CorrectionStep, datetime, datetime | None]]:
    """Yield each step that says it was put right, with since when it was asked for, and when again."""
    since = steps[0].at
    for step in steps:
        if step.step == REOPENED:
            since = step.at
        elif step.step == CORRECTED:
            again = (one.at for one in steps if one.step == REOPENED and one.number > step.number)
            yield step, since, next(again, None)
