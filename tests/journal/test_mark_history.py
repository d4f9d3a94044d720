"""What was changed and what was taken back stays to be found (clauses 2.1, 3.9.4)."""

import pytest

from services.journal.actions.finals import FinalCell, record_finals
from services.journal.models import Page
from services.journal.queries.diary import diary_week
from services.journal.queries.diary_final import diary_final
from services.journal.queries.diary_mark import diary_mark
from services.journal.queries.diary_periods import diary_period
from services.journal.queries.diary_subject import diary_subject
from services.journal.queries.final_marks import final_marks_of
from services.journal.queries.lists import page_history
from shared.errors import NotFound
from shared.events.identity import PersonMerged
from shared.ids import new_id
from tests.journal.makers import TODAY, Counted, make_world, tell
from tests.journal.test_diary_views import put, read

OCTOBER = "2026-10-20T07:00:00+00:00"


def attest(database, world, value, column=None, *, pupil=0, reason="педсовет"):
    """Put a term-end mark, by default of the first quarter."""
    with database.writing(world.school_id) as session:
        page = session.get_one(Page, world.page_id(session))
        cells = [FinalCell(world.pupils[pupil], value)]
        record_finals(
            session, world.actor(), page.id, column or str(world.quarters[0]), page.seq, cells, reason
        )


def page_id(database, world):
    with database.reading(world.school_id) as session:
        return world.page_id(session)


def history(database, world, **asked):
    with database.reading(world.school_id) as session:
        items = page_history(session, world.actor(), world.page_id(session), **asked)["items"]
    return [(one["what"], one["period"], one["slot"], one["was"], one["value"]) for one in items]


def final(database, world, column=None, actor=None, *, pupil=0):
    asked = (page_id(database, world), column or str(world.quarters[0]))
    return read(database, world, diary_final, *asked, actor=actor, pupil=pupil)


def taken_back(database, world):
    """Let a mark, an absence and a work awaited be taken back, and another mark stand."""
    seq = put(database, world, world.today, (0, 1, "2"), (0, 2, "5"), (0, 3, "•"), (0, 0, "н"))
    put(database, world, world.today, (0, 1, None), (0, 3, None), (0, 0, None), reason="описка", seen=seq)


def test_a_pages_history_says_of_which_period_a_term_end_mark_is(either_database, clock):
    world = make_world(either_database)
    put(either_database, world, world.today, (0, 1, "5"))
    clock.move_to(OCTOBER)
    for value in ("4", "5"):
        attest(either_database, world, value)
    attest(either_database, world, "3", pupil=1)
    clock.move_to("2026-11-20T07:00:00+00:00")
    attest(either_database, world, "5", "year")
    attest(either_database, world, "4", "exam")

    own = {"pupil_id": world.pupils[0]}
    quarter = [("final", "I четверть", 0, None, "4"), ("final", "I четверть", 0, "4", "5")]
    assert history(either_database, world, **own, period_id=world.quarters[0]) == quarter
    assert history(either_database, world, **own, period_id=world.year_id, slot=1) == [
        ("final", "2026/27", 1, None, "5")
    ]
    assert history(either_database, world, **own, lesson_id=world.today, slot=1) == [
        ("mark", None, 1, None, "5")
    ]


def test_2_1_a_family_sees_how_a_term_end_mark_came_to_be(either_database, clock):
    world = make_world(either_database)
    clock.move_to(OCTOBER)
    for pupil, value in ((0, "4"), (0, "5"), (1, "2")):
        attest(either_database, world, value, pupil=pupil)

    told = final(either_database, world)

    assert (told["value"], told["kind"], told["period"]) == ("5", "period", "I четверть")
    assert (told["subject"]["name"], told["year"]["name"]) == ("Математика", "2026/27")
    assert [(one["was"], one["value"], one["by"], one["reason"]) for one in told["changes"]] == [
        (None, "4", "Иванова М. П.", "педсовет"),
        ("4", "5", "Иванова М. П.", "педсовет"),
    ]


def test_marks_of_the_year_and_of_an_exam_have_histories_of_their_own(database, world, clock):
    clock.move_to("2026-11-20T07:00:00+00:00")
    for column, value in (("year", "5"), ("exam", "4"), ("exam", "3")):
        attest(database, world, value, column)

    assert [one["value"] for one in final(database, world, "exam")["changes"]] == ["4", "3"]
    assert final(database, world, "year")["value"] == "5"
    for nothing in ("final", str(world.quarters[0]), str(world.year_id), "нет такого"):
        with pytest.raises(NotFound):
            final(database, world, nothing)


