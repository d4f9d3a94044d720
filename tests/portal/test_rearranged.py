"""Rows and columns that change while a page is open: nothing goes to another pupil or lesson."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from services.journal.models import FinalMark, Page
from shared.clock import today
from shared.events.identity import Enrolment, EnrolmentsChanged, PersonChanged
from shared.events.schedule import LessonsPlanned, PlannedLesson
from shared.ids import new_id
from tests.portal.test_grid import cell, open_grid, press, saved
from tests.portal.world import ZONE, served, small_world

MATHS = "Математика"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("rearranged")) as made, served(made):
        yield made


@pytest.fixture
def first_of_the_list(world):
    """Returns what lets a pupil come to the class who stands before all others; gone after the test."""
    pupil = new_id()

    def stay(*stays):
        return EnrolmentsChanged(group_id=world.people["class"], pupil_ids=[pupil], enrolments=list(stays))

    def come():
        name = PersonChanged(person_id=pupil, family_name="Аав", given_name="Яан", patronymic="")
        since = today(ZONE) - timedelta(days=60)
        world.hear([name, stay(Enrolment(pupil_id=pupil, from_on=since))], besides="identity")

    yield come
    world.hear([stay()], besides="identity")


def subject_and_year(world):
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        page = session.scalars(select(Page).where(Page.id == world.pages[MATHS])).one()
        return {"subject_id": page.subject_id, "year_id": page.year_id}


def add_lesson(world, day):
    """Put a lesson into the timetable; return where it stands among the page's."""
    lesson = PlannedLesson(
        lesson_id=new_id(), on=day, number=7, starts="14:00", room="", teacher_ids=[world.people["teacher"]]
    )
    ids = {"group_id": world.people["class"], **subject_and_year(world)}
    world.hear([LessonsPlanned(**ids, lessons=[lesson])], besides="schedule")
    return [one["id"] for one in world.page_as("teacher", MATHS)["lessons"]].index(str(lesson.lesson_id))


def test_marks_stay_in_their_lesson_when_another_is_put_in_before_it(open_as, world):
    page = open_grid(open_as, world)
    cell(page, 10, 0).click()
    world.record("colleague", 12, ["3"])  # So that what is saved next looks again.
    at = add_lesson(world, world.lessons[MATHS][4].on)
    note = page.locator("#note")

    press(page, "5", "Enter")
    expect(note).to_contain_text("Изменились уроки")
    press(page, "4")
    saved(page)

    assert world.marks(10)[:3] == ["5", "4", None]
    note.get_by_role("button", name="Показать новое").click()
    expect(page.locator(f'.days th[data-lesson="{at}"]')).to_contain_text("·7")
    expect(cell(page, 11, 1)).to_be_focused()
    press(page, "Enter", "3")
    saved(page)
    assert world.marks(10)[:3] == ["5", "4", "3"]
    assert page.complaints == []


def test_marks_stay_with_their_pupil_when_another_comes_before(open_as, world, first_of_the_list):
    page = open_grid(open_as, world)
    cell(page, 1, 0).click()  # Before the lesson that the other test puts in.
    world.record("colleague", 2, ["3"])
    first_of_the_list()

    press(page, "5", "Enter")
    expect(page.locator("#note")).to_contain_text("список учеников")
    press(page, "4")
    saved(page)

    expect(cell(page, 1, 0)).to_have_text("5")
    assert list(filter(None, world.marks(1))) == ["5", "4"]
    page.get_by_role("button", name="Показать новое").click()
    expect(page.locator("#grid tbody tr").first).to_contain_text("Аав Яан")
    expect(cell(page, 1, 1)).to_have_text("5")


def test_term_end_marks_stay_with_their_pupil_when_another_comes_before(open_as, world, first_of_the_list):
    page = open_as("teacher", f"/journal/{world.pages[MATHS]}/finals")
    expect(page.locator("#chosen h2")).not_to_be_empty()
    marks = page.locator("#sheet tr[data-row] td:nth-of-type(2) b")
    page.locator("#sheet tr[data-row]").nth(5).locator("td").nth(1).click()  # Nobody marked this pupil yet.
    first_of_the_list()

    press(page, "5")

    expect(page.locator("#note")).to_contain_text("список учеников")
    expect(marks.nth(5)).to_have_text("5")
    with world.runtimes["journal"].database.reading(world.school_id) as session:
        assert session.scalars(select(FinalMark.pupil_id)).all() == [world.pupils[5]]
    page.get_by_role("button", name="Показать новое").click()
    expect(page.locator("#sheet tr[data-row]").first).to_contain_text("Аав Яан")
    expect(marks.nth(6)).to_have_text("5")
    assert page.complaints == []
