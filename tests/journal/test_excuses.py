"""Excuses, the class's day and totals (clauses 3.5.1, 3.7.2, 3.8.1–2, 4.2.2)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell
from services.journal.actions.chains import broken_chains
from services.journal.actions.entries import record_entries
from services.journal.actions.excuses import (
    AlreadyExcused,
    DaysBeforeYears,
    DaysRefused,
    ExcuseWithdrawn,
    ForeignThen,
    Given,
    IssuedAhead,
    PaperExcuses,
    UnknownReason,
    change_excuse,
    make_excuse,
    withdraw_excuse,
)
from services.journal.actions.periods import close_period, reopen_period
from services.journal.models import Entry, Excuse, Lesson, Page, Revision
from services.journal.queries.absences import MAX_EXCUSES, class_absences, class_day
from services.journal.rules.spans import BeforeTheYear
from shared.clock import now
from shared.errors import Denied, NotFound
from shared.events.identity import Enrolment, EnrolmentsChanged, GroupChanged, PersonErased, PersonMerged
from shared.events.schedule import SubjectChanged, YearPlanned
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_lessons,
    make_load,
    make_world,
    published,
    tell,
)
from tests.journal.test_parameters import told_to

SAID = {"from_on": FRIDAY, "until_on": TODAY, "sign": "б", "paper": "certificate", "number": "12"}
MARKS = "journal.marks.recorded"


@pytest.fixture
def world(either_database):
    """A class with two subjects; the second is also held on Friday and today."""
    world = make_world(either_database)
    world.russian, world.russian_lessons = new_id(), [new_id(), new_id()]
    tell(
        either_database,
        world,
        SubjectChanged(subject_id=world.russian, name="Русский язык"),
        make_load(world, world.class_id, world.teacher_id, subject_id=world.russian),
        make_lessons(world, world.class_id, (FRIDAY, TODAY), world.russian_lessons, subject_id=world.russian),
    )
    return world


def change(database, world, excuse_id, *, actor=None, **given):
    with database.writing(world.school_id) as session:
        leader = actor or world.actor(world.class_teacher_id, "class_teacher")
        return change_excuse(session, leader, excuse_id, Given(**(SAID | given)))


def absent(database, world, lesson, *numbers, value="н", actor=None):
    with database.writing(world.school_id) as session:
        seq = session.get(Page, session.get(Lesson, lesson).page_id).seq
        cells = [Cell(world.pupils[number], 0, value) for number in numbers]
        return record_entries(session, actor or world.actor(), lesson, seq, cells)


def excuse(database, world, number=0, *, actor=None, **given):
    said = SAID | given
    with database.writing(world.school_id) as session:
        leader = actor or world.actor(world.class_teacher_id, "class_teacher")
        return make_excuse(session, leader, world.pupils[number], Given(**said))


def withdraw(database, world, excuse_id, actor=None):
    with database.writing(world.school_id) as session:
        leader = actor or world.actor(world.class_teacher_id, "class_teacher")
        return withdraw_excuse(session, leader, excuse_id, "Справка другого ученика")


def values(database, world, number=0):
    """Returns the pupil's attendance by lesson."""
    with database.reading(world.school_id) as session:
        asked = select(Entry).where(Entry.pupil_id == world.pupils[number], Entry.slot == 0)
        return {entry.lesson_id: entry.value for entry in session.scalars(asked)}


def whole(database, world):
    with database.reading(world.school_id) as session:
        return list(broken_chains(session)) == []


def test_4_2_2_every_absence_of_the_span_becomes_the_reason_on_every_page(either_database, world):
    math, russian = world.lessons[0], world.russian_lessons[0]
    for lesson in (math, russian, world.today):
        absent(either_database, world, lesson, 0, 1)
    before = len(published(either_database, world, MARKS))

    turned = excuse(either_database, world)

    assert (turned.changed, turned.closed) == (3, 0)
    assert values(either_database, world) == {math: "б", russian: "б", world.today: "б"}
    assert set(values(either_database, world, 1).values()) == {"н"}
    told = published(either_database, world, MARKS)[before:]
    assert {one.lesson_id for one in told} == {math, russian, world.today}
    assert {(one.value, one.was, one.pupil_id) for event in told for one in event.entries} == {
        ("б", "н", world.pupils[0])
    }
    with either_database.reading(world.school_id) as session:
        last = session.scalars(select(Revision).where(Revision.value == "б")).all()
    assert {(one.actor_id, one.reason) for one in last} == {
        (world.class_teacher_id, "справка, 02.10–05.10.2026")
    }
    assert {one.lesson_on for one in last} == {FRIDAY, TODAY}
    assert whole(either_database, world)


