"""What a pupil who changes the class or the group in mid-year brings along (DOMAIN 2.2)."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.works import work_of
from services.journal.models import Lesson, Page
from services.journal.queries.diary_periods import diary_period
from services.journal.queries.final_overview import class_summary, completeness
from services.journal.queries.finals import page_finals
from services.journal.queries.page import class_page
from services.journal.rules.brought import brought_by, times_away
from services.journal.rules.marks import SCALE
from services.journal.rules.recommended import recommend_for_period, rules_on
from services.journal.rules.tallies import Tally
from shared.events.identity import Enrolment, EnrolmentsChanged, GroupChanged
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    SECOND,
    Counted,
    make_lessons,
    make_load,
    make_world,
    tell,
)

YEAR_BEGAN, LEFT, CAME = FIRST[0], date(2026, 9, 20), date(2026, 9, 21)
HERE, THERE, ELECTIVE = new_id(), new_id(), new_id()


@dataclass
class Seat:
    """A pupil's stay on a page, as the statements tell it."""

    page_id: UUID = THERE
    from_on: date = YEAR_BEGAN
    until_on: date | None = LEFT
    days: str | None = "2026-09-04 2026-09-11 2026-09-11 2026-09-18 2026-09-25"
    last_on: date | None = date(2026, 12, 25)


@dataclass
class Written:
    """A cell: on which page, and for a lesson of which day."""

    page_id: UUID
    held_on: date


def brought(*seats, came=CAME):
    return brought_by([(came, None)], seats, YEAR_BEGAN)


def test_time_away_is_before_coming_to_a_list_and_between_stays_on_it():
    october, november = date(2026, 10, 12), date(2026, 11, 2)

    assert times_away([(CAME, None)], YEAR_BEGAN) == [(YEAR_BEGAN, CAME)]
    assert times_away([(CAME, None), (YEAR_BEGAN, LEFT)], YEAR_BEGAN) == []
    assert times_away([(november, None), (CAME, october)], YEAR_BEGAN) == [
        (YEAR_BEGAN, CAME),
        (date(2026, 10, 13), november),
    ]
    assert times_away([(YEAR_BEGAN, november), (CAME, LEFT), (november, None)], YEAR_BEGAN) == []
    assert times_away([(date(2025, 9, 1), None), (CAME, None)], YEAR_BEGAN) == []
    assert times_away([], YEAR_BEGAN) == []


def test_lessons_of_the_stay_before_the_first_day_here_are_brought():
    own = brought(Seat(from_on=date(2026, 9, 8)))

    assert [day.day for day in own.days] == [11, 11, 18]
    assert own.takes(Written(THERE, LEFT))
    assert not own.takes(Written(THERE, CAME))
    assert not own.takes(Written(HERE, LEFT))


def test_a_page_the_pupil_goes_on_with_brings_nothing():
    assert brought(Seat(until_on=None)) is None
    assert brought(Seat(), Seat(ELECTIVE, until_on=None)).pages.keys() == {THERE}
    assert brought(Seat(from_on=CAME, until_on=None)) is None


def test_of_who_came_back_what_was_between_the_stays_is_brought_alone():
    stays = [(YEAR_BEGAN, date(2026, 9, 10)), (date(2026, 9, 19), None)]

    own = brought_by(stays, [Seat(until_on=date(2026, 9, 18))], YEAR_BEGAN)

    assert [day.day for day in own.days] == [11, 11, 18]
    assert [own.takes(Written(THERE, date(2026, 9, day))) for day in (10, 11, 18, 19)] == [0, 1, 1, 0]
    assert own.takes_final(THERE, date(2026, 9, 18))
    assert not own.takes_final(THERE, date(2026, 9, 19))
    assert not own.takes_final(HERE, YEAR_BEGAN)


