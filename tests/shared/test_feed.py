"""The feed over HTTP: pages, heads, long polls, who may read what, and a consumer at the other end."""

import threading
import time

import orjson
import pytest
from sqlalchemy import text

from shared import cursors, envelope, outbox
from shared.app import create_app
from shared.apply import Applier
from shared.catchup import CatchUp, HttpSource, SourceGone
from shared.cursors import DIVERGED, LIVE
from shared.db import EVERY_SCHOOL
from shared.events.identity import PersonChanged, RoleGranted
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime, Service
from shared.service_tokens import ServiceTokens
from shared.settings import Settings
from tests.shared.world import PEOPLE, SCHOOLS, STREAMS, metadata
from tests.support.tokens import bearer, key_ring
from tests.support.waiting import eventually

HERE, ELSEWHERE = STREAMS
PATH = "/api/identity/v1/events"


@pytest.fixture
def app(database):
    service = Service("identity", metadata)
    settings = Settings(service="identity", database_url="")
    return create_app(Runtime(service, settings, database, Peers({}), key_ring()))


@pytest.fixture
def client(app):
    return app.test_client()


def tell(database, count=1, school=SCHOOLS[0]):
    for _ in range(count):
        with database.writing(school) as session:
            outbox.publish(session, RoleGranted(person_id=PEOPLE[0], role="teacher"))


def read(client, query, **kind):
    return client.get(PATH, query_string=query, headers=headers(**kind))


def headers(scope="events:read", school=None):
    return bearer("identity", scope=scope, client_id="service-journal", school_id=school)


def test_a_page_follows_the_last_event_the_reader_has(client, database):
    tell(database, 5)
    first = client.get(PATH, query_string={"stream": HERE, "limit": 2}, headers=headers())
    events = envelope.read_batch(first.data, HERE)
    asked = {"stream": HERE, "after": 2, "id": str(events[1].id)}
    second = client.get(PATH, query_string=asked, headers=headers())

    assert first.content_type == "application/cloudevents-batch+json"
    assert [one.position for one in events] == [1, 2]
    rest = envelope.read_batch(second.data, HERE)
    assert [one.position for one in rest] == [3, 4, 5]
    assert second.headers["Stream-Head"] == "5"
    assert second.headers["Stream-Head-Id"] == str(rest[-1].id)
    assert second.headers["Stream-Epoch"] == str(rest[-1].epoch)


def test_the_end_is_an_empty_page_and_so_is_what_was_never_told(client, database):
    tell(database)
    (last,) = envelope.read_batch(
        client.get(PATH, query_string={"stream": HERE}, headers=headers()).data, HERE
    )
    asked = {"stream": HERE, "after": 1, "id": str(last.id)}

    assert client.get(PATH, query_string=asked, headers=headers()).json == []
    assert client.get(PATH, query_string={"stream": ELSEWHERE}, headers=headers()).json == []


@pytest.mark.parametrize("after", [1, 2, 9])
def test_another_history_is_a_conflict(client, database, after):
    tell(database, 2)

    answer = client.get(
        PATH, query_string={"stream": HERE, "after": after, "id": new_id()}, headers=headers()
    )

    assert (answer.status_code, answer.json["type"]) == (409, "urn:parta:problem:stream-diverged")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"stream": "identity"},
        {"stream": HERE + "/x"},
        {"stream": HERE, "after": -1},
        {"stream": HERE, "limit": 501},
        {"stream": HERE, "wait": 26},
        {"stream": HERE, "id": "7"},
    ],
)
def test_a_malformed_question_is_refused(client, query):
    assert client.get(PATH, query_string=query, headers=headers()).status_code == 422


def test_a_stream_that_is_not_granted_is_not_found(client, database):
    tell(database, school=SCHOOLS[1])
    bound = headers(school=SCHOOLS[0])

    assert client.get(PATH, query_string={"stream": ELSEWHERE}, headers=bound).status_code == 404
    assert (
        client.get(PATH, query_string={"stream": f"journal/{SCHOOLS[0]}"}, headers=headers()).status_code
        == 404
    )
    assert client.get(f"{PATH}/streams", headers=bound).json == []
    assert [one["stream"] for one in client.get(f"{PATH}/streams", headers=headers()).json] == [ELSEWHERE]


def test_who_may_not_read_events_reads_none(client):
    assert client.get(PATH, query_string={"stream": HERE}).status_code == 401
    asked = {"query_string": {"stream": HERE}}
    assert client.get(PATH, **asked, headers=headers(scope="import")).status_code == 403
    teacher = bearer("identity", school_id=SCHOOLS[0], roles=("teacher",))
    assert client.get(PATH, **asked, headers=teacher).status_code == 403


def test_personal_data_is_withheld_but_its_place_in_the_chain_is_not(client, database):
    changed = PersonChanged(person_id=PEOPLE[0], family_name="Иванова", given_name="Мария", patronymic="")
    with database.writing(SCHOOLS[0]) as session:
        outbox.publish(session, changed)
    tell(database)

    def told(**kind):
        return orjson.loads(read(client, {"stream": HERE}, **kind).data)

    hidden, shown = told(school=SCHOOLS[0])
    assert (hidden["withheld"], "data" in hidden, "data" in shown) == (True, False, True)
    assert shown["previd"] == hidden["id"]
    assert envelope.parse(hidden, "").is_hidden
    for kind in ({}, {"school": SCHOOLS[0], "scope": "events:read events:personal"}):
        assert told(**kind)[0]["data"]["family_name"] == "Иванова"