def test_4_2_2_an_absence_put_later_is_turned_at_once(either_database, world):
    excuse(either_database, world)

    saved = absent(either_database, world, world.today, 0, 1)

    assert values(either_database, world) == {world.today: "б"}
    assert values(either_database, world, 1) == {world.today: "н"}
    assert {(one.pupil_id, one.value) for one in saved.changed} == {
        (world.pupils[0], "б"),
        (world.pupils[1], "н"),
    }
    again = absent(either_database, world, world.today, 0)
    assert again.changed == []
    assert whole(either_database, world)


def test_4_2_2_withdrawing_restores_what_it_turned_and_no_more(either_database, world):
    absent(either_database, world, world.lessons[0], 0)
    absent(either_database, world, world.russian_lessons[0], 0, value="б")
    turned = excuse(either_database, world)
    absent(either_database, world, world.today, 0)
    absent(either_database, world, world.russian_lessons[1], 0)
    absent(either_database, world, world.russian_lessons[1], 0, value="нп")

    back = withdraw(either_database, world, turned.excuse_id)

    assert back.changed == 2
    assert values(either_database, world) == {
        world.lessons[0]: "н",
        world.today: "н",
        world.russian_lessons[0]: "б",
        world.russian_lessons[1]: "нп",
    }
    assert withdraw(either_database, world, turned.excuse_id).changed == 0
    assert excuse(either_database, world, sign="уп").changed == 2
    assert whole(either_database, world)


def test_a_reason_the_teacher_found_or_a_closed_period_is_left_alone(either_database, world):
    absent(either_database, world, world.lessons[0], 0, value="уп")
    absent(either_database, world, world.today, 0)
    with either_database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])

    turned = excuse(either_database, world)

    assert (turned.changed, turned.closed) == (0, 1)
    assert values(either_database, world) == {world.lessons[0]: "уп", world.today: "н"}


def close(database, world, *, reopening=False):
    with database.writing(world.school_id) as session:
        deputy = world.actor(new_id(), "deputy")
        if reopening:
            reopen_period(session, deputy, world.quarters[0], "справка")
        else:
            close_period(session, deputy, world.quarters[0])


def test_4_2_2_what_was_excused_while_its_period_was_closed_is_turned_when_it_is_opened(
    either_database, world
):
    absent(either_database, world, world.today, 0, 1)
    close(either_database, world)
    made = excuse(either_database, world)
    assert (made.changed, values(either_database, world)) == (0, {world.today: "н"})

    close(either_database, world, reopening=True)

    assert values(either_database, world) == {world.today: "б"}
    assert values(either_database, world, 1) == {world.today: "н"}
    with either_database.reading(world.school_id) as session:
        last = session.scalars(select(Revision).where(Revision.value == "б")).one()
    assert (last.actor_id, last.reason) == (world.class_teacher_id, "справка, 02.10–05.10.2026")
    assert withdraw(either_database, world, made.excuse_id).changed == 1
    assert whole(either_database, world)


@pytest.mark.parametrize("again", [True, False])
def test_4_2_2_what_was_withdrawn_while_its_period_was_closed_is_turned_back_when_it_is_opened(
    either_database, world, again
):
    absent(either_database, world, world.today, 0)
    made = excuse(either_database, world)
    close(either_database, world)
    back = withdraw(either_database, world, made.excuse_id)
    assert (back.changed, back.closed, values(either_database, world)) == (0, 1, {world.today: "б"})
    if again:  # Another paper for the same day, with the same reason.
        made = excuse(either_database, world, from_on=TODAY)

    close(either_database, world, reopening=True)

    assert values(either_database, world) == {world.today: "б" if again else "н"}
    assert withdraw(either_database, world, made.excuse_id).changed == again
    assert values(either_database, world) == {world.today: "н"}
    assert whole(either_database, world)


