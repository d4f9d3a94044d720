"""What must I get for a «5» (DOMAIN 4 #5): exact by the school's own rules, and said to the family."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.periods import close_period
from services.journal.actions.works import work_of
from services.journal.models import Page
from services.journal.queries.diary_periods import diary_period
from services.journal.queries.diary_subject import diary_subject
from services.journal.queries.finals import page_finals
from services.journal.rules.forecast import Way, forecast, with_marks
from services.journal.rules.marks import SCALE, WORK_TYPES
from services.journal.rules.recommended import recommend_for_period, rules_on
from services.journal.rules.scales import NOT_ATTESTED, SCALES
from services.journal.rules.tallies import Tally
from shared.events.identity import DatedValue, GroupChanged, ParameterChanged
from shared.ids import new_id
from tests.journal.makers import FIRST, FRIDAY, TODAY, make_enrolment, make_lessons, make_world, tell

RULES = rules_on({}, TODAY, SCALE)


def tally(*marks, weight=1, lessons=40, absent=0, hours=1):
    return Tally(sum(marks) * weight, len(marks) * weight, len(marks), lessons, absent, hours)


def ways(made):
    return {goal.value: goal.ways for goal in made.goals}


def test_each_weight_has_its_own_way_to_a_five():
    made = forecast(tally(4, 4, 4, 4), RULES, WORK_TYPES)

    # Four 4s want 4,5: four 5s for answers, two of weight 3 (46/10), one control work of weight 5 (41/9).
    assert (made.now.value, made.lacking) == ("4", 0)
    assert ways(made) == {"5": [Way("answer", 4), Way("independent", 2), Way("control", 1)]}


def test_of_ways_that_nobody_goes_the_shortest_alone_is_told():
    near, far = (forecast(tally(*marks, weight=5), RULES, WORK_TYPES) for marks in ((3, 4, 5), (3,) * 9))

    assert ways(near)["5"] == [Way("independent", 5), Way("control", 3)]  # Not fifteen answers.
    assert ways(far)["5"] == [Way("control", 27)]


def test_from_a_two_every_mark_above_is_told():
    made = forecast(tally(2, 2, 2), RULES._replace(is_weighted=False), WORK_TYPES)

    assert ways(made) == {"3": [Way(None, 3)], "4": [Way(None, 9)], "5": [Way(None, 15)]}


def test_who_has_the_best_needs_nothing_and_who_has_no_mark_is_only_told_how_many_lack():
    assert forecast(tally(5, 5, 5), RULES, WORK_TYPES).goals == []
    nothing = forecast(tally(hours=3), RULES, WORK_TYPES)
    assert (nothing.now.value, nothing.lacking, nothing.goals) == (None, 5, [])


def test_who_is_not_attested_needs_at_least_the_marks_that_are_missing():
    made = forecast(tally(5, absent=30), RULES, WORK_TYPES)

    assert (made.now.value, made.lacking) == (NOT_ATTESTED, 2)
    assert ways(made)["5"] == [Way("answer", 2)]


def test_a_threshold_that_no_average_passes_is_no_goal():
    strict = RULES._replace(thresholds={"5": 500, "4": 350, "3": 250})

    assert forecast(tally(4, 5, 5), strict, WORK_TYPES).goals == []


def test_of_percents_the_next_alone_is_told():
    made = forecast(tally(70, 71), RULES._replace(scale=SCALES["percent"]), WORK_TYPES)

    assert (made.now.value, [goal.value for goal in made.goals]) == ("71", ["72"])


THRESHOLDS = st.tuples(st.integers(200, 299), st.integers(300, 399), st.integers(400, 500)).map(
    lambda of: {"3": of[0], "4": of[1], "5": of[2]}
)
MARKS = st.lists(st.tuples(st.integers(2, 5), st.integers(1, 10)), max_size=12)


@given(
    MARKS, THRESHOLDS, st.booleans(), st.integers(0, 40), st.sampled_from(("five", "ten", "percent")),
    st.integers(1, 5),
)  # fmt: skip
def test_adding_the_marks_gives_the_goal_and_one_less_does_not(
    marks, thresholds, is_weighted, absent, scale, hours
):
    rules = RULES._replace(thresholds=thresholds, is_weighted=is_weighted, scale=SCALES[scale])
    given_ = marks if is_weighted else [(mark, 1) for mark, _ in marks]
    now = Tally(sum(m * w for m, w in given_), sum(w for _, w in given_), len(given_), 40, absent, hours)

    made = forecast(now, rules, WORK_TYPES)

    assert made.now == recommend_for_period(now, rules)
    for goal in made.goals:
        for way in goal.ways:
            weight = WORK_TYPES[way.work].weight if way.work else 1
            reached, before = (
                recommend_for_period(with_marks(now, goal.value, weight, count), rules).value
                for count in (way.marks, way.marks - 1)
            )
            assert reached == goal.value
            assert before != goal.value


@given(MARKS.filter(bool), THRESHOLDS)
def test_whoever_has_not_the_best_mark_is_told_a_way_unless_no_number_of_them_helps(marks, thresholds):
    rules = RULES._replace(thresholds=thresholds)
    now = Tally(sum(m * w for m, w in marks), sum(w for _, w in marks), len(marks), 40, 0, 1)

    goals = ways(forecast(now, rules, WORK_TYPES))

    if recommend_for_period(now, rules).value != "5":
        assert ("5" in goals) == (thresholds["5"] < 500)


def put(database, world, lesson_id, *cells, works=()):
    with database.writing(world.school_id) as session:
        given_ = [Cell(world.pupils[pupil], slot, value) for pupil, slot, value in cells]
        record_entries(session, world.actor(), lesson_id, 0, given_, works)


def of_period(database, world, pupil=0):
    pupil_id = world.pupils[pupil]
    with database.reading(world.school_id) as session:
        told = diary_period(session, world.actor(pupil_id, "pupil"), pupil_id)
    return {one["name"]: one["forecast"] for one in told["subjects"]}["Математика"]


def of_subject(database, world, pupil=0):
    pupil_id = world.pupils[pupil]
    with database.reading(world.school_id) as session:
        return diary_subject(session, world.actor(pupil_id, "pupil"), pupil_id, world.subject_id)["forecast"]


def test_the_family_reads_what_comes_out_and_what_is_needed(either_database):
    world = make_world(either_database)
    put(either_database, world, world.lessons[0], (0, 1, "4"), (1, 1, "5"))
    put(either_database, world, world.today, (0, 1, "4"), (0, 0, "оп 5"), works=[work_of(1, "control")])

    told = of_period(either_database, world)

    assert told["value"] == "4"
    assert told["why"].ru == "средний взвешенный 4,00 по 2 отметкам, порог 3,5 → 4"
    assert told["lacking"] == 1
    assert [
        (goal["value"], [(way["work"].ru, way["marks"]) for way in goal["ways"]]) for goal in told["goals"]
    ] == [("5", [("ответ", 6), ("самостоятельная работа", 2)])]
    assert of_subject(either_database, world) == {**told, "period": "I четверть"}
    assert of_period(either_database, world, 1)["goals"] == []


def test_it_is_what_the_teacher_is_recommended(database, world):
    put(database, world, world.lessons[0], (0, 1, "3"), (1, 0, "н"), (2, 1, "2"))
    put(database, world, world.today, (0, 1, "5"), (1, 0, "н"), (2, 1, "4"), works=[work_of(1, "control")])

    with database.reading(world.school_id) as session:
        sheet = page_finals(session, world.actor(), world.page_id(session))
    places = {pupil["id"]: at for at, pupil in enumerate(sheet["pupils"])}
    advised = {(cell["pupil"], cell["column"]): cell["recommended"] for cell in sheet["cells"]}
    for number, pupil_id in enumerate(world.pupils):
        assert of_period(database, world, number)["value"] == advised[places[pupil_id], 0]


def test_nothing_is_foretold_of_what_is_settled(database, world):
    put(database, world, world.today, (0, 1, "4"), (1, 1, "4"))
    with database.writing(world.school_id) as session:
        page = session.get(Page, world.page_id(session))
        cell = FinalCell(world.pupils[0], "5")
        record_finals(session, world.actor(), page.id, str(world.quarters[0]), page.seq, [cell], "Решение")

    assert of_period(database, world) is None
    assert of_subject(database, world) is None
    assert of_period(database, world, 1) is not None
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0], "Досрочно")
    assert of_period(database, world, 1) is None


def test_another_period_than_todays_has_no_forecast(database, world, clock):
    put(database, world, world.today, (0, 1, "4"))
    clock.move_to("2026-10-28T07:00:00+00:00")

    assert of_period(database, world) is None
    assert of_subject(database, world) is None


@pytest.mark.parametrize("scale", ["none", "pass"])
def test_a_course_without_marks_or_of_passes_promises_none(database, world, scale):
    rows = [{"subject": "Математика", "scale": scale}]
    own = [DatedValue(valid_from=FIRST[0], value=orjson.dumps(rows).decode())]
    tell(database, world, ParameterChanged(school_id=world.school_id, name="subject_scales", values=own))

    told = of_period(database, world)

    assert told is None if scale == "none" else told["goals"] == []


def test_who_changed_the_class_is_told_of_the_page_that_will_be_marked_and_what_was_brought_there(
    database, world
):
    other, lesson = new_id(), new_id()
    put(database, world, world.lessons[0], (0, 1, "3"))
    tell(
        database,
        world,
        make_enrolment(world.class_id, world.pupils[0], FIRST[0], FRIDAY),
        GroupChanged(group_id=other, kind="class", name="5Б", grade=5),
        make_enrolment(other, world.pupils[0], TODAY, None),
        make_lessons(world, other, [TODAY], [lesson]),
    )

    told = of_period(database, world)
    assert told["why"].ru == "средний взвешенный 3,00 по 1 отметке (до перевода 1), порог 2,5 → 3"
    assert told["lacking"] == 2
    assert of_subject(database, world) == {**told, "period": "I четверть"}
