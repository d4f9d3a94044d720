"""Conflicts of a timetable: each kind by name, and all against a checker that compares all with all."""

from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.schedule.rules.conflicts import conflicts_in, conflicts_of
from services.schedule.rules.conflicts.board import Board
from services.schedule.rules.conflicts.facts import (
    SOFT,
    USUAL_LIMITS,
    GradeLimit,
    GroupFacts,
    Hour,
    Limits,
    Placed,
    Profile,
    School,
    overlap,
)

PARALLEL, CLASS, FIRST, SECOND, ANGLERS, OTHER = (UUID(int=n) for n in range(1, 7))
ALGEBRA, HISTORY, SPORT = (UUID(int=n) for n in range(11, 14))
HALL, CABINET = UUID(int=21), UUID(int=22)
TEACHERS = ("a", "b", "c")
KIN = frozenset({PARALLEL, CLASS, FIRST, SECOND, ANGLERS})
# The two halves of the class share nobody; the anglers are in both halves.
GROUPS = {
    PARALLEL: GroupFacts(5, 1, 50, KIN | {OTHER}),
    CLASS: GroupFacts(5, 1, 25, KIN),
    FIRST: GroupFacts(5, 1, 12, KIN - {SECOND}),
    SECOND: GroupFacts(5, 1, 13, KIN - {FIRST}),
    ANGLERS: GroupFacts(5, 1, 6, KIN),
    OTHER: GroupFacts(5, 2, 25, frozenset({PARALLEL, OTHER})),
}
PROFILES = [
    Profile(CLASS, 5, frozenset({PARALLEL, CLASS, half, *more}))
    for half in (FIRST, SECOND)
    for more in ((), (ANGLERS,))
] + [Profile(OTHER, 5, frozenset({PARALLEL, OTHER}))]
MORNING = {number: Hour(480 + 50 * number, 525 + 50 * number) for number in range(1, 7)}
EVENING = {number: Hour(730 + 50 * number, 775 + 50 * number) for number in range(1, 6)}
BELLS = {(shift, day): bells for shift, bells in ((1, MORNING), (2, EVENING)) for day in range(1, 8)}
TIGHT = Limits({5: GradeLimit(3, 1, 5, 6)})


def make_school(limits=None):
    return School(5, BELLS, GROUPS, PROFILES, {HALL: None, CABINET: 20}, limits or Limits())


def make_card(number_of_card=100, **given):
    usual = {
        "subject_id": ALGEBRA,
        "groups": (CLASS,),
        "teachers": ("a",),
        "room": None,
        "week": 0,
        "weekday": 1,
        "number": 1,
    }
    facts = {**usual, **given}
    shift = 2 if facts["groups"][0] == OTHER else 1
    hour = BELLS[shift, facts["weekday"]].get(facts["number"])
    return Placed(UUID(int=number_of_card), shift=shift, hour=hour, **facts)


def kinds(*cards, limits=None):
    return [one.kind for one in conflicts_in(make_school(limits), cards)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"groups": (OTHER,), "teachers": ("b",)}, []),
        ({"groups": (PARALLEL,), "teachers": ("b",)}, ["class_twice"]),
        ({"groups": (FIRST,), "teachers": ("b",)}, ["class_twice"]),
        ({"teachers": ("b",)}, ["class_twice"]),
        ({"week": 2, "teachers": ("b",), "number": 1}, ["class_twice"]),
        ({"number": 2}, []),
    ],
)
def test_a_class_is_at_one_lesson_at_a_time(second, expected):
    assert kinds(make_card(subject_id=SPORT), make_card(101, **second)) == expected


def test_groups_clash_when_they_share_pupils():
    half = make_card(groups=(FIRST,))
    other_half = make_card(101, groups=(SECOND,), teachers=("b",))
    anglers = make_card(102, groups=(ANGLERS,), teachers=("c",))

    assert kinds(half, other_half) == []
    assert kinds(half, anglers) == ["class_twice"]


def test_alternating_weeks_do_not_clash():
    assert kinds(make_card(week=1), make_card(101, week=2)) == []


def test_a_teacher_of_two_shifts_is_not_taken_by_the_same_number():
    assert kinds(make_card(), make_card(101, groups=(OTHER,))) == []
    # The sixth lesson of the first shift and the first of the second are at the same time.
    late = [make_card(100 + number, number=number, teachers=("b",)) for number in range(1, 6)]
    at_once = kinds(*late, make_card(110, number=6), make_card(111, groups=(OTHER,)))
    assert at_once == ["teacher_twice"]