def test_days_are_excused_once_and_with_a_reason_the_school_has(either_database, world):
    excuse(either_database, world)

    with pytest.raises(AlreadyExcused):
        excuse(either_database, world, from_on=TODAY, until_on=TOMORROW)
    for sign in ("н", "оп", "x"):
        with pytest.raises(UnknownReason):
            excuse(either_database, world, 1, sign=sign)
    excuse(either_database, world, from_on=TOMORROW, until_on=TOMORROW)


@pytest.mark.parametrize("until_on", [FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=120)])
def test_days_the_wrong_way_round_and_too_many_are_said_to_be_so(either_database, world, until_on):
    with pytest.raises(DaysRefused) as refused:
        excuse(either_database, world, until_on=until_on)

    assert "не раньше первого, всего не больше 120 дней" in refused.value.say("ru")[1]


def test_days_before_the_first_year_of_the_school_are_refused(either_database, world):
    with pytest.raises(DaysBeforeYears) as refused:
        excuse(either_database, world, from_on=FIRST[0] - timedelta(days=1), until_on=FIRST[0])
    assert "01.09.2026" in refused.value.say("ru")[1]

    excuse(either_database, world, from_on=FIRST[0], until_on=FIRST[0])


@pytest.mark.parametrize("paper", ["certificate", "order"])
def test_who_brought_a_certificate_was_not_absent_without_a_good_reason(either_database, world, paper):
    with pytest.raises(PaperExcuses):
        excuse(either_database, world, sign="нп", paper=paper)

    excuse(either_database, world, sign="уп", paper=paper)
    excuse(either_database, world, 1, sign="нп", paper="application")


@pytest.mark.parametrize(
    ("role", "refusal"), [("deputy", Denied), ("director", Denied), ("teacher", NotFound)]
)
def test_3_7_2_3_8_2_who_only_reads_excuses_nobody(either_database, world, role, refusal):
    stranger = world.actor(new_id(), role)
    with pytest.raises(refusal):
        excuse(either_database, world, actor=stranger)
    made = excuse(either_database, world)
    with pytest.raises(refusal):
        withdraw(either_database, world, made.excuse_id, actor=stranger)


def test_3_5_1_the_teacher_of_the_subject_is_not_the_class_teacher(either_database, world):
    with pytest.raises(NotFound):
        excuse(either_database, world, actor=world.actor())
    with pytest.raises(NotFound):
        withdraw(either_database, world, new_id())


def test_4_2_2_a_changed_excuse_turns_what_differs_alone(either_database, world):
    absent(either_database, world, world.lessons[0], 0)
    absent(either_database, world, world.today, 0)
    made = excuse(either_database, world, until_on=FRIDAY)
    before = len(published(either_database, world, MARKS))

    longer = change(either_database, world, made.excuse_id)

    assert (longer.excuse_id, longer.changed) == (made.excuse_id, 1)
    assert values(either_database, world) == {world.lessons[0]: "б", world.today: "б"}
    assert len(published(either_database, world, MARKS)) == before + 1
    assert change(either_database, world, made.excuse_id).changed == 0
    assert change(either_database, world, made.excuse_id, sign="уп", from_on=TODAY).changed == 2
    assert values(either_database, world) == {world.lessons[0]: "н", world.today: "уп"}
    assert change(either_database, world, made.excuse_id, sign="уп", from_on=TODAY, number="13").changed == 0
    assert withdraw(either_database, world, made.excuse_id).changed == 1
    assert whole(either_database, world)


def test_what_an_excuse_said_before_and_why_it_was_withdrawn_is_kept(either_database, world):
    made = excuse(either_database, world)
    change(either_database, world, made.excuse_id, number="13")
    withdraw(either_database, world, made.excuse_id)

    with either_database.reading(world.school_id) as session:
        kept = {one.number: one for one in session.scalars(select(Excuse))}
    assert (kept["12"].became_id, kept["12"].withdrawn_by) == (made.excuse_id, world.class_teacher_id)
    assert (kept["13"].id, kept["13"].withdrawn_for) == (made.excuse_id, "Справка другого ученика")
    with pytest.raises(ExcuseWithdrawn):
        change(either_database, world, made.excuse_id)


