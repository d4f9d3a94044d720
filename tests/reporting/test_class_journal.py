"""What reporting makes of the events, in whatever order the three logs arrive."""

import random
from dataclasses import asdict
from datetime import date

import pytest
from sqlalchemy import select

from services.reporting.models import Work
from services.reporting.queries.class_page import class_page
from services.reporting.queries.spread import spread_of
from services.reporting.rules import Stay
from shared.auth import Actor
from shared.errors import NotFound
from shared.events import identity, journal, schedule
from tests.reporting.makers import (
    CLOSED,
    DAYS,
    FIRST,
    GROUP,
    LEADER,
    LESSONS,
    PAGE,
    PUPILS,
    SCHOOL,
    SECOND,
    SUBJECT,
    TEACHER,
    UUID,
    apply,
    apply_all,
    described,
    enrolments,
    head_after,
    load,
    marks,
    opened,
    planned,
    told_by_identity,
    told_by_journal,
    told_by_schedule,
    work,
)

DEPUTY = Actor("deputy", SCHOOL, UUID(int=900), frozenset({"deputy"}))


def read(database, *, actor=DEPUTY, period=FIRST, school=SCHOOL):
    with database.reading(school) as session:
        return class_page(session, actor, PAGE, period)


def cells(page):
    return spread_of(page, "https://parta.example").cells


def teacher(person_id):
    return Actor("teacher", SCHOOL, person_id, frozenset({"teacher"}))


def test_the_page_shows_what_was_told(database):
    apply_all(database)

    page = read(database)

    assert [pupil.name for pupil in page.pupils] == ["Ёлкин Пётр", "Жуков Лев", "Яшина Анна"]
    assert [lesson.on for lesson in page.lessons] == list(DAYS[:3])
    assert (page.lessons[0].topic, page.lessons[0].homework) == ("Делители и кратные", "№ 24")
    assert cells(page) == {(0, 0): "н", (2, 0): "оп 5", (0, 1): "5", (2, 1): "4"}
    assert [pupil.average for pupil in page.pupils] == ["5.00", None, "4.17"]
    assert page.teachers == ("Кузнецова Наталья Владимировна",)
    assert (page.seq, page.head) == (9, head_after(9))


@pytest.mark.parametrize("seed", range(6))
def test_the_logs_may_arrive_in_any_order_and_twice(database, seed):
    chance = random.Random(seed)
    logs = [list(log) for log in (told_by_identity(), told_by_schedule(), told_by_journal())]
    mixed = [log for log in logs for _ in range(2 * len(log))]
    chance.shuffle(mixed)
    twice = {id(log): [one for one in log for _ in range(2)] for log in logs}

    apply(database, *(twice[id(log)].pop(0) for log in mixed), batches=seed % 2 == 0)

    apart = read(database)
    assert asdict(apart) == asdict(read_after_all(database))


def read_after_all(database):
    apply_all(database)
    return read(database)


def test_marks_come_before_anybody_is_known(database):
    apply(database, *told_by_journal())

    page = read(database, period=None)

    assert {pupil.name for pupil in page.pupils} == {"имя неизвестно"}
    assert [lesson.on for lesson in page.lessons] == list(DAYS[:2])
    assert cells(page) == {(1, 0): "н", (0, 0): "оп 5", (1, 1): "5", (0, 1): "4"}


def test_the_last_word_on_a_cell_counts(database):
    apply_all(database)

    apply(database, marks(10, (0, 1, "2")), marks(11, (0, 1, None)), marks(12, (1, 1, "4")))

    assert cells(read(database)) == {(0, 0): "н 4", (2, 0): "оп", (0, 1): "5", (2, 1): "4"}


def test_a_work_reweighed_changes_the_average(database):
    apply_all(database)

    apply(database, work(10, lesson=1, kind="dictation", weight=1))

    assert [pupil.average for pupil in read(database).pupils] == ["5.00", None, "4.50"]


