"""What is wrong with whole days and weeks: too many lessons, gaps, a subject twice and apart."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from services.schedule.rules.conflicts.board import Board, hours_of
from services.schedule.rules.conflicts.facts import WEEKDAYS, Conflict, GradeLimit, Placed, Profile

FIVE_DAYS = 5


def day_faults(board: Board, profile: Profile, weekday: int) -> Iterator[Conflict]:
    """Return the gaps (окна) of pupils on a day, and whether the day is longer than it may be."""
    for week, hours in _weeks(board.hours(weekday, profile.groups)):
        yield from _gaps(board, profile, weekday, week, hours)
        yield from _too_long(board, profile, weekday, week, hours.bit_count())


def week_faults(board: Board, profile: Profile) -> Iterator[Conflict]:
    """Return whether pupils have more lessons a week than their parallel may."""
    severity, limit = board.school.limits.severity("week_limit"), _limit(board, profile)
    most = limit and (limit.five_days if board.school.days == FIVE_DAYS else limit.six_days)
    if severity == "off" or not most:
        return
    counts = _counts(board, profile)
    for week, count in _weeks((sum(first for first, _ in counts), sum(second for _, second in counts))):
        if count > most:
            cards = {card.id for day in WEEKDAYS for card in _cards(board, profile, day, week)}
            ids = tuple(sorted(cards))
            yield Conflict("week_limit", severity, ids, week, None, None, (profile.class_id,), count, most)


def teacher_gaps(board: Board, teacher: str, weekday: int) -> Iterator[Conflict]:
    """Return whether a teacher waits between lessons of one shift on a day."""
    severity, cards = board.school.limits.severity("teacher_gap"), board.held(weekday, teacher)
    if severity == "off" or len(cards) < 2:
        return
    for shift in sorted({card.shift for card in cards}):
        own = [card for card in cards if card.shift == shift]
        for week, hours in _weeks(hours_of(own)):
            if missing := _missing(hours):
                ids = tuple(sorted(card.id for card in own if _is_in(card, week)))
                at = (week, weekday, missing[0])
                yield Conflict("teacher_gap", severity, ids, *at, (teacher,), len(missing))


def subjects_apart(board: Board, group_id: UUID, weekday: int) -> Iterator[Conflict]:
    """Return the subjects that a group has twice on a day with something else between."""
    severity, cards = board.school.limits.severity("subject_apart"), board.held(weekday, group_id)
    subjects = {card.subject_id for card in cards}
    if severity == "off" or len(subjects) == len(cards):
        return
    for subject_id in sorted(subjects):
        own = [card for card in cards if card.subject_id == subject_id]
        for week, hours in _weeks(hours_of(own)):
            if missing := _missing(hours):
                ids = tuple(sorted(card.id for card in own if _is_in(card, week)))
                at = (week, weekday, missing[0])
                yield Conflict("subject_apart", severity, ids, *at, (group_id, subject_id))


def _gaps(board: Board, profile: Profile, weekday: int, week: int, hours: int) -> Iterator[Conflict]:
    severity = board.school.limits.severity("class_gap")
    for number in _missing(hours) if severity != "off" else ():
        before = (hours & ((1 << number) - 1)).bit_length() - 1
        after = number + (hours >> number & -(hours >> number)).bit_length() - 1
        around = [card for card in _cards(board, profile, weekday, week) if card.number in (before, after)]
        ids = tuple(sorted(card.id for card in around))
        yield Conflict("class_gap", severity, ids, week, weekday, number, (profile.class_id,))


def _too_long(board: Board, profile: Profile, weekday: int, week: int, count: int) -> Iterator[Conflict]:
    severity, limit = board.school.limits.severity("day_limit"), _limit(board, profile)
    if severity == "off" or limit is None or count <= limit.per_day:
        return
    if count == limit.per_day + 1 and limit.longer_days:
        at = 1 if week == 2 else 0
        longer = sum(counts[at] > limit.per_day for counts in _counts(board, profile))
        if longer <= limit.longer_days:
            return
    ids = tuple(sorted(card.id for card in _cards(board, profile, weekday, week)))
    about = (profile.class_id,)
    yield Conflict("day_limit", severity, ids, week, weekday, None, about, count, limit.per_day)


def _counts(board: Board, profile: Profile) -> list[tuple[int, int]]:
    days = (board.hours(weekday, profile.groups) for weekday in WEEKDAYS)
    return [(first.bit_count(), second.bit_count()) for first, second in days]


def _limit(board: Board, profile: Profile) -> GradeLimit | None:
    return None if profile.grade is None else board.school.limits.grades.get(profile.grade)


def _weeks(of: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Return both weeks as one (0) where they are alike, else А (1) and В (2)."""
    if of[0] == of[1]:
        yield 0, of[0]
    else:
        yield 1, of[0]
        yield 2, of[1]


def _missing(hours: int) -> list[int]:
    """Return the numbers between the first and the last that are free."""
    if not hours or not _has_holes(hours):
        return []
    first = (hours & -hours).bit_length() - 1
    return [number for number in range(first, hours.bit_length()) if not hours >> number & 1]


def _has_holes(hours: int) -> bool:
    run = hours // (hours & -hours)
    return bool(run & (run + 1))


def _cards(board: Board, profile: Profile, weekday: int, week: int) -> Iterable[Placed]:
    found = {card.id: card for one in profile.groups for card in board.held(weekday, one)}
    return [card for card in found.values() if _is_in(card, week)]


def _is_in(card: Placed, week: int) -> bool:
    return not (card.week and week and card.week != week)
