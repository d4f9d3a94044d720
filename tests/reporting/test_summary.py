"""The printed summary register of a class (clause 5.3): whose marks, which columns, for whom."""

from dataclasses import replace
from datetime import date

import pytest

from services.reporting.actions.drawing.summary import draw_summary
from services.reporting.queries.summary import class_summary
from services.reporting.rules.summary import PageState, Summary
from shared.auth import Actor
from shared.errors import NotFound
from shared.events import identity, journal, schedule
from shared.ids import new_id
from tests.journal.makers import Counted
from tests.reporting.makers import (
    CLOSED,
    FIRST,
    GROUP,
    HEAD,
    LEADER,
    PAGE_URL,
    PUPILS,
    SCHOOL,
    SECOND,
    SUBJECT,
    TEACHER,
    YEAR,
    apply,
    apply_all,
    enrolments,
    finals,
    head_after,
    make_pupils,
    person,
)
from tests.reporting.test_corrections import by_teacher
from tests.reporting.test_spread import texts_of

SITE = "https://parta.example"


def read(database, *, role="deputy", person_id=None, year=None, group=GROUP):
    who = person_id or new_id()
    with database.reading(SCHOOL) as session:
        return class_summary(session, Actor("", SCHOOL, who, frozenset({role})), group, year, SITE).summary


def shown(summary):
    """Return the marks by pupil, column and subject."""
    return {
        (summary.pupils[p][0].split()[0], summary.terms[t], summary.subjects[s]): value
        for (p, t, s), value in summary.cells.items()
    }


def test_it_shows_every_term_end_mark_of_the_class(database):
    apply_all(database)
    apply(
        database,
        finals(10, (0, "5"), (1, "4")),
        finals(11, (0, "4"), period=SECOND),
        finals(12, (0, "5"), period=YEAR, kind="year"),
    )

    summary = read(database)

    assert (summary.group, summary.year, summary.subjects) == ("5А", "2026/27 учебный год", ("Математика",))
    assert summary.terms == ("I четверть", "II четверть", "годовая")
    assert [name for name, _ in summary.pupils] == ["Ёлкин Пётр", "Жуков Лев", "Яшина Анна"]
    assert shown(summary) == {
        ("Яшина", "I четверть", "Математика"): "5",
        ("Ёлкин", "I четверть", "Математика"): "4",
        ("Яшина", "II четверть", "Математика"): "4",
        ("Яшина", "годовая", "Математика"): "5",
    }
    (state,) = summary.states
    assert (state.seq, state.head) == (12, head_after(12))
    assert state.verify_url.endswith(f"/12/{head_after(12)[:16]}")


def test_marks_of_groups_stand_with_the_class_and_who_does_not_learn_has_a_dash(database):
    apply_all(database)
    group, subject, page = new_id(), new_id(), new_id()
    apply(
        database,
        identity.GroupChanged(group_id=group, kind="group", name="5А англ. 1", parent_id=GROUP),
        enrolments((PUPILS[0], date(2026, 9, 1), None), group_id=group),
        schedule.SubjectChanged(subject_id=subject, name="Английский язык"),
        journal.PageOpened(page_id=page, year_id=YEAR, group_id=group, subject_id=subject),
        journal.FinalsRecorded(
            page_id=page,
            group_id=group,
            subject_id=subject,
            period_id=FIRST,
            kind="period",
            seq=1,
            head=head_after(1),
            entries=[
                journal.RecordedFinal(pupil_id=PUPILS[0], value="5", was=None, recommended=None),
            ],
        ),
    )

    summary = read(database)

    assert summary.subjects == ("Английский язык", "Математика")
    marks = shown(summary)
    assert marks["Яшина", "I четверть", "Английский язык"] == "5"
    assert marks["Ёлкин", "I четверть", "Английский язык"] == "—"
    assert ("Ёлкин", "I четверть", "Математика") not in marks


def test_a_merged_pupils_marks_are_the_kept_ones(database):
    apply_all(database)
    apply(
        database,
        finals(10, (1, "4")),
        identity.PersonMerged(kept_id=PUPILS[0], merged_id=PUPILS[1]),
        enrolments((PUPILS[0], date(2026, 9, 1), None)),
    )

    assert shown(read(database))["Яшина", "I четверть", "Математика"] == "4"


def moved_here(database, *, on=date(2026, 11, 2)):
    """Let a pupil of 5Б have come with a mark of the first quarter."""
    apply_all(database)
    other, page = new_id(), new_id()
    apply(
        database,
        identity.GroupChanged(group_id=other, kind="class", name="5Б", grade=5),
        enrolments((PUPILS[1], date(2026, 9, 1), date(2026, 11, 1)), group_id=other),
        enrolments((PUPILS[1], on, None)),
        journal.PageOpened(page_id=page, year_id=YEAR, group_id=other, subject_id=SUBJECT),
    )
    elsewhere = replace(finals(3, (1, "4"), (0, "2")), page_id=page, group_id=other)
    apply(
        database,
        elsewhere,
        replace(finals(4, (1, "3"), period=YEAR, kind="year"), page_id=page, group_id=other),
    )


def test_who_came_in_mid_year_brings_the_marks_of_periods_and_their_proof(database):
    moved_here(database)

    summary = read(database)

    assert shown(summary) == {("Ёлкин", "I четверть", "Математика"): "4"}  # Nobody else's, nor the year's.
    assert [state.group for state in summary.states] == ["5А", "5Б"]
    assert summary.states[1].seq == 4


def test_newcomers_cost_one_statement_and_what_they_bring_three(database):
    apply_all(database)
    before = counted(database)
    apply(database, enrolments((PUPILS[2], date(2026, 11, 2), None)))
    assert counted(database) == before + 1

    moved_here(database)
    assert counted(database) == before + 4


