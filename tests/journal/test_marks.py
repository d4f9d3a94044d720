"""What may stand in a cell, what is said of it, and how a correction shows (clauses 3.6.1–3.6.4, 4.2.1)."""

from datetime import date

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell, EntriesRefused
from services.journal.actions.chains import broken_chains
from services.journal.actions.comments import CommentChanged, NothingToComment, comment_mark
from services.journal.actions.entries import ReasonNeeded, record_entries
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import close_period
from services.journal.actions.works import set_work, work_of
from services.journal.models import Revision
from services.journal.queries.diary import diary_week
from services.journal.queries.page import class_page
from services.journal.rules.marks import average, simple_average
from shared.errors import Denied, NotFound
from shared.events.identity import GroupChanged
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    make_enrolment,
    make_lessons,
    make_load,
    make_world,
    published,
    tell,
)
from tests.journal.test_parameters import told_to

SEPTEMBER = date(2026, 9, 1)


def record(database, world, marks, *, lesson=None, **given):
    """Records {(pupil number, slot): value} as somebody who has seen the page as it is."""
    cells = [Cell(world.pupils[number], slot, value) for (number, slot), value in marks.items()]
    seen = page_of(database, world)["page"]["seq"]
    with database.writing(world.school_id) as session:
        return record_entries(session, world.actor(), lesson or world.today, seen, cells, **given)


def comment(database, world, text, *, seen=None, actor=None, number=0, slot=1, lesson=None):
    if seen is None:
        seen = page_of(database, world)["page"]["seq"]
    with database.writing(world.school_id) as session:
        given = (actor or world.actor(), lesson or world.today, seen)
        return comment_mark(session, *given, world.pupils[number], slot, text)


def page_of(database, world):
    with database.reading(world.school_id) as session:
        return class_page(session, world.actor(), world.page_id(session))


@pytest.mark.parametrize(
    ("scale", "fitting", "wrong"),
    [
        ("five", ("5", "1", "зач", "осв", "н/а"), ("6", "10", "87")),
        ("ten", ("10", "7", "зач"), ("0", "11", "87")),
        ("percent", ("87", "100", "0"), ("101", "зач", "007")),
        ("pass", ("зач", "незач", "осв"), ("5",)),
        ("none", (), ("5", "зач")),
    ],
)
def test_3_6_1_a_subject_has_the_scale_the_school_gave_it(database, scale, fitting, wrong):
    world = make_world(database)
    told_to(database, world, "subject_scales", (SEPTEMBER, [{"subject": "математика ", "scale": scale}]))

    for value in fitting:
        record(database, world, {(0, 1): value})
        [(_, _, _, stands)] = page_of(database, world)["entries"]
        assert stands == value
    for value in wrong:
        with pytest.raises(EntriesRefused):
            record(database, world, {(1, 1): value})
    assert set(fitting) <= set(page_of(database, world)["scale"])


def test_3_6_1_other_subjects_keep_the_schools_scale(database):
    world = make_world(database)
    told_to(database, world, "subject_scales", (SEPTEMBER, [{"subject": "Физкультура", "scale": "pass"}]))

    record(database, world, {(0, 1): "5"})

    assert page_of(database, world)["scale"][:2] == ["5", "4"]


def test_first_grades_learn_without_marks_in_whatever_subject(api, database, world):
    rows = [{"subject": "Математика", "scale": "ten"}]
    told_to(database, world, "subject_scales", (SEPTEMBER, rows))
    record(database, world, {(1, 1): "2"})
    tell(database, world, GroupChanged(group_id=world.class_id, kind="class", name="1А", grade=1))

    for value in ("2", "10", "зач", "•"):
        with pytest.raises(EntriesRefused):
            record(database, world, {(0, 1): value})
    assert page_of(database, world)["scale"] == []
    seen = page_of(database, world)["page"]["seq"]
    entry = {"pupil_id": str(world.pupils[0]), "slot": 1, "value": "5"}
    answer = api("POST", f"/lessons/{world.today}/entries", seen=seen, json={"entries": [entry]})
    assert answer.status_code == 422
    assert "отметок не ставят" in str(answer.json["errors"])

    record(database, world, {(0, 0): "н", (1, 1): None})  # What stood there may be taken away.
    assert [value for *_, value in page_of(database, world)["entries"]] == ["н"]


