"""On a day without lessons: the next ones of a teacher, and the last day of a class (clause 3.5.1)."""

from datetime import timedelta

import pytest

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from services.schedule.actions.directories import name_subjects
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.rules import Span
from shared.clock import today
from shared.events.schedule import LessonsPlanned, PlannedLesson
from shared.ids import new_id
from tests.portal.world import ZONE, small_world
from tests.schedule.makers import make_slot, make_year, set_timetable

DAY = timedelta(days=1)
CURRENT = today(ZONE)
LAST = CURRENT - 2 * DAY
NEXT = CURRENT + (2 if (CURRENT + 2 * DAY).isoweekday() < 7 else 3) * DAY  # No lessons on Sundays.


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """8Б, led and taught by the stranger: its last lesson was two days ago, the next is to come."""
    with small_world(tmp_path_factory.mktemp("days")) as made:
        made.people["other"] = _open_class(made)
        _plan(made)
        yield made


def _open_class(world):
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        leader = world.people["stranger"]
        group = open_group(session, kind="class", name="8Б", grade=8, class_teacher_id=leader)
        pupil = enter_person(session, family_name="Яшин", given_name="Лев", patronymic="")
        session.flush()
        grant_role(session, pupil.id, "pupil")
        enrol(session, group.id, pupil.id, CURRENT - 30 * DAY)
        group_id = group.id
    world.tell("identity")
    return group_id


def _plan(world):
    group, teacher = world.people["other"], str(world.people["stranger"])
    first, last = CURRENT - 30 * DAY, CURRENT + 30 * DAY
    with world.runtimes["schedule"].database.writing(world.school_id) as session:
        periods = [Span("Четверть", first, last)]
        year = make_year(session, starts_on=first, ends_on=last, periods=periods, holidays=[], school_days=6)
        year_id = year.id
        subjects, _ = name_subjects(session, ["Физика"])
        slot = make_slot(group, subjects["Физика"], weekday=NEXT.isoweekday(), teacher_ids=[teacher])
        set_timetable(session, year, [slot], {group}, from_on=CURRENT + DAY, today=CURRENT)
        assign_loads(session, year, {(group, subjects["Физика"]): Teaching((teacher,), 1)}, {group})
    world.tell("schedule")
    ids = {"year_id": year_id, "group_id": group, "subject_id": subjects["Физика"]}
    held = PlannedLesson(
        lesson_id=new_id(),
        on=LAST,
        number=1,
        starts="08:30",
        room="1",
        teacher_ids=[world.people["stranger"]],
    )
    world.hear([LessonsPlanned(**ids, lessons=[held])])


def test_a_teacher_s_page_shows_the_next_day_with_lessons(sign_in):
    page = sign_in("stranger").get("/journal").text

    assert "Сегодня уроков нет. Ближайшие" in page
    assert f"on={NEXT}" in page
    assert "Уроки сегодня" not in page


def test_attendance_shows_the_last_day_with_lessons_and_names_the_next(sign_in, world):
    page = sign_in("stranger").get("/attendance", follow_redirects=True).text

    assert "Сегодня уроков нет, показан последний учебный день." in page
    assert f'value="{LAST}"' in page
    assert "Яшин Лев" in page
    assert f"on={NEXT}" in page
    empty = sign_in("stranger").get(f"/attendance/{world.people['other']}?on={CURRENT}").text
    assert "В этот день уроков нет." in empty
    assert f"on={LAST}" in empty
