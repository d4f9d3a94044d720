"""Marks of periods, years and exams (clauses 3.6.5, 2.1, 3.7.2, 3.8.2)."""

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell, CellsChanged
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import (
    FinalCell,
    FinalsRefused,
    PeriodAhead,
    SavedFinals,
    YearAhead,
    record_finals,
)
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import close_period, reopen_period
from services.journal.models import FinalMark, Revision
from services.journal.queries.final_marks import final_marks_of
from services.journal.queries.finals import page_finals
from shared.errors import Denied, NotFound, Stale
from shared.events.identity import DatedValue, GroupChanged, ParameterChanged, PersonMerged
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    SECOND,
    TODAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_world,
    published,
    tell,
)

LAST_DAY, INSIDE = FIRST[1], FIRST[1] - timedelta(days=6)


@pytest.fixture
def marked(database, world, clock):
    """Three pupils with a 5, a 4 and a 3 each on Friday and today; it is the last week of the quarter."""
    return mark(database, world, clock)


def mark(database, world, clock):
    for lesson in world.lessons[:2]:
        with database.writing(world.school_id) as session:
            cells = [Cell(pupil, 1, value) for pupil, value in zip(world.pupils, "543", strict=True)]
            record_entries(session, world.actor(), lesson, seq_of(session, world), cells)
    clock.move_to(f"{INSIDE}T07:00:00+00:00")
    return world


def seq_of(session, world):
    return page_finals(session, world.actor(), world.page_id(session))["page"]["seq"]


def save(database, world, values, *, column=None, who=None, seen=None, reason=None) -> SavedFinals:
    """Save values by the pupils' numbers, by default of the first quarter and as one who saw everything."""
    with database.writing(world.school_id) as session:
        page_id = world.page_id(session)
        cells = [FinalCell(world.pupils[number], value) for number, value in values.items()]
        seen = seq_of(session, world) if seen is None else seen
        name = column or str(world.quarters[0])
        return record_finals(session, who or world.actor(), page_id, name, seen, cells, reason)


def shown(database, world, who=None):
    with database.reading(world.school_id) as session:
        return page_finals(session, who or world.actor(), world.page_id(session))


def test_period_marks_are_set_for_the_class_and_told_once(database, marked):
    saved = save(database, marked, {0: "5", 1: "4", 2: "3"})

    assert (saved.timing, len(saved.changed)) == ("in_time", 3)
    (told,) = published(database, marked, "journal.finals.recorded")
    assert (told.kind, told.period_id, told.seq, told.head) == (
        "period",
        marked.quarters[0],
        saved.seq,
        saved.head,
    )
    assert [(one.value, one.was, one.recommended) for one in told.entries] == [
        ("5", None, "5"), ("4", None, "4"), ("3", None, "3"),
    ]  # fmt: skip
    again = save(database, marked, {0: "5"})
    assert (again.seq, again.changed) == (saved.seq, [])
    assert len(published(database, marked, "journal.finals.recorded")) == 1


def test_every_cell_is_a_link_of_the_pages_chain(database, marked):
    save(database, marked, {0: "5"})
    save(database, marked, {0: None})

    with database.reading(marked.school_id) as session:
        links = session.scalars(select(Revision).where(Revision.what == "final").order_by(Revision.seq)).all()
    assert [(one.value, one.was, one.slot, one.period_id) for one in links] == [
        ("5", None, 0, marked.quarters[0]),
        (None, "5", 0, marked.quarters[0]),
    ]


@pytest.mark.parametrize(
    ("on", "timing"),
    [
        (TODAY, "early"),
        (INSIDE - timedelta(days=1), "early"),
        (INSIDE, "in_time"),
        (LAST_DAY, "in_time"),
        (LAST_DAY + timedelta(days=1), "late"),
        (LAST_DAY + timedelta(days=60), "late"),
    ],
)
def test_3_6_5_marks_are_due_in_the_last_week_of_the_period(database, marked, clock, on, timing):
    clock.move_to(f"{on}T07:00:00+00:00")

    assert save(database, marked, {0: "5"}).timing == timing
    cell = next(one for one in shown(database, marked)["cells"] if one["value"] == "5")
    assert cell["timing"] == timing


