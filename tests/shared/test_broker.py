"""On a real RabbitMQ: what is published is heard, whatever happens to connections and queues."""

import json
import re
import threading
import time
from functools import partial

import pytest
from sqlalchemy import select, text

from deploy.rabbitmq.render import ADMIN, render
from shared import bus, outbox, transport
from shared.apply import Applier
from shared.consumer import Consumer
from shared.db import EVERY_SCHOOL
from shared.events.identity import RoleGranted
from shared.ids import new_id
from shared.leases import Leases
from shared.log import unpublished
from shared.metrics import RELAY_PUBLISHED
from shared.outgoing import Relay
from shared.relay import Message, NotPublished, RabbitPublisher
from shared.service import Service
from tests.shared.wire import AllLeases
from tests.shared.world import PEOPLE, SCHOOLS, metadata, raw
from tests.support.rabbitmq import RabbitMQ
from tests.support.waiting import eventually

MANY = 1500  # More than the window of unconfirmed messages.


@pytest.fixture
def producer(database):
    with database.writing(SCHOOLS[0]) as session:
        for number in range(MANY):
            outbox.publish(session, RoleGranted(person_id=PEOPLE[number % 3], role=f"role-{number}"))
    return database


@pytest.fixture
def relay_of():
    """Makes relays and closes their connections in the end."""
    made = []

    def relay(database, broker):
        connect = partial(transport.connect_publisher, broker, "identity")
        made.append(Relay(database, "identity", connect, AllLeases()))
        return made[-1]

    yield relay
    for one in made:
        one._drop_publisher()


def hear(world, broker, *, until):
    """Consume until the condition holds."""
    woken = []
    consumer = Consumer(broker, world.applier, wake=woken.append, compare=lambda: None)
    with transport.listening(broker, "model", ["identity"]) as inbox:
        deadline = time.monotonic() + 30
        while not until():
            assert time.monotonic() < deadline, "Not everything was heard within 30 s."
            consumer.turn(inbox)
    return woken


def declare_queue(broker):
    with transport.listening(broker, "model", ["identity"]):
        pass


def applied(world):
    return raw(world.consumer).execute("SELECT count(*) FROM roles").fetchone()[0]