def test_a_joint_lesson_is_one_but_two_lessons_of_a_teacher_in_a_room_are_two():
    assert kinds(make_card(groups=(FIRST, SECOND), room=HALL)) == []
    apart = kinds(make_card(groups=(FIRST,), room=HALL), make_card(101, groups=(SECOND,), room=HALL))
    assert apart == ["room_twice", "teacher_twice"]


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        ({"room": CABINET}, "room_small"),
        ({"weekday": 6}, "outside_week"),
        ({"number": 9}, "outside_bells"),
        ({"groups": (OTHER,), "number": 6}, "outside_shift"),
    ],
)
def test_a_place_that_does_not_fit_is_told(card, kind):
    assert kinds(make_card(**card)) == [kind]


def test_a_gap_of_a_class_is_an_error_and_of_a_teacher_a_warning():
    found = conflicts_in(make_school(), [make_card(), make_card(101, number=3, subject_id=SPORT)])

    assert [(one.kind, one.severity, one.number) for one in found] == [
        ("class_gap", "error", 2),
        ("teacher_gap", "warning", 2),
    ]


def test_a_subject_twice_a_day_is_told_when_it_is_not_in_a_row():
    between = make_card(101, number=2, subject_id=SPORT, teachers=("b",))
    doubled = [make_card(), make_card(102, number=2, teachers=("a",))]

    assert kinds(*doubled) == []
    assert kinds(make_card(), between, make_card(102, number=3)) == ["subject_apart", "teacher_gap"]


def test_a_day_may_be_longer_only_so_often():
    def day(weekday, lessons):
        return [make_card(100 + 10 * weekday + n, weekday=weekday, number=n) for n in range(1, lessons + 1)]

    limits = Limits({5: GradeLimit(3, 1, 30, 30)})
    assert kinds(*day(1, 4), *day(2, 3), limits=limits) == []
    assert kinds(*day(1, 4), *day(2, 4), limits=limits) == ["day_limit", "day_limit"]
    assert kinds(*day(1, 5), limits=limits) == ["day_limit"]
    assert kinds(*day(1, 3), *day(2, 3), limits=TIGHT) == ["week_limit"]


def test_the_norms_are_those_of_the_sanitary_rules():
    assert {grade: of.per_day for grade, of in USUAL_LIMITS.items()} == {
        1: 4, 2: 5, 3: 5, 4: 5, 5: 6, 6: 6, 7: 7, 8: 7, 9: 7, 10: 7, 11: 7,
    }  # fmt: skip
    assert USUAL_LIMITS[1].longer_days == USUAL_LIMITS[4].longer_days == 1


def test_what_a_school_does_not_mind_is_not_told():
    quiet = Limits(severities=dict.fromkeys(SOFT, "off"))

    assert kinds(make_card(room=CABINET), make_card(101, number=3), limits=quiet) == []


placed_cards = st.lists(
    st.builds(
        dict,
        subject_id=st.sampled_from([ALGEBRA, HISTORY]),
        groups=st.sampled_from(
            [(CLASS,), (FIRST,), (SECOND,), (ANGLERS,), (OTHER,), (PARALLEL,), (FIRST, OTHER), (CLASS, OTHER)]
        ),
        teachers=st.sampled_from([("a",), ("b",), ("c",), ("a", "b"), ()]),
        room=st.sampled_from([None, HALL, CABINET]),
        week=st.sampled_from([0, 0, 1, 2]),
        weekday=st.sampled_from([1, 2, 6]),
        number=st.sampled_from([1, 2, 3, 4, 6]),
    ),
    max_size=14,
).map(lambda found: [make_card(100 + at, **facts) for at, facts in enumerate(found)])


@given(placed_cards)
@settings(max_examples=80, deadline=None)
def test_what_is_found_is_what_comparing_all_with_all_finds(cards):
    school = make_school(TIGHT)

    found = {_essence(one) for one in conflicts_in(school, cards)}

    assert found == set(_naive(school, cards))