def test_3_6_5_nothing_is_put_for_a_period_still_ahead(database, marked):
    with pytest.raises(PeriodAhead):
        save(database, marked, {0: "5"}, column=str(marked.quarters[1]))


@pytest.mark.parametrize("column", ["year", "exam", "final"])
def test_marks_of_the_year_that_are_still_ahead_are_refused_as_the_years(database, marked, column):
    with pytest.raises(YearAhead) as refused:
        save(database, marked, {0: "5"}, column=column)

    assert refused.value.say("ru")[1].startswith("Годовые отметки ставят с 02.11.2026")


def test_3_6_5_the_days_of_the_window_are_the_schools_parameter(database, marked, clock):
    set_parameter(database, marked, "period_marks_days", 14)
    clock.move_to(f"{LAST_DAY - timedelta(days=13)}T07:00:00+00:00")

    assert save(database, marked, {0: "5"}).timing == "in_time"


def set_parameter(database, world, name, value):
    held = DatedValue(valid_from=date(1900, 1, 1), value=orjson.dumps(value).decode())
    tell(database, world, ParameterChanged(school_id=world.school_id, name=name, values=[held]))


def test_3_6_5_a_closed_period_takes_no_marks_until_it_is_opened_again(database, marked):
    deputy = marked.actor(new_id(), "deputy")
    with database.writing(marked.school_id) as session:
        close_period(session, deputy, marked.quarters[0])
    with pytest.raises(PageClosed):
        save(database, marked, {0: "5"})
    with database.writing(marked.school_id) as session:
        reopen_period(session, deputy, marked.quarters[0], "Забыли отметку")

    assert len(save(database, marked, {0: "5"}).changed) == 1


@pytest.mark.parametrize("of_year", [False, True])
def test_a_period_and_a_year_are_said_to_be_closed_on_the_schools_own_day(database, marked, clock, of_year):
    closed_id = marked.year_id if of_year else marked.quarters[0]
    clock.move_to(f"{INSIDE}T22:30:00+00:00")
    with database.writing(marked.school_id) as session:
        close_period(session, marked.actor(new_id(), "deputy"), closed_id)

    with pytest.raises(PageClosed) as refused:
        save(database, marked, {0: "5"}, column="year" if of_year else None)
    assert f"закрыт {INSIDE + timedelta(days=1):%d.%m.%Y}." in refused.value.say("ru")[1]


def test_2_1_another_mark_than_recommended_needs_a_reason_which_stays(database, marked):
    with pytest.raises(FinalsRefused) as refused:
        save(database, marked, {0: "5", 1: "5"})
    assert list(refused.value.errors) == ["entries.1.reason"]
    (said,) = refused.value.errors["entries.1.reason"]
    assert said.ru.startswith("Рекомендована 4 (средний взвешенный 4,00 по 2 отметкам")
    assert shown(database, marked)["cells"][0]["value"] is None

    save(database, marked, {0: "5", 1: "5"}, reason="Победа на олимпиаде")

    cells = shown(database, marked)["cells"]
    assert [(one["value"], one["differs"], one["reason"]) for one in cells[:3]] == by_name(
        marked, [("5", False, None), ("5", True, "Победа на олимпиаде"), (None, False, None)]
    )


def by_name(world, values):
    """Values given by the pupils' numbers, in the order of their names: Абрамов, Ёлкина, Жуков."""
    return [values[1], values[0], values[2]]


def test_3_7_2_and_3_8_2_who_supervises_reads_all_and_writes_nothing(database, marked):
    for role in ("deputy", "director"):
        who = marked.actor(new_id(), role)
        assert len(shown(database, marked, who)["pupils"]) == 3
        assert not shown(database, marked, who)["page"]["can_edit"]
        with pytest.raises(Denied):
            save(database, marked, {0: "5"}, who=who)


def test_3_5_1_the_class_teacher_may_and_strangers_find_nothing(database, marked):
    leader = marked.actor(marked.class_teacher_id, "class_teacher")

    assert len(save(database, marked, {0: "5"}, who=leader).changed) == 1
    with pytest.raises(NotFound):
        save(database, marked, {0: "4"}, who=marked.actor(new_id(), "teacher"))


