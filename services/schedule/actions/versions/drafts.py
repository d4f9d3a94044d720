"""Drafts of the timetable: made of cards or of a version there is, named, copied, thrown away."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.actions.calendar import current_year, school_today
from services.schedule.models import Card, Slot, Timetable, Year, table
from shared.bulk import insert_rows
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Stale, Text
from shared.ids import new_id

SOURCES = ("manual", "fet", "asc", "untis", "nika", "xlsx", "solver")
PLACE = ("room_id", "week", "weekday", "number", "starts", "is_locked")


class TimetableChanged(Stale):
    """Somebody changed the draft since the caller saw it."""

    title = Text("Черновик расписания уже изменён", "The draft was changed already")
    detail = Text(
        "Пока вы правили расписание, его изменил кто-то ещё. Обновите страницу и повторите.",
        "Somebody else changed the timetable meanwhile. Reload it and repeat your change.",
    )


class NotADraft(Conflict):
    """The version was published; only drafts are changed."""

    title = Text("Это уже не черновик", "This is no longer a draft")
    detail = Text(
        "Расписание опубликовано. Чтобы изменить его, сделайте копию и опубликуйте её.",
        "The timetable was published. To change it, make a copy and publish that.",
    )


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One lesson hour; without weekday and number it is not placed yet.

    Several groups are a joint lesson. Week 0 is every week, 1 is А, 2 is В; Monday is weekday 1;
    `starts` (HH:MM) is told where it is not the bell's.
    """

    subject_id: UUID
    group_ids: Sequence[UUID]
    teacher_ids: Sequence[UUID]
    room_id: UUID | None = None
    week: int = 0
    weekday: int | None = None
    number: int | None = None
    starts: str | None = None
    is_locked: bool = False


