"""When things are written in the demonstration, whatever day it is begun on."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from deploy.demo.classroom import Classroom
from deploy.demo.diaries import diary_steps
from deploy.demo.excused import AFTER, certificate_steps, excuse_steps
from deploy.demo.habits import Habits
from deploy.demo.marks import LessonAt, Page, Sitter, absences
from deploy.demo.register import Taught, lesson_steps
from deploy.demo.reported import request_steps
from deploy.demo.school import year_of
from deploy.demo.terms import CLOSED_AFTER, closing_steps, final_steps
from deploy.demo.thematic import LAGGING, lengthened, shortened, topics_of
from deploy.demo.year import IN_QUARTERS, half_years
from services.journal.actions.plans import MOST_HOURS
from services.schedule.rules import usual_holidays, usual_periods
from shared.auth import Actor
from shared.ids import new_id

ZONE = ZoneInfo("Asia/Omsk")
SITTERS = [Sitter(UUID(int=number), f"Иванов {number}") for number in range(25)]


def actor(role):
    return Actor(role, UUID(int=1), new_id(), frozenset({role}))


def periods_of(first):
    return [
        SimpleNamespace(id=UUID(int=n), year_id=UUID(int=9), **vars_of(one))
        for n, one in enumerate(usual_periods(first), 1)
    ]


def vars_of(span):
    return {"starts_on": span.starts_on, "ends_on": span.ends_on, "grades": span.grades}


def days_before(today):
    return [day for day in days_of(year_of(today)) if day < today]


def days_of(first):
    free = usual_holidays(first)
    every = (date(first, 9, 1) + timedelta(days=number) for number in range(365))
    return [
        day
        for day in every
        if day.weekday() < 5
        and any(one.holds(day) for one in usual_periods(first))
        and not any(one.holds(day) for one in free)
    ]


def taught_on(days):
    lessons = [LessonAt(new_id(), day, 1 + number % 7) for number, day in enumerate(days)]
    page, whole_year = Page("Алгебра", 7, "7А"), days_of(days[0].year)
    return Taught(new_id(), page, actor("teacher"), "Петрова А. И.", lessons, whole_year, SITTERS, [])


def classroom(days):
    pupils = [sitter.id for sitter in SITTERS]
    return Classroom(
        school_id=UUID(int=1),
        group_id=UUID(int=2),
        leader=actor("class_teacher"),
        pupil=actor("pupil"),
        parent=actor("parent"),
        deputy=actor("deputy"),
        pupils=pupils,
        parents={pupil: [new_id()] for pupil in pupils},
        pages=[taught_on(days)] if days else [],
        days=days,
    )


@pytest.mark.parametrize(
    ("month", "day"), [(9, 1), (9, 2), (10, 28), (11, 29), (12, 31), (3, 10), (5, 26), (7, 15)]
)
def test_whatever_the_day_things_are_written_on_days_that_were_and_in_the_year(month, day):
    today = date(2026 if month > 8 else 2027, month, day)
    days = days_before(today)
    periods = periods_of(year_of(today))
    room = classroom(days)
    steps = [
        *(step for taught in room.pages for step in lesson_steps(taught, periods, ZONE, date.min)),
        *excuse_steps([(room.leader, SITTERS)], days, ZONE),
        *final_steps(room.pages, periods, ZONE),
        *diary_steps(room, ZONE),
        *request_steps(room, ZONE),
    ]

    assert bool(steps) == bool(days)
    assert all(datetime(2026, 9, 1, tzinfo=ZONE) < step.at for step in steps)
    assert all(8 <= step.at.astimezone(ZONE).hour < 22 for step in steps)
    by_now = [step for step in steps if step.at.astimezone(ZONE).date() < today]
    assert len(by_now) >= 2 * len(days) // 3
    finals = {step.at for step in final_steps(room.pages, periods, ZONE)} & {step.at for step in by_now}
    ended = [period.ends_on for period in periods if period.ends_on < today]
    assert sum(day < today - timedelta(days=2) for day in ended) <= len(finals) <= len(ended)


def test_most_lessons_are_written_on_their_day_and_a_slow_teacher_is_late_more_often():
    late = Counter()
    for number in range(400):
        habits = Habits(ZONE, f"Учитель {number}", "7А Физика")
        for lesson in range(1, 6):
            written = habits.written(date(2026, 10, 1), lesson, None)
            assert written.at <= written.marked_at
            late[habits.is_slow, written.at.astimezone(ZONE).date() > date(2026, 10, 1)] += 1

    assert late[False, True] / late[False, False] < 0.01
    assert 0.05 < late[True, True] / late[True, False] < 0.25


def test_on_the_last_day_of_a_period_its_works_are_marked_before_its_marks_are_put():
    ends_on = date(2026, 10, 27)
    for number in range(200):
        habits = Habits(ZONE, f"Учитель {number}", "7А Физика")
        written = habits.written(ends_on, 7, ends_on)
        put = habits.finals(ends_on, ends_on, 7)

        assert written.marked_at <= max(written.at, put)
        assert ends_on <= put.date() <= ends_on + timedelta(days=2)


def test_the_highest_parallels_have_their_marks_at_the_end_of_half_years():
    halves = [
        SimpleNamespace(id=UUID(int=n), year_id=UUID(int=9), **vars_of(one))
        for n, one in enumerate(half_years(usual_periods(2026)), 5)
    ]
    younger = [*periods_of(2026)]
    for quarter in younger:
        quarter.grades = IN_QUARTERS
    older = replace(taught_on(days_before(date(2027, 5, 26))), page=Page("Алгебра", 10, "10А"))

    steps = list(final_steps([older], [*younger, *halves], ZONE))

    assert [(step.at.month, len(step.write.args[1])) for step in steps] == [(12, 1), (5, 4)]


def test_a_period_is_closed_some_days_after_it_and_the_year_with_the_last():
    periods = periods_of(2026)
    steps = list(closing_steps(periods, date(2026, 11, 1), actor("deputy"), ZONE))

    assert [step.at.date() - CLOSED_AFTER for step in steps] == [
        *(period.ends_on for period in periods[1:]),
        periods[-1].ends_on,
    ]


def test_each_absence_without_a_reason_is_excused_two_days_later():
    days = days_before(date(2026, 11, 29))
    wanted = Counter(
        day + AFTER for one in SITTERS for day in days if absences(one.name, day).get(day) == "н"
    )

    steps = excuse_steps([(actor("class_teacher"), SITTERS)], days, ZONE)

    assert Counter(step.at.date() for step in steps) == wanted
    assert wanted.total() > 5


def test_a_certificate_is_brought_two_days_after_an_illness_or_after_the_period_it_outlasts():
    periods, days = periods_of(2026), days_before(date(2027, 5, 20))
    ill = frozenset(date(2026, 10, 20) + timedelta(days=number) for number in range(20))

    steps = list(
        certificate_steps(actor("class_teacher"), [replace(SITTERS[0], ill=ill)], days, periods, ZONE)
    )

    brought = {step.at.astimezone(ZONE).date() for step in steps}
    assert {date(2026, 10, 29), date(2026, 11, 10)} <= brought
    assert date(2026, 10, 29) < periods[0].ends_on + CLOSED_AFTER
    assert list(certificate_steps(actor("class_teacher"), SITTERS, [], periods, ZONE)) == []


def test_a_plan_is_as_long_as_told_and_gives_up_or_takes_hours():
    topics = topics_of("Алгебра", 7, 102)
    told = [SimpleNamespace(id=new_id(), hours=topic.hours) for topic in topics]

    assert sum(topic.hours for topic in topics) == 102
    assert max(topic.hours for topic in topics) < MOST_HOURS
    assert topics[-1].control
    by_id = {topic.id: topic.hours for topic in told}
    assert sum(by_id[one] - hours for one, hours in shortened(told, 3).items()) == 3
    assert shortened(told, -2) == {}
    assert sum(hours - by_id[one] for one, hours in lengthened(told, 7).items()) == 7
    assert min(LAGGING.values()) > 3
