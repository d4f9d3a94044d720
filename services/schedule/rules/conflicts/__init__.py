"""What is wrong with a timetable, conflict by conflict: pure functions over its cards and the school."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from services.schedule.rules.conflicts.board import Board
from services.schedule.rules.conflicts.days import day_faults, subjects_apart, teacher_gaps, week_faults
from services.schedule.rules.conflicts.facts import WEEKDAYS, Conflict, Placed, Profile, School

OF_PUPILS = ("day_limit", "week_limit", "class_gap")
"""Found for the pupils of each profile, told once of their class."""


def conflicts_in(school: School, cards: Sequence[Placed], others: Sequence[Placed] = ()) -> list[Conflict]:
    """Return every conflict of placed cards, among them and with `others`, each once, by day and hour.

    `others` are held at the same time but are not looked into: lessons of groups that keep theirs.
    """
    board, own = Board(school, [*cards, *others]), {card.id for card in cards}
    found: list[Conflict] = []
    teachers: set[tuple[str, int]] = set()
    groups: set[tuple[UUID, int]] = set()
    suspects = board.suspects()
    for card in cards:
        found += board.own_faults(card)
        clashes = board.clashes(card) if card.id in suspects else ()
        found += (one for one in clashes if one.card_ids[0] == card.id or not own.issuperset(one.card_ids))
        teachers.update((one, card.weekday) for one in card.teachers)
        groups.update((one, card.weekday) for one in card.groups)
    for teacher, weekday in teachers:
        found += teacher_gaps(board, teacher, weekday)
    for group_id, weekday in groups:
        found += subjects_apart(board, group_id, weekday)
    for profile in school.profiles:
        found += week_faults(board, profile)
        for weekday in WEEKDAYS:
            found += day_faults(board, profile, weekday)
    return [one for one in in_order(found) if not others or not own.isdisjoint(one.card_ids)]


def conflicts_of(board: Board, card: Placed) -> list[Conflict]:
    """Return the conflicts in which a card on the board takes part: what changes when it is moved.

    All but the week's limit, which a move within the week does not touch.
    """
    found = [*board.own_faults(card), *board.clashes(card)]
    for teacher in card.teachers:
        found += teacher_gaps(board, teacher, card.weekday)
    for group_id in card.groups:
        found += subjects_apart(board, group_id, card.weekday)
    for profile in profiles_of(board.school, card):
        found += day_faults(board, profile, card.weekday)
    return [one for one in in_order(found) if card.id in one.card_ids]


def profiles_of(school: School, card: Placed) -> Iterator[Profile]:
    """Return the profiles of the pupils who have the card's lesson."""
    own = set(card.groups)
    return (profile for profile in school.profiles if own & profile.groups)


def in_order(found: Iterable[Conflict]) -> list[Conflict]:
    """Return conflicts by day and hour; what several pupils of a class have is one conflict."""
    merged: dict[tuple[object, ...], Conflict] = {}
    for one in found:
        apart = () if one.kind in OF_PUPILS else one.card_ids
        key = (one.kind, one.week, one.weekday, one.number, one.about, apart)
        merged[key] = _both(merged[key], one) if key in merged else one
    return sorted(merged.values(), key=_place)


def _both(one: Conflict, other: Conflict) -> Conflict:
    ids: set[UUID] = {*one.card_ids, *other.card_ids}
    return one._replace(card_ids=tuple(sorted(ids)), amount=max(one.amount, other.amount))


def _place(one: Conflict) -> tuple[object, ...]:
    number = -1 if one.number is None else one.number
    return (one.severity, one.weekday or 0, number, one.week, one.kind, str(one.about), one.card_ids)