def test_who_came_twice_brings_from_each_page_what_was_before_coming_here_from_it():
    stays = [(CAME, date(2026, 10, 4)), (date(2026, 10, 19), None)]
    days = "2026-09-18 2026-09-25 2026-10-09 2026-10-16 2026-10-23"
    back = date(2026, 10, 5), date(2026, 10, 18)
    first, again = Seat(days=days), Seat(from_on=back[0], until_on=back[1], days=days)
    other = Seat(ELECTIVE, back[0], back[1], "2026-09-17 2026-10-12")

    before = Seat(HERE, days=None)

    own = brought_by(stays, [again, other, before, first], YEAR_BEGAN)

    assert own.days == [date(2026, 9, 18), date(2026, 10, 9), date(2026, 10, 12), date(2026, 10, 16)]
    assert not own.takes(Written(ELECTIVE, LEFT))
    assert not own.takes_final(HERE, date(2026, 10, 10))
    assert own.takes(Written(THERE, LEFT))
    assert not own.takes(Written(THERE, date(2026, 9, 25)))


def test_whoever_moves_on_the_day_of_a_lesson_brings_what_was_before_that_day():
    """Both lists may have the pupil on the day: its lesson counts on the new one."""
    later = date(2026, 10, 5)

    assert brought(Seat(until_on=CAME, days="2026-09-18 2026-09-21")).days == [date(2026, 9, 18)]
    chain = Seat(until_on=CAME), Seat(HERE, from_on=CAME, until_on=later)
    assert brought(*chain, came=later).pages.keys() == {THERE, HERE}


def test_what_was_left_for_one_page_is_not_brought_to_another_that_begins_beside_it():
    """From one class to the next, and later also to an elective: in the class it counts already."""
    later = date(2026, 11, 2)
    next_class = Seat(HERE, from_on=CAME, until_on=None)

    assert brought(Seat(), next_class, came=later) is None
    assert brought(Seat(until_on=CAME), next_class, came=later) is None
    assert brought(Seat(), next_class, came=CAME).pages.keys() == {THERE}
    # Nor what was got between two stays in the class.
    returned = Seat(HERE, until_on=date(2026, 9, 7)), Seat(HERE, from_on=CAME, until_on=None)
    assert brought(Seat(from_on=date(2026, 9, 8)), *returned, came=later) is None


def test_a_page_that_is_no_more_taught_is_left_though_the_pupil_stays_in_the_class():
    assert brought(Seat(until_on=None, last_on=LEFT)).days != []
    assert brought(Seat(until_on=None, last_on=None, days=None)).days == []


def test_who_returned_there_later_has_left_it_nevertheless():
    own = brought(Seat(), Seat(from_on=date(2026, 11, 2), until_on=None))

    assert [day.day for day in own.days] == [4, 11, 11, 18]


def test_of_several_pages_the_one_left_last_comes_last():
    first, second = Seat(THERE, until_on=date(2026, 9, 6)), Seat(HERE, from_on=date(2026, 9, 7))

    assert list(brought(second, first).pages) == [THERE, HERE]


def test_the_reason_tells_how_many_marks_were_brought():
    rules = rules_on({}, CAME, SCALE)
    said = recommend_for_period(Tally(30, 7, 7, 10, 0, 1, brought=5), rules).why

    assert said.ru == "средний взвешенный 4,29 по 7 отметкам (до перевода 5), порог 4,5 → 4"
    assert said.en == "weighted average 4.29 of 7 marks (5 before the move), threshold 4.5 → 4"


@pytest.fixture
def moved(either_database, clock):
    return move(either_database, clock)


def days_from(first, number):
    return [first + timedelta(days=7 * n) for n in range(number)]


BEFORE, AFTER = days_from(YEAR_BEGAN, 3), days_from(CAME, 3)
"""Weekly lessons: Tuesdays of the old class, Mondays of the new one."""


