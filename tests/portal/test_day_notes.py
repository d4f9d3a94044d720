"""What sets a day apart is said wherever its lessons are shown: holidays, moved and remote days."""

import re
from datetime import timedelta

import pytest

from services.journal.models import Page
from services.schedule.actions.calendar import current_year
from services.schedule.models import SpecialDay
from services.schedule.rules import Span
from services.schedule.rules.days import Special
from shared.clock import today
from shared.events.schedule import LessonsPlanned, PlannedLesson
from shared.ids import new_id
from tests.portal.world import ZONE, small_world
from tests.schedule.makers import make_year

TODAY = today(ZONE)
MONDAY = TODAY - timedelta(days=TODAY.weekday())
DAYS = [MONDAY + timedelta(days=step) for step in range(7)]
MOVED, REMOTE, FREE = DAYS[1:4]
NOTES = {
    MOVED: "За субботу (уроки другого дня недели: Сб)",
    REMOTE: "дистанционный день, параллели 5–7",
    FREE: "Юбилей школы",
}

SHORT = ("За субботу", "дистанционный день", "Юбилей школы")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    first, last = MONDAY - timedelta(days=28), MONDAY + timedelta(days=60)
    with small_world(tmp_path_factory.mktemp("notes")) as made:
        with made.runtimes["schedule"].database.writing(made.school_id) as session:
            make_year(
                session,
                starts_on=first,
                ends_on=last,
                periods=[Span("Четверть", first, last)],
                holidays=[Span("Юбилей школы", FREE, FREE), Span("Каникулы", MOVED, MOVED)],
                special_days=[
                    Special(MOVED, "moved", "За субботу", weekday=6),
                    Special(REMOTE, "remote", grades=(5, 6, 7)),
                ],
            )
        yield made


@pytest.mark.parametrize("day", NOTES, ids=["moved", "remote", "free"])
def test_the_day_of_the_school_says_it(sign_in, day):
    page = sign_in("deputy").get(f"/timetable/day?on={day}").text

    assert NOTES[day] in page
    assert "Каникулы" not in page  # It works for all instead.


def test_the_diary_says_it_at_each_day(sign_in):
    page = sign_in("pupil").get(f"/diary?week={MONDAY}").text

    sections = page.split('<section class="day')[1:]
    said = {day: [note for note in NOTES.values() if note in sections[day.weekday()]] for day in NOTES}
    assert said == {day: [note] for day, note in NOTES.items()}


def test_the_class_page_says_it_over_the_lesson(sign_in, world):
    subject = next(iter(world.pages))
    page = sign_in("teacher").get(f"/journal/{world.pages[subject]}").text

    heads = re.findall(r'<th [^>]*class="[^"]*noted[^"]*"[^>]*title="([^"]*)"', page)
    assert len(heads) >= 2
    assert all(any(note in head for note in SHORT) for head in heads)
    assert "параллели 5–7" not in page  # The page is of one parallel.


def test_two_lessons_of_a_day_are_told_apart_by_their_numbers(sign_in, world):
    page_id = world.pages["Русский язык"]
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        page = session.get(Page, page_id)
    on = max(lesson.on for lesson in world.lessons["Русский язык"] if lesson.on < TODAY)
    second = PlannedLesson(lesson_id=new_id(), on=on, number=7, starts="14:00", room="", teacher_ids=[])
    ids = {"year_id": page.year_id, "group_id": page.group_id, "subject_id": page.subject_id}
    world.hear([LessonsPlanned(**ids, lessons=[second])])

    shown = sign_in("colleague").get(f"/journal/{page_id}").text
    heads = re.findall(r">(\d+)<small>([^<]+)</small></th>", shown)

    doubled = [said for day, said in heads if "·" in said]
    assert [said.partition("·")[2] for said in doubled] == ["2", "7"]
    assert {day for day, said in heads if "·" in said} == {str(on.day)}


def test_the_staff_room_says_it_of_today(sign_in, world):
    with world.runtimes["schedule"].database.writing(world.school_id) as session:
        year = current_year(session)
        own = {"school_id": year.school_id, "year_id": year.id}
        session.add(SpecialDay(**own, day=TODAY, kind="remote", name="Сегодня из дома", grades=()))

    assert "Сегодня из дома (дистанционный день)" in sign_in("deputy").get("/staff-room").text
