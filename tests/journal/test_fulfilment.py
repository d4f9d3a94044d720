"""Fulfilment of programmes: clauses 2.2.10 (control), 2.2.9 (families); formulas of DOMAIN 2.4."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.journal.actions.followed_plans import adjust_topic, follow_plan
from services.journal.actions.plans import TopicFacts
from services.journal.queries.fulfilment import Asked, fulfilment, pupils_programmes
from services.journal.rules.fulfilment import Course, due_by_pace, without, year_hours
from shared.errors import NotFound
from shared.events.schedule import (
    CurriculumApproved,
    Holidays,
    LessonsCancelled,
    LessonsSubstituted,
    Period,
    PlannedSubject,
    SubjectChanged,
    SubstitutedLesson,
    SubstitutionWithdrawn,
    YearPlanned,
)
from shared.ids import new_id
from tests.journal.makers import FIRST, TODAY, Counted, make_lessons, make_load, make_world, tell
from tests.journal.planning import follow, make, take, topic_ids

MONDAYS = [
    FIRST[0] + timedelta(days=6 + 7 * week) for week in range(8)
]  # Five to the 5th of October, three after.
DATED = [TopicFacts(f"Тема {number}", planned_on=day) for number, day in enumerate(MONDAYS, 1)]
ORDER = {"edition": 1, "replaces_id": None, "order_number": "1", "order_on": FIRST[0]}


@pytest.fixture
def taught(database):
    """A world with a lesson a week, whose page follows a dated plan of eight hours."""
    world = make_world(database, days=MONDAYS)
    approve(database, world, len(MONDAYS))
    follow(database, world, plan_id := make(database, world, DATED))
    world.topics = topic_ids(database, world, plan_id)
    return world


def approve(database, world, hours):
    """Let the curriculum have so many hours a year of the subject."""
    subject = PlannedSubject(
        subject_id=world.subject_id, part="required", quarters_per_week=0, hours_per_year=hours, group_count=1
    )
    curriculum = {"year_id": world.year_id, "grade": 5, "class_ids": [], **ORDER}
    tell(database, world, CurriculumApproved(curriculum_id=new_id(), subjects=[subject], **curriculum))


def give(database, world, *numbers):
    for number in numbers:
        take(database, world, world.lessons[number], world.topics[number])


def course(database, world, who="director", person=None, **asked):
    with database.reading(world.school_id) as session:
        found = fulfilment(session, world.actor(person or new_id(), who), Asked(**asked))["items"]
    [one] = [one for one in found if one["group"]["id"] == world.class_id] or [None]
    return one


def numbers(one):
    return {name: one[name] for name in ("due", "given", "remaining", "lag", "percent", "forecast")}


def cancel(database, world, *numbers, kind="cancel"):
    ids = [world.lessons[number] for number in numbers]
    if kind:
        tell(database, world, substituted(world, ids, kind))
    tell(
        database,
        world,
        LessonsCancelled(group_id=world.class_id, subject_id=world.subject_id, lesson_ids=ids),
    )


def substituted(world, ids, kind):
    given = {"number": 2, "was_teacher_ids": [], "teacher_ids": [], "room": None}
    given |= {"to_subject_id": None, "to_on": None, "to_number": None, "subject_id": world.subject_id}
    lessons = [SubstitutedLesson(substitution_id=new_id(), lesson_id=id_, kind=kind, **given) for id_ in ids]
    return LessonsSubstituted(group_id=world.class_id, group="5А", on=TODAY, pupil_ids=[], lessons=lessons)


def test_clause_2_2_10_on_time_there_is_no_lag(database, taught):
    give(database, taught, 0, 1, 2, 3, 4)

    one = course(database, taught)
    assert numbers(one) == {
        "due": 5, "given": 5, "remaining": 3, "lag": 0, "percent": 62, "forecast": 0
    }  # fmt: skip
    assert (one["reached"], one["topic_count"], one["is_at_risk"]) == (5, 8, False)


def test_clause_2_2_10_three_cancelled_lessons_are_three_hours_of_lag_that_merging_closes(database, taught):
    give(database, taught, 0, 1)
    cancel(database, taught, 2, 3, 4)

    one = course(database, taught)
    assert (one["lag"], one["forecast"], one["is_at_risk"]) == (3, -3, True)
    assert one["reasons"] == {
        "cancelled": 3, "other_subject": 0, "days_off": 0, "unrecorded": 0, "plan_short": 0
    }  # fmt: skip

    with database.writing(taught.school_id) as session:
        for topic in taught.topics[3:6]:
            adjust_topic(session, taught.actor(), one["page_id"], topic, "merged")
    one = course(database, taught)
    assert (one["lag"], one["forecast"], one["saved"], one["goal"]) == (0, 0, 3, 5)
    assert not one["is_at_risk"]


def test_clause_2_2_10_a_plan_shorter_than_the_curriculum_hides_nothing(database):
    world = make_world(database, days=MONDAYS)
    follow(database, world, make(database, world, [TopicFacts("Числа", 3)]))

    approve(database, world, 8)
    one = course(database, world)
    assert (one["goal"], one["forecast"], one["is_at_risk"]) == (
        3,
        1,
        True,
    )  # Four lessons of eight are left.
    assert one["reasons"]["plan_short"] == 5


def test_topics_made_longer_are_due_when_their_day_has_come_and_lag_is_due_less_given(database, taught):
    give(database, taught, 0, 1, 2, 3, 4)
    page_id = course(database, taught)["page_id"]
    with database.writing(taught.school_id) as session:
        for number, hours in ((1, 3), (6, 4)):  # One that has come, one ahead.
            adjust_topic(session, taught.actor(), page_id, taught.topics[number], "hours", hours)
        adjust_topic(session, taught.actor(), page_id, taught.topics[7], "merged")

    one = course(database, taught)
    assert (one["plan_hours"], one["saved"], one["goal"]) == (8, 1, 8 + 5 - 1)
    assert (one["due"], one["given"], one["lag"]) == (7, 5, 7 - 5 - 1)
    assert one["forecast"] == 5 + 3 - 12


def test_a_topic_is_due_from_its_own_day_on_and_one_without_with_the_next(either_database):
    """One day mistyped makes nothing else of the plan due."""
    world = make_world(either_database, days=MONDAYS)
    days = [(MONDAYS[0], 10), (MONDAYS[-1], 20), (None, 2), (MONDAYS[1], 1), (None, 30), (MONDAYS[-1], 5)]
    topics = [TopicFacts(f"Тема {hours}", hours, planned_on=day) for day, hours in days]
    page_id = follow(either_database, world, plan_id := make(either_database, world, topics))
    assert course(either_database, world)["due"] == 10 + 2 + 1

    ids = topic_ids(either_database, world, plan_id)
    with either_database.writing(world.school_id) as session:
        for number in (1, 3):  # One ahead, one that has come: made three hours longer.
            adjust_topic(session, world.actor(), page_id, ids[number], "hours", days[number][1] + 3)
    assert course(either_database, world)["due"] == 10 + 2 + 1 + 3


def test_hours_added_to_a_plan_without_dates_are_due_evenly_as_all_others(database):
    world = make_world(database, days=MONDAYS)
    plan_id = make(database, world, [TopicFacts(f"Тема {number}") for number in range(8)])
    follow(database, world, plan_id)
    before = course(database, world)
    with database.writing(world.school_id) as session:
        first = topic_ids(database, world, plan_id)[0]
        adjust_topic(session, world.actor(), before["page_id"], first, "hours", 9)

    after = course(database, world)
    assert (before["goal"], after["goal"]) == (8, 16)
    assert before["due"] < after["due"] < before["due"] + 8
    assert after["lag"] == after["due"] - after["given"]


def test_a_lesson_given_to_another_subject_leaves_its_own_behind_and_adds_an_hour_to_the_other(
    database, taught
):
    other = new_id()
    tell(database, taught, SubjectChanged(subject_id=other, name="Химия"))
    tell(
        database,
        taught,
        make_load(taught, taught.class_id, taught.teacher_id),
        substituted(taught, [taught.lessons[3]], "subject"),
    )
    tell(
        database,
        taught,
        LessonsCancelled(
            group_id=taught.class_id, subject_id=taught.subject_id, lesson_ids=[taught.lessons[3]]
        ),
        make_lessons(
            taught, taught.class_id, [MONDAYS[3]], [new_id()], subject_id=other, is_substituted=True
        ),
    )
    give(database, taught, 0, 1, 2, 4)

    with database.reading(taught.school_id) as session:
        found = fulfilment(session, taught.actor(new_id(), "deputy"), Asked())["items"]
    own, others = sorted(found, key=lambda one: one["subject"]["name"])
    assert (own["lag"], own["forecast"], own["reasons"]["other_subject"]) == (1, -1, 1)
    assert (others["remaining"], others["reasons"]["unrecorded"]) == (0, 1)


def test_a_withdrawn_decision_is_no_reason_any_more(database, taught):
    cancel(database, taught, 0)
    tell(
        database,
        taught,
        SubstitutionWithdrawn(
            substitution_id=new_id(), lesson_id=taught.lessons[0], group_id=taught.class_id, on=MONDAYS[0]
        ),
        make_lessons(taught, taught.class_id, MONDAYS[:1], taught.lessons[:1]),
    )

    assert course(database, taught)["reasons"]["cancelled"] == 0


def test_a_free_day_is_told_as_the_reason_and_a_new_timetable_is_not(database, taught):
    history = new_id()
    tell(database, taught, SubjectChanged(subject_id=history, name="История"))
    tell(
        database,
        taught,
        make_lessons(taught, taught.class_id, [MONDAYS[1]], [new_id()], subject_id=history),
    )
    cancel(database, taught, 0, 1, kind=None)

    with database.reading(taught.school_id) as session:
        found = fulfilment(session, taught.actor(new_id(), "deputy"), Asked(subject_id=taught.subject_id))
    assert found["items"][0]["reasons"]["days_off"] == 1


def test_lessons_held_without_a_topic_are_told(database, taught):
    give(database, taught, 0)

    one = course(database, taught)
    assert (one["given"], one["reasons"]["unrecorded"]) == (1, 3)  # Today's may still be written.
    assert one["remaining"] == 4
    assert one["forecast"] == -3


def test_the_curriculum_says_the_hours_of_a_page_without_a_plan(database):
    world = make_world(database)
    assert course(database, world)["curriculum_hours"] == 80  # The load: five hours in sixteen weeks.
    subject = PlannedSubject(
        subject_id=world.subject_id, part="required", quarters_per_week=16, hours_per_year=None, group_count=1
    )
    curriculum = {"year_id": world.year_id, "grade": 5, "class_ids": [], **ORDER}
    tell(
        database,
        world,
        CurriculumApproved(curriculum_id=new_id(), subjects=[subject], **curriculum),
    )
    assert course(database, world)["curriculum_hours"] == 64

    by_year = PlannedSubject(
        subject_id=world.subject_id, part="formed", quarters_per_week=1, hours_per_year=170, group_count=1
    )
    own = curriculum | {"class_ids": [world.class_id]}
    tell(database, world, CurriculumApproved(curriculum_id=(profile := new_id()), subjects=[by_year], **own))
    assert course(database, world)["curriculum_hours"] == 170
    tell(
        database,
        world,
        CurriculumApproved(curriculum_id=new_id(), subjects=[], **(own | {"replaces_id": profile})),
    )
    one = course(database, world)
    assert (one["curriculum_hours"], one["plan_hours"], one["goal"]) == (64, None, 64)


def test_parallel_classes_of_one_plan_are_compared(database, taught):
    parallel, lessons = new_id(), [new_id() for _ in MONDAYS]
    tell(database, taught, make_load(taught, parallel, taught.teacher_id))
    tell(database, taught, make_lessons(taught, parallel, MONDAYS, lessons))
    with database.reading(taught.school_id) as session:
        found = fulfilment(session, taught.actor(), Asked())["items"]
    second = next(one["page_id"] for one in found if one["group"]["id"] == parallel)
    plan = next(one["plan"]["id"] for one in found if one["plan"])
    with database.writing(taught.school_id) as session:
        follow_plan(session, taught.actor(), second, plan)
    give(database, taught, 0, 1, 2, 3)
    take(database, taught, lessons[0], taught.topics[0])

    with database.reading(taught.school_id) as session:
        found = {one["group"]["id"]: one for one in fulfilment(session, taught.actor(), Asked())["items"]}
    assert (found[taught.class_id]["reached"], found[taught.class_id]["behind_parallel"]) == (4, 0)
    assert (found[parallel]["reached"], found[parallel]["behind_parallel"]) == (1, 3)


@pytest.mark.parametrize(
    ("who", "person", "sees"),
    [
        ("teacher", "teacher_id", True),
        ("class_teacher", "class_teacher_id", True),
        ("deputy", None, True),
        ("director", None, True),
        ("teacher", None, False),
        ("class_teacher", None, False),
    ],
)
def test_teachers_see_the_own_pages_class_teachers_the_class_who_supervises_all(
    database, taught, who, person, sees
):
    assert (course(database, taught, who, getattr(taught, person) if person else None) is not None) == sees


def test_the_list_is_asked_for_by_class_subject_parallel_and_the_own(database, taught):
    assert course(database, taught, class_id=taught.class_id, subject_id=taught.subject_id, grade=5)
    assert course(database, taught, class_id=new_id()) is None
    assert course(database, taught, subject_id=new_id()) is None
    assert course(database, taught, grade=6) is None
    assert course(database, taught, mine=True) is None


def test_clause_2_2_9_a_parent_sees_the_hours_the_deputy_sees(database, taught):
    give(database, taught, 0, 1, 2)
    with database.reading(taught.school_id) as session:
        parent = taught.actor(taught.parent_id, "parent")
        told = pupils_programmes(session, parent, taught.pupils[0])
        with pytest.raises(NotFound):
            pupils_programmes(session, parent, taught.pupils[1])

    [mine] = told["items"]
    one = course(database, taught)
    assert mine == {name: one[name] for name in mine}
    assert (mine["goal"], mine["given"], mine["remaining"]) == (8, 3, 4)


def test_a_whole_school_is_counted_in_a_constant_number_of_statements(database, taught):
    for _ in range(4):
        group = new_id()
        tell(database, taught, make_load(taught, group, taught.teacher_id))
        tell(database, taught, make_lessons(taught, group, MONDAYS, [new_id() for _ in MONDAYS]))

    with database.reading(taught.school_id) as session, Counted(database) as counted:
        found = fulfilment(session, taught.actor(new_id(), "deputy"), Asked())["items"]
    assert len(found) == 5
    assert len(counted) == 13
    assert [one["forecast"] for one in found] == sorted(one["forecast"] for one in found)


def test_both_databases_count_alike(either_database):
    world = make_world(either_database, days=MONDAYS)
    follow(either_database, world, plan_id := make(either_database, world, DATED))
    world.topics = topic_ids(either_database, world, plan_id)
    give(either_database, world, 0, 1)
    cancel(either_database, world, 2)

    one = course(either_database, world)
    assert (one["due"], one["given"], one["lag"], one["forecast"]) == (5, 2, 3, -2)


def test_hours_without_dates_are_due_evenly_over_the_days_of_the_periods():
    spans = [(date(2026, 9, 1), date(2026, 9, 10)), (date(2026, 9, 21), date(2026, 9, 30))]

    due = [due_by_pace(20, spans, date(2026, 9, day)) for day in (1, 5, 15, 21, 30)]
    assert due == [1, 5, 10, 11, 20]
    assert (due_by_pace(20, spans, date(2026, 8, 1)), due_by_pace(20, [], TODAY)) == (0, 0)


def test_hours_of_a_year_are_those_of_the_week_in_its_weeks_and_those_of_the_year():
    spans = [(date(2026, 9, 1), date(2026, 9, 28))]

    assert (year_hours(6, 0, spans), year_hours(0, 17, spans), year_hours(4, 17, spans)) == (6, 17, 21)


def test_quarters_and_half_years_of_one_calendar_have_equally_many_weeks():
    autumn, spring = (date(2026, 10, 28), date(2026, 11, 5)), (date(2027, 3, 24), date(2027, 3, 31))
    victory = (date(2027, 5, 9), date(2027, 5, 9))
    halves = [(date(2026, 9, 1), date(2026, 12, 28)), (date(2027, 1, 9), date(2027, 5, 25))]
    quarters = [
        (date(2026, 9, 1), date(2026, 10, 27)),
        (date(2026, 11, 6), date(2026, 12, 28)),
        (date(2027, 1, 9), date(2027, 3, 23)),
        (date(2027, 4, 1), date(2027, 5, 25)),
    ]

    assert without([autumn, spring, victory], halves) == quarters
    assert without([autumn, spring, victory], quarters) == quarters
    assert without([(date(2027, 5, 1), date(2027, 5, 4))], quarters) == quarters  # No school week.
    assert year_hours(4, 0, quarters) == 34
    # A week more of holidays in February, as the first parallel has it.
    for last in (19, 21):
        assert year_hours(4, 0, without([(date(2027, 2, 15), date(2027, 2, last))], quarters)) == 33
    assert without([(date(2026, 8, 1), date(2027, 8, 1))], quarters) == []


@pytest.mark.parametrize("grades", [[5, 6], None])
def test_holidays_within_a_half_year_have_no_hours(database, grades):
    world = make_world(database)
    halves = [
        Period(period_id=id_, name=name, starts_on=starts_on, ends_on=ends_on, kind="half_year")
        for id_, name, starts_on, ends_on in (
            (new_id(), "I полугодие", date(2026, 9, 1), date(2026, 12, 28)),
            (new_id(), "II полугодие", date(2027, 1, 9), date(2027, 5, 25)),
        )
    ]
    year = YearPlanned(
        year_id=world.year_id,
        name="2026/27",
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 5, 31),
        periods=halves,
        holidays=[
            Holidays(starts_on=date(2026, 10, 28), ends_on=date(2026, 11, 5), grades=grades),
            Holidays(starts_on=date(2027, 3, 24), ends_on=date(2027, 3, 31), grades=grades),
            Holidays(starts_on=date(2027, 2, 15), ends_on=date(2027, 2, 23), grades=[1]),
        ],
    )

    tell(database, world, year)
    assert course(database, world)["curriculum_hours"] == 5 * 34
    tell(database, world, replace(year, holidays=[]))
    assert course(database, world)["curriculum_hours"] == 5 * 37


@pytest.mark.parametrize(
    ("planned", "saved", "given", "remaining", "forecast", "at_risk"),
    [
        (68, 0, 30, 38, 0, False),
        (68, 0, 30, 36, -2, True),
        (68, 2, 30, 36, 0, False),
        (68, 0, 60, 0, -8, False),  # Nothing can be mended any more.
        (None, 0, 5, 5, -10, True),
    ],
)
def test_the_forecast_is_what_is_given_and_left_less_the_goal(
    planned, saved, given, remaining, forecast, at_risk
):
    one = Course(20, planned, saved, 0, given, 0, remaining)

    assert (one.forecast, one.is_at_risk) == (forecast, at_risk)


@pytest.mark.parametrize(
    ("curriculum", "planned", "saved", "remaining", "short", "at_risk"),
    [
        (68, 66, 0, 38, 2, False),  # There are lessons enough, for topics that the plan lacks.
        (68, 66, 0, 37, 2, True),
        (68, 66, 2, 36, 2, False),
        (68, 70, 0, 39, 0, True),
        (68, 0, 0, 5, 68, True),
        (None, 66, 0, 36, 0, False),
        (68, None, 0, 38, 0, False),
    ],
)
def test_the_risk_is_judged_by_the_plan_or_the_curriculum_whichever_has_more(
    curriculum, planned, saved, remaining, short, at_risk
):
    one = Course(curriculum, planned, saved, 0, 30, 0, remaining)

    assert (one.plan_short, one.is_at_risk) == (short, at_risk)


def test_hours_added_to_topics_are_to_be_given_too():
    one = Course(20, 68, 0, 31, 30, 0, 38, added=2)

    assert (one.goal, one.lag, one.forecast, one.is_at_risk) == (70, 1, -2, True)


def test_hours_that_a_short_plan_lacks_may_be_added_to_its_topics():
    one = Course(68, 60, 0, 30, 30, 0, 38, added=8)

    assert (one.goal, one.forecast, one.plan_short, one.is_at_risk) == (68, 0, 0, False)
