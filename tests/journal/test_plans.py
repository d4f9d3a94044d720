"""Thematic plans: clauses 2.2.2 (one base to copy from), 3.4.1 (skeletons), 3.6.2 (the own plan)."""

from datetime import date

import pytest
from sqlalchemy import select

from services.journal.actions.descriptions import TopicOfAnotherPlan, describe_lesson
from services.journal.actions.followed_plans import PlanOfOtherClasses, adjust_topic, follow_plan
from services.journal.actions.plans import (
    PlanChanged,
    PlanExists,
    PlanHead,
    PlanIsFollowed,
    TopicFacts,
    change_plan,
    copy_plan,
    facts_of,
    make_plan,
    remove_plan,
)
from services.journal.models import Description, Page, PagePlan, Plan, PlanTopic, Revision
from services.journal.queries.plans import one_plan, plan_list
from shared.errors import Denied, NotFound
from shared.events.schedule import LessonsCancelled, SubjectChanged, YearPlanned
from shared.ids import new_id
from tests.journal.makers import Counted, make_lessons, make_load, make_world, published, tell
from tests.journal.planning import TOPICS, follow, head, laid, laying, make, take, topic_ids


def change(database, world, plan_id, topics, *, seen=1, name="ФГОС", actor=None):
    with database.writing(world.school_id) as session:
        return change_plan(session, actor or world.actor(), plan_id, seen, name, topics).version


def read(database, world, plan_id):
    with database.reading(world.school_id) as session:
        return facts_of(session, plan_id)


def colleague(database, world):
    """Another teacher of the same subject, in a parallel class."""
    other, group = new_id(), new_id()
    tell(database, world, make_load(world, group, other))
    return world.actor(other)


def test_all_plans_of_all_years_are_listed_where_nothing_is_asked_for(either_database):
    world = make_world(either_database)
    plan_id = make(either_database, world)

    with either_database.reading(world.school_id) as session:
        listed = plan_list(session, world.actor(), None)

    assert [one["id"] for one in listed] == [plan_id]


def test_a_plan_is_kept_in_order_and_told(either_database):
    world = make_world(either_database)
    plan_id = make(either_database, world)

    kept = read(either_database, world, plan_id)
    assert [(one.topic, one.hours, one.section) for one in kept] == [
        (one.topic, one.hours, one.section) for one in TOPICS
    ]
    [told] = published(either_database, world, "journal.plan.set")
    assert (told.plan_id, told.grade, told.owner_id, told.version) == (plan_id, 5, world.teacher_id, 1)
    assert [(one.topic_id, one.hours) for one in told.topics] == [(one.id, one.hours) for one in kept]


def test_the_operator_enters_the_schools_skeleton(database, world):
    operator = world.actor(new_id(), "operator")
    plan_id = make(database, world, actor=operator)

    with database.reading(world.school_id) as session:
        assert session.get(Plan, plan_id).owner_id is None
        [seen] = plan_list(session, world.actor(), world.year_id)
        assert (seen["owner"], seen["can_edit"], seen["hours"], seen["topic_count"]) == (None, False, 4, 3)


def test_a_colleague_reads_the_plan_and_copies_it_but_does_not_change_it(database, world):
    plan_id = make(database, world)
    other = colleague(database, world)

    with pytest.raises(Denied):
        change(database, world, plan_id, TOPICS, actor=other)
    with database.writing(world.school_id) as session:
        copy = copy_plan(session, other, plan_id, world.year_id, None, None)
        assert (copy.owner_id, copy.copied_from_id) == (other.person_id, plan_id)
        assert [one.topic for one in facts_of(session, copy.id)] == [one.topic for one in TOPICS]
        copied = copy.id
    assert set(topic_ids(database, world, plan_id)).isdisjoint(topic_ids(database, world, copied))