def test_everything_is_published_in_order_and_heard_once(producer, broker, world, relay_of):
    declare_queue(broker)

    assert relay_of(producer, broker).publish_new() == MANY
    woken = hear(world, broker, until=lambda: applied(world) == MANY)

    assert woken == []  # No gap was seen: the order held.
    assert unpublished(producer) == []
    heard = raw(world.consumer).execute("SELECT role FROM roles ORDER BY person_id, place").fetchall()
    assert [role for (role,) in heard] == [f"role-{n + 3 * k}" for n in range(3) for k in range(MANY // 3)]


def test_what_nobody_listens_to_is_confirmed_and_counted_as_returned(producer, broker, relay_of):
    returned = RELAY_PUBLISHED.labels("identity", "returned")
    before = returned._value.get()

    assert relay_of(producer, broker).publish_new() == MANY

    eventually(lambda: returned._value.get() - before == MANY)


def test_a_relay_without_a_broker_gives_up_quickly_and_moves_nothing(producer, relay_of):
    relay = relay_of(producer, "amqp://127.0.0.1:1/")

    started = time.monotonic()
    with pytest.raises(NotPublished):
        relay.publish_new()

    assert time.monotonic() - started < 10
    (left,) = unpublished(producer)
    assert (left.published, left.head) == (0, MANY)


def test_a_cut_connection_fails_what_was_unconfirmed(producer, broker, rabbitmq_node, relay_of):
    declare_queue(broker)
    publisher = RabbitPublisher(broker, "identity")
    publisher.open()
    vhost = broker.rpartition("/")[2]

    def cut():
        ours = [c for c in rabbitmq_node.api("GET", "/connections") if c["vhost"] == vhost]
        for one in ours:
            rabbitmq_node.api("DELETE", f"/connections/{one['name']}")
        return ours

    eventually(cut)
    eventually(lambda: not publisher.is_alive())
    with pytest.raises(NotPublished):
        publisher.publish([Message("1", "identity.x.y.z", b"{}")]).result(5)

    assert relay_of(producer, broker).publish_new() == MANY


def test_two_relays_at_once_lose_nothing_and_consumers_notice_nothing(producer, broker, world, relay_of):
    declare_queue(broker)
    relays = [relay_of(producer, broker) for _ in range(2)]
    threads = [threading.Thread(target=relay.publish_new) for relay in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while unpublished(producer):  # One may have given way to the other before the end.
        relays[0].publish_new()

    hear(world, broker, until=lambda: applied(world) == MANY)

    with world.consumer.reading(EVERY_SCHOOL) as session:
        assert session.scalar(select(bus.event_cursor.c.position)) == MANY


def test_what_was_not_acknowledged_comes_again_and_is_applied_once(producer, broker, world, relay_of):
    declare_queue(broker)
    relay_of(producer, broker).publish_new()
    consumer = Consumer(broker, world.applier, wake=lambda _: None, compare=lambda: None)
    with transport.listening(broker, "model", ["identity"]) as inbox:
        inbox.acknowledge = lambda _: None
        while applied(world) < transport.PREFETCH // 2:
            consumer.turn(inbox)

    hear(world, broker, until=lambda: applied(world) == MANY)


def test_strange_messages_are_acknowledged_and_change_nothing(broker, world):
    declare_queue(broker)
    publisher = RabbitPublisher(broker, "identity")
    publisher.open()
    strange = [b"", b"{", b"[]", b"null", b'{"specversion":"1.0"}', b"\xff\xfe", b"x" * 70_000]
    publisher.publish([Message("1", "identity.a.b.c", body) for body in strange]).result(10)
    asked = []
    consumer = Consumer(broker, world.applier, wake=lambda _: None, compare=lambda: asked.append(1))

    with transport.listening(broker, "model", ["identity"]) as inbox:
        eventually(lambda: consumer.turn(inbox) or asked)
    publisher.close()

    with transport.listening(broker, "model", ["identity"]) as inbox:
        assert inbox.receive(patience=0.3) == []
    assert world.found() == {}


def test_the_memory_transport_carries_the_same(database, world, relay_of):
    declare_queue("memory://")
    with database.writing(SCHOOLS[0]) as session:
        for number in range(300):
            outbox.publish(session, RoleGranted(person_id=PEOPLE[0], role=f"role-{number}"))

    relay_of(database, "memory://").publish_new()

    assert hear(world, "memory://", until=lambda: applied(world) == 300) == []


def test_only_one_worker_holds_a_lease_and_the_next_takes_it_when_it_is_given_back(database):
    first, second = Leases(database, "relay", "a"), Leases(database, "relay", "b")

    assert first.held() == frozenset(range(8))
    assert second.held() == frozenset()
    first.release()
    second._asked = -100.0

    assert second.held() == frozenset(range(8))


def test_a_lease_runs_out_by_the_databases_clock(database):
    first, second = Leases(database, "relay", "a", 2), Leases(database, "relay", "b", 2)
    first.held()
    past = "clock_timestamp() - interval '1 s'" if database.is_postgres else "datetime('now', '-1 seconds')"
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(text(f"UPDATE work_lease SET expires_at = {past} WHERE shard = 1"))

    assert second.held() == {1}


@pytest.fixture(scope="module")
def defined_node(rabbitmq_node, tmp_path_factory):
    """A node as deploy/ defines it."""
    passwords = dict.fromkeys(("identity", "schedule", "journal", "reporting", "notify"), "secret")
    definitions = render(passwords | {ADMIN: "parta"})
    definitions["users"].append(definitions["users"][-1] | {"name": "parta"})  # Whom the test kit knows.
    definitions["permissions"].append(definitions["permissions"][-1] | {"user": "parta"})
    file = tmp_path_factory.mktemp("definitions") / "definitions.json"
    file.write_text(json.dumps(definitions))
    node = RabbitMQ.create(definitions=file)
    yield node
    node.close()


def as_service(node, service):
    return f"amqp://{service}:secret@127.0.0.1:{node.ports['amqp']}/parta"


def test_the_definitions_give_each_service_what_it_needs(defined_node, world, database, relay_of):
    reporting, identity = (as_service(defined_node, name) for name in ("reporting", "identity"))
    with database.writing(SCHOOLS[0]) as session:
        outbox.publish(session, RoleGranted(person_id=PEOPLE[0], role="teacher"))
    applier = Applier(
        Service("reporting", metadata, subscriptions=world.service.subscriptions), world.consumer
    )
    with transport.listening(reporting, "reporting", applier.logs) as inbox:
        assert relay_of(database, identity).publish_new() == 1
        consumer = Consumer(reporting, applier, wake=lambda _: None, compare=lambda: None)
        eventually(lambda: consumer.turn(inbox) or applied(world) == 1)

    queue = defined_node.api("GET", "/queues/parta/parta.reporting")
    assert (queue["type"], queue["arguments"]["x-single-active-consumer"]) == ("quorum", True)
    (policy,) = defined_node.api("GET", "/policies/parta")
    limits = policy["definition"]
    assert re.match(policy["pattern"], queue["name"])
    assert (limits["max-length"], limits["overflow"], limits["delivery-limit"]) == (100_000, "drop-head", 20)


def test_a_service_cannot_speak_for_another(defined_node):
    publisher = RabbitPublisher(as_service(defined_node, "notify"), "notify")
    publisher.open()

    forged = Message(str(new_id()), f"identity.{SCHOOLS[0]}.role.granted", b"{}")

    with pytest.raises(NotPublished):
        publisher.publish([forged]).result(10)
    publisher.close()


def test_a_service_cannot_read_anothers_queue(defined_node):
    with (
        pytest.raises(transport.BrokerGone),
        transport.listening(as_service(defined_node, "notify"), "reporting", ["identity"]),
    ):
        pass


def test_a_wiped_broker_comes_back_complete(defined_node, world, database, relay_of):
    defined_node.kill()
    defined_node.wipe()
    defined_node.start()

    test_the_definitions_give_each_service_what_it_needs(defined_node, world, database, relay_of)