def test_3_7_3_who_stands_in_for_a_lesson_attests_nobody(database, marked):
    other = new_id()
    lesson = make_lessons(
        marked, marked.class_id, [FRIDAY], [marked.lessons[0]], teacher_id=other, is_substituted=True
    )
    tell(database, marked, lesson)

    assert not shown(database, marked, marked.actor(other))["page"]["can_edit"]
    with pytest.raises(Denied):
        save(database, marked, {0: "5"}, who=marked.actor(other))


def test_what_may_not_stand_in_a_cell_is_named(database, marked):
    save(database, marked, {0: "осв", 1: "н/а"}, reason="Справка")
    with pytest.raises(FinalsRefused) as wrong:
        save(database, marked, {0: "6"})
    assert list(wrong.value.errors) == ["entries.0.value"]
    with database.writing(marked.school_id) as session, pytest.raises(FinalsRefused) as stranger:
        page_id, name = marked.page_id(session), str(marked.quarters[0])
        record_finals(session, marked.actor(), page_id, name, 0, [FinalCell(new_id(), "5")])
    assert list(stranger.value.errors) == ["entries.0.pupil_id"]


def test_a_column_the_page_does_not_have_is_not_found(database, marked):
    for name in ("decade", str(new_id())):
        with pytest.raises(NotFound):
            save(database, marked, {0: "5"}, column=name)


def test_two_at_once_merge_cell_by_cell_and_a_true_conflict_is_told(either_database, clock):
    world = mark(either_database, make_world(either_database), clock)
    seen = save(either_database, world, {}).seq
    save(either_database, world, {0: "5"}, seen=seen)

    assert len(save(either_database, world, {1: "4"}, seen=seen).changed) == 1
    with pytest.raises(CellsChanged) as refused:
        save(either_database, world, {0: "4"}, seen=seen, reason="Так вернее")
    assert refused.value.errors["cells"] == [{"pupil_id": world.pupils[0], "value": "5", "seq": seen + 1}]
    with pytest.raises(Stale):
        save(either_database, world, {2: "3"}, seen=seen + 100)


def test_a_save_is_seven_statements_on_postgresql_whatever_its_size(either_database, clock):
    world = mark(either_database, make_world(either_database), clock)
    for values in ({0: "5"}, {1: "4", 2: "3"}):
        with either_database.writing(world.school_id) as session:
            page_id, seen = world.page_id(session), seq_of(session, world)
        cells = [FinalCell(world.pupils[number], value) for number, value in values.items()]
        with Counted(either_database) as counted, either_database.writing(world.school_id) as session:
            record_finals(session, world.actor(), page_id, str(world.quarters[0]), seen, cells)
        on_postgres = either_database.engine.dialect.name == "postgresql"
        assert len(counted) <= (7 if on_postgres else 10), counted.statements


@pytest.fixture
def year(database, marked, clock):
    """The quarters of the year are two; both are marked 5, 4, 3 and 4, 4, 4, and the year ends."""
    second = marked.quarters[1]
    save(database, marked, {0: "5", 1: "4", 2: "3"})
    clock.move_to(f"{SECOND[1]}T07:00:00+00:00")
    save(database, marked, {0: "4", 1: "4", 2: "4"}, column=str(second))
    return marked


def test_year_and_final_marks_follow_the_periods_and_the_exam(database, year):
    cells = {(one["column"], one["pupil"]): one["recommended"] for one in shown(database, year)["cells"]}
    assert [cells[2, number] for number in range(3)] == by_name(year, ["5", "4", "4"])

    save(database, year, {0: "5", 1: "4", 2: "4"}, column="year")
    save(database, year, {1: "5"}, column="exam")
    found = {one["kind"]: number for number, one in enumerate(shown(database, year)["columns"])}
    final = [one for one in shown(database, year)["cells"] if one["column"] == found["final"]]

    assert [one["recommended"] for one in final] == by_name(year, ["5", "5", "4"])


def test_a_year_mark_against_its_periods_needs_a_reason(database, year):
    with pytest.raises(FinalsRefused):
        save(database, year, {0: "4"}, column="year")

    assert len(save(database, year, {0: "4"}, column="year", reason="Решение педсовета").changed) == 1


