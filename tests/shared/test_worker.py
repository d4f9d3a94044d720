"""A worker as a whole: on memory, on RabbitMQ, and with no broker at all."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx2
import pytest
from kombu.transport import memory

from shared import bus, outbox, worker_http
from shared.app import create_app
from shared.db import Database, naming_metadata
from shared.events.identity import RoleGranted
from shared.peers import Peers
from shared.service import Job, Runtime, Service
from shared.service_tokens import ServiceTokens
from shared.settings import Settings
from shared.worker import Worker
from tests.shared.world import PEOPLE, SCHOOLS, metadata, roles
from tests.support.ports import free_port
from tests.support.tokens import bearer, key_ring
from tests.support.waiting import eventually


@pytest.fixture(params=["memory://", "", "broker"], ids=["memory", "no broker", "rabbitmq"])
def broker_url(request):
    return request.getfixturevalue("broker") if request.param == "broker" else request.param


@pytest.fixture
def house(tmp_path, broker_url, world, monkeypatch):
    """Identity tells, schedule hears; both have a database in a file, and no worker yet."""
    token = bearer("identity", scope="events:read", client_id="service-schedule")["Authorization"].split()[1]
    monkeypatch.setattr(ServiceTokens, "_ask", lambda *_: (token, 1e18))
    for queue in memory.Channel.queues.values():  # Another test of this process may have left messages.
        queue.queue.clear()
    peers, runtimes, keys = Peers({}), {}, key_ring()
    for name, heard in (("identity", {}), ("schedule", {RoleGranted: world.enter_role})):
        database = Database(f"sqlite:///{tmp_path / name}.db")
        for tables in (bus.metadata, metadata):
            tables.create_all(database.engine)
        service = Service(name, naming_metadata(), subscriptions=heard, projections={"identity": (roles,)})
        settings = Settings(service=name, database_url="", broker_url=broker_url, heads_poll_seconds=1.0)
        runtimes[name] = Runtime(service, settings, database, peers, keys)
        peers.put_in_process(name, create_app(runtimes[name]))
    yield runtimes
    for runtime in runtimes.values():
        runtime.database.close()


def tell(house, count):
    for number in range(count):
        with house["identity"].database.writing(SCHOOLS[0]) as session:
            outbox.publish(session, RoleGranted(person_id=PEOPLE[number % 3], role=f"role-{number}"))


def heard(house):
    with house["schedule"].database.reading(SCHOOLS[0]) as session:
        return len(session.execute(roles.select()).all())


def test_everything_arrives_whatever_the_broker_and_whoever_starts_first(house):
    workers = [Worker(house[name]) for name in ("identity", "schedule")]
    tell(house, 20)
    workers[0].start()
    tell(house, 20)
    workers[1].start()
    try:
        eventually(lambda: heard(house) == 40, within=60)
        tell(house, 20)
        eventually(lambda: heard(house) == 60, within=60)
    finally:
        for worker in workers:
            worker.stop()


def test_a_second_worker_stands_by_and_takes_over(house):
    first, second = (Worker(house["schedule"]) for _ in range(2))
    relay = Worker(house["identity"])
    for worker in (relay, first, second):
        worker.start()
    try:
        tell(house, 10)
        eventually(lambda: heard(house) == 10, within=60)
        first.stop()
        tell(house, 10)
        eventually(lambda: heard(house) == 20, within=60)
    finally:
        for worker in (relay, first, second):
            worker.stop()


@pytest.mark.parametrize("broker_url", [""])
def test_jobs_are_done_by_one_of_several_workers_and_outlive_their_failures(house):
    runs, at_once, most = [], threading.Semaphore(1), []

    def work(_):
        if not at_once.acquire(blocking=False):
            most.append("two at once")
            return
        runs.append(1)
        at_once.release()
        if len(runs) % 2:
            raise RuntimeError("The mail server is away.")

    service = Service("identity", naming_metadata(), jobs=[Job("letters", timedelta(milliseconds=50), work)])
    runtime = replace(house["identity"], service=service)
    both = [Worker(runtime) for _ in "ab"]
    for worker in both:
        worker.start()
    eventually(lambda: len(runs) > 5)
    for worker in both:
        worker.stop()

    assert most == []


@pytest.mark.parametrize("broker_url", ["amqp://127.0.0.1:1/"])
def test_a_worker_says_what_keeps_it_from_consuming(house):
    worker, port = Worker(house["schedule"]), free_port()
    worker_http.serve(port, worker.trouble)
    ask = partial(httpx2.get, timeout=5)
    assert ask(f"http://127.0.0.1:{port}/readyz").status_code == 200

    worker.start()
    eventually(lambda: ask(f"http://127.0.0.1:{port}/readyz").status_code == 503)

    assert "BrokerGone" in ask(f"http://127.0.0.1:{port}/readyz").text
    assert "parta_consumer_events_total" in ask(f"http://127.0.0.1:{port}/metrics").text
    tell(house, 5)
    eventually(lambda: heard(house) == 5, within=60)  # The feed carries on.
    worker.stop()
