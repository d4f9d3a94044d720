"""What becomes of each activity of a file, held against the timetable that is in force."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.versions.drafts import CardFacts
from services.schedule.imports.timetable import Activity, Timetable
from services.schedule.models import Slot, Year, table
from shared.db import SchoolSession
from shared.errors import Text

CREATED, SAME, CHANGED, UNPLACED, IGNORED = "created", "same", "changed", "unplaced", "ignored"

NO_PLACE = Text(
    "В файле у занятия нет места: оно учтено в нагрузке.", "It has no place in the file; the load counts it."
)
NO_STUDENTS = Text("В файле не сказано, у кого занятие.", "The file does not tell whose it is.")
NO_SUBJECT = Text("В файле не сказано, какой это предмет.", "The file does not tell its subject.")

Place = tuple[UUID, UUID, int, int, int]
"""Group, subject, week, weekday and number of the lesson."""

Held = tuple[frozenset[str], UUID | None]
"""The teachers and the room at a place."""


def places_in_force(
    session: SchoolSession, year: Year, groups: Collection[UUID], on: date
) -> dict[Place, Held]:
    """Return the timetable of these groups as it is on a day."""
    own = table(Slot).c
    found = select(
        own.group_id, own.subject_id, own.week, own.weekday, own.number, own.teacher_ids, own.room_id
    )
    wanted = found.where(
        own.school_id == year.school_id, own.year_id == year.id, own.group_id.in_(groups),
        (own.until_on.is_(None)) | (own.until_on >= on),
    )  # fmt: skip
    return {tuple(row[:5]): (frozenset(row[5]), row[6]) for row in session.execute(wanted)}


def verdicts(
    timetable: Timetable, cards: Mapping[str, Sequence[CardFacts]], before: Mapping[Place, Held]
) -> list[dict[str, Any]]:
    """Return a row for each activity: created, same, changed, unplaced or ignored, and why.

    `cards` are those of the activities that have a place. What stood elsewhere and stands there no
    more has moved: it is changed, not created.
    """
    wanted = {place for own in cards.values() for card in own for place in _places(card)}
    left = Counter((group, subject) for group, subject, *_ in before.keys() - wanted)
    rows = []
    for activity in timetable.activities.values():
        verdict, why = _without_cards(activity)
        if activity.id in cards and why is not NO_STUDENTS:
            verdict, why = _of_cards(cards[activity.id], before, left), None
        rows.append(_row(timetable, activity, verdict, why))
    return rows


def counted(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many rows have each verdict."""
    found = Counter(row["verdict"] for row in rows)
    return {verdict: found[verdict] for verdict in (CREATED, CHANGED, SAME, UNPLACED, IGNORED)}


def _without_cards(activity: Activity) -> tuple[str, Text | None]:
    if not activity.subject:
        return IGNORED, NO_SUBJECT
    return (UNPLACED, NO_PLACE) if activity.students else (IGNORED, NO_STUDENTS)


def _of_cards(
    cards: Iterable[CardFacts], before: Mapping[Place, Held], left: Counter[tuple[UUID, UUID]]
) -> str:
    found = set()
    for card in cards:
        teachers = {str(one) for one in card.teacher_ids}
        for place in _places(card):
            held = before.get(place)
            if held:
                # Others may teach there, too: of subgroups, each by a row of its own.
                found.add(SAME if teachers <= held[0] and card.room_id == held[1] else CHANGED)
            elif left[place[:2]] > 0:
                left[place[:2]] -= 1
                found.add(CHANGED)
            else:
                found.add(CREATED)
    return found.pop() if len(found) == 1 else CHANGED


def _places(card: CardFacts) -> list[Place]:
    if card.weekday is None or card.number is None:
        return []
    return [(group, card.subject_id, card.week, card.weekday, card.number) for group in card.group_ids]


def _row(timetable: Timetable, activity: Activity, verdict: str, why: Text | None) -> dict[str, Any]:
    place = timetable.places.get(activity.id)
    where = ""
    if place:
        numbers = [timetable.hours[hour].number for hour in place.hours]
        where = (
            f"{timetable.days[place.day].name} {'–'.join(map(str, dict.fromkeys((numbers[0], numbers[-1]))))}"
        )
    return {
        "activity": activity.id,
        "subject": activity.subject,
        "groups": list(activity.students),
        "teachers": list(activity.teachers),
        "room": place.room if place and place.room else "",
        "place": where,
        "hours": activity.duration,
        "verdict": verdict,
        "why": why,
    }