def test_an_excuse_is_changed_within_what_one_may_be(either_database, world):
    excuse(either_database, world, until_on=FRIDAY)
    later = excuse(either_database, world, from_on=TODAY)

    for given, refusal in (
        ({}, AlreadyExcused), ({"until_on": FRIDAY - timedelta(days=1)}, DaysRefused),
        ({"from_on": TODAY, "sign": "н"}, UnknownReason),
        ({"from_on": TODAY, "issued_on": TOMORROW}, IssuedAhead),
    ):  # fmt: skip
        with pytest.raises(refusal):
            change(either_database, world, later.excuse_id, **given)
    change(either_database, world, later.excuse_id, from_on=TODAY, issued_on=TODAY)
    with pytest.raises(NotFound):
        change(either_database, world, later.excuse_id, from_on=TODAY, actor=world.actor())


@pytest.fixture
def moved(either_database, world):
    """The first pupil went over to 5Б today, and is absent there; gives the lesson and its class teacher."""
    class_id, leader, lesson, child = new_id(), new_id(), new_id(), world.pupils[0]
    left = Enrolment(pupil_id=child, from_on=FIRST[0], until_on=TODAY - timedelta(days=1))
    come = Enrolment(pupil_id=child, from_on=TODAY)
    tell(
        either_database,
        world,
        GroupChanged(group_id=class_id, kind="class", name="5Б", grade=5, class_teacher_id=leader),
        EnrolmentsChanged(group_id=world.class_id, pupil_ids=[child], enrolments=[left]),
        EnrolmentsChanged(group_id=class_id, pupil_ids=[child], enrolments=[come]),
        make_load(world, class_id, leader),
        make_lessons(world, class_id, (TODAY,), [lesson], teacher_id=leader),
    )
    actor = world.actor(leader, "class_teacher")
    absent(either_database, world, world.lessons[0], 0)
    absent(either_database, world, lesson, 0, actor=actor)
    return lesson, actor


def test_3_5_1_who_led_the_pupil_before_a_move_excuses_nothing_after_it(either_database, world, moved):
    lesson, _ = moved
    with pytest.raises(ForeignThen):
        excuse(either_database, world)

    own = excuse(either_database, world, until_on=TODAY - timedelta(days=1))

    told = read(either_database, world, class_absences, world.class_id, None, None)
    left = {one["id"]: one["left_on"] for one in told["pupils"]}
    assert left == dict.fromkeys(world.pupils) | {world.pupils[0]: TODAY - timedelta(days=1)}
    assert values(either_database, world) == {world.lessons[0]: "б", lesson: "н"}
    assert withdraw(either_database, world, own.excuse_id).changed == 1


def test_3_5_1_a_paper_across_a_move_is_the_new_class_teachers(either_database, world, moved):
    lesson, actor = moved
    with pytest.raises(ForeignThen):
        excuse(either_database, world, actor=actor, until_on=FRIDAY)

    made = excuse(either_database, world, actor=actor)

    assert values(either_database, world) == {world.lessons[0]: "б", lesson: "б"}
    with pytest.raises(ForeignThen):
        withdraw(either_database, world, made.excuse_id)
    with pytest.raises(ForeignThen):
        change(either_database, world, made.excuse_id, until_on=FRIDAY)
    assert withdraw(either_database, world, made.excuse_id, actor=actor).changed == 2


def test_4_2_2_what_it_turned_is_turned_back_where_the_pupil_never_was_after_all(
    either_database, world, moved
):
    lesson, actor = moved
    made = excuse(either_database, world, actor=actor)
    taken_back = EnrolmentsChanged(group_id=world.class_id, pupil_ids=[world.pupils[0]], enrolments=[])
    tell(either_database, world, taken_back)

    assert withdraw(either_database, world, made.excuse_id, actor=actor).changed == 2

    assert values(either_database, world) == {world.lessons[0]: "н", lesson: "н"}
    assert whole(either_database, world)


def read(database, world, query, *given, actor=None):
    with database.reading(world.school_id) as session:
        leader = actor or world.actor(world.class_teacher_id, "class_teacher")
        return query(session, leader, *given)


def test_3_5_1_the_class_teacher_sees_a_day_by_lesson(either_database, world):
    absent(either_database, world, world.today, 0)
    absent(either_database, world, world.russian_lessons[1], 1, value="оп 10")

    day = read(either_database, world, class_day, world.class_id)

    assert (day["on"], day["can_excuse"]) == (TODAY, True)
    assert sorted(lesson["subject"] for lesson in day["lessons"]) == ["Математика", "Русский язык"]
    at = {lesson["subject"]: number for number, lesson in enumerate(day["lessons"])}
    cells = {pupil["id"]: pupil["cells"] for pupil in day["pupils"]}
    assert cells[world.pupils[0]][at["Математика"]] == "н"
    assert cells[world.pupils[1]][at["Русский язык"]] == "оп 10"
    assert cells[world.pupils[2]] == ["", ""]