def test_heads_have_an_etag(client, database):
    tell(database)
    first = client.get(f"{PATH}/streams", headers=headers())
    known = headers() | {"If-None-Match": first.headers["ETag"]}

    assert client.get(f"{PATH}/streams", headers=known).status_code == 304
    tell(database)
    assert client.get(f"{PATH}/streams", headers=known).json[0]["head"] == 2


@pytest.mark.parametrize("path", [PATH, f"{PATH}/streams"])
def test_a_long_poll_answers_as_soon_as_something_is_told_and_holds_no_connection(app, database, path):
    tell(database, school=SCHOOLS[1])
    tag = app.test_client().get(f"{PATH}/streams", headers=headers()).headers["ETag"]
    query = {"stream": HERE, "wait": 20} if path == PATH else {"wait": 20}
    answers = []

    def poll():
        known = headers() | {"If-None-Match": tag}
        answers.append(app.test_client().get(path, query_string=query, headers=known))

    thread = threading.Thread(target=poll)
    started = time.monotonic()
    thread.start()
    time.sleep(0.5)
    eventually(lambda: database.engine.pool.checkedout() == 0, within=6)  # Long before the poll ends.
    tell(database)
    thread.join(30)

    assert answers[0].status_code == 200
    assert time.monotonic() - started < 18


@pytest.fixture
def reader(app, world, monkeypatch):
    """A consumer that reads the feed over HTTP."""
    monkeypatch.setattr(
        ServiceTokens, "_ask", lambda _, audience: (headers()["Authorization"].split()[1], 1e18)
    )
    peers = Peers({})
    peers.put_in_process("identity", app)
    tokens = ServiceTokens(Settings(service="journal", database_url=""), peers)
    return CatchUp(
        Applier(world.service, world.consumer), {"identity": HttpSource("identity", peers, tokens)}
    )


def state(reader, stream=HERE):
    with reader.database.reading(EVERY_SCHOOL) as session:
        cursor = cursors.get(session, stream)
        return cursor.position, cursor.state


def test_a_new_consumer_reads_everything_page_by_page(reader, database):
    with database.writing(SCHOOLS[0]) as session:
        for number in range(1200):
            outbox.publish(session, RoleGranted(person_id=PEOPLE[number % 3], role=f"role-{number}"))

    reader.compare("identity")

    assert state(reader) == (1200, LIVE)


def test_a_lost_tail_is_found_by_comparing_heads(reader, database):
    tell(database, 2)
    reader.compare("identity")
    tell(database, 2)
    reader.compare("identity")  # The ETag of the first answer is known by now.
    reader.compare("identity")

    assert state(reader) == (4, LIVE)


def restart_log(database):
    """Bring the producer back from before the beginning."""
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(text("DELETE FROM event_log"))
        session.execute(text("DELETE FROM event_stream"))


def test_a_producer_that_came_back_empty_makes_the_stream_diverge_and_wipes_nothing(reader, database, world):
    tell(database, 3)
    reader.compare("identity")
    restart_log(database)
    reader.compare("identity")

    assert state(reader) == (3, DIVERGED)
    assert sum(len(of) for of in world.found().values()) == 3
    tell(database, 7)
    reader.compare("identity")
    assert state(reader) == (3, DIVERGED)


def test_a_history_that_has_passed_the_old_head_is_found_out_as_well(reader, database):
    tell(database, 3)
    reader.compare("identity")
    restart_log(database)
    tell(database, 5)

    reader.compare("identity")

    assert state(reader) == (3, DIVERGED)


def test_a_new_epoch_under_the_same_chain_is_adopted_silently(reader, database):
    tell(database, 3)
    reader.compare("identity")
    epoch = new_id()
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(text("UPDATE event_stream SET epoch = :epoch"), {"epoch": _bound(database, epoch)})
    reader.compare("identity")

    assert state(reader) == (3, LIVE)
    with reader.database.reading(EVERY_SCHOOL) as session:
        assert cursors.get(session, HERE).epoch == epoch


def _bound(database, value):
    return value if database.is_postgres else value.hex


def test_a_producer_that_does_not_answer_is_asked_again_later(world):
    peers = Peers({"identity": "http://127.0.0.1:1"})
    tokens = ServiceTokens(Settings(service="journal", database_url=""), peers)
    reader = CatchUp(
        Applier(world.service, world.consumer), {"identity": HttpSource("identity", peers, tokens)}
    )

    with pytest.raises(SourceGone):
        reader.compare("identity")
    assert world.states() == {}


def test_a_refused_token_is_renewed(app, database, reader, monkeypatch):
    tell(database)
    given = iter(["Bearer broken", headers()["Authorization"]])
    monkeypatch.setattr(ServiceTokens, "_ask", lambda *_: (next(given).split()[1], 1e18))

    with pytest.raises(SourceGone):
        reader.compare("identity")
    reader.compare("identity")

    assert state(reader) == (1, LIVE)