def make_draft(
    session: SchoolSession,
    year: Year,
    name: str,
    source: str,
    cards: Sequence[CardFacts],
    *,
    groups: Collection[UUID] = (),
    made_by: UUID | None = None,
) -> Timetable:
    """Keep a draft of these cards; it changes no lesson until it is published.

    It will be the timetable of the groups of its cards, and of `groups`, which may have no card:
    theirs becomes empty. All other groups will keep the timetable they have.
    """
    held = {str(one) for one in groups} | {str(one) for card in cards for one in card.group_ids}
    draft = Timetable(
        id=new_id(), school_id=UUID(session.info["school"]), year_id=year.id, name=name, status="draft",
        from_on=None, until_on=None, source=source, group_ids=sorted(held), version=1,
        made_at=now(), made_by=made_by, published_at=None, published_on=None, published_by=None, report=None,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    insert_rows(session, table(Card), [card_row(draft, card) for card in cards])
    return draft


def same_draft(
    session: SchoolSession, year: Year, source: str, cards: Sequence[CardFacts]
) -> Timetable | None:
    """Return the draft of a source that has exactly these cards, whoever made it."""
    drafts = session.scalars(
        select(Timetable)
        .where(Timetable.year_id == year.id, Timetable.source == source, Timetable.status == "draft")
        .order_by(Timetable.made_at)
    ).all()
    wanted = Counter(map(_plain, cards))
    held = cards_by_timetable(session, year, [one.id for one in drafts]) if drafts else {}
    return next((one for one in drafts if Counter(map(_plain, held.get(one.id, ()))) == wanted), None)


def _plain(card: CardFacts) -> tuple[Any, ...]:
    people = (frozenset(map(str, ids)) for ids in (card.group_ids, card.teacher_ids))
    return (card.subject_id, *people, *(getattr(card, name) for name in PLACE if name != "is_locked"))


def card_row(draft: Timetable, card: CardFacts, card_id: UUID | None = None) -> dict[str, Any]:
    """Return the row of a card; ids are sorted, so that the same card is the same row."""
    return {
        "id": card_id or new_id(),
        "school_id": draft.school_id,
        "timetable_id": draft.id,
        "subject_id": card.subject_id,
        "group_ids": sorted({str(one) for one in card.group_ids}),
        "teacher_ids": sorted({str(one) for one in card.teacher_ids}),
        "room_id": card.room_id,
        "week": card.week,
        "weekday": card.weekday,
        "number": card.number,
        "starts": card.starts,
        "is_locked": card.is_locked,
    }


def new_draft(session: SchoolSession, name: str, copy_of: UUID | None, *, made_by: UUID | None) -> Timetable:
    """Keep an empty draft of the current year, or a copy of a version."""
    if copy_of is None:
        return make_draft(session, current_year(session), name, "manual", [], made_by=made_by)
    original = find_timetable(session, copy_of)
    year = session.get_one(Year, original.year_id)
    groups = [UUID(one) for one in original.group_ids]
    return make_draft(
        session, year, name, "manual", cards_of(session, original), groups=groups, made_by=made_by
    )


def copy_current(session: SchoolSession, name: str, *, made_by: UUID | None) -> Timetable:
    """Keep a draft of what is in force today for all groups, from whatever versions it comes."""
    year, on = current_year(session), school_today(session)
    own = table(Slot).c
    found = select(table(Slot)).where(
        own.school_id == year.school_id,
        own.year_id == year.id,
        own.from_on <= max(on, year.starts_on),
        (own.until_on.is_(None)) | (own.until_on >= on),
    )
    cards = joined(row._mapping for row in session.execute(found))  # noqa: SLF001  # It is public.
    return make_draft(session, year, name, "manual", cards, made_by=made_by)


def joined(slots: Iterable[Any]) -> list[CardFacts]:
    """Return the cards of slots, given as mappings: the same teachers, hour and room are a joint lesson."""
    hours: dict[tuple[Any, ...], list[UUID]] = {}
    for slot in slots:
        teachers = tuple(slot["teacher_ids"])
        alone = None if teachers else slot["group_id"]
        place = (slot["room_id"], slot["week"], slot["weekday"], slot["number"], slot["starts"])
        hours.setdefault((slot["subject_id"], teachers, *place, alone), []).append(slot["group_id"])
    return [
        CardFacts(subject, sorted(groups), [UUID(one) for one in teachers], *place)
        for (subject, teachers, *place, _), groups in hours.items()
    ]


def cards_of(session: SchoolSession, timetable: Timetable) -> list[CardFacts]:
    """Return the cards of a version, in the order they were entered."""
    year = session.get_one(Year, timetable.year_id)
    return cards_by_timetable(session, year, [timetable.id]).get(timetable.id, [])


def cards_by_timetable(
    session: SchoolSession, year: Year, timetable_ids: Collection[UUID]
) -> dict[UUID, list[CardFacts]]:
    """Return the cards of versions of a year, in one statement."""
    own = table(Card).c
    wanted = own.school_id == year.school_id, own.timetable_id.in_(timetable_ids)
    found: dict[UUID, list[CardFacts]] = {}
    ids: dict[str, UUID] = {}  # Few ids stand on many cards.
    for row in session.execute(select(table(Card)).where(*wanted).order_by(own.id)):
        groups, teachers = ([_id(ids, one) for one in named] for named in (row.group_ids, row.teacher_ids))
        card = CardFacts(row.subject_id, groups, teachers, *(getattr(row, name) for name in PLACE))
        found.setdefault(row.timetable_id, []).append(card)
    return found


def _id(known: dict[str, UUID], text: str) -> UUID:
    if text not in known:
        known[text] = UUID(text)
    return known[text]


def find_timetable(session: SchoolSession, timetable_id: UUID) -> Timetable:
    """Return a version of the school; NotFound when there is none of this id."""
    found = session.get(Timetable, timetable_id)
    if found is None:
        raise NotFound
    return found


def draft_to_change(session: SchoolSession, timetable_id: UUID, seen: int | None) -> Timetable:
    """Return a draft, locked and counted as changed; `seen` is the version that the caller saw.

    Raises NotADraft for what was published and TimetableChanged for a draft that has moved on.
    """
    found = select(Timetable).where(Timetable.id == timetable_id).with_for_update()
    draft = session.scalars(found).first()
    if draft is None:
        raise NotFound
    if draft.status != "draft":
        raise NotADraft
    if seen is not None and draft.version != seen:
        raise TimetableChanged
    draft.version += 1
    return draft


def rename_draft(session: SchoolSession, timetable_id: UUID, name: str, seen: int) -> Timetable:
    """Give a draft another name."""
    draft = draft_to_change(session, timetable_id, seen)
    draft.name = name
    session.flush()
    return draft


def drop_draft(session: SchoolSession, timetable_id: UUID, seen: int | None) -> None:
    """Throw a draft away with its cards; NotADraft for what was published."""
    draft = draft_to_change(session, timetable_id, seen)
    session.execute(delete(table(Card)).where(*_its(draft)))
    session.delete(draft)


def _its(timetable: Timetable) -> tuple[Any, ...]:
    own = table(Card).c
    return own.school_id == timetable.school_id, own.timetable_id == timetable.id