def test_a_work_taken_back_leaves_nothing_even_where_marks_stood_once(database):
    apply_all(database)
    before = read(database)
    apply(database, work(10, lesson=1, slot=2), marks(11, (0, 2, "3"), lesson=1))
    assert read(database).pupils != before.pupils

    gone = journal.WorkWithdrawn(page_id=PAGE, lesson_id=LESSONS[1], slot=2, seq=13, head=head_after(13))
    apply(database, marks(12, (0, 2, None), lesson=1), gone)

    after = read(database)
    assert (after.lessons, after.pupils, cells(after)) == (before.lessons, before.pupils, cells(before))
    assert (after.seq, after.head) == (13, head_after(13))
    with database.reading(SCHOOL) as session:
        assert session.scalars(select(Work.slot).where(Work.lesson_id == LESSONS[1])).all() == [1]


def test_the_digest_is_of_the_marks_it_stands_with(database):
    apply_all(database)
    apply(database, described(10, topic="Кратные"))

    spread = spread_of(read(database), "https://parta.example")

    assert spread.verify_url == f"https://parta.example/verify/{PAGE}/10/{head_after(10)[:16]}"
    assert spread.as_of == "08.09.2026 15:30"  # in Omsk


def test_a_page_is_read_as_of_one_moment(database):
    apply_all(database)

    with database.reading(SCHOOL) as session:
        class_page(session, DEPUTY, PAGE, FIRST)
        level = session.connection().get_isolation_level()

    assert level == ("REPEATABLE READ" if database.is_postgres else "SERIALIZABLE")


def test_a_page_just_opened_has_the_empty_chain(database):
    apply(database, opened())

    page = read(database, period=None)

    assert (page.seq, page.head, page.changed_at) == (0, "0" * 64, None)


def test_a_cancelled_lesson_goes_unless_something_stands_on_it(database):
    apply_all(database)

    apply(
        database,
        schedule.LessonsCancelled(group_id=GROUP, subject_id=SUBJECT, lesson_ids=[LESSONS[0], LESSONS[2]]),
    )

    assert [lesson.id for lesson in read(database).lessons] == list(LESSONS[:2])


def test_a_lesson_moved_takes_its_marks_along(database):
    apply_all(database)

    apply(database, planned([(LESSONS[0], date(2026, 9, 10))]))

    page = read(database)
    assert [lesson.on for lesson in page.lessons] == [DAYS[1], DAYS[2], date(2026, 9, 10)]
    assert cells(page)[0, 2] == "н"


def test_who_left_before_the_period_is_not_on_its_page(database):
    apply_all(database)

    assert [pupil.name for pupil in read(database, period=SECOND).pupils] == ["Ёлкин Пётр", "Яшина Анна"]


def test_stays_told_again_replace_the_old_ones(database):
    apply_all(database)

    apply(database, enrolments((PUPILS[2], date(2026, 9, 8), None)), enrolments())

    assert read(database).pupils[1].stays == (Stay(date(2026, 9, 8)),)


def test_an_order_comes_onto_the_page_with_the_stay_it_ended(database):
    apply_all(database)
    stay = identity.Enrolment(
        pupil_id=PUPILS[1],
        from_on=DAYS[0],
        until_on=DAYS[1],
        ended_as="departure",
        order_number="12-у",
        order_on=DAYS[1],
    )

    apply(database, identity.EnrolmentsChanged(group_id=GROUP, pupil_ids=[PUPILS[1]], enrolments=[stay]))

    pupil = spread_of(read(database), "https://parta.example").pupils[0]
    assert pupil.left_by((DAYS[0], DAYS[2])) == "выбыл, приказ № 12-у от 03.09.2026"


