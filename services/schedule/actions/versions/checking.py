"""A version looked at as a whole: its conflicts, also with the lessons of groups it does not hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.schedule.actions.versions.drafts import joined
from services.schedule.actions.versions.surroundings import as_id, placed, school_around
from services.schedule.models import Card, Slot, Timetable, Year, table
from services.schedule.rules.conflicts import conflicts_in, conflicts_of
from services.schedule.rules.conflicts.board import Board
from services.schedule.rules.conflicts.facts import EMPTIED, Conflict, Placed, School
from shared.db import SchoolSession
from shared.ids import new_id

MOST_REPORTED = 1000


@dataclass(frozen=True)
class Look:
    """A version as it lies in the school: its cards as they are kept, those with a place, and others'."""

    school: School
    rows: Sequence[Any]
    cards: dict[UUID, Placed]
    others: dict[UUID, Placed]
    taught: frozenset[UUID] = frozenset()
    """The version's groups that another version gives lessons now."""

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """All that is wrong with it."""
        found = conflicts_in(self.school, list(self.cards.values()), list(self.others.values()))
        return [*self._emptied(), *found]

    def _emptied(self) -> list[Conflict]:
        """Return the groups that would lose all their lessons: say, a card put there by mistake moved on."""
        held = {group for card in self.cards.values() for group in card.groups}
        known = self.school.groups
        lost = [one for one in self.taught if held.isdisjoint(known[one].clashing if one in known else {one})]
        return [Conflict(EMPTIED, "error", (), 0, None, None, (one,)) for one in sorted(lost)]

    def count(self, severity: str) -> int:
        """Return how many conflicts are errors or warnings."""
        return sum(one.severity == severity for one in self.conflicts)

    def of_card(self, card_id: UUID) -> list[Conflict]:
        """Return the conflicts a card takes part in, without the limits of its week."""
        card = self.cards.get(card_id)
        if card is None:
            return []
        return [one for one in self.conflicts if card_id in one.card_ids and one.weekday is not None]

    def if_placed(self, row: Any) -> list[tuple[int, int, list[Conflict]]]:
        """Return every weekday and number, each with the conflicts of a card, were it there."""
        board = Board(self.school, [*self.cards.values(), *self.others.values()])
        if row.id in self.cards:
            board.take(self.cards[row.id])
        found = []
        for weekday in range(1, self.school.days + 1):
            for number in sorted(
                {one for at, bells in self.school.bells.items() if at[1] == weekday for one in bells}
            ):
                card = placed(self.school, row.id, _At(row, weekday, number))
                board.lay(card)
                found.append((weekday, number, conflicts_of(board, card)))
                board.take(card)
        return found


class _At:
    """A card's row as it would be at another place, at the time that the bells tell."""

    starts = None

    def __init__(self, row: Any, weekday: int, number: int) -> None:
        self.subject_id, self.group_ids, self.teacher_ids = row.subject_id, row.group_ids, row.teacher_ids
        self.room_id, self.week, self.weekday, self.number = row.room_id, row.week, weekday, number


def look(session: SchoolSession, year: Year, timetable: Timetable, on: date) -> Look:
    """Read a version with all that its conflicts on a day depend on."""
    return looks(session, year, [timetable], on)[timetable.id]


def looks(
    session: SchoolSession, year: Year, timetables: Collection[Timetable], on: date
) -> dict[UUID, Look]:
    """Read versions of a year with all that their conflicts depend on; as many statements for any."""
    own = table(Card).c
    wanted = own.school_id == year.school_id, own.timetable_id.in_([one.id for one in timetables])
    rows: dict[UUID, list[Any]] = {one.id: [] for one in timetables}
    for row in session.execute(select(table(Card)).where(*wanted).order_by(own.id)):
        rows[row.timetable_id].append(row)
    slots = _in_force(session, year, on)
    named = {id_ for one in timetables for id_ in one.group_ids}
    named |= {id_ for found in rows.values() for row in found for id_ in row.group_ids}
    school = school_around(session, year, on, {as_id(one) for one in named})
    return {one.id: _look(school, rows[one.id], slots, one) for one in timetables}


def _look(school: School, rows: Sequence[Any], slots: Sequence[Any], timetable: Timetable) -> Look:
    held = {as_id(one) for one in timetable.group_ids}
    others = joined(slot._mapping for slot in slots if slot.group_id not in held)  # noqa: SLF001  # It is public.
    return Look(
        school,
        rows,
        {row.id: placed(school, row.id, row) for row in rows if row.weekday is not None},
        {id_: placed(school, id_, card) for card in others for id_ in (new_id(),)},
        frozenset(
            slot.group_id for slot in slots if slot.group_id in held and slot.timetable_id != timetable.id
        ),
    )


def report_of(found: Look) -> dict[str, Any]:
    """Return the conflicts as they are kept with a published version."""
    told = [
        one._asdict()
        | {"card_ids": [str(id_) for id_ in one.card_ids], "about": [str(id_) for id_ in one.about]}
        for one in found.conflicts[:MOST_REPORTED]
    ]
    return {"errors": found.count("error"), "warnings": found.count("warning"), "items": told}


def day_to_look_at(year: Year, timetable: Timetable, today: date) -> date:
    """Return today, or the nearest day on which the version is in force."""
    begins = max(timetable.from_on or year.starts_on, year.starts_on)
    return min(max(begins, today), timetable.until_on or year.ends_on)


def _in_force(session: SchoolSession, year: Year, on: date) -> Sequence[Any]:
    own = table(Slot).c
    found = select(table(Slot)).where(
        own.school_id == year.school_id,
        own.year_id == year.id,
        own.from_on <= on,
        or_(own.until_on.is_(None), own.until_on >= on),
    )
    return session.execute(found).all()