def test_on_a_day_without_lessons_the_last_that_had_some_is_shown(either_database, world, clock):
    clock.move_to("2026-10-04T09:00:00+00:00")  # A Sunday.

    day = read(either_database, world, class_day, world.class_id)
    asked = read(either_database, world, class_day, world.class_id, date(2026, 10, 4))

    assert (day["on"], day["previous_on"], day["next_on"]) == (FRIDAY, None, TODAY)
    assert len(day["lessons"]) == 2
    assert (asked["on"], asked["previous_on"], asked["next_on"]) == (date(2026, 10, 4), FRIDAY, TODAY)
    assert asked["lessons"] == []


def test_3_7_2_3_8_1_supervisors_see_every_class_and_others_none(either_database, world):
    for role in ("deputy", "director"):
        actor = world.actor(new_id(), role)
        day = read(either_database, world, class_day, world.class_id, actor=actor)
        assert not day["can_excuse"]
    stranger = world.actor(new_id(), "class_teacher")
    for query, given in ((class_day, ()), (class_absences, (None, None))):
        with pytest.raises(NotFound):
            read(either_database, world, query, world.class_id, *given, actor=stranger)


def test_totals_count_lessons_and_whole_days_and_of_them_ill(either_database, world):
    absent(either_database, world, world.lessons[0], 0, value="б")
    absent(either_database, world, world.russian_lessons[0], 0, value="б")
    absent(either_database, world, world.today, 0, value="нп")
    absent(either_database, world, world.today, 1, value="оп 10")
    absent(either_database, world, world.russian_lessons[1], 1, value="оп")
    absent(either_database, world, world.lessons[0], 1, value="б")
    absent(either_database, world, world.russian_lessons[0], 1, value="уп")

    told = read(either_database, world, class_absences, world.class_id, None, None)

    first, second, third = (
        next(one for one in told["pupils"] if one["id"] == pupil) for pupil in world.pupils
    )
    assert (first["lessons"], first["lessons_ill"], first["days"], first["days_ill"]) == (3, 2, 1, 1)
    assert first["by_sign"] == {"б": 2, "нп": 1}
    assert (second["lessons"], second["days"], second["days_ill"]) == (2, 1, 0)
    assert (second["late"], second["minutes"]) == (2, 10)
    assert (third["lessons"], third["days"], third["late"]) == (0, 0, 0)


def test_a_day_is_whole_by_the_lessons_of_the_pupils_own_groups(either_database, world):
    group, lesson, english = new_id(), new_id(), new_id()
    stays = [Enrolment(pupil_id=world.pupils[1], from_on=FIRST[0])]
    tell(
        either_database,
        world,
        GroupChanged(group_id=group, kind="group", name="5А англ. 1", parent_id=world.class_id),
        EnrolmentsChanged(group_id=group, pupil_ids=[world.pupils[1]], enrolments=stays),
        SubjectChanged(subject_id=english, name="Английский язык"),
        make_load(world, group, world.teacher_id, subject_id=english),
        make_lessons(world, group, (TODAY,), [lesson], subject_id=english),
    )
    for each in (world.today, world.russian_lessons[1]):
        absent(either_database, world, each, 0, 1)

    told = read(either_database, world, class_absences, world.class_id, None, None)

    days = {one["id"]: one["days"] for one in told["pupils"]}
    assert (days[world.pupils[0]], days[world.pupils[1]]) == (1, 0)
    day = read(either_database, world, class_day, world.class_id, TODAY)
    at = [one["subject"] for one in day["lessons"]].index("Английский язык")
    cells = {one["id"]: one["cells"][at] for one in day["pupils"]}
    assert (cells[world.pupils[0]], cells[world.pupils[1]]) == (None, "")


