"""Teachers who turned out to be one: loads, the timetable, lessons to come and those held."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.models import Lesson, Slot
from shared.events.identity import PersonMerged
from shared.ids import new_id
from tests.schedule.makers import TEACHER, make_year, plan_group, told
from tests.schedule.test_copies import hear

TOLD = ("schedule.load.assigned", "schedule.lessons.planned")


def test_what_a_merged_teacher_taught_the_kept_one_teaches(either_database, school):
    group, kept = new_id(), new_id()
    with either_database.writing(school) as session:
        year = make_year(session)
        plan_group(session, year, group, {"weekday": 1}, today=date(2026, 9, 1))
        subject = session.scalars(select(Slot.subject_id)).one()
        assign_loads(session, year, {(group, subject): Teaching.of([str(TEACHER)], 6)}, [group])
    before = len(told(either_database, school))

    hear(either_database, school, PersonMerged(kept_id=kept, merged_id=UUID(str(TEACHER))))

    with either_database.reading(school) as session:
        for model in (Slot, Lesson):
            assert {tuple(ids) for ids in session.scalars(select(model.teacher_ids))} == {(str(kept),)}
    load, *lessons = told(either_database, school, *TOLD)[-2:]
    assert (load.teacher_ids, load.hours_per_week, load.quarters_off) == ([kept], 2, 2)
    assert all(lesson.teacher_ids == [kept] for event in lessons for lesson in event.lessons)
    assert len(told(either_database, school)) == before + 2