@dataclass
class Moved:
    """A pupil who went from 5А to 5Б: the world of 5А, the class 5Б, and where the pupil sits."""

    database: object
    world: object
    group_id: UUID
    pupil: UUID
    lessons: list[UUID] = field(default_factory=lambda: [new_id() for _ in AFTER])  # Of 5Б.

    def page_of(self, session, group_id):
        return session.scalars(select(Page).where(Page.group_id == group_id)).one()

    def put(self, group_id, lesson, *cells, works=()):
        with self.database.writing(self.world.school_id) as session:
            seq = self.page_of(session, group_id).seq
            given = [Cell(self.pupil, slot, value) for slot, value in cells]
            record_entries(session, self.world.actor(), lesson, seq, given, works)

    def attest(self, value, column=None, *, group_id=None, reason=None):
        with self.database.writing(self.world.school_id) as session:
            page = self.page_of(session, group_id or self.group_id)
            name = column or str(self.world.quarters[0])
            cells = [FinalCell(self.pupil, value)]
            return record_finals(session, self.world.actor(), page.id, name, page.seq, cells, reason)

    def sheet(self, group_id=None):
        with self.database.reading(self.world.school_id) as session:
            page = self.page_of(session, group_id or self.group_id)
            return page_finals(session, self.world.actor(), page.id)

    def page(self, group_id=None, **asked):
        with self.database.reading(self.world.school_id) as session:
            page = self.page_of(session, group_id or self.group_id)
            return class_page(session, self.world.actor(), page.id, on=CAME, **asked)

    def average(self, group_id):
        """The weighted average of the pupil on a class page, as Russians write it."""
        told = self.page(group_id)
        return told["averages"][[one["id"] for one in told["pupils"]].index(self.pupil)].replace(".", ",")

    def told(self, group_id=None):
        """The pupil of a sheet, with the own cells by column."""
        sheet = self.sheet(group_id)
        ((at, pupil),) = [(at, one) for at, one in enumerate(sheet["pupils"]) if one["id"] == self.pupil]
        return pupil, {cell["column"]: cell for cell in sheet["cells"] if cell["pupil"] == at}

    def forecast(self):
        with self.database.reading(self.world.school_id) as session:
            diary = diary_period(session, self.world.actor(self.pupil, "pupil"), self.pupil)
        return {one["name"]: one["forecast"] for one in diary["subjects"]}["Математика"]


def move(database, clock, **group):
    world = make_world(database, days=BEFORE)
    moved = Moved(database, world, new_id(), world.pupils[0])
    moved.put(world.class_id, world.lessons[0], (1, "3"), (0, "оп 5"))
    moved.put(world.class_id, world.lessons[1], (1, "5"), works=[work_of(1, "control")])
    moved.put(world.class_id, world.lessons[2], (0, "н"))
    told = {"kind": "class", "name": "5Б", "grade": 5, "class_teacher_id": new_id(), **group}
    tell(
        database,
        world,
        GroupChanged(group_id=moved.group_id, **told),
        make_load(world, moved.group_id, world.teacher_id),
        make_lessons(world, moved.group_id, AFTER, moved.lessons),
        stays(moved.group_id, (moved.pupil, CAME, None), (new_id(), YEAR_BEGAN, None)),
        stays(world.class_id, (moved.pupil, YEAR_BEGAN, LEFT)),
    )
    return moved


def stays(group_id, *told):
    pupils = list(dict.fromkeys(pupil for pupil, _, _ in told))
    given = [Enrolment(pupil_id=pupil, from_on=from_on, until_on=until) for pupil, from_on, until in told]
    return EnrolmentsChanged(group_id=group_id, pupil_ids=pupils, enrolments=given)


def test_a_mark_is_recommended_from_both_classes_and_the_reason_says_so(moved):
    moved.put(moved.group_id, moved.lessons[0], (1, "4"))

    pupil, cells = moved.told()

    assert pupil["came_on"] == CAME
    # 3 and a 5 of weight 5 from there, a 4 from here: (3 + 25 + 4) / 7.
    assert cells[0]["recommended"] == "5"
    assert cells[0]["why"].ru == "средний взвешенный 4,57 по 3 отметкам (до перевода 2), порог 4,5 → 5"
    saved = moved.attest("5")
    assert saved.changed[0].recommended == "5"


def test_absences_and_lessons_of_the_former_class_count_as_well(moved):
    moved.put(moved.group_id, moved.lessons[0], (1, "4"))
    moved.put(moved.group_id, moved.lessons[1], (0, "н"))
    moved.put(moved.group_id, moved.lessons[2], (0, "н"))

    _, cells = moved.told()

    # Three of six lessons; here alone it would be two of three.
    assert cells[0]["warning"] is None
    moved.put(moved.group_id, moved.lessons[0], (0, "н"), (1, None))
    _, cells = moved.told()
    assert cells[0]["recommended"] == "н/а"
    assert cells[0]["why"].ru == "пропущено уроков: 4/6, отметок 2, нужно 3 → н/а"