def test_a_pupils_marks_are_found_over_subjects_and_years(database, year):
    save(database, year, {0: "5"}, column="year")

    with database.reading(year.school_id) as session:
        found = final_marks_of(session, year.pupils[0], year.year_id)
        assert found == final_marks_of(session, year.pupils[0])
        assert final_marks_of(session, year.pupils[0], new_id()) == []
    said = [(one["subject"], one["kind"], one["period"], one["value"]) for one in found]
    assert said == [
        ("Математика", "period", "I четверть", "5"),
        ("Математика", "period", "II четверть", "4"),
        ("Математика", "year", None, "5"),
    ]


def test_who_came_in_the_middle_has_no_cell_of_the_earlier_period(database, year):
    newcomer = new_id()
    tell(database, year, make_enrolment(year.class_id, newcomer, SECOND[0]))

    cells = shown(database, year)
    number = next(at for at, one in enumerate(cells["pupils"]) if one["id"] == newcomer)
    assert [one["column"] for one in cells["cells"] if one["pupil"] == number] == [1, 2, 3, 4]
    with pytest.raises(FinalsRefused):
        save(database, replace_pupil(year, newcomer), {0: "5"})


def replace_pupil(world, pupil):
    world.pupils = [pupil, *world.pupils]
    return world


def test_a_merged_pupils_marks_go_to_the_one_kept(database, marked):
    save(database, marked, {0: "5"})

    tell(database, marked, PersonMerged(kept_id=marked.pupils[1], merged_id=marked.pupils[0]))

    with database.reading(marked.school_id) as session:
        assert session.scalars(select(FinalMark.pupil_id)).all() == [marked.pupils[1]]


def scaled(database, world, scale):
    set_parameter(database, world, "subject_scales", [{"subject": "Математика", "scale": scale}])


def test_passes_recommend_a_pass_and_enough_of_them_attest(either_database, clock):
    world = make_world(either_database)
    scaled(either_database, world, "pass")
    set_parameter(either_database, world, "final_absent_percent", 40)
    cells = [Cell(world.pupils[0], slot, "зач") for slot in (1, 2, 3, 4)]
    with either_database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.lessons[0], 0, cells)
    with either_database.writing(world.school_id) as session:
        cells = [Cell(world.pupils[0], 0, "б")]
        record_entries(session, world.actor(), world.today, seq_of(session, world), cells)
    clock.move_to(f"{INSIDE}T07:00:00+00:00")

    saved = save(either_database, world, {0: "зач"})

    assert [(one.value, one.recommended) for one in saved.changed] == [("зач", "зач")]
    with pytest.raises(FinalsRefused) as refused:
        save(either_database, world, {0: "незач"})
    assert refused.value.errors["entries.0.reason"][0].ru == (
        "Рекомендована зач (зачётов 4, незачётов 0 → зач). Чтобы поставить незач, напишите причину."
    )


def test_a_mark_for_a_period_without_any_is_warned_of(database, world, clock):
    clock.move_to(f"{INSIDE}T07:00:00+00:00")
    save(database, world, {0: "5"})

    [cell] = [one for one in shown(database, world)["cells"] if one["value"] == "5"]
    assert cell["warning"].ru == "слишком мало отметок: 0, нужно не меньше 3"


def test_first_grades_take_no_marks_of_periods(database, world, clock):
    tell(database, world, GroupChanged(group_id=world.class_id, kind="class", name="1А", grade=1))
    clock.move_to(f"{INSIDE}T07:00:00+00:00")

    for value in ("5", "зач", "н/а"):
        with pytest.raises(FinalsRefused) as refused:
            save(database, world, {0: value})
        assert refused.value.errors["entries.0.value"][0].ru.startswith("Здесь отметок не ставят.")
    told = shown(database, world)
    assert (told["signs"], {one["editable"] for one in told["columns"]}) == ([], {False})
    assert {one["warning"] for one in told["cells"]} == {None}


def test_marks_recommend_by_the_schools_own_parameters(database, marked):
    told = {"final_thresholds": {"5": 490, "4": 410, "3": 310}, "final_average": "simple"}
    for name, value in told.items():
        set_parameter(database, marked, name, value)

    cells = shown(database, marked)["cells"]
    assert [one["recommended"] for one in cells[:3]] == by_name(marked, ["5", "3", "2"])
    assert cells[0]["why"].ru.startswith("средний 4,00 по 2 отметкам, порог 4,1 → 3")
