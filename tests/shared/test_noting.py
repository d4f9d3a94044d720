"""Services note who asked for whom, and tell it exactly once (SECURITY 47)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import orjson
import pytest
from flask import Blueprint
from sqlalchemy import delete, func, select, text

from shared import noting as noting_module
from shared import web
from shared.app import create_app
from shared.auth import Actor
from shared.bus import access_note, event_log
from shared.bus import metadata as bus_tables
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, naming_metadata
from shared.events import read
from shared.ids import new_id
from shared.noted import circle_of
from shared.noting import AT_ONCE, KEPT, MOST_PERSONS, forget_told, noting, tell_noted
from shared.outbox import MAX_DATA_BYTES
from shared.peers import Peers
from shared.policy import RULES, Rule
from shared.service import Answered, Runtime, Service
from shared.settings import Settings
from tests.support.tokens import bearer, key_ring

SCHOOL, OTHER = UUID(int=71), UUID(int=72)
TEACHER = UUID(int=81)
note = noting("pages.set_aside")


@pytest.fixture
def runtime(database):
    service = Service("reporting", naming_metadata())
    return Runtime(service, Settings("reporting", ""), database, Peers({}), key_ring())


def actor(school=SCHOOL, person=TEACHER):
    return Actor(str(person), school, person, frozenset({"teacher"}), frozenset(), None, None)


def answered(*people, caller=None, status=200, endpoint="pages.get_page", is_read=True, **given):
    return Answered(
        endpoint, "read pages", is_read, status, caller or actor(), "10.0.0.7", "r-1",
        given.pop("named", {}), concerned=people, **given
    )  # fmt: skip


def told(database):
    with database.reading(EVERY_SCHOOL) as session:
        rows = session.execute(
            select(event_log.c.type, event_log.c.data, event_log.c.stream).order_by(
                event_log.c.stream, event_log.c.position
            )
        ).all()
    return [(row.stream, read(row.type, orjson.loads(row.data)), len(row.data)) for row in rows]


def left(database):
    with database.reading(EVERY_SCHOOL) as session:
        return session.scalar(select(func.count()).select_from(access_note))


def test_what_is_noted_is_told_once_with_everybody_who_was_seen(runtime, database):
    pupils = [new_id() for _ in range(30)]
    page = new_id()
    for _ in range(2):
        note(runtime, answered(*pupils, group_id=new_id(), named={"page_id": page}))
    note(runtime, answered(pupils[0], status=404))

    for _ in range(2):
        tell_noted(runtime)

    [(stream, event, _)] = told(database)
    assert stream == f"reporting-access/{SCHOOL}"
    first, second, refused = event.notes
    assert (first.about, first.persons, second.about) == (circle_of(pupils), 30, first.about)
    assert [(one.id, set(one.person_ids)) for one in event.circles] == [(first.about, set(pupils))]
    assert (refused.about, refused.persons, refused.status) == (pupils[0], 1, 404)
    assert (first.actor_id, first.address, first.endpoint) == (TEACHER, "10.0.0.7", "pages.get_page")
    assert orjson.loads(first.facts) == {"page_id": str(page)}
    assert left(database) == 0


@pytest.mark.parametrize(
    ("given", "is_noted"),
    [
        ({}, False),
        ({"people": (TEACHER,)}, False),
        ({"people": (TEACHER,), "is_read": False}, True),
        ({"people": (TEACHER,), "status": 403}, True),
        ({"endpoint": "pages.set_aside", "is_read": False}, False),
        ({"endpoint": "pages.set_aside", "is_read": False, "status": 404}, True),
        ({"people": (TEACHER,), "caller": actor(school=None)}, False),
    ],
    ids=[
        "nobody's data",
        "one's own data read",
        "one's own data changed",
        "one's own data refused",
        "set aside",
        "set aside and refused",
        "of no school",
    ],
)
def test_what_belongs_in_the_log_is_noted_and_nothing_else(runtime, database, given, is_noted):
    note(runtime, answered(*given.pop("people", ()), **given))

    assert left(database) == is_noted


def test_many_notes_of_two_schools_are_told_in_events_that_are_small_enough(runtime, database):
    lists = [[new_id() for _ in range(200)] for _ in range(9)]
    for number in range(AT_ONCE + 20):
        note(runtime, answered(*lists[number % 9], caller=actor(SCHOOL if number % 3 else OTHER)))

    tell_noted(runtime)

    events = told(database)
    assert len({one.id for _, event, _ in events for one in event.notes}) == AT_ONCE + 20
    assert all(size <= MAX_DATA_BYTES for *_, size in events)
    for stream, event, _ in events:
        assert stream.endswith(str(event.school_id))
        assert {one.about for one in event.notes} == {one.id for one in event.circles}


def test_a_request_about_thousands_is_noted_in_parts(runtime, database):
    people = [new_id() for _ in range(2 * MOST_PERSONS + 1)]
    note(runtime, answered(*people))

    tell_noted(runtime)

    notes = [one for _, event, _ in told(database) for one in event.notes]
    assert sorted(one.persons for one in notes) == [1, MOST_PERSONS, MOST_PERSONS]
    seen = {person for _, event, _ in told(database) for one in event.circles for person in one.person_ids}
    assert seen | {one.about for one in notes if one.persons == 1} == set(people)


def test_what_could_not_be_told_is_told_the_next_time(runtime, database, monkeypatch):
    note(runtime, answered(new_id()))
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(noting_module, "_packed", lambda _: (_ for _ in ()).throw(RuntimeError("killed")))
        tell_noted(runtime)
    assert (left(database), told(database)) == (1, [])

    tell_noted(runtime)

    assert (left(database), len(told(database))) == (0, 1)


def test_several_workers_tell_each_note_once_while_more_are_made(runtime, database):
    """On PostgreSQL the workers skip what another has in hand."""
    over = threading.Event()

    def tell():
        while not over.is_set():
            tell_noted(runtime)

    def ask(_):
        for _ in range(40):
            note(runtime, answered(new_id()))

    with ThreadPoolExecutor(6) as pool:
        tellers = [pool.submit(tell) for _ in range(3)]
        list(pool.map(ask, range(3)))
        over.set()
        for one in tellers:
            one.result()
    tell_noted(runtime)

    ids = [one.id for _, event, _ in told(database) for one in event.notes]
    assert (len(ids), len(set(ids)), left(database)) == (120, 120, 0)


def test_what_was_told_a_month_ago_is_forgotten_here(runtime, database, time_machine):
    started = now()
    note(runtime, answered(new_id()))
    tell_noted(runtime)
    forget_told(runtime)
    assert told(database)

    time_machine.move_to(started + KEPT + timedelta(days=1))
    if database.is_postgres:  # Its own clock says when events are told.
        with database.writing(EVERY_SCHOOL) as session:
            session.execute(text("UPDATE event_log SET time = time - interval '1 hour'"))
    forget_told(runtime)

    with database.reading(EVERY_SCHOOL) as session:
        [row] = session.execute(select(event_log)).all()
    assert row.data is None
    assert row.redacted_at is not None


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A service with one page to read and to write."""
    monkeypatch.setitem(
        RULES, ("reporting", "look"), Rule("reporting", "look", {"teacher": "school"}, None, None)
    )
    database = Database(f"sqlite:///{tmp_path}/page.db")
    bus_tables.create_all(database.engine)
    blueprint = Blueprint("looks", "looks")

    @blueprint.route("/looks", methods=["GET", "POST"])
    @web.may("look")
    def look():
        web.concerns(UUID(int=5))
        return {"seen": "it"}

    service = Service("reporting", naming_metadata(), blueprints=[blueprint], witness=noting())
    app = create_app(Runtime(service, Settings("reporting", ""), database, Peers({}), key_ring()))
    headers = bearer("reporting", school_id=SCHOOL, person_id=TEACHER, roles=("teacher",))
    yield database, lambda method: app.test_client().open("/looks", method=method, headers=headers)
    database.close()


def test_a_read_that_cannot_be_noted_is_not_given(page):
    """SECURITY 47."""
    database, ask = page
    assert ask("GET").status_code == 200
    assert left(database) == 1
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(delete(access_note))
        session.execute(text("ALTER TABLE access_note RENAME TO gone"))

    refused, done = ask("GET"), ask("POST")

    assert refused.status_code == 503
    assert "seen" not in refused.text
    assert done.status_code == 200