def test_a_term_end_mark_is_told_to_those_who_read_the_diary_alone(database, world, clock):
    clock.move_to(OCTOBER)
    attest(database, world, "4")
    attest(database, world, "2", pupil=1)
    parent = world.actor(world.parent_id, "parent")
    leader = world.actor(world.class_teacher_id, "class_teacher")

    told = [
        final(database, world, actor=one) for one in (None, parent, leader, world.actor(new_id(), "deputy"))
    ]

    assert all(one == told[0] for one in told)
    for stranger in (world.actor(), world.actor(new_id(), "parent"), world.actor(world.pupils[1], "pupil")):
        with pytest.raises(NotFound):
            final(database, world, actor=stranger)
    with pytest.raises(NotFound):  # The child of another family.
        final(database, world, actor=parent, pupil=1)
    other = make_world(database)
    with database.reading(other.school_id) as session, pytest.raises(NotFound):
        page = page_id(database, world)
        diary_final(session, other.actor(new_id(), "director"), world.pupils[0], page, str(world.quarters[0]))


def test_the_history_of_a_term_end_mark_goes_along_when_two_entries_are_one_pupil(database, world, clock):
    clock.move_to(OCTOBER)
    attest(database, world, "3", pupil=1)
    tell(database, world, PersonMerged(kept_id=world.pupils[0], merged_id=world.pupils[1]))
    attest(database, world, "4")

    assert [(one["was"], one["value"]) for one in final(database, world)["changes"]] == [
        (None, "3"),
        ("3", "4"),
    ]


def test_a_term_end_mark_that_was_taken_back_stays_on_the_periods_sheet(either_database, clock):
    world = make_world(either_database)
    clock.move_to(OCTOBER)
    attest(either_database, world, "4")
    attest(either_database, world, None)

    [subject] = read(either_database, world, diary_period, world.quarters[0])["subjects"]

    assert subject["finals"] == []
    [gone] = subject["finals_taken_back"]
    assert (gone["kind"], gone["period"], gone["was"]) == ("period", "I четверть", "4")
    assert final(either_database, world)["value"] is None
    with either_database.reading(world.school_id) as session:
        assert final_marks_of(session, world.pupils[0]) == []


def test_what_was_taken_back_stays_in_the_week_and_in_the_subject(either_database):
    world = make_world(either_database)
    taken_back(either_database, world)

    week = read(either_database, world, diary_week, TODAY)
    subject = read(either_database, world, diary_subject, world.subject_id)

    seen = [lesson for day in week["days"] for lesson in day["lessons"]]
    seen += [lesson for period in subject["periods"] for lesson in period["lessons"]]
    for lesson in (one for one in seen if one["id"] == world.today):
        assert [(one["slot"], one["value"]) for one in lesson["entries"]] == [(2, "5")]
        assert [(one["slot"], one["was"]) for one in lesson["taken_back"]] == [(0, "н"), (1, "2"), (3, "•")]
    assert all(one["taken_back"] == [] for one in seen if one["id"] != world.today)
    for slot in (0, 1, 3):
        assert read(either_database, world, diary_mark, world.today, slot)["value"] is None


def test_what_was_taken_back_counts_in_no_average_and_is_no_absence(database, world):
    taken_back(database, world)

    sheet = read(database, world, diary_period, world.quarters[0])
    [subject] = sheet["subjects"]
    [year] = read(database, world, diary_subject, world.subject_id)["years"]

    assert (subject["average"], year["average"]) == ("5.00", "5.00")
    assert [one["value"] for one in subject["marks"]] == [one["value"] for one in year["marks"]] == ["5"]
    assert [(one["slot"], one["was"], one["on"]) for one in subject["taken_back"]] == [
        (1, "2", TODAY),
        (3, "•", TODAY),
    ]
    assert (sheet["absences"], subject["absences"]) == ([], [])


def test_a_mark_put_again_is_not_taken_back(database, world):
    seq = put(database, world, world.today, (0, 1, "2"))
    seq = put(database, world, world.today, (0, 1, None), seen=seq)
    put(database, world, world.today, (0, 1, "4"), seen=seq)

    [subject] = read(database, world, diary_period, world.quarters[0])["subjects"]

    assert ([one["value"] for one in subject["marks"]], subject["taken_back"]) == (["4"], [])


def test_what_was_taken_back_of_another_pupil_is_not_told(database, world):
    seq = put(database, world, world.today, (1, 1, "2"))
    put(database, world, world.today, (1, 1, None), seen=seq)

    week = read(database, world, diary_week, TODAY)

    assert all(lesson["taken_back"] == [] for day in week["days"] for lesson in day["lessons"])


def test_a_term_end_marks_view_takes_three_statements(either_database, clock):
    world = make_world(either_database)
    clock.move_to(OCTOBER)
    attest(either_database, world, "4")
    asked = (page_id(either_database, world), str(world.quarters[0]))
    with Counted(either_database) as counted:
        read(either_database, world, diary_final, *asked)
    assert len(counted) <= 4  # PostgreSQL is told the school first.