def test_what_does_not_count_there_does_not_count_here(moved):
    """A mark of a diagnostic work, and an absence from a lesson that was cancelled."""
    world = moved.world
    diagnostic = work_of(1, "control", counts=False)
    moved.put(world.class_id, world.lessons[0], (1, "2"), works=[diagnostic])
    cancelled = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(moved.database, world, LessonsCancelled(**cancelled, lesson_ids=[world.lessons[2]]))
    for lesson in moved.lessons:
        moved.put(moved.group_id, lesson, (0, "н"))

    _, cells = moved.told()

    assert cells[0]["why"].ru == "пропущено уроков: 3/5, отметок 1, нужно 3 → н/а"


def test_marks_of_another_subject_are_not_brought(moved):
    world, subject, lesson = moved.world, new_id(), new_id()
    tell(
        moved.database,
        world,
        make_load(world, world.class_id, world.teacher_id, subject_id=subject),
        make_lessons(world, world.class_id, [BEFORE[0]], [lesson], subject_id=subject),
    )
    with moved.database.writing(world.school_id) as session:
        record_entries(session, world.actor(), lesson, 0, [Cell(moved.pupil, 1, "2")])

    _, cells = moved.told()

    assert "по 2 отметкам (до перевода 2)" in cells[0]["why"].ru
    assert moved.forecast()["why"] == cells[0]["why"]


def test_of_who_is_to_come_lessons_count_until_today(moved, clock):
    for lesson in moved.world.lessons[:2]:
        moved.put(moved.world.class_id, lesson, (0, "н"), (1, None))
    moved.put(moved.world.class_id, moved.world.lessons[2], (0, None))
    clock.move_to("2026-09-10T07:00:00+00:00")

    _, cells = moved.told()

    assert cells[0]["why"].ru == "пропущено уроков: 2/2, отметок 0, нужно 3 → н/а"


def test_a_work_awaited_in_the_former_class_is_told(moved):
    moved.put(moved.world.class_id, moved.world.lessons[2], (0, None), (1, "•"))

    _, cells = moved.told()

    assert "ещё ждём работ («•»): 1" in cells[0]["warning"].ru


def test_long_absence_before_the_move_is_looked_at_over_both(moved):
    for lesson in moved.world.lessons[:2]:
        moved.put(moved.world.class_id, lesson, (0, "н"), (1, None))
    moved.put(moved.group_id, moved.lessons[0], (0, "н"))
    moved.put(moved.group_id, moved.lessons[1], (1, "4"))
    moved.put(moved.group_id, moved.lessons[1], (1, None))

    _, cells = moved.told()

    assert cells[0]["recommended"] == "н/а"  # Four of six in a row, and none since.


@pytest.fixture
def second_quarter(either_database, clock):
    """The pupil came in the second quarter; the first has its mark on the page of the old class."""
    moved = move(either_database, clock)
    came = SECOND[0] + timedelta(days=7)
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    tell(either_database, moved.world, stays(moved.world.class_id, (moved.pupil, YEAR_BEGAN, None)))
    moved.attest("3", group_id=moved.world.class_id, reason="Решение педсовета")
    tell(
        either_database,
        moved.world,
        stays(moved.world.class_id, (moved.pupil, YEAR_BEGAN, came - timedelta(days=1))),
        stays(moved.group_id, (moved.pupil, came, None)),
        make_lessons(moved.world, moved.group_id, [came], [lesson := new_id()]),
    )
    clock.move_to(f"{SECOND[1]}T07:00:00+00:00")
    moved.put(moved.group_id, lesson, (1, "5"))
    return moved


def test_the_year_rests_on_the_quarters_of_both_classes(second_quarter):
    second_quarter.attest("5", str(second_quarter.world.quarters[1]))

    pupil, cells = second_quarter.told()

    assert pupil["brought"] == [{"period_id": second_quarter.world.quarters[0], "value": "3"}]
    assert 0 not in cells  # Not on this list in the first quarter: nothing is to be put there.
    assert cells[2]["recommended"] == "4"
    assert cells[2]["why"].ru == "среднее за периоды (3, 5) 4,00 → 4"
    assert second_quarter.attest("4", "year").changed[0].recommended == "4"


def test_a_quarter_that_came_along_is_not_mixed_with_marks_of_the_next(second_quarter):
    _, cells = second_quarter.told()

    assert cells[1]["why"].ru.startswith("средний взвешенный 5,00 по 1 отметке, порог")
    assert cells[2]["why"].ru == "нет отметки: II четверть"


