"""Openings of diaries: kept once per day and person; the class teacher sees how regular they are."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from services.journal.actions.views import note_opening, tell_openings
from services.journal.models import DiaryView
from services.journal.queries.views import class_views, school_views
from services.journal.service import service
from shared.bus import event_log
from shared.clock import now, today
from shared.errors import NotFound
from shared.events import read
from shared.events.identity import GuardianshipEstablished, PersonErased, PersonMerged, SchoolChanged
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.journal.conftest import api_of
from tests.journal.makers import SCALE, TODAY, Counted, make_person, make_world, tell
from tests.support.tokens import key_ring


def kept(database, world):
    with database.reading(world.school_id) as session:
        return [(one.pupil_id, one.person_id, one.on) for one in session.scalars(select(DiaryView))]


def opened(database, world, *ago, person=None, pupil=0):
    """Put openings so many days ago."""
    with database.writing(world.school_id) as session:
        for days in ago:
            on = TODAY - timedelta(days=days)
            row = {"pupil_id": world.pupils[pupil], "person_id": person or world.parent_id, "on": on}
            session.add(DiaryView(**row, at=now(), is_told=True, school_id=world.school_id))


def told(database):
    asked = select(event_log.c.stream, event_log.c.type, event_log.c.data).order_by(event_log.c.position)
    with database.reading("*") as session:
        rows = session.execute(asked.where(event_log.c.stream.startswith("journal-views/"))).all()
    return [(row.stream, read(row.type, orjson.loads(row.data))) for row in rows]


def test_3_5_3_an_opening_is_kept_once_a_day_and_person(either_database, clock):
    world = make_world(either_database)
    api = api_of(either_database, world)
    mother = {"person": world.parent_id, "roles": ("parent",)}
    paths = [f"{path}?pupil_id={world.pupils[0]}" for path in ("/diary", "/diary/period", "/diary/remarks")]
    for path in (*paths, *paths):
        assert api("GET", path, **mother).status_code == 200
    assert kept(either_database, world) == [(world.pupils[0], world.parent_id, TODAY)]

    clock.shift(timedelta(days=1))
    api("GET", paths[0], **mother)
    api("GET", paths[0], person=world.pupils[0], roles=("pupil",))
    assert len(kept(either_database, world)) == 3


def test_who_opens_the_portfolio_has_opened_the_diary(database, world, api):
    asked = f"/portfolio?pupil_id={world.pupils[0]}"
    assert api("GET", asked, person=world.parent_id, roles=("parent",)).status_code == 200
    assert kept(database, world) == [(world.pupils[0], world.parent_id, TODAY)]


def test_what_another_process_has_kept_is_kept_once(either_database):
    world = make_world(either_database)
    opened(either_database, world, 0)
    note_opening(either_database, world.actor(world.parent_id, "parent"), world.pupils[0])
    assert len(kept(either_database, world)) == 1


def test_a_refused_opening_is_none(api, database, world):
    asked = f"/diary?pupil_id={world.pupils[1]}"
    assert api("GET", asked, person=world.parent_id, roles=("parent",)).status_code == 404
    assert kept(database, world) == []


def test_the_days_second_opening_costs_no_statement(database, world):
    actor = world.actor(world.parent_id, "parent")
    note_opening(database, actor, world.pupils[0])
    with Counted(database) as counted:
        note_opening(database, actor, world.pupils[0])
    assert len(counted) == 0


def test_openings_are_told_once_in_a_log_of_their_own(either_database):
    world = make_world(either_database)
    runtime = Runtime(service, Settings("journal", ""), either_database, Peers({}), key_ring())
    for pupil in world.pupils:
        note_opening(either_database, world.actor(pupil, "pupil"), pupil)
    for _ in range(2):
        tell_openings(runtime)

    [(stream, event)] = told(either_database)
    assert stream == f"journal-views/{world.school_id}"
    assert {(one.person_id, one.pupil_id, one.on) for one in event.views} == {
        (pupil, pupil, TODAY) for pupil in world.pupils
    }


def test_the_class_teacher_sees_how_regularly_each_parent_looks(either_database):
    world = make_world(either_database)
    father = new_id()
    tell(
        either_database,
        world,
        make_person(father, "Ёлкин", "Павел"),
        make_person(world.parent_id, "Ёлкина", "Анна"),
        GuardianshipEstablished(guardian_id=father, pupil_id=world.pupils[0]),
    )
    opened(either_database, world, 1, 3, 8, 40)
    opened(either_database, world, 0, person=world.class_teacher_id)  # The class teacher's own look.
    leader = world.actor(world.class_teacher_id, "class_teacher")

    with either_database.reading(world.school_id) as session:
        shown = class_views(session, leader, world.class_id)

    assert (shown["on"], shown["parents"], shown["this_week"]) == (TODAY, 2, 1)
    pupil = next(one for one in shown["pupils"] if one["id"] == world.pupils[0])
    parents = {one["name"]: one for one in pupil["parents"]}
    mother = parents["Ёлкина Анна"]
    assert (mother["days_ago"], mother["weeks_seen"], mother["last_on"]) == (1, 2, TODAY - timedelta(days=1))
    assert (parents["Ёлкин Павел"]["days_ago"], parents["Ёлкин Павел"]["weeks_seen"]) == (None, 0)
    assert len(shown["pupils"]) == 3


def test_only_the_own_class_is_seen_and_by_class_all_by_the_heads(database):
    world, other = make_world(database), make_world(database)
    opened(database, world, 2)
    strangers = [
        world.actor(),
        world.actor(new_id(), "class_teacher"),
        world.actor(world.parent_id, "parent"),
    ]
    with database.reading(world.school_id) as session:
        for stranger in strangers:
            with pytest.raises(NotFound):
                class_views(session, stranger, world.class_id)
            with pytest.raises(NotFound):
                school_views(session, stranger)
        with pytest.raises(NotFound):
            class_views(session, world.actor(new_id(), "director"), other.class_id)
        for role in ("deputy", "director"):
            [row] = school_views(session, world.actor(new_id(), role))
    assert (row["group"]["name"], row["parents"], row["this_week"], row["never"]) == ("5А", 1, 1, 0)


def test_a_report_takes_as_many_statements_whatever_the_class(either_database):
    world = make_world(either_database, pupils=[new_id() for _ in range(20)])
    with either_database.reading(world.school_id) as session, Counted(either_database) as counted:
        class_views(session, world.actor(new_id(), "deputy"), world.class_id)
        school_views(session, world.actor(new_id(), "deputy"))
    assert len(counted) <= 5


def test_openings_follow_a_merge_and_an_erasure(either_database):
    world = make_world(either_database)
    opened(either_database, world, 1, 2)
    opened(either_database, world, 1, pupil=1)
    for _ in range(2):
        tell(either_database, world, PersonMerged(kept_id=world.pupils[0], merged_id=world.pupils[1]))
    assert {pupil for pupil, _, _ in kept(either_database, world)} == {world.pupils[0]}
    assert len(kept(either_database, world)) == 2

    tell(either_database, world, PersonErased(person_id=world.parent_id))
    assert kept(either_database, world) == []


def test_the_day_is_the_schools(database):
    world = make_world(database, time_zone="Asia/Kamchatka")
    note_opening(database, world.actor(world.parent_id, "parent"), world.pupils[0])
    [(_, _, on)] = kept(database, world)
    assert on == today("Asia/Kamchatka")


def test_midnight_of_the_school_parts_two_openings(database, clock):
    world = make_world(database, time_zone="Asia/Kamchatka")
    parent = world.actor(world.parent_id, "parent")
    for at in ("2026-10-05T11:59:59+00:00", "2026-10-05T12:00:00+00:00", "2026-10-06T11:59:59+00:00"):
        clock.move_to(at)
        note_opening(database, parent, world.pupils[0])

    assert [on for _, _, on in kept(database, world)] == [TODAY, TODAY + timedelta(days=1)]


def test_a_school_that_sets_another_time_zone_has_its_days_by_that(database, clock):
    world = make_world(database)
    clock.move_to("2026-10-05T13:00:00+00:00")
    note_opening(database, world.actor(world.parent_id, "parent"), world.pupils[0])
    tell(
        database,
        world,
        SchoolChanged(school_id=world.school_id, name="Школа", time_zone="Asia/Kamchatka", scale=SCALE),
    )

    clock.shift(timedelta(minutes=11))
    note_opening(database, world.actor(world.pupils[0], "pupil"), world.pupils[0])

    assert {(who, on) for _, who, on in kept(database, world)} == {
        (world.parent_id, TODAY),
        (world.pupils[0], TODAY + timedelta(days=1)),
    }
