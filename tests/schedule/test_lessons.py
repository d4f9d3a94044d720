"""Dated lessons follow the timetable, and the past stays as it was."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.schedule.actions.calendar import all_years
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.telling import BYTES_IN_AN_EVENT, parts
from services.schedule.models import Lesson
from services.schedule.rules import Span
from shared.db import Database
from shared.events.schedule import PlannedLesson
from shared.ids import new_id
from shared.outbox import MAX_DATA_BYTES
from tests.schedule.makers import MONDAY, TEACHER, days_of, make_year, plan_group, short_year, told

GROUP = new_id()
OTHER = new_id()
BEFORE = date(2026, 8, 31)
MONDAYS = [MONDAY + timedelta(weeks=n) for n in range(4)]
LAST = MONDAYS[3] + timedelta(days=4)


@pytest.fixture
def year(session):
    return short_year(session, first=MONDAY, last=LAST)


def test_a_weekly_lesson_is_on_every_such_day(session, year):
    tally = plan_group(session, year, GROUP, {"weekday": 3}, today=BEFORE)

    assert days_of(session, GROUP) == [day + timedelta(days=2) for day in MONDAYS]
    assert tally.created == 4


def test_weeks_alternate(session, year):
    plan_group(session, year, GROUP, {"week": 1}, {"week": 2, "weekday": 2}, today=BEFORE)

    tuesday = timedelta(days=1)
    assert days_of(session, GROUP) == [MONDAYS[0], MONDAYS[1] + tuesday, MONDAYS[2], MONDAYS[3] + tuesday]


def test_holidays_have_no_lessons(session):
    holidays = [Span("Каникулы", MONDAYS[1], MONDAYS[2])]
    year = short_year(session, first=MONDAY, last=LAST, holidays=holidays)

    plan_group(session, year, GROUP, {}, today=BEFORE)

    assert days_of(session, GROUP) == [MONDAYS[0], MONDAYS[3]]


def test_days_between_periods_have_no_lessons(session):
    year = make_year(session)

    plan_group(session, year, GROUP, {"weekday": 5}, today=BEFORE)

    days = days_of(session, GROUP)
    assert date(2026, 10, 23) in days
    assert date(2026, 10, 30) not in days


def test_saturday_is_free_in_a_week_of_five_days(session, year):
    plan_group(session, year, GROUP, {"weekday": 6}, today=BEFORE)

    assert days_of(session, GROUP) == []


def test_a_new_group_has_the_lessons_of_days_gone_by(session, year):
    plan_group(session, year, GROUP, {}, today=MONDAYS[2])

    assert days_of(session, GROUP) == MONDAYS


def test_what_is_past_is_never_rewritten(session, year):
    plan_group(session, year, GROUP, {}, today=MONDAYS[1])
    before = {row.id: row.teacher_ids for row in session.scalars(select(Lesson))}

    tally = plan_group(session, year, GROUP, {"teacher_ids": [str(new_id())], "number": 2}, today=MONDAYS[1])

    assert days_of(session, GROUP) == [*MONDAYS[:2], *MONDAYS[2:]]
    assert days_of(session, GROUP, cancelled=True) == MONDAYS[2:]
    kept = [one for one in session.scalars(select(Lesson)) if one.lesson_on <= MONDAYS[1]]
    assert {(one.number, *one.teacher_ids) for one in kept} == {(1, TEACHER)}
    assert {one.id for one in kept} <= set(before)
    assert (tally.created, tally.changed, tally.unchanged, tally.cancelled) == (2, 0, 2, 2)


def test_another_teacher_changes_the_lessons_to_come(session, year):
    plan_group(session, year, GROUP, {}, today=MONDAYS[1])
    ids = set(session.scalars(select(Lesson.id)))
    teacher = str(new_id())

    tally = plan_group(session, year, GROUP, {"teacher_ids": [teacher]}, today=MONDAYS[1])

    session.expire_all()
    taught = {one.lesson_on: one.teacher_ids for one in session.scalars(select(Lesson))}
    assert taught == dict(zip(MONDAYS, [[TEACHER], [TEACHER], [teacher], [teacher]], strict=True))
    assert set(session.scalars(select(Lesson.id))) == ids
    assert (tally.changed, tally.unchanged) == (2, 2)


def test_a_lesson_that_comes_back_is_the_same_lesson(session, year):
    plan_group(session, year, GROUP, {}, today=MONDAY)
    ids = set(session.scalars(select(Lesson.id)))
    plan_group(session, year, GROUP, {"weekday": 2}, today=MONDAY)

    tally = plan_group(session, year, GROUP, {}, today=MONDAY)

    session.expire_all()
    back = session.scalars(select(Lesson.id).where(Lesson.is_cancelled.is_(False), Lesson.number == 1))
    assert ids <= set(back)
    assert (tally.changed, tally.cancelled) == (3, 4)


def test_other_groups_keep_their_lessons(session, year):
    plan_group(session, year, GROUP, {}, today=BEFORE)

    plan_group(session, year, OTHER, {"weekday": 2}, today=BEFORE)

    assert days_of(session, GROUP) == MONDAYS


def test_a_timetable_from_a_day_on_leaves_the_days_before(session, year):
    plan_group(session, year, GROUP, {}, today=BEFORE)

    plan_group(session, year, GROUP, {"weekday": 2}, today=BEFORE, from_on=MONDAYS[2])

    tuesdays = [day + timedelta(days=1) for day in MONDAYS[2:]]
    assert days_of(session, GROUP) == [*MONDAYS[:2], *tuesdays]


def test_planning_again_changes_nothing(session, year):
    plan_group(session, year, GROUP, {}, {"weekday": 4, "number": 0}, today=MONDAYS[1])

    tally = plan_lessons(session, year, today=MONDAYS[1])

    assert (tally.created, tally.changed, tally.unchanged, tally.cancelled) == (0, 0, 8, 0)


SLOT = st.fixed_dictionaries(
    {"week": st.sampled_from([0, 1, 2]), "weekday": st.integers(1, 6), "number": st.integers(0, 3)}
)
TIMETABLE = st.lists(SLOT, max_size=6, unique_by=lambda slot: (slot["week"], slot["weekday"], slot["number"]))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TIMETABLE, st.integers(-1, 30)), min_size=1, max_size=4))
def test_whoever_hears_the_events_knows_the_lessons(database: Database, histories):
    school, group = new_id(), new_id()
    for slots, after in sorted(histories, key=lambda history: history[1]):
        with database.writing(school) as session:
            year = _year_of(session)
            plan_group(session, year, group, *slots, today=MONDAY + timedelta(days=after))

    with database.reading(school) as session:
        own = {row.id for row in session.scalars(select(Lesson)) if not row.is_cancelled}
    heard: set[UUID] = set()
    for event in told(database, school, "schedule.lessons.planned", "schedule.lessons.cancelled"):
        if hasattr(event, "lessons"):
            heard |= {one.lesson_id for one in event.lessons}
        else:
            heard -= set(event.lesson_ids)
    assert heard == own


def _year_of(session):
    return next(iter(all_years(session)), None) or short_year(session, first=MONDAY, last=LAST)


@given(st.lists(st.tuples(st.integers(0, 60), st.text(max_size=250)), max_size=450))
def test_an_event_is_never_too_large(shapes):
    lessons = [
        PlannedLesson(
            lesson_id=GROUP,
            on=MONDAY,
            number=1,
            starts="08:30",
            room=room,
            teacher_ids=[GROUP] * min(teachers, 60),
        )
        for teachers, room in shapes
    ]

    found = list(parts(lessons))

    assert [lesson for part in found for lesson in part] == lessons
    assert all(len(part) <= 200 for part in found)
    sizes = [sum(150 + 39 * len(one.teacher_ids) for one in part) for part in found if len(part) > 1]
    assert all(size <= BYTES_IN_AN_EVENT < MAX_DATA_BYTES for size in sizes)
