"""What a letter says of decisions about lessons of a day (замены)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from services.notify.models import TAKEN, DayNews, Notice
from services.notify.models.names import names_behind
from services.notify.rules.days import Change, DayFacts, facts_of
from shared.db import SchoolSession


def days_in_letter(session: SchoolSession, letter_id: UUID) -> list[DayFacts]:
    """Return what a letter says of days; a decision that no letter told, its withdrawal neither."""
    asked = select(Notice, DayNews).join(DayNews, DayNews.event_id == Notice.event_id)
    rows = session.execute(asked.where(Notice.letter_id == letter_id).order_by(DayNews.lesson_on)).all()
    facts = facts_of(rows, names_behind(session, rows))
    mailed = _mailed_before(session, [notice for notice, _ in rows])
    return [replace(one, changes=tuple(_worth_saying(one.changes, mailed))) for one in facts]


def _worth_saying(changes: Iterable[Change], mailed: Collection[str]) -> Iterator[Change]:
    for one in changes:
        if not one.is_withdrawn or one.substitution_id in mailed:
            yield one


def _mailed_before(session: SchoolSession, notices: Sequence[Notice]) -> set[str]:
    """Return the decisions that earlier letters told the recipient of these notices."""
    earlier = (
        select(DayNews.lessons)
        .join(Notice, Notice.event_id == DayNews.event_id)
        .where(
            Notice.recipient_id.in_({one.recipient_id for one in notices}),
            Notice.mail == TAKEN,
            Notice.letter_id.not_in({one.letter_id for one in notices}),
            Notice.is_superseded,
        )
    )
    return {
        change["substitution_id"]
        for lessons in session.scalars(earlier)
        for change in lessons
        if not change["is_withdrawn"]
    }