def test_lessons_of_the_quarter_before_are_not_of_this_one(second_quarter):
    moved = second_quarter
    with moved.database.reading(moved.world.school_id) as session:
        page = moved.page_of(session, moved.group_id)
        held = select(Lesson.id).where(Lesson.page_id == page.id, Lesson.held_on > FIRST[1])
        lesson = session.scalars(held).one()
    moved.put(moved.group_id, lesson, (1, None), (0, "н"))

    assert moved.told()[1][1]["why"].ru == "пропущено уроков: 1/1, отметок 0, нужно 3 → н/а"


def test_a_mark_put_there_at_leaving_serves_the_year_until_there_is_one_here(moved, clock):
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    moved.attest("4", group_id=moved.world.class_id, reason="Выбыл в 5Б")

    pupil, cells = moved.told()
    assert [one["value"] for one in pupil["brought"]] == ["4"]
    assert cells[0]["value"] is None
    assert cells[0]["is_due"]
    clock.move_to(f"{SECOND[1]}T07:00:00+00:00")
    moved.attest("5", str(moved.world.quarters[1]), reason="Решение педсовета")
    assert moved.told()[1][2]["why"].ru == "среднее за периоды (4, 5) 4,50 → 5, спорная"

    moved.attest("5", reason="Решение педсовета")

    assert moved.told()[1][2]["why"].ru == "среднее за периоды (5, 5) 5,00 → 5"


def test_marks_follow_into_another_group_of_the_class(either_database, clock):
    world = make_world(either_database, days=BEFORE)
    one, other, subject = new_id(), new_id(), new_id()
    lessons = [[new_id() for _ in days] for days in (BEFORE, AFTER)]
    world.subject_id = subject
    for number, (group, days, ids) in enumerate(zip((one, other), (BEFORE, AFTER), lessons, strict=True)):
        told = GroupChanged(group_id=group, kind="group", name=f"5А/{number}", parent_id=world.class_id)
        tell(either_database, world, told, make_lessons(world, group, days, ids))
        tell(either_database, world, make_load(world, group, world.teacher_id))
    moved = Moved(either_database, world, other, world.pupils[0])
    tell(either_database, world, stays(one, (moved.pupil, YEAR_BEGAN, None)))
    for lesson in lessons[0]:
        moved.put(one, lesson, (1, "4"))
    tell(either_database, world, stays(one, (moved.pupil, YEAR_BEGAN, LEFT)))
    tell(either_database, world, stays(other, (moved.pupil, CAME, None)))

    _, cells = moved.told()

    assert cells[0]["why"].ru == "средний взвешенный 4,00 по 3 отметкам (до перевода 3), порог 3,5 → 4"


def elective_of(moved, pupil, from_on):
    """An elective in the subject of 5А, which a pupil takes beside the class; with a mark there."""
    world, group, lesson = moved.world, new_id(), new_id()
    tell(
        moved.database,
        world,
        GroupChanged(group_id=group, kind="group", name="5А/ф", parent_id=world.class_id),
        make_load(world, group, world.teacher_id),
        make_lessons(world, group, [AFTER[1]], [lesson]),
        make_lessons(world, world.class_id, [AFTER[2]], [new_id()]),
        stays(group, (pupil, from_on, None)),
    )
    sits = replace(moved, pupil=pupil)
    sits.put(group, lesson, (1, "2"))
    sits.put(world.class_id, world.lessons[0], (1, "4"))
    return group, sits


@pytest.mark.parametrize("from_on", [YEAR_BEGAN, AFTER[1]])
def test_of_a_class_and_an_elective_at_once_nothing_counts_twice(moved, from_on):
    elective, sits = elective_of(moved, moved.world.pupils[1], from_on)

    there, here = (sits.told(group)[1][0]["why"].ru for group in (moved.world.class_id, elective))

    assert there.startswith("средний взвешенный 4,00 по 1 отметке, порог")
    assert here.startswith("средний взвешенный 2,00 по 1 отметке, порог")


def test_an_elective_that_begins_after_the_move_gets_no_marks_of_the_class_that_was_left(moved):
    elective, sits = elective_of(moved, moved.pupil, AFTER[1])

    here, there = (sits.told(group)[1][0]["why"].ru for group in (elective, moved.group_id))

    assert here.startswith("средний взвешенный 2,00 по 1 отметке, порог")
    assert there.startswith("средний взвешенный 4,83 по 2 отметкам (до перевода 2), порог")