def test_last_years_plan_is_copied_into_this_year_without_its_dates(database, world):
    last = new_id()
    year = YearPlanned(
        year_id=last, name="2025/26", starts_on=date(2025, 9, 1), ends_on=date(2026, 5, 25), periods=[]
    )
    tell(database, world, year)
    dated = [TopicFacts("Дроби", planned_on=date(2025, 9, 8))]
    with database.writing(world.school_id) as session:
        old = make_plan(session, world.actor(), last, head(world), dated)
        copy = copy_plan(session, world.actor(), old.id, world.year_id, None, None)
        [topic] = facts_of(session, copy.id)
        assert (topic.topic, topic.planned_on, copy.year_id) == ("Дроби", None, world.year_id)


@pytest.mark.parametrize("role", ["teacher", "class_teacher"])
def test_who_does_not_teach_the_subject_sees_no_plan_of_it(database, world, role):
    plan_id = make(database, world)
    stranger = world.actor(new_id(), role)

    with database.reading(world.school_id) as session:
        assert plan_list(session, stranger, world.year_id) == []
        with pytest.raises(NotFound):
            one_plan(session, stranger, plan_id)
    with pytest.raises(NotFound):
        make(database, world, actor=stranger)


def test_topics_keep_their_ids_when_others_come_between_them(either_database):
    world = make_world(either_database)
    plan_id = make(either_database, world)
    first, second, third = read(either_database, world, plan_id)

    version = change(either_database, world, plan_id, [third, TopicFacts("Отрезок"), first])

    kept = read(either_database, world, plan_id)
    assert version == 2
    assert [one.topic for one in kept] == ["Контрольная работа", "Отрезок", "Натуральные числа"]
    assert (kept[0].id, kept[2].id) == (third.id, first.id)
    with either_database.reading(world.school_id) as session:
        assert session.get(PlanTopic, second.id) is None


def test_the_same_plan_again_changes_nothing(database, world):
    plan_id = make(database, world)

    assert change(database, world, plan_id, read(database, world, plan_id)) == 1
    assert len(published(database, world, "journal.plan.set")) == 1


def test_a_topics_id_of_another_plan_is_taken_for_a_new_topic(database, world):
    mine, other = make(database, world), make(database, world, name="Профиль")
    [stolen, *_] = read(database, world, other)

    change(database, world, mine, [stolen])

    assert read(database, world, mine)[0].id != stolen.id
    assert read(database, world, other)[0] == stolen


def test_a_plan_changed_meanwhile_is_refused(database, world):
    plan_id = make(database, world)
    change(database, world, plan_id, [TopicFacts("Дроби")])

    with pytest.raises(PlanChanged):
        change(database, world, plan_id, [TopicFacts("Проценты")])


def test_two_plans_of_one_teacher_differ_by_name(database, world):
    make(database, world)
    other = make(database, world, name="Профиль")

    with pytest.raises(PlanExists):
        make(database, world)
    with pytest.raises(PlanExists):
        change(database, world, other, TOPICS, name="ФГОС")


def test_a_plan_is_taken_away_or_emptied_unless_a_page_follows_it(either_database):
    world = make_world(either_database)
    plan_id = make(either_database, world)
    follow(either_database, world, plan_id)
    with pytest.raises(PlanIsFollowed), either_database.writing(world.school_id) as session:
        remove_plan(session, world.actor(), plan_id, 1)
    with pytest.raises(PlanIsFollowed):
        change(either_database, world, plan_id, [])

    follow(either_database, world, None)
    with either_database.writing(world.school_id) as session:
        remove_plan(session, world.actor(), plan_id, 1)

    with either_database.reading(world.school_id) as session:
        assert session.scalars(select(PlanTopic)).all() == []
        assert session.scalars(select(PagePlan)).all() == []
    assert [one.plan_id for one in published(either_database, world, "journal.plan.followed")] == [
        plan_id,
        None,
    ]
    assert published(either_database, world, "journal.plan.removed")[0].plan_id == plan_id


