"""Printed pages after two pupils turned out to be one, in whatever order the logs arrive."""

import random

import pytest
from sqlalchemy import select

from services.reporting.models import Person
from shared.db import EVERY_SCHOOL
from shared.events import identity, journal
from tests.reporting.makers import (
    FIRST,
    LESSONS,
    PAGE,
    PUPILS,
    apply,
    finals,
    marks,
    told_by_identity,
    told_by_journal,
    told_by_schedule,
)
from tests.reporting.test_class_journal import read

MERGED = identity.PersonMerged(kept_id=PUPILS[0], merged_id=PUPILS[1])


def values(page):
    """Return all values by the pupil's id."""
    ids = [pupil.id for pupil in page.pupils]
    return sorted((ids[pupil], lesson, slot, value) for lesson, pupil, slot, value in page.entries)


@pytest.mark.parametrize("seed", range(6))
def test_marks_of_a_merged_pupil_stand_in_the_kept_ones_row(database, seed):
    logs = [[*told_by_identity(), MERGED], told_by_schedule(), told_by_journal()]
    apply(database, *logs[0][:-1], *logs[1], *logs[2])
    before = values(read(database))
    random.Random(seed).shuffle(logs)
    for log in logs:
        apply(database, *log)

    after = values(read(database))

    own = {(lesson, slot) for pupil, lesson, slot, _ in before if pupil == PUPILS[0]}
    expected = [
        (PUPILS[0] if pupil == PUPILS[1] and (lesson, slot) not in own else pupil, lesson, slot, value)
        for pupil, lesson, slot, value in before
    ]
    assert after == sorted(expected)
    assert any(pupil == PUPILS[1] for pupil, *_ in before)


def test_an_erasure_takes_the_name_of_the_entry_merged_before_along(database):
    apply(database, *told_by_identity(), MERGED, identity.PersonErased(person_id=PUPILS[0]))

    with database.reading(EVERY_SCHOOL) as session:
        left = set(session.scalars(select(Person.id)))
    assert left.isdisjoint(PUPILS[:2])
    assert PUPILS[2] in left


def test_a_mark_changed_after_the_merge_leaves_no_row_of_the_pupil_gone(database):
    moved = journal.CellsMoved(
        page_id=PAGE,
        merged_id=PUPILS[1],
        kept_id=PUPILS[0],
        cells=[
            journal.MovedCell(lesson_id=LESSONS[1], period_id=None, slot=2),
            journal.MovedCell(lesson_id=None, period_id=FIRST, slot=0),
        ],
    )
    told = [
        *told_by_journal(),
        marks(10, (1, 2, "3"), lesson=1),
        finals(11, (1, "3")),
        moved,
        marks(12, (0, 2, "5"), lesson=1),
        finals(13, (0, "5", "3")),
    ]

    for _ in range(2):
        apply(database, *told, *told_by_identity(), MERGED, *told_by_schedule())

    page = read(database)
    ids = [pupil.id for pupil in page.pupils]
    assert [(ids[pupil], value) for _, pupil, slot, value in page.entries if slot == 2] == [(PUPILS[0], "5")]
    assert [(ids[pupil], value) for _, pupil, value in page.finals] == [(PUPILS[0], "5")]