def go_back(moved, on):
    """Let the pupil return to 5А."""
    until = on - timedelta(days=1)
    tell(
        moved.database,
        moved.world,
        stays(moved.group_id, (moved.pupil, CAME, until)),
        stays(moved.world.class_id, (moved.pupil, YEAR_BEGAN, LEFT), (moved.pupil, on, None)),
    )


def test_who_goes_back_brings_what_was_got_meanwhile(moved):
    moved.put(moved.group_id, moved.lessons[0], (1, "4"))
    moved.put(moved.group_id, moved.lessons[1], (0, "н"))
    go_back(moved, AFTER[2])

    pupil, cells = moved.told(moved.world.class_id)

    assert pupil["came_on"] == AFTER[2]
    assert cells[0]["why"].ru == "средний взвешенный 4,57 по 3 отметкам (до перевода 1), порог 4,5 → 5"
    assert (moved.forecast()["value"], moved.forecast()["why"]) == ("5", cells[0]["why"])
    # Three of the five lessons of both classes.
    moved.put(moved.world.class_id, moved.world.lessons[0], (1, None))
    moved.put(moved.world.class_id, moved.world.lessons[1], (1, None), (0, "н"))
    _, cells = moved.told(moved.world.class_id)
    assert cells[0]["why"].ru == "пропущено уроков: 3/5, отметок 1, нужно 3 → н/а"


def test_who_comes_again_brings_what_was_got_before_either_time(moved):
    world, back, again = moved.world, date(2026, 9, 28), date(2026, 10, 5)
    tell(moved.database, world, make_lessons(world, world.class_id, [back], [lesson := new_id()]))
    until = [day - timedelta(days=1) for day in (back, again)]
    here, there = [(CAME, until[0]), (again, None)], [(YEAR_BEGAN, LEFT), (back, until[1])]
    tell(moved.database, world, stays(world.class_id, *((moved.pupil, *days) for days in there)))
    tell(moved.database, world, stays(moved.group_id, *((moved.pupil, *days) for days in here)))
    moved.put(world.class_id, lesson, (1, "4"))

    pupil, cells = moved.told()

    assert pupil["came_on"] == again
    assert cells[0]["why"].ru.startswith("средний взвешенный 4,57 по 3 отметкам (до перевода 3), порог")
    assert moved.forecast()["why"] == cells[0]["why"]


def test_a_long_absence_goes_on_over_the_stays(moved):
    """Away since before the move to 5Б, and back in 5А without a mark."""
    for lesson in moved.lessons[:2]:
        moved.put(moved.group_id, lesson, (0, "н"))
    moved.put(moved.world.class_id, moved.world.lessons[0], (2, "4"), (0, None))
    tell(
        moved.database,
        moved.world,
        make_lessons(moved.world, moved.world.class_id, [date(2026, 10, 2)], [new_id()]),
    )
    go_back(moved, date(2026, 10, 1))

    _, cells = moved.told(moved.world.class_id)

    assert "пропущено уроков подряд: 3 (15.09–28.09), после этого отметок нет" in cells[0]["warning"].ru


def test_who_goes_back_has_the_quarter_of_the_class_that_was_gone_to(moved, clock):
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    moved.attest("3", reason="Решение педсовета")
    in_november = make_lessons(moved.world, moved.group_id, [SECOND[0]], [lesson := new_id()])
    tell(moved.database, moved.world, in_november)
    clock.move_to(f"{SECOND[0]}T07:00:00+00:00")
    moved.put(moved.group_id, lesson, (1, "2"))
    go_back(moved, SECOND[0] + timedelta(days=7))
    clock.move_to(f"{SECOND[1]}T07:00:00+00:00")
    group = moved.world.class_id
    moved.attest("4", str(moved.world.quarters[1]), group_id=group, reason="Решение педсовета")

    pupil, cells = moved.told(group)

    assert [one["value"] for one in pupil["brought"]] == ["3"]
    assert (cells[0]["value"], cells[0]["is_due"]) == (None, False)
    assert cells[0]["why"].ru.startswith("средний взвешенный 4,67 по 2 отметкам, порог")
    assert cells[1]["why"].ru.startswith("средний взвешенный 2,00 по 1 отметке (до перевода 1), порог")
    assert cells[2]["why"].ru == "среднее за периоды (3, 4) 3,50 → 4, спорная"
    assert moved.attest("4", "year", group_id=group).changed[0].recommended == "4"


