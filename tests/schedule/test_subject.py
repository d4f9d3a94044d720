"""All the schedule holds of a teacher, also where several people are named in one column (152-ФЗ ст. 14)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.models import Base, Slot
from shared.ids import new_id
from shared.subject import rows_about
from tests.schedule.makers import TEACHER, make_year, plan_group


def test_a_teacher_is_told_of_the_own_load_and_lessons(either_database, school):
    """SECURITY 51."""
    group = new_id()
    with either_database.writing(school) as session:
        year = make_year(session)
        plan_group(session, year, group, {"weekday": 1}, today=date(2026, 9, 1))
        subject = session.scalars(select(Slot.subject_id)).one()
        assign_loads(session, year, {(group, subject): Teaching.of([str(TEACHER)], 6)}, [group])

    with either_database.reading(school) as session:
        own = rows_about(session, Base.metadata, UUID(str(TEACHER)))
        stranger = rows_about(session, Base.metadata, new_id())

    assert own.keys() == {"cards", "loads", "lessons", "slots"}
    assert {one for rows in own.values() for row in rows for one in row["teacher_ids"]} == {str(TEACHER)}
    assert stranger == {}