def test_a_group_of_a_first_grade_takes_no_marks_either(database, world):
    part, lesson = new_id(), new_id()
    tell(
        database,
        world,
        GroupChanged(group_id=world.class_id, kind="class", name="1А", grade=1),
        GroupChanged(group_id=part, kind="group", name="1А, англ. 1", parent_id=world.class_id),
        make_enrolment(part, world.pupils[0]),
        make_load(world, part, world.teacher_id),
        make_lessons(world, part, [TODAY], [lesson]),
    )

    with database.writing(world.school_id) as session, pytest.raises(EntriesRefused):
        record_entries(session, world.actor(), lesson, 0, [Cell(world.pupils[0], 1, "5")])


def test_3_6_1_averages_count_only_works_that_count():
    marks = [("4", 5), ("5", 3), ("5", 1), ("2", 0), ("н/а", 1), ("осв", 3)]

    assert (average(marks), simple_average(marks)) == ("4.44", "4.67")
    assert (average([("2", 0)]), simple_average([("осв", 1)])) == (None, None)
    assert simple_average([("87", 1), ("100", 3)]) == "93.50"


def test_3_6_1_the_page_shows_both_averages_and_leaves_out_what_does_not_count(database):
    world = make_world(database)
    told_to(database, world, "averages", (SEPTEMBER, "both"))
    works = [work_of(1, "control"), work_of(2, "answer"), work_of(3, "answer", counts=False)]
    record(database, world, {(0, 1): "4", (0, 2): "5", (0, 3): "2"}, given=works)

    page = page_of(database, world)

    at = [pupil["id"] for pupil in page["pupils"]].index(world.pupils[0])
    assert (page["averages"][at], page["simple_averages"][at]) == ("4.17", "4.50")
    assert page["shown_averages"] == "both"


def test_a_comment_is_kept_told_by_id_and_shown_to_the_family(either_database):
    world = make_world(either_database)
    record(either_database, world, {(0, 1): "4"})

    end = comment(either_database, world, "Хорошо, но без проверки")

    page = page_of(either_database, world)
    at = [pupil["id"] for pupil in page["pupils"]].index(world.pupils[0])
    assert page["comments"] == [(1, at, 1, "Хорошо, но без проверки")]
    [told] = published(either_database, world, "journal.mark.commented")
    assert (told.pupil_id, told.slot, told.is_commented) == (world.pupils[0], 1, True)
    assert (told.seq, told.head) == (end.seq, end.head)
    with either_database.reading(world.school_id) as session:
        week = diary_week(session, world.actor(world.parent_id, "parent"), world.pupils[0], TODAY)
        [last] = session.scalars(select(Revision).where(Revision.what == "comment"))
        assert list(broken_chains(session)) == []
    assert week["days"][0]["lessons"][0]["entries"][0]["comment"] == "Хорошо, но без проверки"
    assert (last.value, last.was) == ("Хорошо, но без проверки", None)


def test_a_comment_taken_back_and_said_again(database):
    world = make_world(database)
    record(database, world, {(0, 1): "4"})
    comment(database, world, "Раз")
    assert comment(database, world, "Раз") == comment(database, world, "Раз")
    comment(database, world, None)

    assert page_of(database, world)["comments"] == []
    told = published(database, world, "journal.mark.commented")
    assert [one.is_commented for one in told] == [True, False]


def test_a_mark_changed_keeps_its_comment_and_an_emptied_one_hides_it(database):
    world = make_world(database)
    record(database, world, {(0, 1): "4"})
    comment(database, world, "Раз")

    record(database, world, {(0, 1): "5"})
    assert [one[3] for one in page_of(database, world)["comments"]] == ["Раз"]
    record(database, world, {(0, 1): None})
    assert page_of(database, world)["comments"] == []


def test_comments_are_refused_where_nothing_stands_where_closed_and_when_stale(database):
    world = make_world(database)
    with pytest.raises(NothingToComment):
        comment(database, world, "Раз")
    seen = record(database, world, {(0, 1): "4"}).seq
    comment(database, world, "Раз")
    with pytest.raises(CommentChanged):
        comment(database, world, "Два", seen=seen)
    with pytest.raises(Denied):
        comment(database, world, "Два", actor=world.actor(new_id(), "deputy"))
    with pytest.raises(NotFound):
        comment(database, world, "Два", actor=world.actor(new_id(), "teacher"))
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])
    with pytest.raises(PageClosed):
        comment(database, world, "Два")