def test_who_leaves_the_class_and_keeps_an_elective_brings_the_classs_marks_alone(moved):
    _, sits = elective_of(moved, moved.world.pupils[1], YEAR_BEGAN)
    tell(
        moved.database,
        moved.world,
        stays(moved.world.class_id, (sits.pupil, YEAR_BEGAN, LEFT)),
        stays(moved.group_id, (sits.pupil, CAME, None)),
    )

    _, cells = sits.told()

    assert cells[0]["why"].ru.startswith("средний взвешенный 4,00 по 1 отметке (до перевода 1), порог")


def test_the_family_is_told_the_same(moved):
    moved.put(moved.group_id, moved.lessons[0], (1, "4"))

    _, cells = moved.told()
    told = moved.forecast()

    assert (told["value"], told["why"]) == (cells[0]["recommended"], cells[0]["why"])
    assert told["value"] == "5"


def go_about(moved, rng):
    """Let the pupil go about three classes by chance, now and then left on an old list; return where."""
    world, third = moved.world, new_id()
    days = {world.class_id: BEFORE, moved.group_id: AFTER, third: days_from(date(2026, 9, 3), 4)}
    lessons = [new_id() for _ in days[third]]
    tell(
        moved.database,
        world,
        GroupChanged(group_id=third, kind="class", name="5В", grade=5),
        make_load(world, third, world.teacher_id),
        make_lessons(world, third, days[third], lessons),
    )
    for group, ids in zip(days, (world.lessons, moved.lessons, lessons), strict=True):
        tell(moved.database, world, stays(group, (moved.pupil, YEAR_BEGAN, None)))
        for lesson in ids:
            sign, mark = rng.choice([(None, "3"), (None, "5"), ("н", None), (None, "•"), ("оп 3", "2")])
            moved.put(group, lesson, (0, sign), (1, mark))
    came = [YEAR_BEGAN, *sorted(rng.sample([YEAR_BEGAN + timedelta(days=n) for n in range(1, 30)], 3))]
    way = [rng.choice(list(days)) for _ in came]
    left = [None if rng.random() < 0.1 else day - timedelta(days=1) for day in came[1:]]
    told = list(zip(way, came, [*left, None], strict=True))
    for group in days:
        mine = [
            Enrolment(pupil_id=moved.pupil, from_on=on, until_on=to) for at, on, to in told if at == group
        ]
        tell(
            moved.database, world, EnrolmentsChanged(group_id=group, pupil_ids=[moved.pupil], enrolments=mine)
        )
    return {at for at, _, until in told if until is None}


@pytest.mark.parametrize("seed", range(20))
def test_forecast_and_sheet_agree_wherever_the_pupil_went(database, clock, seed):
    moved = move(database, clock)

    sits_on = go_about(moved, Random(seed))

    ahead = moved.forecast()
    cells = [moved.told(group)[1][0] for group in sits_on]
    assert (ahead["value"], ahead["why"]) in [(cell["recommended"], cell["why"]) for cell in cells]
    for group, cell in zip(sits_on, cells, strict=True):
        if cell["why"].ru.startswith("средний"):
            assert cell["why"].ru.startswith(f"средний взвешенный {moved.average(group)} по")


def test_the_class_page_has_the_average_the_sheet_rests_on(moved):
    moved.put(moved.group_id, moved.lessons[0], (1, "4"))

    told = moved.page()

    at = [one["id"] for one in told["pupils"]].index(moved.pupil)
    assert (told["averages"][at], told["simple_averages"][at]) == ("4.57", "4.00")
    assert sorted(told["brought"]) == [(at, "3", 1), (at, "5", 5)]
    assert told["averages"].count(None) == len(told["pupils"]) - 1
    there = moved.page(moved.world.class_id)
    assert there["brought"] == []


