from datetime import timedelta
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from sqlalchemy import delete, select

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.models import (
    Enrolment,
    Guardianship,
    Lesson,
    LessonTeacher,
    Page,
    PageTeacher,
    Period,
    Person,
    copies,
)
from services.journal.models.base import Base
from services.journal.queries.lists import page_list
from services.journal.queries.page import class_page
from services.journal.queries.people import STUB
from services.journal.service import service
from shared.events.identity import (
    Enrolment as Stay,
)
from shared.events.identity import (
    EnrolmentsChanged,
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonErased,
)
from shared.events.schedule import LessonsCancelled, YearPlanned
from shared.events.schedule import Period as ToldPeriod
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    World,
    make_enrolment,
    make_lessons,
    make_load,
    make_person,
    make_world,
    published,
    tell,
)


def rows(database, world, model, *columns):
    with database.reading(world.school_id) as session:
        return session.execute(select(*(columns or (model.id,))).order_by(*(columns or (model.id,)))).all()


def shown(database, world):
    with database.reading(world.school_id) as session:
        page = class_page(session, world.actor(), world.page_id(session))
        listed = page_list(session, world.actor(), mine=True)
    page["page"].pop("id")
    return page, [{**one, "id": None} for one in listed]


def test_a_page_opens_once_whether_a_load_or_a_lesson_comes_first(either_database):
    world = World()
    tell(either_database, world, make_lessons(world, world.class_id, world.days, world.lessons))
    tell(either_database, world, make_load(world, world.class_id, world.teacher_id))
    tell(either_database, world, make_lessons(world, world.class_id, world.days, world.lessons))

    [told] = published(either_database, world)
    [(page_id,)] = rows(either_database, world, Page)
    assert (told.page_id, told.group_id, told.subject_id) == (page_id, world.class_id, world.subject_id)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.booleans(), min_size=30, max_size=30))
def test_the_page_is_the_same_however_the_streams_overtake_one_another(database, turns):
    world = World()
    straight = World(**vars(world) | {"school_id": new_id()})
    streams = {True: world.identity(), False: world.schedule()}
    for turn in [*turns, *[True] * 30, *[False] * 30]:
        if streams[turn]:
            tell(database, world, streams[turn].pop(0))

    page, listed = shown(database, world)

    with database.writing(world.school_id) as session:
        forget_copies(session)
    tell(database, world, *straight.identity(), *straight.schedule())
    assert shown(database, world) == (page, listed)


def forget_copies(session):
    for tables in service.projections.values():
        for table in tables:
            session.execute(delete(table).where(table.c.school_id == UUID(session.info["school"])))


def test_a_rebuild_of_the_copies_keeps_pages_and_what_is_written(either_database):
    world = make_world(either_database)
    with either_database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])
    before, told = shown(either_database, world), published(either_database, world)

    with either_database.writing(world.school_id) as session:
        forget_copies(session)
    tell(either_database, world, *world.identity(), *world.schedule())

    assert shown(either_database, world) == before
    assert published(either_database, world) == told


def test_a_rebuild_begins_with_every_copy_empty():
    made = (one for one in vars(copies).values() if isinstance(one, type) and issubclass(one, Base))
    copied = {one.__tablename__ for one in made if one is not Base}

    assert copied == {table.name for of_log in service.projections.values() for table in of_log}


def test_copies_named_twice_in_a_run_are_as_last_told(either_database):
    world = make_world(either_database)
    tell(
        either_database,
        world,
        make_person(world.pupils[0], "Старова"),
        make_person(world.pupils[0], "Новикова"),
    )

    names = dict(rows(either_database, world, Person, Person.id, Person.family_name))
    assert names[world.pupils[0]] == "Новикова"


def test_nameless_stubs_stand_until_the_names_come(database):
    world = World()
    told = world.identity()
    stays = told.pop()
    tell(database, world, stays, *world.schedule())

    page, _ = shown(database, world)
    assert [pupil["name"] for pupil in page["pupils"]] == [STUB] * 3
    assert page["page"]["group"]["name"] == STUB

    tell(database, world, *told)
    page, _ = shown(database, world)
    assert [pupil["name"] for pupil in page["pupils"]] == ["Абрамов Мария", "Ёлкина Мария", "Жуков Мария"]


def test_the_stays_told_replace_those_of_the_pupils_named(either_database):
    world = make_world(either_database)
    first, second, _ = world.pupils
    tell(
        either_database,
        world,
        make_enrolment(world.class_id, first, FIRST[0], FRIDAY),
        EnrolmentsChanged(
            group_id=world.class_id,
            pupil_ids=[first, second],
            enrolments=[Stay(pupil_id=first, from_on=TODAY)],
        ),
    )

    kept = rows(either_database, world, Enrolment, Enrolment.pupil_id, Enrolment.from_on)
    assert {(pupil, on) for pupil, on in kept} == {(first, TODAY), (world.pupils[2], FIRST[0])}


def test_an_erased_person_is_forgotten_and_their_marks_stay(database, world):
    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])
    tell(database, world, PersonErased(person_id=world.pupils[0]))

    assert rows(database, world, Guardianship, Guardianship.pupil_id) == []
    page, _ = shown(database, world)
    names = [pupil["name"] for pupil in page["pupils"]]
    assert names[0] == STUB
    assert (1, 0, 1, "5") in page["entries"]


def test_a_guardianship_lasts_until_it_ends(database, world):
    other = {"guardian_id": new_id(), "pupil_id": world.pupils[0]}
    tell(database, world, GuardianshipEstablished(**other))
    tell(database, world, GuardianshipEnded(guardian_id=world.parent_id, pupil_id=world.pupils[0]))

    assert rows(database, world, Guardianship, Guardianship.guardian_id) == [(other["guardian_id"],)]


def test_a_lesson_moved_or_given_to_another_is_where_it_was_last_put(either_database):
    world = make_world(either_database)
    substitute, later = new_id(), TODAY + timedelta(days=3)
    tell(
        either_database,
        world,
        make_lessons(world, world.class_id, [later], [world.today], teacher_id=substitute),
    )

    days = dict(rows(either_database, world, Lesson, Lesson.id, Lesson.held_on))
    assert days[world.today] == later
    teachers = rows(either_database, world, LessonTeacher, LessonTeacher.lesson_id, LessonTeacher.teacher_id)
    assert [teacher for lesson, teacher in teachers if lesson == world.today] == [substitute]


def test_a_cancelled_lesson_stays_on_the_page(either_database):
    world = make_world(either_database)
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(either_database, world, LessonsCancelled(**ids, lesson_ids=[world.today, new_id()]))

    page, _ = shown(either_database, world)
    states = {lesson["id"]: (lesson["state"], lesson["editable"]) for lesson in page["lessons"]}
    assert states[world.today] == ("cancelled", False)
    assert states[world.lessons[0]] == ("planned", True)


def test_a_load_replaces_the_teachers_told_before(either_database):
    world = make_world(either_database)
    heir = new_id()
    tell(either_database, world, make_load(world, world.class_id, heir, heir))

    assert rows(either_database, world, PageTeacher, PageTeacher.teacher_id) == [(heir,)]


def test_a_year_has_exactly_the_periods_last_told(either_database):
    world = make_world(either_database)
    term = ToldPeriod(period_id=new_id(), name="I триместр", starts_on=FIRST[0], ends_on=TODAY)
    year = {"year_id": world.year_id, "name": "2026/27", "starts_on": FIRST[0], "ends_on": TODAY}
    tell(either_database, world, YearPlanned(**year, periods=[term]))

    assert rows(either_database, world, Period, Period.name) == [("I триместр",)]
