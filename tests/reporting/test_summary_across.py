"""Groups across classes in a class's summary register: the screen of the journal shows them as well."""

from dataclasses import replace
from datetime import date

import pytest

from shared.events import identity, journal, schedule
from shared.ids import new_id
from tests.reporting.makers import (
    CLOSED,
    GROUP,
    PUPILS,
    SECOND,
    UUID,
    YEAR,
    apply,
    apply_all,
    enrolments,
    finals,
    group_across,
)
from tests.reporting.test_corrections import by_teacher
from tests.reporting.test_summary import counted, read, shown

PARALLEL, OTHER, ACROSS, PAGE, PHYSICS = (UUID(int=n) for n in range(61, 66))
ANNA, PETER, LEO = PUPILS
STRANGER = UUID(int=66)
BEGUN = date(2026, 9, 1)


def across(seq, *entries, **given):
    """Term-end marks of the group across: (pupil, value) or (pupil, value, what stood there before)."""
    rows = [
        journal.RecordedFinal(pupil_id=pupil, value=value, was=was[0] if was else None, recommended=None)
        for pupil, value, *was in entries
    ]
    return replace(finals(seq, **given), page_id=PAGE, group_id=ACROSS, subject_id=PHYSICS, entries=rows)


def join(database, group_id, pupil_id, first=BEGUN, last=None):
    apply(database, enrolments((pupil_id, first, last), group_id=group_id))


@pytest.fixture
def school(database):
    """5А has Яшина in the group across 5А and 5Б, beside somebody of 5Б; both have a mark there."""
    apply_all(database)
    apply(
        database,
        *group_across(ACROSS, GROUP, parallel=PARALLEL, other=OTHER, within=PARALLEL),
        schedule.SubjectChanged(subject_id=PHYSICS, name="Физика"),
        journal.PageOpened(page_id=PAGE, year_id=YEAR, group_id=ACROSS, subject_id=PHYSICS),
    )
    for group, pupil in ((OTHER, STRANGER), (ACROSS, STRANGER), (ACROSS, ANNA)):
        join(database, group, pupil)
    apply(database, across(1, (ANNA, "5"), (STRANGER, "2")))
    return database


def test_5_3_marks_of_groups_across_classes_stand_with_the_class(school):
    summary = read(school)

    assert summary.subjects == ("Математика", "Физика")
    assert [name for name, _ in summary.pupils] == ["Ёлкин Пётр", "Жуков Лев", "Яшина Анна"]
    marks = shown(summary)
    assert marks["Яшина", "I четверть", "Физика"] == "5"
    assert ("Яшина", "II четверть", "Физика") not in marks  # Due, and lacking.
    assert {marks[name, "I четверть", "Физика"] for name in ("Ёлкин", "Жуков")} == {"—"}
    assert "2" not in marks.values()
    assert [(state.group, state.seq) for state in summary.states] == [("5А", 9), ("5, профиль", 1)]
    assert shown(read(school, group=OTHER))["имя", "I четверть", "Физика"] == "2"


def test_a_group_of_others_alone_is_not_on_it(school):
    for parent in (PARALLEL, None):
        group, page, subject = new_id(), new_id(), new_id()
        apply(
            school,
            identity.GroupChanged(group_id=group, kind="group", name="5, второй", parent_id=parent),
            schedule.SubjectChanged(subject_id=subject, name="Химия"),
            journal.PageOpened(page_id=page, year_id=YEAR, group_id=group, subject_id=subject),
        )
        join(school, group, STRANGER if parent else ANNA)
    empty = new_id()
    apply(
        school,
        identity.GroupChanged(group_id=empty, kind="group", name="5, пустой", parent_id=PARALLEL),
        journal.PageOpened(page_id=new_id(), year_id=YEAR, group_id=empty, subject_id=new_id()),
    )

    assert read(school).subjects == ("Математика", "Физика")


@pytest.mark.parametrize(
    ("in_group", "in_class"),
    [
        ((date(2025, 9, 1), date(2026, 5, 31)), (date(2025, 9, 1), None)),  # Of another year.
        ((date(2027, 9, 1), None), (date(2026, 9, 1), None)),
        ((BEGUN, date(2026, 9, 30)), (date(2026, 10, 1), None)),  # Never in both at once.
    ],
)
def test_a_group_nobody_of_the_class_was_in_that_year_is_not_on_it(school, in_group, in_class):
    join(school, ACROSS, ANNA, *in_group)
    join(school, GROUP, ANNA, *in_class)

    assert read(school).subjects == ("Математика",)


def test_who_was_in_the_group_another_year_does_not_learn_there_now(school):
    join(school, ACROSS, PETER, date(2025, 9, 1), date(2026, 5, 31))

    assert shown(read(school))["Ёлкин", "I четверть", "Физика"] == "—"


def test_who_left_the_class_has_no_marks_of_later_periods(school):
    join(school, GROUP, ANNA, BEGUN, date(2026, 10, 10))
    join(school, OTHER, ANNA, date(2026, 10, 11))
    join(school, ACROSS, LEO)
    join(school, GROUP, LEO)
    apply(school, across(2, (ANNA, "4"), period=SECOND))

    marks = shown(read(school))
    assert marks["Яшина", "I четверть", "Физика"] == "5"
    assert ("Яшина", "II четверть", "Физика") not in marks
    assert shown(read(school, group=OTHER))["Яшина", "II четверть", "Физика"] == "4"


def test_an_exam_that_others_took_makes_no_column(school):
    apply(school, across(2, (STRANGER, "4"), period=YEAR, kind="exam"))
    assert "экзамен" not in read(school).terms

    apply(school, across(3, (ANNA, "4"), period=YEAR, kind="exam"))
    assert "экзамен" in read(school).terms


def test_what_was_changed_there_after_a_closing_bears_an_asterisk(school):
    by_teacher(school, CLOSED, across(2, (ANNA, "4", "5")))

    assert shown(read(school))["Яшина", "I четверть", "Физика"] == "4*"


def test_groups_across_cost_no_statement(school):
    assert counted(school) <= 9
