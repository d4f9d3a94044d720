"""How complete term-end marks are, and closing what they are of (clauses 3.6.5, 3.7.2, 3.8.1)."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from services.journal.actions.closing import PeriodIncomplete, PeriodRuns, close_checked
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import Cell, record_entries
from services.journal.actions.finals import FinalCell, PeriodAhead, YearAhead, record_finals
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import reopen_period
from services.journal.models import FinalMark
from services.journal.queries.final_overview import class_summary, completeness
from services.journal.queries.finals import page_finals
from services.journal.queries.lists import year_closing
from shared.errors import NotFound
from shared.events.identity import DatedValue, GroupChanged, ParameterChanged
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    tell,
)


@pytest.fixture
def ending(database, world, clock):
    """The last day of the quarter: one lesson has neither topic nor a reason for its absence."""
    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[2], 0, "н")])
    for lesson in (world.lessons[0], world.lessons[2]):
        clock.move_to(f"{TODAY + timedelta(days=1)}T07:00:00+00:00")
        with database.writing(world.school_id) as session:
            describe_lesson(session, world.actor(), lesson, seq_of(session, world), "Дроби", None)
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    return world


def seq_of(session, world):
    return page_finals(session, world.actor(), world.page_id(session))["page"]["seq"]


def put(database, world, values, column=None):
    with database.writing(world.school_id) as session:
        cells = [FinalCell(world.pupils[number], value) for number, value in values.items()]
        name = column or str(world.quarters[0])
        given = (session, world.actor(), world.page_id(session), name, seq_of(session, world))
        return record_finals(*given, cells, "Решение педсовета")


def read(database, world, query, *given):
    with database.reading(world.school_id) as session:
        return query(session, *given)


def of_page(database, world):
    (page,) = read(database, world, completeness, world.quarters[0])["pages"]
    return page


def test_3_6_5_every_pupil_of_every_page_is_counted_and_exempt_ones_are_set(database, ending):
    before = of_page(database, ending)
    assert (before["due"], before["lacking"], before["absences"], before["without_topic"]) == (3, 3, 1, 1)
    assert (before["teachers"], before["class"]["name"]) == (["Иванова М. П."], "5А")

    put(database, ending, {0: "осв", 1: "н/а"})

    assert of_page(database, ending)["lacking"] == 1


def test_3_6_3_a_lesson_of_today_lacks_no_topic_before_the_day_is_over(database, world, clock):
    assert of_page(database, world)["without_topic"] == 1  # That of Friday.

    clock.move_to(f"{TODAY}T20:59:59+00:00")  # A second before midnight in Moscow.
    assert of_page(database, world)["without_topic"] == 1
    clock.shift(timedelta(seconds=1))
    assert of_page(database, world)["without_topic"] == 2


def test_marks_put_early_and_late_are_told(database, ending, clock):
    clock.move_to(f"{TODAY}T07:00:00+00:00")
    put(database, ending, {0: "5"})
    clock.move_to(f"{FIRST[1] + timedelta(days=3)}T07:00:00+00:00")
    put(database, ending, {1: "5", 2: "5"})

    page = of_page(database, ending)
    assert (page["early"], page["late"]) == (1, 2)


def test_who_left_before_the_last_day_needs_no_mark(database, ending):
    tell(database, ending, make_enrolment(ending.class_id, ending.pupils[0], until_on=TODAY))

    assert of_page(database, ending)["due"] == 2


def test_first_grades_learn_without_marks(database, ending):
    tell(database, ending, GroupChanged(group_id=ending.class_id, kind="class", name="1А", grade=1))

    page = of_page(database, ending)
    assert (page["due"], page["lacking"], page["absences"], page["without_topic"]) == (0, 0, 1, 1)
    with pytest.raises(PeriodIncomplete) as lacks, database.writing(ending.school_id) as session:
        close_checked(session, ending.actor(new_id(), "deputy"), ending.quarters[0], None)
    assert "причин отсутствия: 1, тем уроков: 1" in lacks.value.say("ru")[1]


def test_courses_without_marks_are_no_more_waited_for(database, ending):
    told = [{"subject": "математика", "scale": "none"}]
    held = DatedValue(valid_from=FIRST[0], value=orjson.dumps(told).decode())
    tell(database, ending, ParameterChanged(school_id=ending.school_id, name="subject_scales", values=[held]))

    page = of_page(database, ending)
    assert (page["due"], page["lacking"], page["absences"], page["without_topic"]) == (0, 0, 1, 1)


def test_a_course_that_is_marked_again_by_the_periods_end_is_waited_for(database, ending):
    told = (("none", FIRST[0]), ("five", FIRST[1]))
    held = [
        DatedValue(valid_from=day, value=orjson.dumps([{"subject": "Математика", "scale": scale}]).decode())
        for scale, day in told
    ]
    tell(database, ending, ParameterChanged(school_id=ending.school_id, name="subject_scales", values=held))

    assert of_page(database, ending)["due"] == 3


@pytest.fixture
def divided(database, ending):
    """5А has two groups in another subject: one with pupils of its own, and one that is the whole class."""
    own, whole = new_id(), new_id()
    for group, name in ((own, "5А/1"), (whole, "5А/2")):
        told = GroupChanged(group_id=group, kind="group", name=name, parent_id=ending.class_id)
        lessons = make_lessons(ending, group, [FRIDAY], [new_id()])
        tell(database, ending, told, make_load(ending, group, new_id()), lessons)
    tell(database, ending, make_enrolment(own, ending.pupils[0]))
    return ending


def test_groups_count_their_own_pupils(database, divided):
    pages = read(database, divided, completeness, divided.quarters[0])["pages"]

    assert {page["group"]["name"]: page["due"] for page in pages} == {"5А": 3, "5А/1": 1, "5А/2": 3}
    assert {page["class"]["name"] for page in pages} == {"5А"}


def test_2_1_marks_other_than_recommended_are_listed_for_the_deputy(database, ending):
    for lesson in ending.lessons[:2]:
        with database.writing(ending.school_id) as session:
            cells = [Cell(ending.pupils[0], 1, "4")]
            record_entries(session, ending.actor(), lesson, seq_of(session, ending), cells)
    put(database, ending, {0: "5", 1: "4"})

    (one,) = read(database, ending, completeness, ending.quarters[0])["explained"]
    assert (one["pupil"]["name"], one["value"], one["recommended"], one["reason"]) == (
        "Ёлкина Мария", "5", "4", "Решение педсовета",
    )  # fmt: skip


def test_of_many_marks_other_than_recommended_none_is_left_out(database, ending):
    put(database, ending, {1: "4"})
    given = {"school_id": ending.school_id, "period_id": ending.quarters[0], "slot": 0, "value": "4"}
    given |= {"timing": "in_time", "seq": 1, "reason": "Решение педсовета", "recommended": "5"}
    with database.writing(ending.school_id) as session:
        page_id = session.scalars(select(FinalMark.page_id)).one()
        session.add_all(FinalMark(page_id=page_id, pupil_id=new_id(), **given) for _ in range(400))

    told = read(database, ending, completeness, ending.quarters[0])

    assert len(told["explained"]) == sum(page["explained"] for page in told["pages"]) == 400


def test_the_class_teacher_sees_the_classs_sheet_with_its_holes(database, ending):
    put(database, ending, {0: "5"})
    leader = ending.actor(ending.class_teacher_id, "class_teacher")

    sheet = read(database, ending, class_summary, leader, ending.class_id, ending.quarters[0])

    assert [one["name"] for one in sheet["subjects"]] == ["Математика"]
    assert [(one["pupil"], one["value"]) for one in sheet["cells"]] == [(0, None), (1, "5"), (2, None)]
    for stranger in (ending.actor(), ending.actor(new_id(), "class_teacher")):
        with pytest.raises(NotFound):
            read(database, ending, class_summary, stranger, ending.class_id, ending.quarters[0])


def test_both_are_a_constant_number_of_statements(database, divided):
    deputy = divided.actor(new_id(), "deputy")
    for query, given in (
        (completeness, (divided.quarters[0],)),
        (class_summary, (deputy, divided.class_id, divided.quarters[0])),
    ):
        with Counted(database) as counted:
            read(database, divided, query, *given)
        assert len(counted) <= 13, counted.statements


def close(database, world, period_id, reason=None):
    with database.writing(world.school_id) as session:
        close_checked(session, world.actor(new_id(), "deputy"), period_id, reason)


def test_what_lacks_is_told_before_closing_and_needs_a_reason(database, ending):
    with pytest.raises(PeriodIncomplete) as refused:
        close(database, ending, ending.quarters[0])
    said = "Не хватает отметок: 3, причин отсутствия: 1, тем уроков: 1, работ с «•»: 0."
    assert refused.value.say("ru")[1].startswith(said)

    close(database, ending, ending.quarters[0], "Остальное допишут")

    with pytest.raises(PageClosed):
        put(database, ending, {0: "5"})


def test_a_work_that_is_still_awaited_is_lacking_until_its_pupil_leaves(database, ending):
    with database.writing(ending.school_id) as session:
        seq = seq_of(session, ending)
        record_entries(session, ending.actor(), ending.today, seq, [Cell(ending.pupils[0], 1, "•")])
    with pytest.raises(PeriodIncomplete) as refused:
        close(database, ending, ending.quarters[0])
    assert refused.value.facts["works"] == of_page(database, ending)["awaited"] == 1

    tell(database, ending, make_enrolment(ending.class_id, ending.pupils[0], until_on=TODAY))

    assert of_page(database, ending)["awaited"] == 0


@pytest.fixture
def complete(database, ending):
    """Nothing lacks any more in the quarter."""
    put(database, ending, {0: "5", 1: "5", 2: "5"})
    with database.writing(ending.school_id) as session:
        record_entries(
            session, ending.actor(), ending.today, seq_of(session, ending), [Cell(ending.pupils[2], 0, "б")]
        )
        describe_lesson(session, ending.actor(), ending.today, seq_of(session, ending), "Дроби", None)
    return ending


@pytest.mark.parametrize("days_before", [0, 1, 6])
def test_3_6_5_a_complete_period_is_closed_without_a_reason_on_its_last_days(
    database, complete, clock, days_before
):
    clock.move_to(f"{FIRST[1] - timedelta(days=days_before)}T07:00:00+00:00")

    close(database, complete, complete.quarters[0])

    with pytest.raises(PageClosed):
        put(database, complete, {0: "4"})


def test_before_its_last_days_even_a_complete_period_is_closed_for_a_reason_alone(database, complete, clock):
    clock.move_to(f"{FIRST[1] - timedelta(days=7)}T07:00:00+00:00")
    with pytest.raises(PeriodRuns) as refused:
        close(database, complete, complete.quarters[0])
    said = "Период идёт до 25.10.2026. Отметки за него ставят с 19.10.2026."
    assert refused.value.say("ru")[1].startswith(said)

    close(database, complete, complete.quarters[0], "Карантин")

    with pytest.raises(PageClosed):
        put(database, complete, {0: "4"})


def test_of_a_period_that_lacks_something_and_still_runs_both_are_said(database, ending, clock):
    clock.move_to(f"{FIRST[1] - timedelta(days=1)}T07:00:00+00:00")

    with pytest.raises(PeriodIncomplete) as refused:
        close(database, ending, ending.quarters[0])

    said = refused.value.say("ru")[1], refused.value.say("en")[1]
    assert said[0].startswith("Период идёт до 25.10.2026. Не хватает отметок: 3")
    assert said[1].startswith("The period runs until 2026-10-25. Lacking: marks 3")


@pytest.mark.parametrize("reason", [None, "Так решили"])
def test_what_has_not_begun_is_not_closed_for_any_reason(database, ending, reason):
    for ahead, period_id in ((PeriodAhead, ending.quarters[1]), (YearAhead, ending.year_id)):
        with pytest.raises(ahead) as refused:
            close(database, ending, period_id, reason)
        assert "02.11.2026" in refused.value.say("ru")[1]


def test_the_years_own_marks_are_closed_early_for_a_reason_alone(database, ending, clock):
    clock.move_to("2026-12-26T07:00:00+00:00")

    with pytest.raises(PeriodIncomplete) as refused:
        close(database, ending, ending.year_id)

    assert refused.value.say("ru")[1].startswith("Последний период года идёт до 27.12.2026. Не хватает")


def test_the_years_own_marks_are_closed_by_an_act_of_their_own(database, ending, clock):
    clock.move_to("2026-12-27T07:00:00+00:00")
    put(database, ending, {0: "5"}, column="year")
    close(database, ending, ending.year_id, "Остальное допишут")

    for column in ("year", "exam", "final"):
        with pytest.raises(PageClosed):
            put(database, ending, {1: "5"}, column=column)
    assert len(put(database, ending, {1: "5"}).changed) == 1
    assert read(database, ending, year_closing)["closed"]
    with pytest.raises(NotFound):
        close(database, ending, new_id())


def test_who_closed_it_and_why_it_was_opened_again_are_told(database, ending):
    deputy, zone = ending.actor(ending.class_teacher_id, "deputy"), ending.quarters[0]
    with database.writing(ending.school_id) as session:
        close_checked(session, deputy, zone, "Остальное допишут")
    with database.writing(ending.school_id) as session:
        reopen_period(session, deputy, zone, "Пересдача")
    close(database, ending, zone, "Дописано")

    last, first = read(database, ending, completeness, zone)["closings"]
    assert (last["despite"], last["closed_by"], last["reopened_at"]) == ("Дописано", "…", None)
    assert (first["closed_by"], first["reopened_by"]) == ("Петрова М. П.", "Петрова М. П.")
    assert (first["despite"], first["reason"]) == ("Остальное допишут", "Пересдача")


def test_the_second_deputy_who_closes_is_not_asked_for_a_reason(database, ending):
    close(database, ending, ending.quarters[0], "Остальное допишут")

    close(database, ending, ending.quarters[0])

    (closing,) = read(database, ending, completeness, ending.quarters[0])["closings"]
    assert closing["despite"] == "Остальное допишут"
