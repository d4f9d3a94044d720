"""Which version of the timetable is in force when, and the slots that lessons are made of."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.actions.versions.drafts import CardFacts, cards_by_timetable
from services.schedule.models import Slot, Timetable, Year, table
from shared.bulk import insert_rows
from shared.db import SchoolSession

NEVER_ENDS = date.max
DAY = timedelta(days=1)


class Run(NamedTuple):
    """Days on which a version is in force for a group, both included."""

    from_on: date
    until_on: date
    timetable_id: UUID


class Layer(NamedTuple):
    """A published version: the days it was published for, and the school's day on which it was."""

    timetable_id: UUID
    from_on: date
    until_on: date
    published_on: date


def runs_of(layers: Iterable[Layer]) -> list[Run]:
    """Return what is in force for a group when, from its versions in the order of their publication.

    A later one goes before those published earlier, on its own days; after them the earlier one is
    in force again. What was in force until the day of publication stays so: the past is not rewritten.
    """
    runs: list[Run] = []
    for layer in layers:
        has_begun = any(run.from_on <= layer.published_on for run in runs)
        begin = max(layer.from_on, layer.published_on + DAY) if has_begun else layer.from_on
        if begin <= layer.until_on:
            runs = [*_but(runs, begin, layer.until_on), Run(begin, layer.until_on, layer.timetable_id)]
    return sorted(runs)


def _but(runs: Iterable[Run], from_on: date, until_on: date) -> Iterable[Run]:
    for run in runs:
        if run.from_on < from_on:
            yield run._replace(until_on=min(run.until_on, from_on - DAY))
        if run.until_on > until_on:
            yield run._replace(from_on=max(run.from_on, until_on + DAY))


def put_in_force(session: SchoolSession, year: Year, groups: Collection[UUID]) -> None:
    """Make the slots of these groups follow what is published; doing it again changes nothing."""
    runs = _runs(session, year, groups)
    named = {run.timetable_id for found in runs.values() for run in found}
    slots = {one: explode(cards) for one, cards in cards_by_timetable(session, year, named).items()}
    rows = [
        slot | {
            "school_id": year.school_id, "year_id": year.id, "timetable_id": run.timetable_id,
            "from_on": run.from_on, "until_on": None if run.until_on == NEVER_ENDS else run.until_on,
        }
        for group_id, found in runs.items()
        for run in found
        for slot in slots.get(run.timetable_id, {}).get(group_id, ())
    ]  # fmt: skip
    session.execute(delete(table(Slot)).where(*_of(year), Slot.group_id.in_(groups)))
    insert_rows(session, table(Slot), rows)


def explode(cards: Iterable[CardFacts]) -> dict[UUID, list[dict[str, Any]]]:
    """Return by group the weekly places of the cards that have one, as rows of slots.

    Two cards of a group in one subject and hour are one lesson, which their teachers give together.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for card in cards:
        if card.weekday is None:
            continue
        for group_id in card.group_ids:
            key = (group_id, card.subject_id, card.week, card.weekday, card.number)
            slot = found.setdefault(
                key,
                {
                    **dict(zip(("group_id", "subject_id", "week", "weekday", "number"), key, strict=True)),
                    "starts": card.starts,
                    "room_id": card.room_id,
                    "teacher_ids": [],
                },
            )
            slot["teacher_ids"] = sorted({*slot["teacher_ids"], *map(str, card.teacher_ids)})
    by_group: dict[UUID, list[dict[str, Any]]] = {}
    for slot in found.values():
        by_group.setdefault(slot["group_id"], []).append(slot)
    return by_group


def is_in_force(
    session: SchoolSession, year: Year, cards: Sequence[CardFacts], groups: Collection[UUID], begin: date
) -> bool:
    """Whether exactly these cards are in force for these groups from a day on, to the end of the year."""
    found = select(table(Slot)).where(*_of(year), Slot.group_id.in_(groups))
    wanted = {_facts(slot) for slots in explode(cards).values() for slot in slots}
    for row in session.execute(found):
        if row.until_on is not None and row.until_on < begin:
            continue
        facts = _facts(row._mapping)  # noqa: SLF001  # It is public.
        if row.until_on is not None or row.from_on > begin or facts not in wanted:
            return False
        wanted.remove(facts)
    return not wanted


def _facts(slot: Any) -> tuple[Any, ...]:
    names = ("group_id", "subject_id", "week", "weekday", "number", "starts", "room_id")
    return (*(slot[name] for name in names), tuple(slot["teacher_ids"]))


def _runs(session: SchoolSession, year: Year, groups: Collection[UUID]) -> dict[UUID, list[Run]]:
    found = (
        select(Timetable)
        .where(Timetable.year_id == year.id, Timetable.status == "published")
        .order_by(Timetable.published_at, Timetable.id)
    )
    runs = _runs_by_group(session.scalars(found))
    return {group_id: runs.get(str(group_id), []) for group_id in groups}


def _runs_by_group(published: Iterable[Timetable]) -> dict[str, list[Run]]:
    """Return what is in force for each group, from a year's versions in the order of their publication."""
    layers: dict[str, list[Layer]] = {}
    for one in published:
        assert one.from_on is not None  # noqa: S101  # It was published.
        layer = Layer(one.id, one.from_on, one.until_on or NEVER_ENDS, one.published_on or one.from_on)
        for group_id in one.group_ids:
            layers.setdefault(group_id, []).append(layer)
    return {group_id: runs_of(own) for group_id, own in layers.items()}


def last_days(versions: Iterable[Timetable]) -> dict[UUID, date]:
    """Return until when each published version of these is in force for any group at all.

    NEVER_ENDS is to the end of the year; a version that later ones cover on all its days has none.
    """
    published = [one for one in versions if one.status == "published"]
    published.sort(key=attrgetter("published_at", "id"))
    found: dict[UUID, date] = {}
    for year_id in {one.year_id for one in published}:
        runs = _runs_by_group(one for one in published if one.year_id == year_id)
        for run in chain.from_iterable(runs.values()):
            found[run.timetable_id] = max(run.until_on, found.get(run.timetable_id, run.until_on))
    return found


def _of(year: Year) -> tuple[Any, ...]:
    own = table(Slot).c
    return own.school_id == year.school_id, own.year_id == year.id