def test_a_plan_of_another_parallel_or_subject_does_not_fit(database, world):
    subject = new_id()
    tell(database, world, SubjectChanged(subject_id=subject, name="Химия"))
    operator = world.actor(new_id(), "operator")
    for wrong in (PlanHead(world.subject_id, 6, "ФГОС"), PlanHead(subject, 5, "ФГОС")):
        with pytest.raises(PlanOfOtherClasses), database.writing(world.school_id) as session:
            plan = make_plan(session, operator, world.year_id, wrong, TOPICS)
            follow_plan(session, operator, world.page_id(session), plan.id)


@pytest.mark.parametrize(
    ("who", "role", "refusal"),
    [("class_teacher_id", "class_teacher", Denied), (None, "teacher", NotFound), (None, "deputy", Denied)],
)
def test_only_the_pages_teacher_and_the_operator_let_it_follow_a_plan(database, world, who, role, refusal):
    plan_id = make(database, world)
    with pytest.raises(refusal):
        follow(database, world, plan_id, actor=world.actor(getattr(world, who) if who else new_id(), role))

    follow(database, world, plan_id, actor=world.actor(new_id(), "operator"))


def test_clause_2_2_2_parallel_classes_show_the_same_topics(database, world):
    parallel, days = new_id(), [new_id() for _ in world.days]
    tell(database, world, make_load(world, parallel, world.teacher_id))
    tell(database, world, make_lessons(world, parallel, world.days, days))
    plan_id = make(database, world)
    first = follow(database, world, plan_id)
    with database.writing(world.school_id) as session:
        [second] = [
            one["id"] for one in one_plan(session, world.actor(), plan_id)["pages"] if one["id"] != first
        ]
        follow_plan(session, world.actor(), second, plan_id)

    shown = [[one["topic"] for one in laying(database, world, page)["topics"]] for page in (first, second)]
    assert shown[0] == shown[1] == [one.topic for one in TOPICS]
    with database.reading(world.school_id) as session:
        [listed] = plan_list(session, world.actor(), world.year_id)
    assert sorted(listed["followed_by"]) == ["5А", "…"]


def test_clause_3_6_2_a_topic_taken_uses_up_its_hour_and_the_rest_moves_by_itself(either_database):
    world = make_world(either_database)
    plan_id = make(either_database, world)
    page_id = follow(either_database, world, plan_id)
    first, second, _ = topic_ids(either_database, world, plan_id)
    assert laid(either_database, world, page_id) == [(1, 1, False), (1, 2, False), (2, 1, False)]

    take(either_database, world, world.lessons[0], first)
    tell(
        either_database,
        world,
        LessonsCancelled(group_id=world.class_id, subject_id=world.subject_id, lesson_ids=[world.today]),
    )
    assert laid(either_database, world, page_id) == [(1, 1, True), (1, 2, False)]

    again = make_lessons(world, world.class_id, [world.days[1]], [world.today])
    tell(either_database, world, again)
    take(either_database, world, world.today, second)
    assert laid(either_database, world, page_id) == [(1, 1, True), (2, 1, True), (1, 2, False)]


def test_taking_a_topic_is_a_link_of_the_chain_and_is_told(either_database):
    world = make_world(either_database)
    follow(either_database, world, plan_id := make(either_database, world))
    first, *_ = topic_ids(either_database, world, plan_id)
    end = take(either_database, world, world.today, first, "Натуральные числа")

    with either_database.reading(world.school_id) as session:
        assert [
            (one.what, one.value) for one in session.scalars(select(Revision).order_by(Revision.seq))
        ] == [
            ("topic", "Натуральные числа"),
            ("plan_topic", str(first)),
        ]
        assert session.scalars(select(Description)).one().topic_id == first
    [told] = published(either_database, world, "journal.lesson.described")
    assert (told.topic, told.topic_id, told.seq) == ("Натуральные числа", first, end.seq)


