"""Faults thrown at a school of processes under a steady load of saves.

Each ends the same way: every acknowledged mark is in the journal, in reporting and with the
guardians, exactly once and in order.
"""

import signal
from collections.abc import Callable

import pytest

from shared.failpoints import PLACES
from tests.faults.checks import all_is_well
from tests.faults.load import Load
from tests.faults.world import World
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ
from tests.support.waiting import eventually

HEALED = 60.0
pytestmark = pytest.mark.timeout(240)


def heals(school: World, load: Load) -> None:
    """Wait until everything is as promised, with no human in between (I1–I5)."""
    await_or_print(school, load, lambda: all_is_well(school, load), within=HEALED, every=0.3)


def await_or_print(school: World, load: Load, check: Callable[[], bool], **patience: float) -> None:
    """Wait for something; when it does not come, print what every process has written last."""
    before = len(load.promises)
    try:
        eventually(check, **patience)
    except AssertionError:
        print(f"Saved meanwhile: {len(load.promises) - before}; refused: {load.refusals[-3:]}")
        school.deployment.print_logs()
        raise


@pytest.mark.parametrize(
    ("service", "process"),
    [("journal", "web"), ("journal", "worker"), ("reporting", "worker"), ("notify", "worker")],
)
def test_a_killed_process_loses_nothing(school, load, service, process):
    with load:
        load.run(1)
        if process == "web":
            school.deployment.restart_web(service)
        else:
            school.deployment.restart_worker(service)
        load.run(1)
    heals(school, load)


WRITE, RELAY = ("before_commit", "after_commit"), ("before_publish", "after_publish", "after_confirm")


# The two around SMTP are notify's own, and tried in its tests.
@pytest.mark.parametrize("place", [place for place in PLACES if "smtp" not in place])
def test_a_process_killed_at_any_step_of_the_protocol_loses_nothing(school, load, place):
    deployment = school.deployment
    with load:
        if place in WRITE:
            deployment.webs["journal"].kill()
            armed = deployment.start_web("journal", wait=False, PARTA_FAILPOINT=f"{place}:3")
            # Gunicorn starts a killed process anew, armed again: it dies at every third write.
            load.run(4)
            armed.kill()
            deployment.start_web("journal")
        else:
            service = "journal" if place in (*RELAY, "after_cursor_update") else "reporting"
            deployment.kill_workers(service)
            armed = deployment.start_worker(service, PARTA_FAILPOINT=f"{place}:3")
            # After another fault the relay may pause for half a minute before it tries the broker again.
            await_or_print(school, load, lambda: not armed.running, within=90)
            deployment.restart_worker(service)
        load.run(0.5)
    heals(school, load)


def test_a_broker_stopped_and_started_again_stops_no_save(school, load, node):
    with load:
        load.run(0.5)
        node.stop()
        before = len(load.promises)
        load.run(3)
        assert len(load.promises) > before, "No save was acknowledged while the broker was away."
        node.start()
        load.run(1)
    heals(school, load)


def test_a_broker_wiped_in_the_silence_after_the_last_save_costs_nothing(school, load, node: RabbitMQ):
    with load:
        load.run(1)
        school.deployment.kill_workers("reporting")
        load.run(1)
    node.kill()
    node.wipe()
    node.start()
    school.deployment.start_worker("reporting")
    heals(school, load)


def test_a_frozen_broker_stops_no_save_and_is_caught_up_with(school, load, node):
    with load:
        load.run(0.5)
        node.freeze()
        before = len(load.promises)
        load.run(8)
        assert len(load.promises) > before + 5
        node.thaw()
        load.run(1)
    heals(school, load)


def test_a_killed_database_server_loses_no_acknowledged_mark(school, load, cluster: Postgres):
    with load:
        load.run(1)
        cluster.kill()
        load.run(1)
        cluster.start()
        load.run(2)
    heals(school, load)


def test_a_database_restarted_at_once_loses_no_acknowledged_mark(school, load, cluster: Postgres):
    with load:
        load.run(1)
        cluster.crash()
        cluster.start()
        load.run(2)
    heals(school, load)


def test_two_relays_and_two_consumers_tell_nobody_twice(school, load):
    deployment = school.deployment
    with load:
        for service in ("journal", "reporting", "notify"):
            deployment.start_worker(service)
        load.run(3)
        # The first of each goes; the other, standing by, takes over.
        for service in ("journal", "reporting", "notify"):
            deployment.workers[service].pop(0).kill()
        load.run(2)
    heals(school, load)


def test_a_worker_asked_to_stop_leaves_in_order(school, load):
    with load:
        load.run(1)
        assert school.deployment.workers["reporting"].pop().stop() in (0, -signal.SIGTERM)
        school.deployment.start_worker("reporting")
        load.run(0.5)
    heals(school, load)


POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.page_id = '{page}' THEN RAISE EXCEPTION 'poison'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION poison();
"""
CURE = "DROP TRIGGER poison ON entries; DROP FUNCTION poison();"


def test_an_event_that_cannot_be_handled_holds_up_its_own_page_alone(school, load, cluster: Postgres):
    deployment = school.deployment
    with load:
        load.run(1)
    heals(school, load)
    page = deployment.scalar("journal", "SELECT page_id FROM entries LIMIT 1")
    cluster.execute(POISON.format(page=page), deployment.names["reporting"])
    try:
        with load:
            load.run(3)
        parked = "SELECT count(*) FROM event_parked WHERE subject = 'page/{}'"
        eventually(lambda: deployment.scalar("reporting", parked.format(page)), within=30)
        eventually(lambda: _others_flow(school), within=30)
        assert not deployment.scalar("reporting", "SELECT count(DISTINCT subject) - 1 FROM event_parked")
    finally:
        cluster.execute(CURE, deployment.names["reporting"])
    answer = deployment.parta("events", "retry", "reporting", "--reason", "the cause is mended")
    assert answer == 0
    heals(school, load)


def _others_flow(school: World) -> bool:
    # Beside it are the notes of access, which identity alone hears.
    head = "SELECT sum(head) FROM event_stream WHERE stream LIKE 'journal/%%'"
    position = "SELECT sum(position) FROM event_cursor WHERE stream LIKE 'journal/%%'"
    return school.deployment.scalar("journal", head) == school.deployment.scalar("reporting", position)


def test_a_consumer_restored_from_an_old_copy_catches_up_and_tells_nobody_again(school, load):
    deployment = school.deployment
    with load:
        load.run(0.5)
        for service in ("reporting", "notify"):
            deployment.kill_workers(service)
        copies = {service: deployment.take_copy(service) for service in ("reporting", "notify")}
        for service in copies:
            deployment.start_worker(service)
        load.run(3)
        for service, copy in copies.items():
            deployment.kill_workers(service)
            deployment.put_back(service, copy)
            deployment.start_worker(service)
        load.run(0.5)
    heals(school, load)


def test_a_rebuild_under_load_ends_right(school, load):
    with load:
        load.run(1)
        answer = school.deployment.parta(
            "events", "rebuild", "reporting", f"journal/{school.school_id}", "--reason", "a drill"
        )
        assert answer == 0
        load.run(1)
    heals(school, load)