@given(placed_cards.filter(bool))
@settings(max_examples=30, deadline=None)
def test_a_card_has_the_conflicts_that_the_whole_check_finds_of_it(cards):
    school, board = make_school(TIGHT), Board(make_school(TIGHT), cards)

    for card in cards:
        of_card = [one for one in conflicts_in(school, cards) if card.id in one.card_ids]
        told = {_essence(one) for one in of_card if one.weekday is not None}
        assert {_essence(one) for one in conflicts_of(board, card)} == told


@given(placed_cards.filter(lambda found: len(found) > 1))
@settings(max_examples=30, deadline=None)
def test_a_board_is_as_before_when_a_card_was_put_and_taken(cards):
    *kept, moved = cards
    board = Board(make_school(TIGHT), kept)
    before = [conflicts_of(board, card) for card in kept]

    board.lay(moved)
    conflicts_of(board, moved)
    board.take(moved)

    assert [conflicts_of(board, card) for card in kept] == before


def _essence(one):
    pair = one.card_ids if one.kind.endswith("_twice") else None
    single = one.card_ids if one.kind.startswith(("outside", "room_small")) else None
    about = one.about if pair is None and single is None else ()
    return (one.kind, pair or single, one.week, one.weekday, one.number, about)


def _naive(school, cards):
    """Yield the essence of all conflicts by asking every pair, every pupil, every day and every hour."""
    for one, other in combinations(cards, 2):
        if overlap(one, other):
            at = ((one.id, other.id), one.week or other.week, one.weekday, one.number, ())
            if set(one.teachers) & set(other.teachers):
                yield ("teacher_twice", *at)
            if any(b in GROUPS[a].clashing for a in one.groups for b in other.groups):
                yield ("class_twice", *at)
            if one.room is not None and one.room == other.room:
                yield ("room_twice", *at)
    for card in cards:
        at = ((card.id,), card.week, card.weekday, card.number, ())
        if card.weekday > school.days:
            yield ("outside_week", *at)
        elif any(card.number not in BELLS[GROUPS[one].shift, card.weekday] for one in card.groups):
            yield ("outside_shift", *at)
        if card.room == CABINET and sum(GROUPS[one].size for one in card.groups) > 20:
            yield ("room_small", *at)
    for profile in PROFILES:
        own = [card for card in cards if set(card.groups) & profile.groups]
        yield from _of_pupils(school, profile.class_id, own)
    for teacher in TEACHERS:
        for shift in (1, 2):
            own = [card for card in cards if teacher in card.teachers and card.shift == shift]
            yield from _runs("teacher_gap", own, (teacher,))
    for group_id in GROUPS:
        for subject_id in (ALGEBRA, HISTORY):
            own = [card for card in cards if group_id in card.groups and card.subject_id == subject_id]
            yield from _runs("subject_apart", own, (group_id, subject_id))


def _by_week(cards, weekday):
    first, second = (
        {card.number for card in cards if card.weekday == weekday and card.week in (0, week)}
        for week in (1, 2)
    )
    return [(0, first)] if first == second else [(1, first), (2, second)]


def _runs(kind, cards, about):
    for weekday in range(1, 8):
        for week, hours in _by_week(cards, weekday):
            missing = [
                number
                for number in range(min(hours, default=0), max(hours, default=0))
                if number not in hours
            ]
            if missing:
                yield (kind, None, week, weekday, missing[0], about)


def _of_pupils(school, class_id, cards):
    most = school.limits.grades[5]
    for weekday in range(1, 8):
        for week, hours in _by_week(cards, weekday):
            for number in range(min(hours, default=0), max(hours, default=0)):
                if number not in hours:
                    yield ("class_gap", None, week, weekday, number, (class_id,))
            longer = sum(
                len(dict(_by_week(cards, day)).get(week or 1, dict(_by_week(cards, day)).get(0, ())))
                > most.per_day
                for day in range(1, 8)
            )
            allowed = most.per_day + 1 if longer <= most.longer_days else most.per_day
            if len(hours) > allowed:
                yield ("day_limit", None, week, weekday, None, (class_id,))
    totals = [
        sum(
            len(dict(_by_week(cards, day)).get(week, dict(_by_week(cards, day)).get(0, ())))
            for day in range(1, 8)
        )
        for week in (1, 2)
    ]
    for week, total in [(0, totals[0])] if totals[0] == totals[1] else list(enumerate(totals, 1)):
        if total > most.five_days:
            yield ("week_limit", None, week, None, None, (class_id,))