def test_a_rewritten_topic_stays_bound_an_emptied_one_does_not(database, world):
    follow(database, world, plan_id := make(database, world))
    first, second, _ = topic_ids(database, world, plan_id)
    take(database, world, world.today, first)

    def describe(topic, **given):
        with database.writing(world.school_id) as session:
            describe_lesson(session, world.actor(), world.today, _seq(session, world), topic, None, **given)
        with database.reading(world.school_id) as session:
            return session.scalars(select(Description)).one().topic_id

    assert describe("Натуральные числа и нуль") == first
    assert describe("Шкалы", topic_id=second) == second  # Bound to another by hand.
    assert describe("Своя тема", topic_id=None) is None
    assert describe("Шкалы", topic_id=second) == second
    assert describe(None) is None


def _seq(session, world):
    return session.get(Page, world.page_id(session)).seq


def test_a_topic_of_a_plan_the_page_does_not_follow_is_refused(database, world):
    follow(database, world, make(database, world))
    [strange, *_] = topic_ids(database, world, make(database, world, name="Профиль"))

    with pytest.raises(TopicOfAnotherPlan):
        take(database, world, world.today, strange)


def test_what_was_recorded_stays_when_the_page_follows_another_plan(database, world):
    follow(database, world, plan_id := make(database, world))
    take(database, world, world.lessons[0], topic_ids(database, world, plan_id)[0], "Натуральные числа")
    page_id = follow(database, world, make(database, world, name="Профиль"))

    with database.reading(world.school_id) as session:
        assert session.scalars(select(Description)).one().topic == "Натуральные числа"
    assert laid(database, world, page_id) == [(1, 1, False), (1, 2, False)]


def test_topics_are_merged_skipped_and_split_for_one_page(either_database):
    world = make_world(either_database)
    page_id = follow(either_database, world, plan_id := make(either_database, world))
    first, second, third = topic_ids(either_database, world, plan_id)

    def adjust(topic, how, hours=1, actor=None):
        with either_database.writing(world.school_id) as session:
            adjust_topic(session, actor or world.actor(), page_id, topic, how, hours)

    adjust(first, "hours", 1)
    adjust(second, "merged")
    assert laid(either_database, world, page_id) == [(1, 1, False), (3, 1, False)]
    proposed = laying(either_database, world, page_id)["lessons"][0]["topic"]
    assert proposed == "Натуральные числа. Шкалы"
    adjust(second, "skipped")
    adjust(third, "hours", 2)
    assert laid(either_database, world, page_id) == [(1, 1, False), (3, 1, False), (3, 2, False)]
    adjust(third, "hours", 2)
    adjust(third, "usual")
    adjust(second, "usual", actor=world.actor(world.class_teacher_id, "class_teacher"))
    assert laid(either_database, world, page_id) == [(1, 1, False), (2, 1, False), (3, 1, False)]
    told = published(either_database, world, "journal.plan.adjusted")
    assert [(one.how, one.hours) for one in told] == [
        ("hours", 1), ("merged", 0), ("skipped", 0), ("hours", 2), ("usual", 1), ("usual", 1)
    ]  # fmt: skip
    with pytest.raises(NotFound):
        adjust(new_id(), "merged")
    with pytest.raises(Denied):
        adjust(second, "merged", actor=world.actor(new_id(), "deputy"))


def test_plans_and_layings_are_read_in_a_constant_number_of_statements(database, world):
    page_id = follow(database, world, make(database, world))
    for number in range(5):
        make(database, world, name=f"План {number}")
    with database.reading(world.school_id) as session, Counted(database) as counted:
        plan_list(session, world.actor(), world.year_id)
    assert len(counted) == 3
    with Counted(database) as counted:
        laying(database, world, page_id)
    assert len(counted) == 3


def test_plans_of_another_school_are_nobodys(database, world):
    plan_id = make(database, world)
    other = make_world(database)

    with database.reading(other.school_id) as session:
        director = other.actor(new_id(), "director")
        assert plan_list(session, director, None) == []
        with pytest.raises(NotFound):
            one_plan(session, director, plan_id)
    with pytest.raises(NotFound):
        change(database, other, plan_id, TOPICS, actor=other.actor(new_id(), "operator"))