def test_on_the_class_page_of_another_period_nothing_is_brought(moved):
    tell(moved.database, moved.world, stays(moved.group_id, (moved.pupil, SECOND[0], None)))

    second = moved.page(period_id=moved.world.quarters[1])

    assert [one["from_on"] for one in second["pupils"] if one["id"] == moved.pupil] == [SECOND[0]]
    assert second["brought"] == []


def test_a_class_page_takes_two_statements_more_where_somebody_came(moved):
    def statements(group_id):
        with Counted(moved.database) as counted:
            moved.page(group_id)
        return len(counted)

    assert statements(moved.group_id) == statements(moved.world.class_id) + 2


def test_three_statements_more_where_somebody_came_in_mid_year_and_none_elsewhere(moved):
    def statements(group_id):
        with Counted(moved.database) as counted:
            moved.sheet(group_id)
        return len(counted)

    assert statements(moved.world.class_id) <= 8  # One asks for the page's id, one names the school.
    assert statements(moved.group_id) == statements(moved.world.class_id) + 3


def test_saving_takes_three_statements_more_at_most(moved):
    moved.put(moved.group_id, moved.lessons[0], (1, "4"))
    with moved.database.writing(moved.world.school_id) as session:
        page = moved.page_of(session, moved.group_id)
        page_id, seq = page.id, page.seq
    cells = [FinalCell(moved.pupil, "5")]
    with Counted(moved.database) as counted, moved.database.writing(moved.world.school_id) as session:
        record_finals(session, moved.world.actor(), page_id, str(moved.world.quarters[0]), seq, cells)

    on_postgres = moved.database.engine.dialect.name == "postgresql"
    assert len(counted) <= (10 if on_postgres else 13), counted.statements


def summary(moved, column, group_id=None):
    with moved.database.reading(moved.world.school_id) as session:
        deputy = moved.world.actor(new_id(), "deputy")
        sheet = class_summary(session, deputy, group_id or moved.group_id, column)
        lacking = {page["group"]["name"]: page["lacking"] for page in completeness(session, column)["pages"]}
    at = next(at for at, one in enumerate(sheet["pupils"]) if one["id"] == moved.pupil)
    return [(one["value"], one["is_brought"]) for one in sheet["cells"] if one["pupil"] == at], lacking["5Б"]


def test_the_classs_sheet_shows_the_mark_that_came_along_and_it_is_lacking_still(moved, clock):
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    quarter = moved.world.quarters[0]
    assert summary(moved, quarter) == ([(None, False)], 2)
    moved.attest("4", group_id=moved.world.class_id, reason="Выбыл в 5Б")

    assert summary(moved, quarter) == ([("4", True)], 2)

    moved.attest("5", reason="Решение педсовета")
    assert summary(moved, quarter) == ([("5", False)], 1)


def test_the_sheet_of_the_class_gone_back_to_shows_the_mark_that_came_along(moved, clock):
    moved.attest("4", reason="Уходит в 5А")
    go_back(moved, FIRST[1])
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")

    assert summary(moved, moved.world.quarters[0], moved.world.class_id)[0] == [("4", True)]


def test_between_groups_of_a_class_the_mark_is_shown_once(moved, clock):
    """The pupil leaves a group of 5Б for the class's own page of the subject."""
    group, lesson, other = new_id(), new_id(), new_id()
    tell(
        moved.database,
        moved.world,
        GroupChanged(group_id=group, kind="group", name="5Б/1", parent_id=moved.group_id),
        make_load(moved.world, group, moved.world.teacher_id),
        make_lessons(moved.world, group, [BEFORE[0]], [lesson]),
        stays(group, (moved.pupil, YEAR_BEGAN, LEFT), (other, YEAR_BEGAN, None)),
        stays(moved.group_id, (other, YEAR_BEGAN, None)),
    )
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    moved.attest("3", group_id=group, reason="Решение педсовета")

    assert summary(moved, moved.world.quarters[0]) == ([("3", True)], 3)


def test_a_mark_on_a_page_that_goes_on_beside_is_no_mark_that_came_along(moved, clock):
    elective, _ = elective_of(moved, moved.pupil, AFTER[1])
    clock.move_to(f"{FIRST[1]}T07:00:00+00:00")
    moved.attest("3", group_id=elective, reason="Решение педсовета")

    shown, _ = summary(moved, moved.world.quarters[0])

    assert sorted(shown, key=str) == [("3", False), (None, False)]