def test_an_erased_person_loses_the_name_and_keeps_the_row(database):
    apply_all(database)

    apply(database, identity.PersonErased(person_id=PUPILS[1]))

    page = read(database)
    assert [pupil.name for pupil in page.pupils] == ["Жуков Лев", "Яшина Анна", "имя неизвестно"]
    assert cells(page)[2, 0] == "н"


def test_a_group_without_members_has_those_of_its_class(database):
    apply_all(database)
    whole = UUID(int=7)

    apply(
        database,
        identity.GroupChanged(group_id=whole, kind="class", name="5А", class_teacher_id=LEADER),
        identity.GroupChanged(group_id=GROUP, kind="group", name="5А/англ. 1", parent_id=whole),
        enrolments((UUID(int=150), DAYS[0], None), group_id=whole),
    )
    assert UUID(int=150) not in {pupil.id for pupil in read(database).pupils}

    gone = identity.EnrolmentsChanged(group_id=GROUP, pupil_ids=list(PUPILS), enrolments=[])
    apply(database, gone)
    assert UUID(int=150) in {pupil.id for pupil in read(database).pupils}
    assert read(database, actor=teacher(LEADER)).facts.group == "5А/англ. 1"


def test_a_parallel_has_the_pupils_of_its_classes(database):
    apply_all(database)
    a_class = UUID(int=8)

    apply(
        database,
        identity.GroupChanged(group_id=GROUP, kind="parallel", name="5-е классы"),
        identity.GroupChanged(group_id=a_class, kind="class", name="5Б", parent_id=GROUP),
        enrolments((UUID(int=151), DAYS[0], None), group_id=a_class),
    )

    assert UUID(int=151) in {pupil.id for pupil in read(database).pupils}


def test_a_period_is_closed_and_opened_again(database):
    apply_all(database)

    apply(database, CLOSED)
    assert read(database).period.closed
    apply(database, journal.PeriodReopened(period_id=FIRST, reason="ошибка"))
    assert not read(database).period.closed


def test_a_year_planned_again_replaces_its_periods(database):
    apply_all(database)
    year = told_by_schedule()[0]

    apply(database, schedule.YearPlanned(**{**vars(year), "periods": year.periods[:1]}))

    assert [period.id for period in read(database).periods] == [FIRST]
    with pytest.raises(NotFound):
        read(database, period=SECOND)


def test_a_class_has_the_periods_of_its_parallel(database):
    apply_all(database)
    year = told_by_schedule()[0]
    elder = UUID(int=4711)
    half = schedule.Period(
        period_id=elder, name="1 полугодие", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 28),
        kind="half_year", grades=[10, 11],
    )  # fmt: skip

    apply(database, schedule.YearPlanned(**{**vars(year), "periods": [*year.periods, half]}))

    assert [period.id for period in read(database).periods] == [FIRST, SECOND]
    with pytest.raises(NotFound):
        read(database, period=elder)


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2026-09-20", FIRST), ("2026-10-28", FIRST), ("2026-11-02", SECOND), ("2027-03-01", SECOND)],
)
def test_without_a_period_named_the_present_one_is_shown(database, time_machine, day, shown):
    apply_all(database)

    time_machine.move_to(f"{day}T12:00:00+06:00")

    assert read(database, period=None).period.id == shown


def test_teachers_read_their_own_pages_only(database):
    apply_all(database)
    stranger, stand_in, second = UUID(int=31), UUID(int=32), UUID(int=33)
    apply(database, planned([(LESSONS[3], DAYS[3])], teacher=stand_in), load(TEACHER, second))

    for allowed in (TEACHER, LEADER, stand_in, second):
        assert read(database, actor=teacher(allowed)).facts.page_id == PAGE
    with pytest.raises(NotFound):
        read(database, actor=teacher(stranger))
    with pytest.raises(NotFound):
        read(database, actor=Actor("client", SCHOOL))


def test_another_school_finds_nothing(database):
    apply_all(database)

    with pytest.raises(NotFound):
        read(database, school=UUID(int=999))