def test_3_6_3_a_cell_changed_after_the_lessons_day_is_marked_on_the_page(either_database):
    world = make_world(either_database)
    friday = world.lessons[0]
    record(either_database, world, {(0, 1): "3", (1, 1): "5", (2, 0): "н"}, lesson=friday)
    record(either_database, world, {(0, 1): "4", (1, 1): None, (2, 0): "б"}, lesson=friday)
    record(either_database, world, {(0, 1): "3"})
    record(either_database, world, {(0, 1): "4"})

    page = page_of(either_database, world)

    at = {pupil["id"]: number for number, pupil in enumerate(page["pupils"])}
    first, second, third = (at[pupil] for pupil in world.pupils)
    # A reason found for an «н» is no correction; today's second thought is none, either.
    assert sorted(page["corrected"]) == sorted([(0, first, 1), (0, second, 1)])
    assert sorted(page["entries"]) == sorted([(0, first, 1, "4"), (0, third, 0, "б"), (1, first, 1, "4")])


def test_3_6_3_a_late_change_needs_a_reason_where_the_school_says_so(database):
    world = make_world(database)
    told_to(database, world, "reason_to_change", (SEPTEMBER, "yes"))
    friday = world.lessons[0]
    record(database, world, {(0, 1): "3"}, lesson=friday)
    record(database, world, {(0, 1): "3"})

    with pytest.raises(ReasonNeeded):
        record(database, world, {(0, 1): "4"}, lesson=friday)
    record(database, world, {(1, 1): "4"}, lesson=friday)
    record(database, world, {(0, 1): "4"})
    record(database, world, {(0, 1): "4"}, lesson=friday, reason="Ошибка в клетке")

    with database.reading(world.school_id) as session:
        last = session.scalars(select(Revision).order_by(Revision.seq.desc())).first()
    assert (last.was, last.value, last.reason) == ("3", "4", "Ошибка в клетке")


def test_3_6_3_the_time_for_corrections_is_the_schools(database):
    world = make_world(database)
    told_to(database, world, "reason_to_change", (SEPTEMBER, "yes"))
    told_to(database, world, "lesson_entry_days", (SEPTEMBER, 3))
    record(database, world, {(0, 1): "3"}, lesson=world.lessons[0])

    record(database, world, {(0, 1): "4"}, lesson=world.lessons[0])

    assert (TODAY - FRIDAY).days == 3


@pytest.mark.parametrize("value", ["оп 1", "оп 10", "оп 99"])
def test_4_2_1_lateness_may_say_its_minutes(database, value):
    world = make_world(database)

    record(database, world, {(0, 0): value, (0, 1): "5"})

    assert {one[3] for one in page_of(database, world)["entries"]} == {value, "5"}


@pytest.mark.parametrize("value", ["оп 0", "оп 100", "оп10", "н 5", "оп  5"])
def test_4_2_1_nothing_else_stands_with_a_number(database, value):
    world = make_world(database)

    with pytest.raises(EntriesRefused):
        record(database, world, {(0, 0): value})


def test_4_2_1_absent_and_marked_is_allowed_or_refused_as_the_school_has_it(database):
    world = make_world(database)
    record(database, world, {(0, 0): "н", (0, 1): "5"})
    told_to(database, world, "absent_and_marked", (SEPTEMBER, "refuse"))

    with pytest.raises(EntriesRefused) as refused:
        record(database, world, {(1, 0): "н", (1, 1): "5"})
    assert set(refused.value.errors) == {"entries.0.value", "entries.1.value"}
    record(database, world, {(1, 0): "н"})
    with pytest.raises(EntriesRefused):
        record(database, world, {(1, 2): "5"})
    record(database, world, {(1, 0): None, (1, 2): "5"})
    record(database, world, {(2, 0): "оп 5", (2, 1): "4"})


def test_3_6_4_monitoring_and_counting_change_with_the_work(database):
    world = make_world(database)
    with database.writing(world.school_id) as session:
        set_work(session, world.actor(), world.today, 0, work_of(1, "test", is_monitoring=True, counts=False))

    [work] = page_of(database, world)["lessons"][1]["works"]

    assert (work["is_written"], work["is_monitoring"], work["counts"]) == (True, True, False)
