"""Periods by parallel, bells, shifts and special days, as the lessons follow them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.schedule.actions.bells.schedules import BellsPlan, SchedulePlan, plan_bells
from services.schedule.actions.bells.shifts import put_into_shift
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.year_plans import BellTime, YearDoesNotFit
from services.schedule.actions.years import plan_year
from services.schedule.models import BellSchedule, Group, Lesson, YearChange
from services.schedule.rules import Span
from services.schedule.rules.days import Special
from shared.ids import new_id
from tests.schedule.makers import make_plan, plan_group

SUNDAY = date(2026, 11, 22)
MONDAY, TUESDAY = SUNDAY + timedelta(days=1), SUNDAY + timedelta(days=2)
SATURDAY = SUNDAY + timedelta(days=6)
USUAL = [BellTime(0, "07:40", "08:20"), BellTime(1, "08:30", "09:15"), BellTime(2, "09:25", "10:10")]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-11-22T09:00:00+00:00")


@pytest.fixture
def plan():
    """Quarters for 1-9, half-years for 10 and 11, in one year of two weeks."""
    return replace(
        make_plan(starts_on=MONDAY, ends_on=MONDAY + timedelta(days=19), holidays=[], bells=USUAL),
        periods=[
            Span("2 четверть", MONDAY, MONDAY + timedelta(days=11), tuple(range(1, 10))),
            Span("1 полугодие", MONDAY, MONDAY + timedelta(days=18), (10, 11)),
        ],
        period_kinds=["quarter", "half_year"],
    )


@pytest.fixture
def classes(session, school, plan):
    """5А, its group, and 10А, each with lessons 0 and 1 on Mondays and 1 on Tuesdays."""
    year = plan_year(session, plan, 0)
    ids = {name: new_id() for name in ("5А", "5А/1", "10А")}
    for name, grade, parent in (("5А", 5, None), ("5А/1", None, ids["5А"]), ("10А", 10, None)):
        kind = "group" if parent else "class"
        session.add(
            Group(id=ids[name], school_id=school, kind=kind, name=name, grade=grade, parent_id=parent)
        )
    session.flush()
    for group_id in ids.values():
        slots = [{"weekday": 1, "number": 0}, {"weekday": 1, "number": 1}, {"weekday": 2, "number": 1}]
        plan_group(session, year, group_id, *slots, today=SUNDAY)
    return ids


def lessons_of(session, group_id):
    found = select(Lesson).where(Lesson.group_id == group_id, Lesson.is_cancelled.is_(False))
    ordered = session.scalars(found.order_by(Lesson.lesson_on, Lesson.number))
    return [(one.lesson_on, one.number, one.starts) for one in ordered]


def change(session, plan, version, **given):
    return plan_year(session, replace(plan, **given), version)


def test_each_parallel_has_lessons_in_its_own_periods(session, plan, classes):
    assert {on for on, _, _ in lessons_of(session, classes["5А"])} == {
        MONDAY + timedelta(days=days) for days in (0, 1, 7, 8)
    }
    assert lessons_of(session, classes["5А/1"]) == lessons_of(session, classes["5А"])
    assert max(on for on, _, _ in lessons_of(session, classes["10А"])) == MONDAY + timedelta(days=15)
    assert (MONDAY, 0, "07:40") in lessons_of(session, classes["10А"])  # A lesson 0 is a lesson.


@pytest.mark.parametrize(
    ("grades", "fits"), [((10,), True), ((5, 10), False), ((), False)], ids=["others", "shared", "all"]
)
def test_periods_overlap_only_for_different_parallels(session, plan, grades, fits):
    periods = [plan.periods[0], replace(plan.periods[1], grades=grades)]

    if fits:
        assert plan_year(session, replace(plan, periods=periods), 0)
    else:
        with pytest.raises(YearDoesNotFit) as refused:
            plan_year(session, replace(plan, periods=periods), 0)
        assert list(refused.value.errors) == ["periods.1"]


def test_who_knows_of_no_parallels_leaves_them_as_they_are(session, plan, classes):
    told = [replace(one, grades=()) for one in plan.periods]

    year = change(session, plan, 1, periods=told, period_kinds=[], tells_parallels=False, name="Год")

    assert [(one.kind, one.grades) for one in sorted(year.periods, key=lambda one: one.name)] == [
        ("half_year", (10, 11)),
        ("quarter", tuple(range(1, 10))),
    ]


def test_a_saturday_works_as_a_monday(session, plan, classes):
    days = [Special(SATURDAY, "working", "За понедельник", weekday=1, grades=(5,))]
    change(session, plan, 1, special_days=days)

    assert [one[1:] for one in lessons_of(session, classes["5А"]) if one[0] == SATURDAY] == [
        (0, "07:40"),
        (1, "08:30"),
    ]
    assert not [one for one in lessons_of(session, classes["10А"]) if one[0] == SATURDAY]


def test_a_day_off_and_a_moved_day(session, plan, classes):
    days = [Special(MONDAY, "free", "Карантин"), Special(TUESDAY, "moved", weekday=1)]
    year = change(session, plan, 1, special_days=days)

    found = lessons_of(session, classes["5А"])
    assert [one for one in found if one[0] == MONDAY] == []
    assert [one[1] for one in found if one[0] == TUESDAY] == [0, 1]

    change(session, plan, year.version, special_days=[])
    assert [one[0] for one in lessons_of(session, classes["5А"])][:3] == [MONDAY, MONDAY, TUESDAY]


def test_what_is_past_stays_whatever_the_day_becomes(session, plan, classes, time_machine):
    time_machine.move_to("2026-11-23T09:00:00+00:00")
    before = lessons_of(session, classes["5А"])

    change(session, plan, 1, special_days=[Special(MONDAY, "free", "Задним числом")])

    assert lessons_of(session, classes["5А"]) == before


def bells(*schedules, usual=USUAL):
    return BellsPlan(usual=usual, schedules=schedules)


def schedule(name, starts, *, shift=0, weekdays="", id_=None):
    hour, rest = int(starts[:2]), starts[3:]
    times = [BellTime(n, f"{hour + n:02}:{rest}", f"{hour + n:02}:{int(rest) + 30}") for n in range(3)]
    return SchedulePlan(id_, name, shift, weekdays, times)


def test_a_shortened_day_rings_by_its_bells_for_each_shift(session, plan, classes):
    put_into_shift(session, classes["5А"], 2, MONDAY, 1)
    short = [schedule("Сокращённые", "07:00", shift=1), schedule("Сокращённые", "12:00", shift=2)]
    year = plan_bells(
        session, bells(schedule("Вторая смена", "13:20", shift=2, weekdays="123456"), *short), 2
    )
    named = session.scalar(select(BellSchedule.id).where(BellSchedule.shift == 1))

    change(session, plan, year.version, special_days=[Special(MONDAY, "short", bell_schedule_id=named)])

    assert lessons_of(session, classes["5А"])[:3] == [
        (MONDAY, 0, "12:00"),
        (MONDAY, 1, "13:00"),
        (TUESDAY, 1, "14:20"),
    ]
    assert lessons_of(session, classes["5А/1"]) == lessons_of(session, classes["5А"])
    assert lessons_of(session, classes["10А"])[:3] == [
        (MONDAY, 0, "07:00"),
        (MONDAY, 1, "08:00"),
        (TUESDAY, 1, "08:30"),
    ]


def test_a_class_changes_its_shift_from_a_day_on(session, plan, classes):
    plan_bells(session, bells(schedule("Вторая смена", "13:20", shift=2, weekdays="123456")), 1)

    year = put_into_shift(session, classes["5А"], 2, MONDAY + timedelta(days=7), 2)

    assert [one[2] for one in lessons_of(session, classes["5А"])] == [
        "07:40", "08:30", "08:30", "13:20", "14:20", "14:20",
    ]  # fmt: skip
    assert put_into_shift(session, classes["5А"], 2, MONDAY + timedelta(days=7), year.version).version == 3


def test_making_lessons_twice_changes_nothing(session, plan, classes):
    put_into_shift(session, classes["5А"], 2, MONDAY, 1)
    year = change(session, plan, 2, special_days=[Special(TUESDAY, "moved", weekday=1, week=2)])

    again = plan_lessons(session, year, today=SUNDAY)

    assert (again.created, again.changed, again.cancelled) == (0, 0, 0)


def test_the_history_keeps_who_changed_what(session, plan, classes):
    session.info["actor"] = str(person := new_id())
    put_into_shift(session, classes["5А"], 2, MONDAY, 1)
    change(session, plan, 2, school_days=6)
    change(session, plan, 3, school_days=6)
    session.flush()

    noted = session.scalars(select(YearChange).order_by(YearChange.id)).all()[-2:]
    assert [(one.what, one.before, one.after) for one in noted] == [
        ("shift", {f"{MONDAY}": None}, {f"{MONDAY}": 2}),
        ("year", {"school_days": 5}, {"school_days": 6}),
    ]
    assert {one.changed_by for one in noted} == {person}