def test_a_mark_of_the_class_itself_is_the_one_that_counts(database):
    moved_here(database)
    apply(database, finals(10, (1, "5")))

    assert shown(read(database)) == {("Ёлкин", "I четверть", "Математика"): "5"}


def test_who_left_the_class_and_came_back_brings_what_was_between(database):
    moved_here(database)
    apply(
        database,
        enrolments((PUPILS[1], date(2026, 9, 1), date(2026, 9, 20)), (PUPILS[1], date(2026, 11, 2), None)),
    )

    assert shown(read(database)) == {("Ёлкин", "I четверть", "Математика"): "4"}


def test_who_was_there_from_the_first_day_brings_nothing(database):
    moved_here(database, on=date(2026, 9, 1))

    summary = read(database)

    assert shown(summary) == {}
    assert [state.group for state in summary.states] == ["5А"]


def test_who_left_is_on_it_with_the_order(database):
    apply_all(database)
    stay = identity.Enrolment(
        pupil_id=PUPILS[1],
        from_on=date(2026, 9, 1),
        until_on=date(2026, 10, 5),
        ended_as="departure",
        order_number="12-у",
        order_on=date(2026, 10, 5),
    )
    apply(database, identity.EnrolmentsChanged(group_id=GROUP, pupil_ids=[PUPILS[1]], enrolments=[stay]))

    assert read(database).pupils[0] == ("Ёлкин Пётр", "выбыл, приказ № 12-у от 05.10.2026")


def test_it_is_for_the_class_teacher_and_those_who_supervise(database):
    apply_all(database)

    for role, who in (("class_teacher", LEADER), ("director", new_id())):
        assert read(database, role=role, person_id=who).group == "5А"
    for role, who in (("teacher", TEACHER), ("class_teacher", new_id()), ("parent", new_id())):
        with pytest.raises(NotFound):
            read(database, role=role, person_id=who)
    for asked in ({"group": new_id()}, {"year": new_id()}):
        with pytest.raises(NotFound):
            read(database, **asked)


def test_5_3_what_was_changed_after_a_closing_bears_an_asterisk(database):
    apply_all(database)
    apply(database, identity.PersonMerged(kept_id=PUPILS[0], merged_id=PUPILS[1]))
    by_teacher(database, finals(10, (1, "3"), (2, "4")), CLOSED, finals(11, (1, "5", "3")))

    summary = read(database)

    assert shown(summary)["Яшина", "I четверть", "Математика"] == "5*"
    assert shown(summary)["Жуков", "I четверть", "Математика"] == "4"
    first, *_ = texts_of(draw_summary(summary))
    assert "см. лист исправлений" in first


def test_of_several_years_the_last_is_printed_unless_another_is_asked_for(database):
    apply_all(database)
    year, period = new_id(), new_id()
    apply(
        database,
        schedule.YearPlanned(
            year_id=year,
            name="2027/28",
            starts_on=date(2027, 9, 1),
            ends_on=date(2028, 5, 31),
            periods=[
                schedule.Period(
                    period_id=period, name="I", starts_on=date(2027, 9, 1), ends_on=date(2027, 10, 24)
                )
            ],
        ),
        journal.PageOpened(page_id=new_id(), year_id=year, group_id=GROUP, subject_id=new_id()),
    )

    assert read(database).year == "2027/28 учебный год"
    assert read(database, year=YEAR).year == "2026/27 учебный год"


def test_a_class_is_a_few_statements_whatever_its_size(database):
    apply_all(database)
    few = counted(database)
    apply(database, *(person(new_id(), f"Белов{n}", "Лев") for n in range(5)))
    apply(database, enrolments(*((new_id(), date(2026, 9, 1), None) for _ in range(20))))

    assert counted(database) == few <= 9


def counted(database):
    with Counted(database) as statements:
        read(database)
    return len(statements)


def make_summary(*, pupils=30, subjects=17):
    terms = ("I четверть", "II четверть", "III четверть", "IV четверть", "годовая", "итоговая")
    names = tuple(f"Предмет {n}" for n in range(subjects))
    return Summary(
        school="Школа № 17",
        year="2026/27 учебный год",
        group="9А",
        class_teacher="Кузнецова Наталья Владимировна",
        subjects=names,
        terms=terms,
        pupils=tuple((one.name, "") for one in make_pupils(pupils)),
        cells={(p, t, s): "незач" for p in range(pupils) for t in range(6) for s in range(subjects)},
        states=tuple(PageState(name, "9А", 412, HEAD, "25.05.2027 14:05", PAGE_URL) for name in names),
    )


@pytest.mark.parametrize(
    ("pupils", "subjects", "pages"), [(1, 1, 2), (6, 24, 3), (30, 17, 6), (7, 25, 6), (0, 0, 1)]
)
def test_what_does_not_fit_goes_on_on_another_sheet(pupils, subjects, pages):
    sheets = texts_of(draw_summary(make_summary(pupils=pupils, subjects=subjects)))

    assert len(sheets) == pages
    assert all(f"стр. {n} из {pages}" in sheet for n, sheet in enumerate(sheets, 1))
    assert sum(sheet.count("незач") for sheet in sheets) == pupils * subjects * 6


def test_it_is_signed_sealed_and_proves_its_pages():
    *_, last = texts_of(draw_summary(make_summary()))

    assert "3f9a c0d1 5b7e 4826" in last
    assert "Директор" in last
    assert "Кузнецова Наталья Владимировна" in last
    assert "М. П." in last


def test_equal_registers_are_equal_bytes():
    assert draw_summary(make_summary()) == draw_summary(make_summary())
