"""Two class teachers, or one twice, who write excuses of one pupil at the same time (clause 4.2.2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

from sqlalchemy import select

from services.journal.actions.excuses import AlreadyExcused, Given, change_excuse, make_excuse
from services.journal.models import Excuse
from tests.journal.makers import make_world
from tests.journal.test_excuses import SAID, excuse

HOLIDAY = {"from_on": date(2026, 10, 27), "until_on": date(2026, 10, 28)}


def together(database, world, *writings):
    """Run writings so that the second begins while the first is not committed; return what came of each."""
    begun = Event()

    def write(number):
        if number:
            begun.wait(5)
        with database.writing(world.school_id) as session:
            try:
                done = writings[number](session, world.actor(world.class_teacher_id, "class_teacher"))
            except AlreadyExcused as refused:
                done = refused
            if not number:
                begun.set()
                late.wait(1)
            return done

    late = Event()
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(write, range(2)))


def test_of_two_who_excuse_days_without_lessons_one_is_told(either_database):
    world = make_world(either_database)

    def make(session, actor):
        return make_excuse(session, actor, world.pupils[0], Given(**(SAID | HOLIDAY)))

    first, second = together(either_database, world, make, make)

    assert isinstance(second, AlreadyExcused), first


def test_of_two_changes_of_one_excuse_what_each_said_is_kept(either_database):
    world = make_world(either_database)
    made = excuse(either_database, world, **HOLIDAY)

    def change(number):
        given = Given(**(SAID | HOLIDAY | {"number": number}))
        return lambda session, actor: change_excuse(session, actor, made.excuse_id, given)

    together(either_database, world, change("13"), change("14"))

    with either_database.reading(world.school_id) as session:
        said = {one.number: one.became_id for one in session.scalars(select(Excuse))}
    assert said == {"12": made.excuse_id, "13": made.excuse_id, "14": None}