def test_4_2_2_absences_that_wait_too_long_for_a_reason_are_listed(either_database, world):
    told_to(either_database, world, "absence_resolve_days", (date(2026, 9, 1), 2))
    absent(either_database, world, world.lessons[0], 0, 1)
    absent(either_database, world, world.today, 2)
    excuse(either_database, world, 1, until_on=FRIDAY)

    told = read(either_database, world, class_absences, world.class_id, None, None)

    assert [(one["pupil"]["id"], one["on"]) for one in told["waiting"]] == [(world.pupils[0], FRIDAY)]
    assert told["resolve_days"] == 2
    assert [(one["pupil_id"], one["sign"], one["number"]) for one in told["excuses"]] == [
        (world.pupils[1], "б", "12")
    ]


def test_excuses_of_long_ago_are_shown_on_demand(either_database, world):
    made = [FIRST[0] + timedelta(days=n // 3) for n in range(MAX_EXCUSES + 1)]
    with either_database.writing(world.school_id) as session:
        given = {"school_id": world.school_id, "made_by": world.class_teacher_id, "made_at": now()}
        for number, day in enumerate(made):
            said = Given(**(SAID | {"from_on": day, "until_on": day}))._asdict()
            session.add(Excuse(id=new_id(), **given, pupil_id=world.pupils[number % 3], **said))

    first = read(either_database, world, class_absences, world.class_id, None, None)
    rest = read(either_database, world, class_absences, world.class_id, None, None, first["next"])

    assert [one["from_on"] for one in first["excuses"] + rest["excuses"]] == made[::-1]
    assert (len(rest["excuses"]), rest["next"]) == (1, None)


def test_a_class_is_read_in_as_many_statements_as_a_pupil(either_database, world):
    with Counted(either_database) as few:
        read(either_database, world, class_absences, world.class_id, None, None)
    absent(either_database, world, world.today, 0, 1, 2)
    with Counted(either_database) as many:
        read(either_database, world, class_absences, world.class_id, None, None)

    assert len(many) == len(few) <= 10


def test_a_last_day_alone_is_counted_to_from_the_beginning_of_its_own_year(either_database, world):
    earlier = YearPlanned(
        year_id=new_id(), name="2025/26", starts_on=date(2025, 9, 1), ends_on=date(2026, 5, 25), periods=[]
    )
    tell(either_database, world, earlier)

    def span(*asked):
        told = read(either_database, world, class_absences, world.class_id, *asked)
        return told["from"], told["until"]

    assert span(None, FRIDAY) == (FIRST[0], FRIDAY)
    assert span(None, date(2026, 4, 30)) == (date(2025, 9, 1), date(2026, 4, 30))
    assert span(None, None) == (FIRST[0], TODAY)


def test_a_last_day_before_every_year_is_refused_and_days_ahead_are_no_span_backwards(
    either_database, world, clock
):
    with pytest.raises(BeforeTheYear) as refused:
        read(either_database, world, class_absences, world.class_id, None, date(2026, 8, 31))
    assert "с начала учебного года, 01.09.2026." in refused.value.say("ru")[1]

    ahead = read(either_database, world, class_absences, world.class_id, TOMORROW, None)
    assert (ahead["from"], ahead["until"]) == (TOMORROW, TOMORROW)
    clock.move_to("2026-08-20T07:00:00+00:00")
    told = read(either_database, world, class_absences, world.class_id, None, None)
    assert (told["from"], told["until"]) == (FIRST[0], FIRST[0])


def test_who_is_erased_leaves_the_reason_and_no_paper(either_database, world):
    withdraw(either_database, world, excuse(either_database, world, note="ОРВИ").excuse_id)
    excuse(either_database, world, 1, note="ОРВИ")

    tell(either_database, world, PersonErased(person_id=world.pupils[0]))
    tell(either_database, world, PersonMerged(kept_id=world.pupils[2], merged_id=world.pupils[1]))

    with either_database.reading(world.school_id) as session:
        kept = {one.pupil_id: one for one in session.scalars(select(Excuse))}
    erased = kept[world.pupils[0]]
    assert (erased.sign, erased.number, erased.note, erased.withdrawn_for) == ("б", "", "", None)
    assert kept[world.pupils[2]].note == "ОРВИ"


def test_an_excuse_may_be_made_ahead(either_database, world):
    made = excuse(
        either_database,
        world,
        from_on=TOMORROW,
        until_on=TOMORROW + timedelta(days=3),
        paper="application",
        sign="уп",
    )
    assert made.changed == 0
