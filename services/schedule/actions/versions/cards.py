"""Cards of a draft: put, moved, changed and taken away one by one."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from services.schedule.actions.versions.drafts import CardFacts, card_row, draft_to_change
from services.schedule.models import Card, Group, Person, Room, Subject, Timetable, table
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text

MOST_CARDS = 30_000


class TooManyCards(Conflict):
    """The draft has more cards than any school."""

    title = Text("Слишком много карточек", "Too many cards")
    detail = Text(
        "В одном расписании может быть до {most} карточек.", "A timetable has {most} cards at most."
    )


def add_card(
    session: SchoolSession, timetable_id: UUID, card: CardFacts, seen: int
) -> tuple[Timetable, UUID]:
    """Put a card into a draft; return the draft and the card's id.

    Raises NotADraft, TimetableChanged, and NotFound for ids that are not of the school.
    """
    draft = draft_to_change(session, timetable_id, seen)
    own = table(Card).c
    if (session.scalar(select(func.count()).where(own.timetable_id == draft.id)) or 0) >= MOST_CARDS:
        raise TooManyCards(most=MOST_CARDS)
    return draft, _write(session, draft, card, None)


def change_card(
    session: SchoolSession, timetable_id: UUID, card_id: UUID, card: CardFacts, seen: int
) -> Timetable:
    """Make a card of a draft be as given, whole; raises what `add_card` does."""
    draft = draft_to_change(session, timetable_id, seen)
    find_card(session, draft, card_id)
    _write(session, draft, card, card_id)
    return draft


def remove_card(session: SchoolSession, timetable_id: UUID, card_id: UUID, seen: int) -> Timetable:
    """Take a card out of a draft; its groups stay those whose timetable it is."""
    draft = draft_to_change(session, timetable_id, seen)
    find_card(session, draft, card_id)
    session.execute(delete(table(Card)).where(table(Card).c.id == card_id))
    return draft


def find_card(session: SchoolSession, timetable: Timetable, card_id: UUID) -> Any:
    """Return the row of a card of a version; NotFound when it has none of this id."""
    own = table(Card).c
    wanted = own.id == card_id, own.timetable_id == timetable.id, own.school_id == timetable.school_id
    row = session.execute(select(table(Card)).where(*wanted)).first()
    if row is None:
        raise NotFound
    return row


def _write(session: SchoolSession, draft: Timetable, card: CardFacts, card_id: UUID | None) -> UUID:
    _refuse_strangers(session, card)
    row = card_row(draft, card, card_id)
    if card_id is None:
        insert_rows(session, table(Card), [row])
    else:
        session.execute(update(table(Card)).where(table(Card).c.id == card_id).values(row))
    draft.group_ids = sorted({*draft.group_ids, *row["group_ids"]})
    session.flush()
    return UUID(str(row["id"]))


def _refuse_strangers(session: SchoolSession, card: CardFacts) -> None:
    rooms = {card.room_id} if card.room_id else set()
    wanted: tuple[tuple[Any, Collection[UUID]], ...] = (
        (Subject, {card.subject_id}),
        (Group, set(card.group_ids)),
        (Person, set(card.teacher_ids)),
        (Room, rooms),
    )
    for model, ids in wanted:
        if ids and len(session.scalars(select(model.id).where(model.id.in_(ids))).all()) < len(ids):
            raise NotFound
